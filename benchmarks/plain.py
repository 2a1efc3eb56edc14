"""GA-GRU written plainly: padded batches, masks and equation 6 as it stands. What the fast network is compared with."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence, pad_packed_sequence, pad_sequence

from gagru.layers.ragged import Ragged
from gagru.task.emotions import EMOTIONS


class PlainGAGRU(nn.Module):
    """`gagru.systems.ga_gru.GraphAttentiveBiGRU` with the options `row` and `frames`; the state dicts are the same.

    `packed` says how `nn.GRU` is run: on a PackedSequence, which gives the same results, or on the padded batch, where
    the backward direction starts in the padding, so that results differ.
    """

    def __init__(self, inputs: int, settings: dict, packed: bool):
        super().__init__()
        hidden, size = settings["hidden"], settings["attention"]["size"]
        self.packed = packed
        self.epsilon = settings["graph"]["epsilon"]
        options = {"dropout": settings["dropout"], "bidirectional": True, "batch_first": True}
        self.gru = nn.GRU(inputs, hidden, settings["layers"], **options)
        self.attention = nn.Linear(hidden, size)
        self.u = nn.Parameter(torch.randn(size) * settings["attention"]["init_std"])
        self.classifier = nn.Linear(hidden, len(EMOTIONS))

    def forward(self, batch: Ragged) -> torch.Tensor:
        """B utterances, N frames (N, inputs) in all -> logits (B, 4)."""
        utterances = batch.split()
        lengths = torch.tensor([len(utterance) for utterance in utterances])
        mask = torch.arange(int(lengths.max())) < lengths[:, None]  # (B, T)
        if self.packed:
            output = self.gru(pack_sequence(utterances, enforce_sorted=False))[0]
            output = pad_packed_sequence(output, batch_first=True)[0]
        else:
            output = self.gru(pad_sequence(utterances, batch_first=True))[0]
        h = output.unflatten(2, (2, -1)).sum(2) * mask[:, :, None]  # (B, T, H), eq. 2
        scores = torch.tanh(self.attention(h)) @ self.u  # eq. 3
        alpha = scores.masked_fill(~mask, -torch.inf).softmax(1)  # eq. 4
        r = torch.relu(h @ h.transpose(1, 2))  # (B, T, T); 0 at the padding, where h is
        g = r / (r.sum(2, keepdim=True) + self.epsilon)  # eq. 5
        return self.classifier((g @ (alpha[:, :, None] * h)).sum(1))  # eq. 6 and 7
