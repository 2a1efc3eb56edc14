"""Parts of the networks: packed GRU, LSTM, attention and the graph."""
