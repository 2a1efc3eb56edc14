"""GA-GRU: a graph-attentive bidirectional GRU for speech emotion recognition, and the systems it is compared with."""

__version__ = "0.1.0"
