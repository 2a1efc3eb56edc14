import numpy as np
import pyarrow as pa
import pytest

from gagru.analysis.averages import average_edges, average_profiles
from gagru.analysis.by_speaker import edges_by_speaker, profiles_by_speaker
from gagru.storage.parquet import read_parquet, write_parquet
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError
from gagru.task.runs import Run

PAIRS = ("FF", "MM", "BB", "FM", "FB", "MB")


@pytest.fixture
def files(tmp_path):
    """Edges and profiles of 24 utterances by three speakers with two seeds; the second seed lacks an utterance."""
    generator, found = np.random.default_rng(0), []
    for seed in (0, 1):
        edges, profiles = [], []
        for i in range(24 - seed):
            who = {"utterance": f"u{i:02}", "speaker": "ABC"[i % 3], "emotion": EMOTIONS[i // 3 % 4]}
            shares = generator.dirichlet(np.ones(6))
            edges += [{**who, "pair": pair, "share": s} for pair, s in zip(PAIRS, shares, strict=True)]
            profiles += [{**who, "weights": k, "profile": generator.random(5).tolist()} for k in ("original", "graph")]
        for name, rows in (("edges", edges), ("profiles", profiles)):
            write_parquet(tmp_path / f"{name}{seed}.parquet", pa.Table.from_pylist(rows))
        found.append([Run("iemocap", "ga_gru", seed, tmp_path / f"{n}{seed}.parquet") for n in ("edges", "profiles")])
    return list(zip(*found, strict=True))


def test_means_of_all_speakers_are_those_that_the_figures_draw(files):
    edges, profiles = files
    everybody = np.ones((1, 3))
    means = edges_by_speaker(edges).means(everybody)[0]
    np.testing.assert_allclose(means.ravel(), average_edges(edges)["share"])
    means = profiles_by_speaker(profiles).means(everybody)[0]
    np.testing.assert_allclose(means.ravel(), average_profiles(profiles)["weight"])


def test_a_speaker_drawn_twice_counts_twice(files):
    sums = edges_by_speaker(files[0][:1])
    each = sums.means(np.eye(3))  # every speaker has two utterances of each emotion
    np.testing.assert_allclose(sums.means(np.array([[2, 0, 1]]))[0], (2 * each[0] + each[2]) / 3)


def test_no_utterances_have_no_mean(files):
    sums = edges_by_speaker(files[0])
    assert np.isnan(sums.means(np.zeros((1, 3)))).all()


def test_the_order_of_the_pairs_changes_nothing(files, tmp_path):
    run = files[0][0]
    rows = read_parquet(run.path).to_pylist()
    write_parquet(tmp_path / "turned.parquet", pa.Table.from_pylist(rows[::-1]))
    turned = edges_by_speaker([run._replace(path=tmp_path / "turned.parquet")])
    np.testing.assert_array_equal(turned.totals, edges_by_speaker([run]).totals)


@pytest.mark.parametrize("pairs", [PAIRS[1:], (*PAIRS, "FF"), ("XX", *PAIRS[1:])])
def test_an_utterance_has_every_pair_once(tmp_path, pairs):
    who = {"utterance": "u", "speaker": "A", "emotion": "anger"}
    rows = [{**who, "pair": pair, "share": 1 / 6} for pair in pairs]
    write_parquet(tmp_path / "other.parquet", pa.Table.from_pylist(rows))
    with pytest.raises(InputError, match=r"other\.parquet: not FF, MM"):
        edges_by_speaker([Run("iemocap", "ga_gru", 0, tmp_path / "other.parquet")])
