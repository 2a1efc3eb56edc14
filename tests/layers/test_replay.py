"""Work on tensors of its own: on a CPU it is done, on a GPU replayed (`tests/training/test_gpu.py`)."""

import doctest

import torch

from gagru.layers import replay
from gagru.layers.replay import Replay


def test_the_example():
    assert doctest.testmod(replay).failed == 0


def test_its_tensors_are_like_the_given_one_and_the_work_is_done_once_a_call():
    def add_one(x, y):
        x.add_(1)
        y.copy_(x.sum(0))

    adding = Replay(add_one, [(3, 2), (2,)], torch.empty(0, dtype=torch.float64))
    x, y = adding.tensors
    assert (x.shape, y.dtype) == ((3, 2), torch.float64)
    x.copy_(torch.arange(6).view(3, 2))
    for _ in range(2):
        adding()
    assert y.tolist() == [0 + 2 + 4 + 3 * 2, 1 + 3 + 5 + 3 * 2]
