"""Rows of a tensor, taken by index. Their gradients are gathered or multiplied, never summed up by atomic operations,
whose order, and so whose rounding, would change from run to run on a GPU."""

import numpy as np
import torch
from torch.autograd import Function
from torch.autograd.function import once_differentiable
from torch.nn.functional import one_hot


def works_together(device: torch.device) -> bool:
    """Whether layers work on all sequences of a batch at once, if nobody says otherwise.

    They do on a GPU, where each operation costs a launch, and not on a CPU, where padding costs time.
    """
    return device.type != "cpu"


def to_device(array: np.ndarray | torch.Tensor, device: torch.device) -> torch.Tensor:
    """The tensor on the device; a copy to a GPU is queued, through pinned memory, and nothing waits for it."""
    tensor = torch.as_tensor(array)
    return tensor if device.type == "cpu" else tensor.pin_memory().to(device, non_blocking=True)


class Gather:
    """Which of N rows stand where among M: row `order[i]`, or a row of one value where `order[i]` is N.

    >>> twice = Gather(np.array([1, 1, 2]), 2, torch.device("cpu"))
    >>> twice(torch.tensor([[1.0], [5.0]])).tolist()
    [[5.0], [5.0], [0.0]]
    """

    def __init__(self, order: np.ndarray, count: int, device: torch.device):
        self.order = to_device(order, device)
        self.places = [to_device(place, device) for place in _places(order, count)]
        self.filled = bool(len(order) and order.max() == count)

    def __call__(self, rows: torch.Tensor, value: float = 0.0) -> torch.Tensor:
        """Rows (N, ...) -> (M, ...)."""
        return _Gather.apply(rows, self.order, self.places, self.filled, value)


def choose_rows(table: torch.Tensor, index: torch.Tensor, together: bool | None = None) -> torch.Tensor:
    """`table[index]` for a small table (K, D) and an index (N,) with many rows each.

    together : whether the gradient is one product with N rows of one 1 each; default: `works_together`
    """
    together = works_together(table.device) if together is None else together
    return _Choice.apply(table, index) if together else table[index]


def _places(order: np.ndarray, count: int) -> list[np.ndarray]:
    """Where each of `count` rows went: arrays (count,) of places in `order`, its length where there is none (any more).

    There are as many arrays as the most frequent row has places.
    """
    if np.bincount(order, minlength=count + 1)[:count].max(initial=0) <= 1:
        place = np.full(count + 1, len(order))
        place[order] = np.arange(len(order))
        return [place[:count]]
    by_row = np.argsort(order, kind="stable")
    found = order[by_row]
    first = np.searchsorted(found, np.arange(count))
    times = np.searchsorted(found, np.arange(count), side="right") - first
    by_row = np.append(by_row, len(order))
    return [np.where(times > i, by_row[np.minimum(first + i, len(order))], len(order)) for i in range(times.max())]


def _with_fill(rows: torch.Tensor, value: float) -> torch.Tensor:
    return torch.cat([rows, rows.new_full((1, *rows.shape[1:]), value)])


class _Gather(Function):
    """`Gather` as a differentiable function."""

    @staticmethod
    def forward(ctx, rows, order, places, filled, value):
        ctx.places = places
        return (_with_fill(rows, value) if filled else rows).index_select(0, order)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        grad = _with_fill(grad, 0.0)
        first, *others = (grad.index_select(0, place) for place in ctx.places)
        for other in others:
            first += other
        return first, None, None, None, None


class _Choice(Function):
    @staticmethod
    def forward(ctx, table, index):
        ctx.save_for_backward(index)
        ctx.count = len(table)
        return table.index_select(0, index)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        (index,) = ctx.saved_tensors
        return one_hot(index, ctx.count).to(grad.dtype).t() @ grad, None
