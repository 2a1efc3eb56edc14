"""Many small operations on a GPU that are started at once.

A step of a recurrent layer takes a GPU a few microseconds, and starting each of its operations takes Python longer.
"""

from collections.abc import Callable, Sequence
from functools import partial

import torch


class Replay:
    """Work on tensors of its own, of fixed shapes. On a GPU it is recorded as a CUDA graph, and a call replays that.

    Whoever uses it fills its tensors, calls it, and copies what it wants before the next call: one thread at a time. It
    has no gradient.
    Source: https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs

    Parameters
    ----------
    work : called with the tensors, which it changes in place
    shapes : of the tensors
    like : a tensor that says their type and device

    >>> def double(x): x.mul_(2)
    >>> doubling = Replay(double, [(2,)], torch.zeros(()))
    >>> doubling.tensors[0].fill_(3)
    tensor([3., 3.])
    >>> doubling()
    >>> doubling.tensors[0]
    tensor([6., 6.])
    """

    def __init__(self, work: Callable, shapes: Sequence[tuple[int, ...]], like: torch.Tensor):
        self.tensors = [like.new_zeros(shape) for shape in shapes]
        self._start = partial(work, *self.tensors)
        if like.is_cuda:
            self._start = self._record(like.device).replay

    def __call__(self) -> None:
        self._start()

    def _record(self, device: torch.device) -> torch.cuda.CUDAGraph:
        graph, beside = torch.cuda.CUDAGraph(), torch.cuda.Stream(device)
        beside.wait_stream(torch.cuda.current_stream(device))
        with torch.cuda.stream(beside):
            self._start()  # what libraries do at the first call must not be recorded
        torch.cuda.current_stream(device).wait_stream(beside)
        with torch.cuda.graph(graph, stream=beside):
            self._start()
        return graph
