import pytest
import torch

from gagru.layers.dropout import dropout


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.9])
def test_drops_the_share_and_keeps_the_mean(probability):
    torch.manual_seed(0)
    x = torch.ones(1001, 333)
    found = dropout(x, probability)
    values, counts = found.unique(return_counts=True)
    assert values.tolist() == pytest.approx([0, 1 / (1 - probability)])
    deviation = (probability * (1 - probability) / x.numel()) ** 0.5
    assert abs(counts[0].item() / x.numel() - probability) < 4 * deviation


def test_neighbours_are_drawn_independently():
    torch.manual_seed(0)
    dropped = (dropout(torch.ones(400_000), 0.5) == 0).double()
    for distance in (1, 2, 3, 4):
        together = (dropped[distance:] * dropped[:-distance]).mean().item()
        assert abs(together - 0.25) < 4 * (3 / 16 / 400_000) ** 0.5


def test_the_generator_decides():
    x = torch.randn(7, 5)
    torch.manual_seed(1)
    first = dropout(x, 0.5)
    assert not torch.equal(dropout(x, 0.5), first)
    torch.manual_seed(1)
    assert torch.equal(dropout(x, 0.5), first)


def test_gradient_passes_where_values_do():
    torch.manual_seed(0)
    x = torch.randn(50).requires_grad_()
    found = dropout(x, 0.25)
    found.sum().backward()
    torch.testing.assert_close(x.grad, torch.where(found == 0, 0.0, 1 / 0.75))
