import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence, pad_sequence

from gagru.layers.ragged import Layout, Ragged
from gagru.layers.rows import Gather, choose_rows

LENGTHS = [[2, 5, 1, 5], [1], [3, 3], [4, 0, 2], [700, 1, 3]]


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def sequences(lengths, *shape):
    return [torch.randn(length, *shape, dtype=torch.float64) for length in lengths]


@pytest.mark.parametrize("lengths", LENGTHS)
def test_padded_sequences_are_those_of_pytorch_and_come_back(lengths):
    given = sequences(lengths, 2)
    ragged = Ragged.of(given)
    for value in (0.0, -7.5):
        padded = ragged.layout.pad(ragged.rows, value)
        assert torch.equal(padded, pad_sequence(given, batch_first=True, padding_value=value))
        assert torch.equal(ragged.layout.unpad(padded), ragged.rows)
    assert torch.equal(ragged.pad(time_first=True), pad_sequence(given))
    assert torch.equal(ragged.layout.inside, pad_sequence([torch.ones(n, dtype=bool) for n in lengths], True))


@pytest.mark.parametrize("lengths", [each for each in LENGTHS if min(each) > 0])
def test_packed_sequences_are_those_of_pytorch_and_come_back(lengths):
    given = sequences(lengths, 2)
    ragged = Ragged.of(given)
    packed, expected = ragged.pack(), pack_sequence(given, enforce_sorted=False)
    assert torch.equal(packed.data, expected.data)
    assert torch.equal(packed.batch_sizes, expected.batch_sizes)
    assert torch.equal(ragged.layout.unpack(packed.data), ragged.rows)
    lstm = nn.LSTM(2, 3).double()
    assert torch.equal(ragged.layout.unrank(lstm(packed)[1][0][0]), lstm(expected)[1][0][0])


@pytest.mark.parametrize("lengths", LENGTHS)
def test_sequences_are_set_apart_by_zeros_and_joined_again(lengths):
    given = sequences(lengths, 2)
    ragged = Ragged.of(given)
    apart = ragged.layout.set_apart(ragged.rows, 2)
    assert torch.equal(apart, torch.cat([nn.functional.pad(x, (0, 0, 0, 2)) for x in given]))
    assert torch.equal(ragged.layout.join(apart, 2), ragged.rows)


@pytest.mark.parametrize("indices", [[0], [3, 0, 3], [1, 2, 0, 3], [2]])
def test_a_batch_is_taken_from_many_sequences(indices):
    given = sequences([2, 5, 0, 3], 2)
    taken = Ragged.of(given).take(np.array(indices))
    assert taken.layout.lengths == [len(given[i]) for i in indices]
    assert torch.equal(taken.rows, torch.cat([given[i] for i in indices]))
    for found, i in zip(taken.split(), indices, strict=True):
        assert torch.equal(found, given[i])


def test_what_sequences_have_is_spread_over_their_rows():
    assert Layout([2, 0, 3]).spread(torch.tensor([5, 6, 7])).tolist() == [5, 5, 7, 7, 7]


def test_arrangements_have_the_gradients_of_finite_differences():
    layout = Layout([2, 4, 1])
    rows = torch.randn(7, 2, dtype=torch.float64, requires_grad=True)
    padded = torch.randn(3, 4, 2, dtype=torch.float64, requires_grad=True)
    apart = torch.randn(10, 2, dtype=torch.float64, requires_grad=True)
    for arrange in (layout.pad, layout.unpack, lambda x: layout.pack(x).data, lambda x: layout.set_apart(x, 1)):
        assert torch.autograd.gradcheck(arrange, (rows,))
    assert torch.autograd.gradcheck(layout.unpad, (padded,))
    assert torch.autograd.gradcheck(lambda x: layout.join(x, 1), (apart,))


def test_rows_that_are_taken_often_or_never():
    order = np.array([1, 1, 4, 2, 1, 4])
    rows = torch.randn(4, 2, dtype=torch.float64, requires_grad=True)
    gather = Gather(order, 4, torch.device("cpu"))
    expected = torch.cat([rows, torch.zeros(1, 2)])[order]
    assert torch.equal(gather(rows), expected)
    assert torch.autograd.gradcheck(gather, (rows,))
    (gradient,) = torch.autograd.grad(gather(rows).sum(), rows)
    assert gradient[:, 0].tolist() == [0, 3, 1, 0]


@pytest.mark.parametrize("together", [False, True])
def test_rows_chosen_from_a_table(together):
    table = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    index = torch.tensor([2, 0, 2, 2, 1])
    assert torch.equal(choose_rows(table, index, together), table[index])
    assert torch.autograd.gradcheck(lambda t: choose_rows(t, index, together), (table,))
