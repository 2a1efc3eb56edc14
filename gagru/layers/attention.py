"""Softmax and sums over each sequence of a batch, see `gagru.layers.ragged`."""

import torch

from gagru.layers.ragged import Layout


def segment_softmax(scores: torch.Tensor, layout: Layout) -> torch.Tensor:
    """Softmax over the rows of each sequence: scores (N,) -> weights (N,)."""
    if layout.together:
        return layout.unpad(layout.pad(scores, -torch.inf).softmax(1))
    return torch.cat([sequence.softmax(0) for sequence in layout.split(scores)])


def segment_sum(values: torch.Tensor, layout: Layout) -> torch.Tensor:
    """Sum over the rows of each sequence: values (N, D) -> (B, D)."""
    if layout.together:
        return layout.pad(values).sum(1)
    return torch.stack([sequence.sum(0) for sequence in layout.split(values)])
