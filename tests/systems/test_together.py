"""All sequences of a batch at once, as on a GPU, against one after the other, as on a CPU. All of it on a CPU."""

import itertools

import pytest
import torch
from utterances import SMALL, draw, make

from gagru.layers import rows
from gagru.layers.graph import NORMALISE, PROPAGATE
from gagru.layers.ragged import Ragged
from gagru.task.systems import SYSTEMS

GRAPHS = [{"normalise": n, "propagate": p, "epsilon": 1e-15} for n, p in itertools.product(NORMALISE, PROPAGATE)]
CASES = [(name, {}) for name in SMALL if name != "ga_gru"] + [("ga_gru", {"graph": graph}) for graph in GRAPHS]


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
