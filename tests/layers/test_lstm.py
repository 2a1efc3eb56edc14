import pytest
import torch
from torch import nn

from gagru.layers.lstm import last_states
from gagru.layers.ragged import Ragged


@pytest.mark.parametrize("together", [False, True])
def test_states_and_gradients_are_those_of_pytorchs_lstm_over_each_utterance_alone(together):
    torch.manual_seed(0)
    lstm = nn.LSTM(5, 7).double()
    lengths = [3, 1, 8, 3, 8, 2]
    utterances = [torch.randn(n, 5, dtype=torch.float64, requires_grad=True) for n in lengths]
    found = last_states(lstm, Ragged.of(utterances, together))
    expected = torch.stack([lstm(x)[0][-1] for x in utterances])
    torch.testing.assert_close(found, expected)

    leaves = [*lstm.parameters(), *utterances]
    towards = torch.randn(6, 7, dtype=torch.float64)
    gradients = [torch.autograd.grad((states * towards).sum(), leaves) for states in (found, expected)]
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("together", [False, True])
def test_one_utterance(together):
    lstm = nn.LSTM(2, 3)
    x = torch.randn(4, 2)
    torch.testing.assert_close(last_states(lstm, Ragged.of([x], together)), lstm(x)[0][-1:])
