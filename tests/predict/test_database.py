"""Predictions as a database in audformat, read again by audformat itself."""

import subprocess
import sys
from pathlib import Path

import audformat
import pandas as pd
import pyarrow as pa
import pytest

from gagru.corpora.audformat import configure
from gagru.corpora.table import INDEX_SCHEMA, write_index
from gagru.storage.parquet import write_parquet
from gagru.task.errors import Problems

ROOT = Path(__file__).resolve().parents[2]


def export(*arguments):
    command = [sys.executable, "-m", "gagru.cli", "audformat", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def predicted(tmp_path):
    """A table as `gagru predict` writes it."""
    table = pd.DataFrame(
        {
            "file": ["a.wav", "a.wav", "b.wav"],
            "start": [0.0, 2.5, 0.0],
            "end": [5.0, 7.25, 1.125],
            "emotion": ["anger", "sadness", "anger"],
            "p_anger": [0.7, 0.2, 0.5],
            "agreement": [1.0, 0.5, 1.0],
        }
    )
    table.to_csv(tmp_path / "predictions.csv", index=False)
    return tmp_path / "predictions.csv", table


def test_a_table_of_predictions(predicted, tmp_path):
    path, table = predicted
    run = export(path, "--out", tmp_path / "db")
    assert (run.returncode, run.stdout) == (0, f"{tmp_path / 'db'}: 3 predictions\n"), run.stderr
    database = audformat.Database.load(tmp_path / "db")
    found = database["predictions"].get()
    assert database.name == "db"
    assert found.index.get_level_values("file").tolist() == table["file"].tolist()
    assert found.index.get_level_values("end").total_seconds().tolist() == table["end"].tolist()
    assert found["emotion"].tolist() == table["emotion"].tolist()
    assert found["p_anger"].tolist() == table["p_anger"].tolist()
    assert database["predictions"]["p_anger"].scheme_id == "probability"
    assert found["agreement"].astype(float).tolist() == table["agreement"].tolist()


def test_the_test_predictions_of_a_run(tmp_path):
    columns = dict.fromkeys(INDEX_SCHEMA.names, [None] * 2)
    columns |= {"utterance": ["u1", "u2"], "path": ["a.wav", "a.wav"], "offset": [0.5, 2.0], "duration": [1.0, 0.25]}
    write_index(pa.table(columns, schema=INDEX_SCHEMA), tmp_path / "index.parquet")
    for fold, utterance in (("A", "u1"), ("B", "u2")):
        rows = {"utterance": [utterance], "speaker": [fold], "emotion": ["anger"], "predicted": ["sadness"]}
        write_parquet(tmp_path / "seed0" / fold / "predictions.parquet", pa.table(rows | {"p_anger": [0.25]}))
    run = export(tmp_path / "seed0", "--index", tmp_path / "index.parquet", "--out", tmp_path / "db")
    assert run.returncode == 0, run.stderr
    found = audformat.Database.load(tmp_path / "db")["predictions"].get()
    assert found.index.get_level_values("start").total_seconds().tolist() == [0.5, 2.0]
    assert found.index.get_level_values("end").total_seconds().tolist() == [1.5, 2.25]
    assert found["predicted"].tolist() == ["sadness", "sadness"]
    # Our own reader takes it for a corpus.
    source = {"tables": ["predictions"]}
    reader = configure({"emotion": source | {"column": "emotion"}, "speaker": source | {"column": "speaker"}})
    (tmp_path / "db" / "a.wav").write_bytes(b"-")
    utterances = reader.read(tmp_path / "db", Problems(""))
    assert [(u.speaker, u.offset, u.duration) for u in utterances] == [("A", 0.5, 1.0), ("B", 2.0, 0.25)]


def test_what_cannot_be_written_is_one_message(predicted, tmp_path):
    path, _ = predicted
    (tmp_path / "empty").mkdir()
    (tmp_path / "other.csv").write_text("x\n1\n")
    for arguments, message in (
        ((tmp_path / "nowhere.csv", "--out", tmp_path / "db"), "nowhere.csv: cannot be read"),
        ((tmp_path / "other.csv", "--out", tmp_path / "db"), "has no column file, start, end"),
        ((tmp_path / "empty", "--out", tmp_path / "db"), "holds no predictions"),
        ((path, "--out", tmp_path), "is there already; name a folder that is not"),
    ):
        run = export(*arguments)
        assert (run.returncode, run.stdout) == (1, "")
        assert message in run.stderr
        assert "Traceback" not in run.stderr
        assert not (tmp_path / "db").exists()


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("a.wav,0.0,5.0,anger,0.5,1", "a.wav from 0.0 to 5.0 s is there 2 times"),
        ("c.wav,soon,5.0,anger,0.5,1", "row 4: start is soon"),
        ("c.wav,0.0,,anger,0.5,1", "row 4: end is nan"),
        ("c.wav,0.0,1.0,anger,1.5,1", "row 4: p_anger is 1.5"),
        ("c.wav,0.0,inf,anger,0.5,1", "row 4: end is inf"),
        ("c.wav,2.0,1.0,anger,0.5,1", "row 4: end is before start"),
    ],
)
def test_a_table_that_no_database_can_hold(predicted, tmp_path, row, problem):
    path, _ = predicted
    path.write_text(f"{path.read_text()}{row}\n")
    run = export(path, "--out", tmp_path / "db")
    assert run.returncode == 1
    assert run.stderr.startswith(f"gagru: {path}: ")
    assert problem in run.stderr
    assert len(run.stderr.splitlines()) == 1
    assert not (tmp_path / "db").exists()


def test_a_table_without_predictions(tmp_path):
    (tmp_path / "p.csv").write_text("file,start,end,emotion\n")
    run = export(tmp_path / "p.csv", "--out", tmp_path / "db")
    assert (run.returncode, run.stderr.count("\n")) == (1, 1)
    assert "holds no predictions" in run.stderr
