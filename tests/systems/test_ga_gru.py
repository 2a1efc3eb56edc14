import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from gagru.systems.bigru_att import BiGRUAttention
from gagru.systems.ga_gru import GAGRU
from gagru.systems.loading import load

GRAPH = {"normalise": "row", "propagate": "frames", "epsilon": 1e-15}


def trained(kind, settings, sequences, **changed):
    system = kind({**settings, **changed})
    system.fit(sequences(24), sequences(8, seed=1), 0, lambda line: None)
    return system


@pytest.fixture
def system(settings, sequences):
    return trained(GAGRU, settings, sequences, graph=GRAPH)


def hidden(weights, x):
    """h (T, 6) and alpha (T,) by equations 1 to 4, with PyTorch's own GRU."""
    gru = torch.nn.GRU(5, 6, num_layers=2, bidirectional=True)
    gru.load_state_dict({name.removeprefix("gru."): w for name, w in weights.items() if name.startswith("gru.")})
    with torch.no_grad():
        h = sum(gru(torch.from_numpy(x))[0].split(6, dim=1))
    scores = torch.tanh(h @ weights["attention.weight"].T + weights["attention.bias"]) @ weights["u"]
    return h, torch.softmax(scores, 0)


def graph(h, normalise):
    """G (T, T) by equation 5, element by element: each row, or each column, of relu(h h^T) by its sum."""
    r = [[max(float(torch.dot(a, b)), 0.0) for b in h] for a in h]
    total = [sum(row) + 1e-15 for row in r]
    divisor = {
        "row": lambda i, j: total[i],
        "column": lambda i, j: total[j],
        "symmetric": lambda i, j: (total[i] * total[j]) ** 0.5,
    }[normalise]
    return torch.tensor([[r[i][j] / divisor(i, j) for j in range(len(h))] for i in range(len(h))])


def probabilities(weights, pooled):
    return torch.softmax(weights["classifier.weight"] @ pooled + weights["classifier.bias"], dim=0).numpy()


@pytest.mark.parametrize("normalise", ["row", "column", "symmetric"])
@pytest.mark.parametrize("propagate", ["frames", "attention"])
def test_predictions_are_equations_5_to_7(tmp_path, settings, sequences, normalise, propagate):
    options = {"normalise": normalise, "propagate": propagate, "epsilon": 1e-15}
    system = trained(GAGRU, settings, sequences, graph=options)
    system.save(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    part = sequences(12, seed=2)
    expected = []
    for x in part.features:
        h, alpha = hidden(weights, x)
        g = graph(h, normalise)
        if propagate == "frames":
            pooled = (g @ (alpha[:, None] * h)).sum(0)  # eq. 6: sum over t of (G (alpha * h))_t
        else:
            pooled = sum((g.T @ alpha)[t] * h[t] for t in range(len(h)))
        expected.append(probabilities(weights, pooled))
    for network in (system, load(tmp_path)):
        np.testing.assert_allclose(network.predict(part).probability, expected, atol=1e-5)


@pytest.mark.parametrize(("normalise", "same"), [("column", True), ("row", False)])
def test_with_the_weights_of_bigru_att_equation_5_as_printed_cancels_and_by_row_does_not(
    settings, sequences, normalise, same
):
    plain = trained(BiGRUAttention, settings, sequences, max_epochs=8)
    with_graph = GAGRU({**settings, "graph": {**GRAPH, "normalise": normalise}})
    with_graph.module = with_graph.build(list("abcde"))
    with_graph.module.load_state_dict(plain.module.state_dict())
    part = sequences(30, seed=2)
    difference = np.abs(plain.predict(part).probability - with_graph.predict(part).probability).max()
    assert difference < 1e-6 if same else difference > 1e-3


def test_both_systems_start_from_the_same_parameters(tmp_path, settings, sequences):
    # Adam's steps of 1e-30 change no 32-bit number but 0, so what is stored is where training began.
    for kind in (BiGRUAttention, GAGRU):
        trained(kind, settings, sequences, lr=1e-30, graph=GRAPH).save(tmp_path / kind.NAME)
    plain, with_graph = (load_file(tmp_path / name / "model.safetensors") for name in ("bigru_att", "ga_gru"))
    assert plain.keys() == with_graph.keys()
    assert all(torch.equal(plain[name], with_graph[name]) for name in plain)
    assert not any(plain[name].eq(0).all() for name in plain)


def test_the_graph_takes_part_in_training(tmp_path, settings, sequences):
    for kind in (BiGRUAttention, GAGRU):
        trained(kind, settings, sequences, graph=GRAPH).save(tmp_path / kind.NAME)
    plain, with_graph = (load_file(tmp_path / name / "model.safetensors") for name in ("bigru_att", "ga_gru"))
    assert not torch.equal(plain["gru.weight_ih_l0"], with_graph["gru.weight_ih_l0"])


def test_a_prediction_does_not_depend_on_the_batch(system, sequences):
    part = sequences(30, seed=2)
    found = {}
    for size in (1, 7, 64):
        system.settings = {**system.settings, "batch_size": size}
        found[size] = system.predict(part).probability
    np.testing.assert_allclose(found[1], found[64], atol=1e-5)
    np.testing.assert_allclose(found[7], found[64], atol=1e-5)


@pytest.mark.parametrize("propagate", ["frames", "attention"])
def test_the_explanation_is_what_the_prediction_is_made_of(tmp_path, settings, sequences, propagate):
    system = trained(GAGRU, settings, sequences, graph={**GRAPH, "propagate": propagate})
    system.save(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    part = sequences(9, seed=2)
    for x, predicted in zip(part.features, system.predict(part).probability, strict=True):
        found = load(tmp_path).explain(x)
        h, alpha = hidden(weights, x)
        np.testing.assert_allclose(found.alpha, alpha, atol=1e-6)
        assert found.alpha.sum() == pytest.approx(1, abs=1e-6)
        np.testing.assert_allclose(found.edges, graph(h, "row"), atol=1e-5)
        np.testing.assert_allclose(found.edges.sum(axis=1), 1, atol=1e-5)
        by_graph = found.edges.T @ found.alpha if propagate == "attention" else found.alpha * found.edges.sum(axis=0)
        np.testing.assert_allclose(found.modulated, by_graph, atol=1e-5)
        pooled = torch.from_numpy(found.modulated) @ h
        np.testing.assert_allclose(probabilities(weights, pooled), predicted, atol=1e-5)


def test_one_seed_gives_the_same_bytes_and_another_others(tmp_path, settings, sequences):
    for folder, seed in (("a", 0), ("b", 0), ("c", 1)):
        system = GAGRU({**settings, "graph": GRAPH})
        system.fit(sequences(16), sequences(8, seed=1), seed, lambda line: None)
        system.save(tmp_path / folder)
    weights = {folder: (tmp_path / folder / "model.safetensors").read_bytes() for folder in "abc"}
    assert weights["a"] == weights["b"]
    assert weights["a"] != weights["c"]
