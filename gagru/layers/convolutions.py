"""Convolutions over each sequence of a batch, as if it were alone: beyond its ends are zeros, not its neighbours."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import torch
from torch import nn
from torch.nn.functional import conv2d, linear, max_pool2d, pad

from gagru.layers.ragged import Ragged
from gagru.layers.rows import Gather

# The (2, 2) field of a convolution of images, in the order of its weights.
CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))


def convolve_waveforms(waveforms: Ragged, convolutions: Sequence[nn.Conv1d], stride: int) -> torch.Tensor:
    """Convolutions of several widths, their windows centred: samples (N,) -> frames (N / stride, filters of all).

    The length of each waveform is a multiple of `stride`.
    """
    if not waveforms.layout.together:
        alone = [[_filter(pad(x, _margins(c, stride)), c, stride) for c in convolutions] for x in waveforms.split()]
        return torch.cat([torch.cat(values, 1) for values in alone])
    layout = waveforms.layout.like([length // stride for length in waveforms.layout.lengths])
    gap = max(-(-margin // stride) for c in convolutions for margin in _margins(c, stride))
    samples = layout.set_apart(waveforms.rows.view(-1, stride), gap).flatten()
    filtered = []
    for convolution in convolutions:
        before, after = _margins(convolution, stride)
        filtered.append(layout.join(_filter(pad(samples, (before, after)), convolution, stride), gap))
    return torch.cat(filtered, 1)


def _margins(convolution: nn.Conv1d, stride: int) -> tuple[int, int]:
    """How many samples beyond both ends the windows see."""
    (width,) = convolution.kernel_size
    before = (width - stride) // 2
    return before, width - stride - before


def _filter(samples: torch.Tensor, convolution: nn.Conv1d, stride: int) -> torch.Tensor:
    """One convolution of (T,) as a product with its windows: (frames, filters)."""
    windows = samples.unfold(0, convolution.kernel_size[0], stride)
    return linear(windows, convolution.weight[:, 0], convolution.bias)


class Images:
    """B images as a (2, 2) convolution sees them: zeros lie beyond the last row and the last column.

    images : of N rows (N, W) in all, each of an even number of rows
    """

    def __init__(self, images: Ragged):
        self.images = images

    @cached_property
    def patches(self) -> torch.Tensor:
        """What the convolution sees at each place, (4, N W): in the order of `CORNERS`, row by row."""
        rows, layout = self.images
        if layout.together:
            top, bottom = (pad(values, (0, 1)) for values in (rows, _next_rows(self.images)))
            return torch.stack([top[:, :-1], top[:, 1:], bottom[:, :-1], bottom[:, 1:]]).flatten(1)
        width = rows.shape[1]
        corners = [[image[i : len(image) - 1 + i, j : width + j] for image in self._padded] for i, j in CORNERS]
        return torch.stack([torch.cat([part.flatten() for part in corner]) for corner in corners])

    def convolve(self, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        """The convolution, which leaves the images' sizes, the largest of every (2, 2), and ReLU.

        weight (F, 1, 2, 2), bias (F,) -> (N / 2, W // 2 * F), the filters of a place side by side.
        """
        rows, layout = self.images
        if layout.together:
            values = torch.addmm(bias, self.patches.t(), weight.flatten(1).t())  # (N W, F)
            pairs = values.view(len(rows) // 2, 2, -1, len(bias))[:, :, : rows.shape[1] // 2 * 2].unflatten(2, (-1, 2))
            return pairs.amax((1, 3)).relu().flatten(1)
        seen = []
        for image in self._padded:
            # Filters last, which is also the order that the result has them in.
            values = conv2d(image[None, None].to(memory_format=torch.channels_last), weight, bias)
            seen.append(max_pool2d(values, 2).relu()[0].permute(1, 2, 0).flatten(1))
        return torch.cat(seen)

    @cached_property
    def _padded(self) -> list[torch.Tensor]:
        return [pad(image, (0, 1, 0, 1)) for image in self.images.split()]


def _next_rows(images: Ragged) -> torch.Tensor:
    """For each row the next one of the same image, or zeros."""
    count = images.layout.count
    order = np.arange(1, count + 1)
    order[images.layout.starts[1:] - 1] = count
    return Gather(order, count, images.rows.device)(images.rows)
