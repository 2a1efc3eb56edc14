"""A part's input that stays on the device, against one that is made batch by batch."""

import numpy as np
import pytest
import torch
from utterances import SMALL, draw, make

from gagru.layers.ragged import Ragged
from gagru.training import inputs
from gagru.training.inputs import Inputs, size_of

LENGTHS = [3, 1, 8, 2, 5, 4, 3]


def tensors(given):
    """All numbers of the input of a module."""
    if isinstance(given, Ragged):
        return [given.rows, torch.tensor(given.layout.lengths)]
    return [given] if isinstance(given, torch.Tensor) else [t for each in given for t in tensors(each)]


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("chunk", [2, 100])
def test_a_batch_is_the_same_wherever_it_comes_from(name, chunk, monkeypatch):
    monkeypatch.setattr(inputs, "CHUNK", chunk)
    part, system = draw(name, LENGTHS), make(name)
    stays, made = Inputs(system, part, stays=True), Inputs(system, part)
    assert not made.stays
    for batch in ([4, 0, 4], [6], range(7)):
        batch = np.array(batch)
        found, expected = (tensors(each.batch(batch)) for each in (stays, made))
        assert all(torch.equal(one, other) for one, other in zip(found, expected, strict=True))
        assert stays.emotions(batch).tolist() == (batch % 4).tolist()


@pytest.mark.parametrize("name", SMALL)
def test_predictions_are_the_same_too(name):
    part, system = draw(name, LENGTHS), make(name, batch_size=3)
    expected = system.predict(part)
    found = system.predict(Inputs(system, part, stays=True))
    np.testing.assert_array_equal(found.probability, expected.probability)
    assert system.predict(part.take([])).probability.shape == (0, 4)


def test_the_size_of_a_part_in_bytes():
    assert size_of(draw("bigru_att", LENGTHS)) == 4 * 5 * sum(LENGTHS)
    assert size_of(draw("dnn", LENGTHS)) == 4 * 5 * len(LENGTHS)
    assert size_of(draw("cmn", LENGTHS)) == 4 * 5 * sum(LENGTHS)  # histories of one less than the lengths
