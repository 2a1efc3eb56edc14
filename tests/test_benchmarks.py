"""The benchmarks run through at tiny sizes; what they measure there says nothing, so no figure is looked at."""

import importlib
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.corpora import SESSIONS, write_corpus
from benchmarks.measure import Measure, read_measures
from gagru.data.folds import read_folds
from gagru.features.store import read_features

ROOT = Path(__file__).resolve().parents[1]
runner = importlib.import_module("benchmarks.__main__")


@pytest.mark.parametrize("program", runner.PROGRAMS)
def test_a_benchmark_hands_over_finite_measures(program, tmp_path):
    path = tmp_path / "measures.json"
    command = [sys.executable, "-m", f"benchmarks.{program}", "--tiny", "--json", str(path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    measures = read_measures(path)
    assert measures
    assert all(math.isfinite(measure.value) for measure in measures)
    assert "| --- |" in run.stdout


def test_the_gpus_benchmark_runs_through_on_a_cpu(tmp_path):
    command = [sys.executable, "-m", "benchmarks.gpu", "--tiny", "--out", str(tmp_path), "--seconds", "1e6"]
    one_thread = os.environ | {"OMP_NUM_THREADS": "1"}
    run = subprocess.run(command, cwd=ROOT, env=one_thread, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    measures = read_measures(next(tmp_path.glob("gpu_*.json")))
    assert all(math.isfinite(measure.value) for measure in measures)
    assert next(tmp_path.glob("gpu_*.md")).read_text(encoding="utf-8") in run.stdout
    # What it says of right and wrong holds at any size: the forms for a GPU give the values of those for a CPU.
    checked = [m for m in measures if "from" in m.name or "bytes" in m.name or "wait" in m.name]
    assert len(checked) == 8 + 6 + 1 + 2 + 1
    assert all(measure.met for measure in checked), run.stdout


def test_what_the_gpus_benchmark_has_no_time_for_is_said(tmp_path):
    command = [sys.executable, "-m", "benchmarks.gpu", "--tiny", "--seconds", "0"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "A training job: not run" in run.stdout


def test_the_runner_prints_a_bound_and_whether_it_is_kept():
    fast = Measure("speed", 4.0, "times", at_least=3.5)
    large = Measure("memory", 2100.0, "MB", at_most=2048, note="at IEMOCAP's size")
    epoch = Measure("epoch", 61.2, "s")
    text = runner.results({"a": ([fast, large], "from a"), "b": ([epoch], "from b")})
    assert "| speed | at least 3.5 times | 4 times | yes |" in text
    assert "| memory (at IEMOCAP's size) | at most 2048 MB | 2100 MB | **no** |" in text
    assert "| epoch |  | 61.2 s |  |" in text
    assert text.endswith("## a\n\nfrom a\n\n## b\n\nfrom b\n")


def test_a_corpus_has_the_speakers_sessions_and_utterances_of_iemocap(tmp_path):
    write_corpus(tmp_path, 0.02)
    folds = read_folds(tmp_path / "folds.csv")
    assert list(folds) == list(SESSIONS)
    assert len(folds) == 10
    # 0.02 x 5531 utterances, dealt to ten speakers in turn: the first has one more.
    assert {role: len(names) for role, names in folds["Ses01F"].items()} == {"train": 88, "validation": 11, "test": 12}
    assert {name.split("_")[0] for name in folds["Ses03M"]["validation"]} == {"Ses03F"}
    extracted = read_features(tmp_path / "features/lld/Ses01F.parquet")
    normalised = read_features(tmp_path / "normalised/lld/Ses01F.parquet")
    assert extracted.utterances == normalised.utterances
    assert extracted.values.shape[1] == normalised.values.shape[1] == 78
    # 10 ms and 50 ms a row.
    assert [math.ceil(n / 5) for n in extracted.lengths] == normalised.lengths.tolist()


def test_training_is_compared_with_that_of_the_plain_network(finished):
    command = [sys.executable, "-m", "benchmarks.trained", str(finished.folder / "results/iemocap")]
    options = ["--systems", "ga_gru", "--seeds", "0", "--folds", "Ses01F"]
    run = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    apart = float(run.stdout.partition("differ by ")[2].split()[0])
    assert apart < 1e-5
    assert "| ga_gru | `nn.GRU`, seed 0 |" in run.stdout
