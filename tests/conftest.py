"""What tests of several folders look at: a workflow that has run to its end, a cluster, files of results."""

import numpy as np
import pyarrow as pa
import pytest
from running import SMALL, Workflow
from small_cluster import CannotStart, SmallCluster

from gagru.evaluation.evaluate import summarise
from gagru.storage.files import write_checked_json
from gagru.storage.parquet import write_parquet
from gagru.task.runs import Run


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """The small configuration, run to its end once for all tests that only look at it."""
    workflow = Workflow(tmp_path_factory.mktemp("finished"))
    run = workflow("--configfile", workflow.configure(SMALL))
    assert run.returncode == 0, run.stdout + run.stderr
    return workflow


@pytest.fixture(scope="session")
def cluster():
    """A SLURM of two nodes; where there can be none, the tests that want it skip and say why."""
    try:
        with SmallCluster() as cluster:
            yield cluster
    except CannotStart as problem:
        pytest.skip(str(problem))


@pytest.fixture
def write_attention(tmp_path):
    """Write rows of dictionaries as Parquet and return the path."""

    def write_rows(name, rows):
        path = tmp_path / name
        write_parquet(path, pa.Table.from_pylist(rows))
        return path

    return write_rows


def edges(utterance, emotion, **shares):
    """The six rows of an utterance; pairs that are not given have share 0."""
    return [
        {"utterance": utterance, "speaker": "A", "emotion": emotion, "pair": pair, "share": shares.get(pair, 0.0)}
        for pair in ("FF", "MM", "BB", "FM", "FB", "MB")
    ]


def profiles(utterance, emotion, original, graph):
    """The two rows of an utterance."""
    return [
        {"utterance": utterance, "speaker": "A", "emotion": emotion, "weights": kind, "profile": values}
        for kind, values in (("original", original), ("graph", graph))
    ]


@pytest.fixture
def edge_files(write_attention):
    """Two utterances of IEMOCAP with two seeds, one of MSP-IMPROV, as `figure2.py` takes them."""
    first = write_attention("e0.parquet", edges("u2", "sadness", FF=1.0) + edges("u1", "sadness", FF=0.5, FB=0.5))
    second = write_attention("e1.parquet", edges("u1", "sadness", MB=1.0) + edges("u3", "anger", MM=1.0))
    third = write_attention("e2.parquet", edges("v1", "happiness", BB=0.25, FM=0.75))
    return [f"msp_improv/ga_gru:0={third}", f"iemocap/ga_gru:0={first}", f"iemocap/ga_gru:1={second}"]


@pytest.fixture
def profile_files(write_attention):
    """Likewise, profiles of four bins."""
    first = write_attention(
        "p0.parquet",
        profiles("u1", "anger", [0.0, 0.5, 0.25, 0.25], [0.125, 0.0, 0.0, 0.5])
        + profiles("u2", "anger", [1.0, 0.0, 0.0, 0.0], [0.5, 0.0, 0.0, 0.5]),
    )
    second = write_attention("p1.parquet", profiles("u1", "anger", [0.0, 0.0, 0.75, 0.25], [0.375, 0.0, 0.0, 0.0]))
    third = write_attention("p2.parquet", profiles("v1", "neutrality", [0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 1.0, 0.0]))
    return [f"iemocap/ga_gru:0={first}", f"iemocap/ga_gru:1={second}", f"msp_improv/ga_gru:0={third}"]


@pytest.fixture
def results(tmp_path):
    """Write `metrics.json` of a system and seed with the given correct counts out of 10 for each speaker and class.

    The result is its run, on IEMOCAP.
    """

    def write(system, seed, *correct):
        counts = [np.diag(c) + np.roll(np.diag(10 - np.array(c)), 1, axis=1) for c in correct]
        metrics = summarise(dict(zip("ABCDEF", counts, strict=False)), 0.95)
        path = tmp_path / f"{system}{seed}.json"
        write_checked_json(path, metrics)
        return Run("iemocap", system, seed, path)

    return write


@pytest.fixture
def three(results):
    """One seed of the SVM, two of GA-GRU."""
    return [
        results("svm", 0, (5, 6, 7, 8), (5, 4, 3, 2)),
        results("ga_gru", 0, (8, 8, 8, 8), (6, 6, 6, 6)),
        results("ga_gru", 1, (9, 8, 7, 8), (9, 8, 7, 6)),
    ]
