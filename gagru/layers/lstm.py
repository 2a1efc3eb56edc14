"""The last state of a one-layer LSTM over utterances of different lengths, several times faster to train on a CPU.

PyTorch's own, over a packed batch, copies as much at every step as it has inputs in all; here they are split once.
"""

import torch
from torch import nn
from torch.nn.functional import linear

from gagru.layers.ragged import Ragged


def last_states(lstm: nn.LSTM, utterances: Ragged) -> torch.Tensor:
    """B utterances of rows (N, input_size) -> each one's state after its last step, (B, hidden_size), from zero.

    A step makes of the input x, the state h and the cell c (`nn.LSTM`'s documentation):
        i, f, g, o = W_i x + b_i + W_h h + b_h      c' = sigmoid(f) c + sigmoid(i) tanh(g)      h' = sigmoid(o) tanh(c')
    """
    layout = utterances.layout
    if layout.together:
        return layout.unrank(lstm(utterances.pack())[1][0][0])
    w_input, w_state, b_input, b_state = lstm.all_weights[0]
    gates = layout.pack(linear(utterances.rows, w_input, b_input + b_state))
    h = c = gates.data.new_zeros(len(layout), lstm.hidden_size)
    finished = []
    for step in gates.data.split(gates.batch_sizes.tolist()):  # of the utterances that last so long, longest first
        finished.append(h[len(step) :])
        h, c = h[: len(step)], c[: len(step)]
        i, f, g, o = torch.addmm(step, h, w_state.t()).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
    return layout.unrank(torch.cat([h, *reversed(finished)]))
