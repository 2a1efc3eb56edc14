"""Edges and profiles of a few utterances on disk."""

import pyarrow as pa
import pytest

from gagru.storage.parquet import write_parquet


@pytest.fixture
def write(tmp_path):
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
def edge_files(write):
    """Two utterances of IEMOCAP with two seeds, one of MSP-IMPROV, as `figure2.py` takes them."""
    first = write("e0.parquet", edges("u2", "sadness", FF=1.0) + edges("u1", "sadness", FF=0.5, FB=0.5))
    second = write("e1.parquet", edges("u1", "sadness", MB=1.0) + edges("u3", "anger", MM=1.0))
    third = write("e2.parquet", edges("v1", "happiness", BB=0.25, FM=0.75))
    return [f"msp_improv/ga_gru:0={third}", f"iemocap/ga_gru:0={first}", f"iemocap/ga_gru:1={second}"]


@pytest.fixture
def profile_files(write):
    """Likewise, profiles of four bins."""
    first = write(
        "p0.parquet",
        profiles("u1", "anger", [0.0, 0.5, 0.25, 0.25], [0.125, 0.0, 0.0, 0.5])
        + profiles("u2", "anger", [1.0, 0.0, 0.0, 0.0], [0.5, 0.0, 0.0, 0.5]),
    )
    second = write("p1.parquet", profiles("u1", "anger", [0.0, 0.0, 0.75, 0.25], [0.375, 0.0, 0.0, 0.0]))
    third = write("p2.parquet", profiles("v1", "neutrality", [0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 1.0, 0.0]))
    return [f"iemocap/ga_gru:0={first}", f"iemocap/ga_gru:1={second}", f"msp_improv/ga_gru:0={third}"]
