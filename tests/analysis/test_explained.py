"""Edges and profiles of a small corpus, worked out again from the stored weights with PyTorch's own modules."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch
from safetensors.torch import load_file

from gagru.analysis.attention import AnalysisSettings, analyse, explain_folds, write_attention
from gagru.analysis.edges import edge_shares
from gagru.analysis.profiles import profile
from gagru.corpora.table import INDEX_SCHEMA, write_index
from gagru.features.store import write_frames
from gagru.systems.ga_gru import GAGRU, Explanation
from gagru.task.errors import InputError

SETTINGS = {
    "hidden": 6,
    "layers": 2,
    "dropout": 0.1,
    "attention": {"size": 3, "init_std": 1.0},
    "graph": {"normalise": "row", "propagate": "frames", "epsilon": 1e-15},
    "batch_size": 4,
}
# utterance -> speaker, emotion, steps; u0 is in the index but outside the task
CORPUS = {
    "u0": ("A", None, 4),
    "u1": ("A", "sadness", 9),
    "u2": ("A", "happiness", 1),
    "u3": ("B", "anger", 14),
    "u4": ("B", "neutrality", 5),
}


class Corpus:
    """A corpus of two speakers in files, and a GA-GRU for each fold, with weights drawn at random."""

    def __init__(self, folder):
        self.features, self.index, self.folds = folder / "lld", folder / "index.parquet", folder / "folds.csv"
        random = np.random.default_rng(0)
        self.values = {name: random.normal(size=(row[2], 78)).astype(np.float32) for name, row in CORPUS.items()}
        for speaker in "AB":
            own = [(name, self.values[name]) for name, row in CORPUS.items() if row[0] == speaker]
            write_frames(self.features / f"{speaker}.parquet", [f"c{i}" for i in range(78)], own)
        rows = [{"utterance": name, "speaker": row[0], "emotion": row[1]} for name, row in CORPUS.items()]
        write_index(pa.Table.from_pylist(rows, INDEX_SCHEMA), self.index)
        roles = "A,u1,test A,u2,test A,u3,train A,u4,validation B,u3,test B,u4,test B,u1,train B,u2,validation"
        self.folds.write_text("\n".join(["fold,utterance,role", *roles.split()]) + "\n")
        self.models = [self.model(folder / "ga_gru" / fold, seed, fold) for seed, fold in enumerate("AB")]

    @staticmethod
    def model(folder, seed, fold):
        torch.manual_seed(seed)
        system = GAGRU(SETTINGS)
        system.columns = [f"c{i}" for i in range(78)]
        system.module = system.build(system.columns)
        system.save(folder, {"fold": fold})
        return folder

    def analysed(self, models):
        explained = explain_folds(models, self.index, self.folds, self.features, report=lambda line: None)
        return analyse(explained, AnalysisSettings())


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return Corpus(tmp_path_factory.mktemp("corpus"))


def expected(folder, values):
    """alpha, a' and G of the model in `folder`, by equations 1 to 6 with rows of G that sum to 1."""
    weights = load_file(Path(folder) / "model.safetensors")
    gru = torch.nn.GRU(78, 6, num_layers=2, bidirectional=True)
    gru.load_state_dict({name.removeprefix("gru."): w for name, w in weights.items() if name.startswith("gru.")})
    with torch.no_grad():
        h = gru(torch.from_numpy(values))[0]
        h = h[:, :6] + h[:, 6:]
        scores = torch.tanh(h @ weights["attention.weight"].T + weights["attention.bias"]) @ weights["u"]
        alpha, graph = torch.softmax(scores, 0), torch.relu(h @ h.T)
        graph = graph / graph.sum(1, keepdim=True)
    return alpha.numpy(), (alpha * graph.sum(0)).numpy(), graph.numpy()


def test_each_utterance_is_explained_by_the_model_that_was_tested_on_it(corpus):
    edges, profiles = corpus.analysed(corpus.models)
    assert edges.column_names == ["utterance", "speaker", "emotion", "pair", "share"]
    assert profiles.column_names == ["utterance", "speaker", "emotion", "weights", "profile"]
    found = {(row["utterance"], row["weights"]): row for row in profiles.to_pylist()}
    assert list(found) == [(f"u{i}", kind) for i in (1, 2, 3, 4) for kind in ("original", "graph")]
    shares = {}
    for row in edges.to_pylist():
        shares.setdefault(row["utterance"], {})[row["pair"]] = row["share"]
    assert list(shares) == ["u1", "u3", "u4"]  # u2 is one step and has no edges
    for name in ("u1", "u2", "u3", "u4"):
        speaker, emotion, _ = CORPUS[name]
        alpha, modulated, graph = expected(corpus.models["AB".index(speaker)], corpus.values[name])
        for kind, weights in (("original", alpha), ("graph", modulated)):
            row = found[name, kind]
            assert (row["speaker"], row["emotion"]) == (speaker, emotion)
            expected_profile = profile(weights, np.percentile(weights.astype(np.float64), 70)).tolist()
            assert row["profile"] == pytest.approx(expected_profile, abs=1e-6)
        if name in shares:
            assert shares[name] == pytest.approx(edge_shares(graph))
            assert list(shares[name]) == ["FF", "MM", "BB", "FM", "FB", "MB"]


def test_a_model_of_another_fold_is_recognised(corpus, tmp_path):
    (tmp_path / "B").symlink_to(corpus.models[0])
    with pytest.raises(InputError, match=r"B: a model of fold A, not of B; delete it and run snakemake again"):
        corpus.analysed([tmp_path / "B"])


def test_the_order_of_folds_changes_no_byte(corpus, tmp_path):
    for name, models in (("a", corpus.models), ("b", corpus.models[::-1])):
        write_attention(*corpus.analysed(models), tmp_path / f"{name}_edges", tmp_path / f"{name}_profiles")
    for kind in ("edges", "profiles"):
        assert (tmp_path / f"a_{kind}").read_bytes() == (tmp_path / f"b_{kind}").read_bytes()


def test_a_percentile_of_all_weights_on_the_corpus_is_taken_before_and_after_the_graph_apart():
    edges = np.ones((2, 2))
    explained = [
        ("u1", "A", "anger", Explanation(np.array([0.9, 0.1]), np.array([0.3, 0.3]), edges)),
        ("u2", "A", "anger", Explanation(np.array([0.4, 0.6]), np.array([0.8, 1.0]), edges)),
    ]
    found = analyse(explained, AnalysisSettings(weight_percentile=50, weight_percentile_over="corpus", bins=2))[1]
    # Of 0.9 0.1 0.4 0.6 the median is 0.5, of 0.3 0.3 0.8 1.0 it is 0.55.
    expected = [[0.9, 0], [0, 0], [0, 0.6], [0.8, 1.0]]
    assert found["profile"].to_pylist() == [pytest.approx(row) for row in expected]
    assert found["weights"].to_pylist() == ["original", "graph"] * 2


def test_settings_reach_the_edges_and_the_profiles():
    edges = np.array([[9, 6, 2], [3, 9, 4], [5, 1, 9]])
    explained = [("u1", "A", "anger", Explanation(np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.2, 0.7]), edges))]
    settings = AnalysisSettings(edge_percentile=100, edge_directions="backward", weight_percentile=50, bins=3)
    found, profiles = analyse(explained, settings)
    assert dict(zip(found["pair"].to_pylist(), found["share"].to_pylist(), strict=True))["FM"] == 1
    assert profiles["profile"].to_pylist() == [pytest.approx([0.5, 0.3, 0]), pytest.approx([0, 0.2, 0.7])]
    with_self = analyse(explained, AnalysisSettings(edge_percentile=100, self_edges=True))[0]
    assert with_self["share"].to_pylist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0, 0, 0])
