import pytest
import torch

from gagru.layers.attention import segment_softmax, segment_sum
from gagru.layers.ragged import Layout

LENGTHS = [3, 1, 2]


@pytest.fixture(params=[False, True], ids=["one by one", "together"])
def layout(request):
    """Lengths -> their layout."""
    return lambda lengths: Layout(lengths, together=request.param)


def test_softmax_over_each_utterance(layout):
    scores = torch.tensor([0.0, 1.0, 2.0, -50.0, 1000.0, 1000.0], dtype=torch.float64)
    expected = torch.tensor([0.0900305731704, 0.2447284710548, 0.6652409557748, 1, 0.5, 0.5], dtype=torch.float64)
    torch.testing.assert_close(segment_softmax(scores, layout(LENGTHS)), expected)


def test_sum_over_each_utterance(layout):
    values = torch.tensor([[1.0, 10], [2, 20], [4, 40], [8, 80], [16, 160], [32, 320]])
    assert segment_sum(values, layout(LENGTHS)).tolist() == [[7, 70], [8, 80], [48, 480]]


def test_an_utterance_does_not_depend_on_its_batch(layout):
    torch.manual_seed(0)
    lengths = [700, 3, 41]
    scores, values = torch.randn(744), torch.randn(744, 5)
    weights, sums = segment_softmax(scores, layout(lengths)).split(lengths), segment_sum(values, layout(lengths))
    for i, (score, value) in enumerate(zip(scores.split(lengths), values.split(lengths), strict=True)):
        alone = layout([len(score)])
        torch.testing.assert_close(weights[i], segment_softmax(score, alone), rtol=1e-6, atol=0)
        torch.testing.assert_close(sums[i], segment_sum(value, alone)[0], rtol=1e-5, atol=1e-6)
        if not alone.together:
            assert torch.equal(weights[i], segment_softmax(score, alone))
            assert torch.equal(sums[i], segment_sum(value, alone)[0])


def test_gradients_equal_finite_differences(layout):
    torch.manual_seed(0)
    scores = torch.randn(6, dtype=torch.float64, requires_grad=True)
    values = torch.randn(6, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda s: segment_softmax(s, layout(LENGTHS)), (scores,))
    assert torch.autograd.gradcheck(lambda v: segment_sum(v, layout(LENGTHS)), (values,))
