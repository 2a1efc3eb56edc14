import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence, unpack_sequence

from gagru.layers import gru_steps
from gagru.layers.packed_gru import PackedBiGRU

LENGTHS = {
    "random": [5, 1, 9, 3, 9, 2],
    "equal": [4, 4, 4],
    "one utterance": [7],
    "one frame": [1],
    "frames of one": [1, 1, 1],
    "long tail": [60, 2, 3],
    "as many steps as are replayed": [16],
    "one step more": [17],
    "two replays": [32, 1, 16],
}


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def utterances(lengths, size, dtype=torch.float32):
    return [torch.randn(length, size, dtype=dtype) for length in lengths]


def pair(*sizes, **options):
    """Our layer and PyTorch's with the same parameters."""
    ours, theirs = PackedBiGRU(*sizes, **options), nn.GRU(*sizes, bidirectional=True, **options)
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


def relative_error(found, expected):
    return ((found - expected).abs().max() / expected.abs().max()).item()


@pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS)
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("block", [1, 400, 2**22, None], ids=["one step", "6 frames", "one block", "together"])
def test_outputs_and_gradients_equal_those_of_torch(lengths, layers, block, monkeypatch):
    monkeypatch.setattr(gru_steps, "BLOCK", block)
    ours, theirs = pair(6, 8, layers)
    packed = pack_sequence(utterances(lengths, 6), enforce_sorted=False)
    x, x_theirs = packed.data.clone().requires_grad_(), packed.data.clone().requires_grad_()
    found, expected = ours(packed._replace(data=x), block is None), theirs(packed._replace(data=x_theirs))[0]
    assert torch.equal(found.batch_sizes, expected.batch_sizes)
    assert torch.equal(found.unsorted_indices, expected.unsorted_indices)
    assert relative_error(found.data, expected.data) < 1e-6

    weight = torch.randn_like(expected.data)
    (found.data * weight).sum().backward()
    (expected.data * weight).sum().backward()
    assert relative_error(x.grad, x_theirs.grad) < 1e-6
    for (name, parameter), other in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        if other.grad.abs().max() == 0:  # the recurrent weights, where every utterance is one frame
            assert parameter.grad.abs().max() == 0, name
        else:
            assert relative_error(parameter.grad, other.grad) < 1e-6, name


def test_equals_torch_at_the_size_of_the_paper():
    ours, theirs = pair(78, 256, 2)
    packed = pack_sequence(utterances([150, 90, 41, 40, 12, 3], 78), enforce_sorted=False)
    found, expected = ours(packed).data, theirs(packed)[0].data
    assert relative_error(found, expected) < 1e-5
    found.square().mean().backward()
    expected.square().mean().backward()
    for (name, parameter), other in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        assert relative_error(parameter.grad, other.grad) < 1e-5, name


@pytest.mark.parametrize("together", [False, True], ids=["packed", "padded"])
@pytest.mark.parametrize("lengths", [[3, 1, 4], [2, 2], [3], [1]])
def test_gradients_equal_finite_differences(lengths, together):
    layer = PackedBiGRU(2, 3, dtype=torch.float64)
    packed = pack_sequence(utterances(lengths, 2, torch.float64), enforce_sorted=False)
    names, parameters = zip(*layer.named_parameters(), strict=True)

    def output(x, *values):
        given = dict(zip(names, values, strict=True))
        return torch.func.functional_call(layer, given, (packed._replace(data=x), together)).data

    assert torch.autograd.gradcheck(output, (packed.data.requires_grad_(), *parameters))


def test_state_dicts_are_interchangeable_and_drawn_alike():
    torch.manual_seed(3)
    ours = PackedBiGRU(5, 4, 2)
    torch.manual_seed(3)
    theirs = nn.GRU(5, 4, 2, bidirectional=True)
    for (name, value), (other_name, other) in zip(ours.state_dict().items(), theirs.state_dict().items(), strict=True):
        assert name == other_name
        assert torch.equal(value, other)


@pytest.mark.parametrize("together", [False, True], ids=["packed", "padded"])
def test_dropout_between_layers_in_training_only(together):
    ours, theirs = pair(6, 8, 2, dropout=0.5)
    packed = pack_sequence(utterances([5, 3], 6))
    torch.manual_seed(1)
    found = ours(packed, together).data
    torch.manual_seed(1)
    assert relative_error(found, theirs(packed)[0].data) < 1e-6  # the same units are dropped
    assert not torch.equal(found, ours(packed, together).data)
    assert relative_error(ours.eval()(packed, together).data, theirs.eval()(packed)[0].data) < 1e-6


@pytest.mark.parametrize("needed", ["input", "weights"])
def test_gradients_for_part_of_the_inputs(needed):
    ours, theirs = pair(6, 8)
    packed = pack_sequence(utterances([5, 3], 6))
    for layer in (ours, theirs):
        layer.requires_grad_(needed == "weights")
    x = packed.data.clone().requires_grad_(needed == "input")
    packed = packed._replace(data=x)
    found, expected = ours(packed).data.square().sum(), theirs(packed)[0].data.square().sum()
    leaf, other = (x, x) if needed == "input" else (ours.weight_hh_l0_reverse, theirs.weight_hh_l0_reverse)
    (ours_grad,) = torch.autograd.grad(found, leaf)
    (theirs_grad,) = torch.autograd.grad(expected, other)
    assert relative_error(ours_grad, theirs_grad) < 1e-6


@pytest.mark.parametrize("together", [False, True], ids=["packed", "padded"])
def test_two_batches_of_one_shape_before_the_gradients_of_either(together):
    ours, theirs = pair(6, 8, 2)
    batches = [pack_sequence(utterances([20, 3], 6)) for _ in range(2)]
    sum(ours(packed, together).data.square().sum() for packed in batches).backward()
    sum(theirs(packed)[0].data.square().sum() for packed in batches).backward()
    for (name, parameter), other in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        assert relative_error(parameter.grad, other.grad) < 1e-5, name


@pytest.mark.parametrize("together", [False, True], ids=["packed", "padded"])
def test_same_output_without_gradients(together):
    layer = PackedBiGRU(6, 8, 2)
    packed = pack_sequence(utterances([5, 3, 1], 6))
    expected = layer(packed, together).data
    with torch.no_grad():
        found = layer(packed, together).data
    assert torch.equal(found, expected)
    assert not found.requires_grad


def test_an_utterance_does_not_depend_on_its_batch():
    layer = PackedBiGRU(6, 8, 2)
    together = utterances(LENGTHS["random"], 6)
    outputs = unpack_sequence(layer(pack_sequence(together, enforce_sorted=False)))
    for utterance, output in zip(together, outputs, strict=True):
        torch.testing.assert_close(output, layer(pack_sequence([utterance])).data, rtol=1e-5, atol=1e-6)


def test_same_bytes_for_the_same_input():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        layer = PackedBiGRU(20, 64, 2)
        packed = pack_sequence(utterances([50, 31, 30, 7], 20))
        runs = []
        for _ in range(2):
            layer.zero_grad()
            output = layer(packed._replace(data=packed.data.clone())).data
            output.square().sum().backward()
            runs.append([output, *(p.grad.clone() for p in layer.parameters())])
    finally:
        torch.set_num_threads(threads)
    for first, second in zip(*runs, strict=True):
        assert torch.equal(first, second)
