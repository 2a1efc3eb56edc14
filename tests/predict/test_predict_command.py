import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gagru
from gagru.evaluation.evaluate import evaluate
from gagru.storage.files import write_checked_json
from gagru.task.errors import InputError
from gagru.task.runs import Run

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments):
    command = [sys.executable, "-m", "gagru.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_predictions_as_csv_parquet_and_on_the_terminal(trained, tmp_path):
    model, folder = trained("ga_gru"), trained.folder / "wav"
    for name in ("new/p.csv", "p.parquet"):
        done = run("predict", model, folder, "--speaker", "A", "--out", tmp_path / name)
        assert done.returncode == 0, done.stderr
        assert done.stdout == f"{tmp_path / name}: 36 predictions for 36 recordings\n"
    expected = gagru.load(model).predict(folder, speaker="A")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "p.parquet"), expected)
    written = pd.read_csv(tmp_path / "new/p.csv")
    assert list(written) == list(expected)
    pd.testing.assert_frame_equal(written, expected, atol=5e-4)
    shown = run("predict", model, folder, "--speaker", "A")
    assert shown.stdout == (tmp_path / "new/p.csv").read_text()


def test_bad_files_are_reported_and_only_strict_makes_them_an_error(trained, tmp_path):
    bad, out = tmp_path / "text.wav", tmp_path / "p.csv"
    bad.write_text("this is no audio")
    good = trained.paths("A")[0]
    done = run("predict", trained("svm"), good, bad, "--out", out)
    assert (done.returncode, len(pd.read_csv(out))) == (0, 1)
    assert "left out: 1\n" in done.stderr
    assert f"{bad}: the file cannot be read as audio" in done.stderr
    out.unlink()
    done = run("predict", trained("svm"), good, bad, "--out", out, "--strict")
    assert done.returncode == 1
    assert done.stderr.startswith("gagru: 1 of 2 cannot be heard:\n")
    assert list(tmp_path.iterdir()) == [bad]


@pytest.mark.parametrize(
    ("out", "problem"),
    [
        ("p.txt", "p.txt: is written as .csv or .parquet"),
        ("file/p.csv", "a file lies where a folder must be"),
        ("/proc/p.csv", "/proc/p.csv: cannot be written"),
    ],
)
def test_what_cannot_be_written_is_said_before_anything_is_heard(trained, tmp_path, out, problem):
    (tmp_path / "file").touch()
    done = run("predict", trained("svm"), tmp_path / "gone.wav", "--out", tmp_path / out)
    assert done.returncode == 1
    assert problem in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_hop_needs_windows(trained):
    done = run("predict", trained("svm"), trained.paths("A")[0], "--hop", "2")
    assert done.returncode == 1
    assert "give --segments" in done.stderr
    assert run("predict", trained("svm"), "x.wav", "--segments", "-1").returncode == 2


def test_bad_recordings_are_counted_though_they_are_of_one_file(trained, tmp_path):
    bad, manifest = tmp_path / "text.wav", tmp_path / "mine.csv"
    bad.write_text("this is no audio")
    manifest.write_text("path,channel\ntext.wav,1\ntext.wav,2\n")
    done = run("predict", trained("svm"), manifest, "--out", tmp_path / "p.csv")
    assert done.returncode == 1
    assert done.stderr.startswith("gagru: none of the recordings can be heard:\n")
    assert done.stderr.count("text.wav: the file cannot be read as audio") == 2
    assert not (tmp_path / "p.csv").exists()
    done = run("predict", trained("svm"), manifest, trained.paths("A")[0], "--out", tmp_path / "p.csv")
    assert done.stdout.endswith("1 predictions for 1 recordings\n")


def test_of_somebody_unknown_it_is_said_what_is_done_and_what_that_costs(trained):
    done = run("predict", trained("svm"), trained.paths("A")[0])
    assert done.stderr.startswith(
        "of recordings without a named speaker z-scores are by the statistics of the training speakers"
    )
    assert len(done.stderr.splitlines()) == 1
    assert run("predict", trained("svm", method="none"), trained.paths("A")[0]).stderr == ""


@pytest.mark.parametrize("command", ["extract", "audformat", "card"])
def test_where_nothing_can_be_written_there_is_one_line(trained, tmp_path, command):
    (tmp_path / "p.csv").write_text("file,start,end,emotion\na.wav,0,1,anger\n")
    model = tmp_path / "svm"
    shutil.copytree(trained("svm"), model)
    metrics = evaluate(Run("mine", "svm", 0, model), list("ABC"), trained.folder / "index.parquet", 0.95)
    write_checked_json(model / "metrics.json", metrics)
    given = {"extract": ["lld", trained.paths("A")[0]], "audformat": [tmp_path / "p.csv"], "card": [model]}
    done = run(command, *given[command], "--out", "/proc/nowhere/x")
    assert done.returncode == 1
    assert done.stderr.startswith("gagru: /proc/nowhere"), done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"segment": -1}, "`segment` is a number of seconds above 0, not -1"),
        ({"segment": float("nan")}, "`segment` is a number of seconds above 0"),
        ({"hop": 1}, "give `segment`"),
        ({"sampling_rate": 4000}, "a signal at 4000 Hz: from 8000 to 384000 Hz can be heard"),
    ],
)
def test_what_python_is_given_is_checked(trained, options, problem):
    with pytest.raises(InputError, match=problem):
        gagru.load(trained("svm")).predict(np.zeros(16_000, np.float32), **{"sampling_rate": 16_000} | options)
