"""Weights of the classes in what each kind of network lowers, against PyTorch's weighted cross entropy."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight
from torch.nn import CrossEntropyLoss

from gagru.systems.bigru_att import BiGRUAttention
from gagru.systems.cvae_lstm import CVAELSTM
from gagru.systems.dnn import DNN
from gagru.systems.mdnn import MDNN

TRAINING = {"lr": 1e-2, "batch_size": 8, "max_epochs": 1, "patience": 5, "stop_on": "ua", "dropout": 0.0}
FUNCTIONALS = ["VoicedSegmentsPerSec", *(f"{name}_sma3_amean" for name in ("loudness", "mfcc1", "mfcc2", "mfcc3"))]


@pytest.fixture
def unequal(functionals, sequences):
    """(frames) -> a part of which half is of one class."""

    def make(frames):
        part = sequences(40) if frames else replace(functionals(40), columns=FUNCTIONALS)
        return part.take(np.flatnonzero((part.emotion == 3) | (np.arange(40) < 14)))

    return make


def trained(kind, settings, part, class_weight):
    system = kind({**TRAINING, **settings, "class_weight": class_weight})
    system.fit(part, part, 0, lambda line: None)
    return system


def losses(system, part):
    """What training lowers of the whole part, without dropout and with the same draws."""
    system.module.eval()
    torch.manual_seed(0)
    return system.loss(system.collate(part), torch.from_numpy(part.emotion)).item()


@pytest.mark.parametrize(
    ("kind", "settings", "frames"),
    [
        (DNN, {"hidden": [6]}, False),
        (BiGRUAttention, {"hidden": 4, "layers": 1, "attention": {"size": 3, "init_std": 0.1}}, True),
        (MDNN, {"local": [5], "global": [4]}, False),
        (CVAELSTM, {"stack": 1, "hidden": 4, "latent": 2, "beta": 0.5, "units": 3, "layers": 1}, True),
    ],
)
def test_balanced_weights_are_in_every_cross_entropy(unequal, kind, settings, frames):
    part = unequal(frames)
    emotion = torch.from_numpy(part.emotion)
    weights = torch.tensor(compute_class_weight("balanced", classes=np.arange(4), y=part.emotion), dtype=torch.float32)
    system = trained(kind, settings, part, "balanced")
    system.module.eval()
    with torch.no_grad():
        inputs = system.collate(part)
        logits, others = system.module.classify(inputs) if kind is MDNN else (system.module(inputs), [])
        plain, weighted = (
            sum(CrossEntropyLoss(weight)(each, emotion).item() for each in [logits, *others])
            for weight in (None, weights)
        )
    found = losses(system, part)
    system.class_weight = None
    assert found - losses(system, part) == pytest.approx(weighted - plain, abs=1e-5)
    assert abs(weighted - plain) > 1e-3


def test_without_weights_nothing_changes(unequal):
    part = unequal(False)
    one, other = (trained(DNN, {"hidden": [6]}, part, class_weight) for class_weight in ("none", "balanced"))
    plain = DNN({**TRAINING, "hidden": [6]})
    plain.fit(part, part, 0, lambda line: None)
    states = [system.module.state_dict() for system in (one, plain, other)]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert not all(torch.equal(states[0][name], states[2][name]) for name in states[0])
