"""Utterances made up of random numbers, as the systems take them."""

import numpy as np
import pytest
import torch

from gagru.data.dataset import Part


def make_part(features, emotion, speaker="A"):
    """A part of utterances u0, u1, ... with these features and classes."""
    names = [f"u{i}" for i in range(len(features))]
    arrays = [np.asarray(array, dtype=np.float32) for array in features]
    columns = [f"c{i}" for i in range(arrays[0].shape[-1])]
    return Part(names, [speaker] * len(names), np.asarray(emotion, dtype=np.int64), columns, arrays)


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(name="part")
def part_fixture():
    return make_part


@pytest.fixture
def functionals():
    """(n, seed) -> n utterances of 5 functionals, whose classes lie apart."""

    def draw(n, seed=0):
        random = np.random.default_rng(seed)
        emotion = np.arange(n) % 4
        return make_part(4 * np.eye(5)[emotion] + random.normal(size=(n, 5)), emotion)

    return draw


@pytest.fixture
def sequences():
    """(n, seed) -> n utterances of 1 to 9 steps of 5 descriptors, whose classes lie apart."""

    def draw(n, seed=0):
        random = np.random.default_rng(seed)
        emotion, steps = np.arange(n) % 4, random.permutation(np.arange(n) % 9 + 1)
        drawn = [3 * np.eye(5)[e] + random.normal(size=(t, 5)) for e, t in zip(emotion, steps, strict=True)]
        return make_part(drawn, emotion)

    return draw


@pytest.fixture
def settings():
    """Settings of a small recurrent system."""
    return {
        "hidden": 6,
        "layers": 2,
        "dropout": 0.1,
        "attention": {"size": 3, "init_std": 1.0},
        "lr": 1e-2,
        "batch_size": 8,
        "max_epochs": 2,
        "patience": 5,
        "stop_on": "ua",
    }
