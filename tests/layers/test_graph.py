import itertools

import pytest
import torch

from gagru.layers import graph
from gagru.layers.graph import (
    NORMALISE,
    PROPAGATE,
    edge_weights,
    modulated_attention,
    plain_modulated_attention,
)
from gagru.layers.ragged import Layout

OPTIONS = list(itertools.product(NORMALISE, PROPAGATE))
EPS = 1e-15

# Three frames, R = relu(h h^T) by hand: the first and the second agree, the third opposes the first.
H = [[1.0, 0.0], [1.0, 1.0], [-1.0, 2.0]]
R = [[1.0, 1.0, 0.0], [1.0, 2.0, 1.0], [0.0, 1.0, 5.0]]  # sums 2, 4, 6
ALPHA = [0.5, 0.25, 0.25]


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def plain(h, alpha, lengths, *options):
    return plain_modulated_attention(h, alpha, Layout(lengths), *options)


def one_by_one(h, alpha, lengths, *options):
    return modulated_attention(h, alpha, Layout(lengths, together=False), *options)


def together(h, alpha, lengths, *options):
    return modulated_attention(h, alpha, Layout(lengths, together=True), *options)


FORMS = [one_by_one, together]


def batch(lengths, size=4):
    h = torch.randn(sum(lengths), size, dtype=torch.float64)
    return h, torch.rand(sum(lengths), dtype=torch.float64)


@pytest.mark.parametrize(
    ("normalise", "expected"),
    [
        ("row", [[1 / 2, 1 / 2, 0], [1 / 4, 1 / 2, 1 / 4], [0, 1 / 6, 5 / 6]]),
        ("column", [[1 / 2, 1 / 4, 0], [1 / 2, 1 / 2, 1 / 6], [0, 1 / 4, 5 / 6]]),
        ("symmetric", [[1 / 2, 8**-0.5, 0], [8**-0.5, 1 / 2, 24**-0.5], [0, 24**-0.5, 5 / 6]]),
    ],
)
def test_edges_of_a_hand_made_graph(normalise, expected):
    torch.testing.assert_close(edge_weights(torch.tensor(H), normalise), torch.tensor(expected))


@pytest.mark.parametrize(
    ("normalise", "propagate", "expected"),
    [
        ("row", "frames", [0.5 * 3 / 4, 0.25 * 7 / 6, 0.25 * 13 / 12]),
        ("row", "attention", [0.25 + 0.0625, 0.25 + 0.125 + 0.25 / 6, 0.0625 + 1.25 / 6]),
        ("column", "frames", ALPHA),
        ("column", "attention", [0.75 / 2, 1.25 / 4, 1.5 / 6]),
    ],
)
@pytest.mark.parametrize("form", [plain, *FORMS])
def test_attention_of_a_hand_made_graph(form, normalise, propagate, expected):
    found = form(torch.tensor(H), torch.tensor(ALPHA), [3], normalise, propagate)
    torch.testing.assert_close(found, torch.tensor(expected))


@pytest.mark.parametrize("form", [plain, *FORMS])
@pytest.mark.parametrize(("normalise", "propagate"), OPTIONS)
def test_weighted_sum_of_states_is_equation_6(form, normalise, propagate):
    lengths = [5, 1, 8]
    h, alpha = batch(lengths)
    modulated = form(h, alpha, lengths, normalise, propagate)
    for h_i, alpha_i, a_i in zip(h.split(lengths), alpha.split(lengths), modulated.split(lengths), strict=True):
        g = edge_weights(h_i, normalise)
        expected = g @ (alpha_i[:, None] * h_i) if propagate == "frames" else (g.t() @ alpha_i)[:, None] * h_i
        torch.testing.assert_close(a_i @ h_i, expected.sum(0))


@pytest.mark.parametrize("form", FORMS)
def test_equation_5_as_printed_cancels_and_by_row_does_not(form):
    lengths = [30, 4]
    h, alpha = (x.float() for x in batch(lengths, 16))
    printed = form(h, alpha, lengths, "column", "frames")
    torch.testing.assert_close(printed, alpha, rtol=1e-6, atol=0)
    by_row = form(h, alpha, lengths, "row", "frames")
    assert ((by_row - alpha).abs() / alpha).max() > 0.1


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("propagate", PROPAGATE)
def test_the_sums_that_normalising_promises(propagate, form):
    h, alpha = batch([9])
    assert edge_weights(h, "row").sum(1).tolist() == pytest.approx([1] * 9)
    assert edge_weights(h, "column").sum(0).tolist() == pytest.approx([1] * 9)
    kept = form(h, alpha, [9], "row", "attention").sum()
    assert kept.item() == pytest.approx(alpha.sum().item())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("block", [1, 45, 2**22], ids=["rows of one", "rows of a few", "one block"])
@pytest.mark.parametrize(("normalise", "propagate"), OPTIONS)
def test_values_and_gradients_are_those_of_the_plain_form(normalise, propagate, block, form, monkeypatch):
    monkeypatch.setattr(graph, "_BLOCK", block // 3)
    monkeypatch.setattr(graph, "_BLOCK_TOGETHER", block)
    lengths = [4, 1, 7]
    h, alpha = (x.requires_grad_() for x in batch(lengths))
    found = form(h, alpha, lengths, normalise, propagate)
    expected = plain(h, alpha, lengths, normalise, propagate)
    torch.testing.assert_close(found, expected)

    weight = torch.randn_like(expected)
    gradients = torch.autograd.grad(expected, (h, alpha), weight)
    torch.testing.assert_close(torch.autograd.grad(found, (h, alpha), weight), gradients)
    assert torch.autograd.gradcheck(lambda *x: form(*x, lengths, normalise, propagate), (h, alpha))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("normalise", "propagate"), OPTIONS)
def test_an_utterance_does_not_depend_on_its_batch(normalise, propagate, form):
    lengths = [4, 30, 7]
    h, alpha = batch(lengths)
    in_batch = form(h, alpha, lengths, normalise, propagate).split(lengths)
    for h_i, alpha_i, a_i in zip(h.split(lengths), alpha.split(lengths), in_batch, strict=True):
        alone = form(h_i, alpha_i, [len(h_i)], normalise, propagate)
        torch.testing.assert_close(a_i, alone, rtol=1e-12, atol=0)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("silent", ["all frames", "one frame"])
@pytest.mark.parametrize(("normalise", "propagate"), OPTIONS)
def test_frames_without_edges_are_finite(normalise, propagate, silent, form):
    h = torch.randn(12, 4)
    h[slice(None) if silent == "all frames" else 2] = 0
    h.requires_grad_()
    alpha = torch.full((12,), 0.2, requires_grad=True)
    modulated = form(h, alpha, [5, 7], normalise, propagate)
    modulated.sum().backward()
    for values in (modulated, h.grad, alpha.grad):
        assert torch.isfinite(values).all()
    assert modulated[2] == 0


@pytest.mark.parametrize(("normalise", "propagate"), OPTIONS)
def test_padding_is_finite_without_an_epsilon(normalise, propagate):
    lengths = [2, 6]
    h, alpha = batch(lengths)
    found = together(h, alpha, lengths, normalise, propagate, 0.0)
    torch.testing.assert_close(found, one_by_one(h, alpha, lengths, normalise, propagate, 0.0))


@pytest.mark.parametrize(("form", "block"), [(one_by_one, 16), (together, 128)])
def test_ten_minutes_of_speech_fit_in_memory(form, block):
    # The whole of R would be 12,000 x 12,000 floats, 576 MB. What one product gives is at most a block.
    h, alpha = torch.randn(12_000, 4).requires_grad_(), torch.full((12_000,), 1 / 12_000).requires_grad_()
    with torch.profiler.profile(profile_memory=True) as profile:
        form(h, alpha, [12_000], "row", "frames").sum().backward()
    largest = max(event.self_cpu_memory_usage for event in profile.events())
    assert largest <= 1.01 * block * 2**20
