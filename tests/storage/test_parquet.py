import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gagru.storage.parquet import read_parquet, to_arrow, to_numpy, write_parquet
from gagru.task.errors import InputError

NAMES = [f"Ses01F_impro01_F{i:03}" for i in range(300)]
TABLE = pa.table(
    {
        "utterance": NAMES,
        "emotion": pa.array(["anger", None, "sadness"] * 100).dictionary_encode(),
        "share": np.linspace(0, 1, 300),
        "turn": pa.array([*range(299), None], pa.int32()),
        "profile": pa.array(list(np.linspace(0, 1, 900).reshape(300, 3)), pa.list_(pa.float32())),
    }
)


@pytest.fixture
def path(tmp_path):
    write_parquet(tmp_path / "corpus=x" / "a.parquet", TABLE)
    return tmp_path / "corpus=x" / "a.parquet"


def test_a_table_is_read_as_written(path):
    assert read_parquet(path).to_pylist() == TABLE.to_pylist()
    assert read_parquet(path, ["share", "utterance"]).to_pydict() == {
        "share": TABLE["share"].to_pylist(),
        "utterance": NAMES,
    }


def test_the_encoding_does_not_matter(path):
    write_parquet(path, TABLE, compression="zstd", row_group_size=7, use_dictionary=False)
    assert read_parquet(path).to_pylist() == TABLE.to_pylist()


def test_others_read_it_as_a_plain_table(path):
    assert pd.read_parquet(path)["utterance"].tolist() == NAMES


def test_the_same_table_is_the_same_bytes(path):
    written = path.read_bytes()
    write_parquet(path, TABLE)
    assert path.read_bytes() == written


def test_a_table_without_rows(path):
    write_parquet(path, TABLE.slice(0, 0))
    assert read_parquet(path).num_rows == 0


def rewritten(path, change):
    """Changed by a program that keeps the file's metadata."""
    metadata = pq.read_metadata(path).metadata
    pq.write_table(change(pq.ParquetFile(path).read()).replace_schema_metadata(metadata), path)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.unlink(), "there is no such file; run snakemake again"),
        (lambda path: path.write_bytes(b""), "truncated or damaged; delete it and run snakemake again"),
        (lambda path: path.write_bytes(path.read_bytes()[:-200]), "truncated or damaged; delete it"),
        (lambda path: path.write_text("utterance,share\n"), "truncated or damaged; delete it"),
        (lambda path: pd.DataFrame({"utterance": ["a"]}).to_parquet(path), "not a file of this workflow; delete it"),
        (lambda path: rewritten(path, lambda t: t.slice(1)), "altered since it was written; delete it"),
        (lambda path: rewritten(path, lambda t: t.take([1, 0, *range(2, 300)])), "altered since it was written"),
        (lambda path: rewritten(path, lambda t: t.drop_columns("turn")), "altered since it was written"),
        (
            lambda path: rewritten(path, lambda t: t.rename_columns({"utterance": "emotion", "emotion": "utterance"})),
            "altered since it was written",
        ),
    ],
    ids=["missing", "empty", "truncated", "CSV", "foreign", "a row less", "rows swapped", "a column less", "renamed"],
)
def test_damage_is_recognised(path, damage, message):
    damage(path)
    with pytest.raises(InputError, match=f"a.parquet: .*{message}"):
        read_parquet(path)


def test_a_column_that_is_asked_for_and_not_there(path):
    with pytest.raises(InputError, match=r"a\.parquet: truncated or damaged"):
        read_parquet(path, ["predicted"])


@pytest.mark.parametrize("where", np.linspace(0, 0.999, 60))
def test_a_changed_byte_is_never_read_as_other_values(path, where):
    data = bytearray(path.read_bytes())
    data[int(where * len(data))] ^= 255
    path.write_bytes(data)
    try:
        table = read_parquet(path)
    except InputError:
        return
    assert table.to_pylist() == TABLE.to_pylist()  # a byte that means nothing to the values


@pytest.mark.parametrize(
    "values",
    [
        ["anger", "", "fröhlich"],
        [],
        np.arange(5, dtype=np.int32),
        np.arange(6, dtype=np.float32).reshape(3, 2)[:, 1],
        np.empty(0, np.float32),
    ],
)
def test_columns_are_those_of_pyarrow(values):
    column = to_arrow(values)
    column.validate(full=True)
    assert column.equals(pa.array(values, column.type))
    if isinstance(values, np.ndarray):
        np.testing.assert_array_equal(to_numpy(column), values)
        np.testing.assert_array_equal(to_numpy(column[1:]), values[1:])


def test_a_missing_number_is_no_number():
    with pytest.raises(pa.ArrowException):
        to_numpy(pa.array([1.0, None]))


FEATURES = """
import sys
import numpy as np
from gagru.features.store import open_features, read_features, write_frames
write_frames("a.parquet", ["x", "y"], [("u1", np.ones((3, 2), np.float32)), ("u2", np.zeros((2, 2), np.float32))])
print(read_features("a.parquet").values.tolist())
print([np.asarray(values)[0].tolist() for _, values in open_features("a.parquet").items()] and "pandas" in sys.modules)
"""


def test_features_are_written_and_read_without_pandas(tmp_path):
    """It takes as long to import as all else that a training job does with them."""
    root = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-c", FEATURES]
    done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": root}, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [str([[1.0, 1.0]] * 3 + [[0.0, 0.0]] * 2), "False"]
