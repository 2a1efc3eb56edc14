"""Dropout in less than half of PyTorch's time on a CPU, where drawing the random numbers is most of it."""

import torch


def dropout(x: torch.Tensor, probability: float) -> torch.Tensor:
    """Set each value of x to 0 with `probability` (< 1, rounded to 16 bits) and divide the others by 1 - `probability`.

    Draws from PyTorch's generator, a number for four values, so other values are dropped than by
    `torch.nn.functional.dropout`.
    """
    numbers = torch.empty(-(-x.numel() // 4), dtype=torch.int64).random_(-(2**63), None)
    sixteen_bits = numbers.view(torch.int16)[: x.numel()].view(x.shape)
    kept = sixteen_bits >= round(probability * 2**16) - 2**15
    return x * (kept * (1 / (1 - probability)))
