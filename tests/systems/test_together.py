"""All sequences of a batch at once, as on a GPU, against one after the other, as on a CPU. All of it on a CPU."""

import itertools

import numpy as np
import pytest
import torch

from gagru.data.dataset import Part
from gagru.layers import rows
from gagru.layers.graph import NORMALISE, PROPAGATE
from gagru.layers.ragged import Ragged
from gagru.systems.loading import system_module
from gagru.task.settings import default_settings
from gagru.task.systems import SYSTEMS

LENGTHS = [1, 30, 700, 2, 31, 30, 5]  # steps; the longest utterance of IEMOCAP has 683
SMALL = {
    "dnn": {"hidden": [6, 5]},
    "cmn": {"units": 6, "dropout": 0.0},
    "mdnn": {"local": [4], "global": [5], "dropout": 0.0},
    "cnn_lstm_dnn": {"filters": 3, "widths": [6, 4, 12], "stride": 4, "image_filters": 2, "lstm": 5, "dense": 4}
    | {"dropout": 0.0},
    "bigru_att": {"hidden": 6, "dropout": 0.0},
    "asrnn": {"convolutions": [{"channels": 2, "stride": [2, 1]}], "window": 6, "hop": 2, "hidden": 4, "dropout": 0.0},
    "cvae_lstm": {"hidden": 6, "latent": 3, "units": 5, "dropout": 0.0},
    "ga_gru": {"hidden": 6, "dropout": 0.0},
}
GRAPHS = [{"normalise": n, "propagate": p, "epsilon": 1e-15} for n, p in itertools.product(NORMALISE, PROPAGATE)]
CASES = [(name, {}) for name in SMALL if name != "ga_gru"] + [("ga_gru", {"graph": graph}) for graph in GRAPHS]
COLUMNS = {
    "mdnn": ["loudness_sma3_amean", "F1frequency_sma3nz_amean", "mfcc1_sma3_amean", "VoicedSegmentsPerSec"],
    "asrnn": [f"am_{a:02d}_{m:02d}" for a in range(4) for m in range(2)],
    "cnn_lstm_dnn": ["sample"],
}
# Of the functionals; the others' features have a row a step, the waveform 16 a step.
OF_UTTERANCES = ("dnn", "cmn", "mdnn")


def draw(name, lengths=LENGTHS):
    """Utterances of random features of these lengths; in CMN's histories, whose lengths these are too."""
    random = np.random.default_rng(0)
    columns = COLUMNS.get(name, [f"c{i}" for i in range(5)])
    array = lambda *shape: random.normal(size=(*shape, len(columns))).astype(np.float32)  # noqa: E731
    features = [array() if name in OF_UTTERANCES else array(16 * n if name == "cnn_lstm_dnn" else n) for n in lengths]
    history = [(array(n - 1), random.random(n - 1) < 0.4) for n in lengths] if name == "cmn" else None
    emotion = np.arange(len(lengths)) % 4
    return Part([f"u{i}" for i in range(len(lengths))], ["A"] * len(lengths), emotion, columns, features, history)


def make(name, dtype=torch.float32, **changed):
    """A system with untrained weights."""
    module = system_module(name)
    system = module.SYSTEM(default_settings(module.SETTINGS) | SMALL[name] | changed)
    torch.manual_seed(0)
    system.module = system.build(COLUMNS.get(name, [f"c{i}" for i in range(5)])).to(dtype)
    return system


def collate(system, part, dtype, together, monkeypatch):
    """The input of the module, in a floating-point type, to be worked on in one of the two ways."""
    monkeypatch.setattr(rows, "works_together", lambda device: together)

    def convert(given):
        if isinstance(given, Ragged):
            return Ragged(given.rows.to(dtype), given.layout)
        return given.to(dtype) if isinstance(given, torch.Tensor) else tuple(map(convert, given))

    return convert(system.collate(part))


def apart(found, expected):
    """Norm of the difference over the norm."""
    return ((found - expected).norm() / expected.norm()).item()


def test_every_network_is_compared():
    assert {name for name, system in SYSTEMS.items() if system.network} == SMALL.keys()


@pytest.mark.parametrize(("dtype", "bound"), [(torch.float32, 1e-6), (torch.float64, 1e-14)])
@pytest.mark.parametrize(("name", "changed"), CASES)
def test_logits_loss_and_gradients_are_the_same(name, changed, dtype, bound, monkeypatch):
    part, found = draw(name), []
    emotion = torch.from_numpy(part.emotion)
    for together in (False, True):
        system = make(name, dtype, **changed)
        inputs = collate(system, part, dtype, together, monkeypatch)
        logits = system.module(inputs)
        torch.manual_seed(1)  # the codes that CVAE-LSTM draws
        loss = system.loss(inputs, emotion)
        loss.backward()
        found.append((logits, loss, torch.cat([p.grad.flatten() for p in system.module.parameters()])))
    for one, other in zip(*found, strict=True):
        assert apart(other.detach(), one.detach()) < bound


@pytest.mark.parametrize(("name", "changed"), CASES)
def test_an_utterance_does_not_depend_on_its_batch(name, changed, monkeypatch):
    part, system = draw(name), make(name, torch.float64, **changed)
    system.module.eval()
    with torch.no_grad():
        logits = system.module(collate(system, part, torch.float64, True, monkeypatch))
        for i in range(len(part)):
            alone = system.module(collate(system, part.take([i]), torch.float64, True, monkeypatch))[0]
            torch.testing.assert_close(logits[i], alone, rtol=1e-12, atol=1e-12)
