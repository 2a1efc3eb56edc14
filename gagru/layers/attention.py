"""Softmax and sums over each utterance of a batch, the frames laid out utterance by utterance without padding.

Each utterance is worked on by itself, so that its result is the same whatever else is in the batch.
"""

import torch


def segment_softmax(scores: torch.Tensor, lengths: list[int]) -> torch.Tensor:
    """Softmax over the frames of each utterance: scores (N,), lengths that sum to N -> weights (N,)."""
    return torch.cat([utterance.softmax(0) for utterance in scores.split(lengths)])


def segment_sum(values: torch.Tensor, lengths: list[int]) -> torch.Tensor:
    """Sum over the frames of each utterance: values (N, D), lengths of B utterances that sum to N -> (B, D)."""
    return torch.stack([utterance.sum(0) for utterance in values.split(lengths)])
