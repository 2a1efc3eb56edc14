"""`gagru plan` as a user calls it, on the demo with two small systems."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = "run: {corpora: [iemocap], systems: [svm, dnn]}\n"


def plan(folder, *arguments):
    (folder / "mine.yaml").write_text(SETTINGS)
    command = [sys.executable, "-m", "gagru.cli", "plan", "--configfile", folder / "mine.yaml", "--directory", folder]
    command += ["--measured", folder / "measured.json", *arguments]
    return subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True)


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """A folder, and what was said there with `--measure`."""
    folder = tmp_path_factory.mktemp("plan")
    return folder, plan(folder, "--measure", "--cores", "2")


def test_what_is_measured_is_kept_and_used_again(measured):
    folder, first = measured
    assert first.returncode == 0, first.stderr
    assert "measuring system dnn ..." in first.stdout
    again = plan(folder, "--cores", "2")
    assert again.returncode == 0, again.stderr
    assert again.stdout.splitlines() == [line for line in first.stdout.splitlines() if "measuring" not in line]
    kept = json.loads((folder / "measured.json").read_text())
    system = next(values for key, values in kept.items() if key.startswith("system dnn"))
    assert 0 < system["predict"] < system["train"] < 0.1
    assert system["bytes"] == 4 * (88 * 256 + 256 + 256 * 128 + 128 + 128 * 64 + 64 + 64 * 4 + 4)
    assert 50 < system["memory_mb"] < 5000


def test_the_estimate_counts_the_jobs_of_a_dry_run(measured):
    lines = {line[:32].strip(): line[32:].split() for line in measured[1].stdout.splitlines() if line[:1].isalpha()}
    assert lines["train_fold svm"][0] == lines["train_fold dnn"][0] == lines["extract_features egemaps"][0] == "4"
    dry = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", measured[0]]
    dry += ["--cores", "1", "--dry-run", "--configfile", measured[0] / "mine.yaml"]
    said = subprocess.run(list(map(str, dry)), capture_output=True, text=True, check=True).stdout
    total = next(line.split()[1] for line in said.splitlines() if line.startswith("total "))
    assert f"jobs        {total}" in measured[1].stdout.splitlines()


def test_without_a_measurement_it_says_how_to_make_one(tmp_path):
    run = plan(tmp_path)
    assert run.returncode == 1
    assert run.stderr.startswith("gagru: not yet measured on this machine, with these settings: start features, ")
    assert run.stderr.endswith("; add --measure\n")
    assert not (tmp_path / "measured.json").exists()


def test_settings_on_the_command_line_are_of_the_run(measured):
    run = plan(measured[0], "--config", "run={systems: [svm]}", "--cores", "2")
    assert run.returncode == 0, run.stderr
    assert "train_fold svm" in run.stdout
    assert "dnn" not in run.stdout


@pytest.mark.parametrize("option", ["--cores", "--gpus"])
def test_numbers_from_1_on(tmp_path, option):
    run = plan(tmp_path, option, "0")
    assert run.returncode == 2
    assert run.stderr.endswith(f"argument {option}: 0 is not a number from 1 on\n")


def test_a_run_that_cannot_be_planned_says_why(tmp_path):
    (tmp_path / "wrong.yaml").write_text("run: {corpora: [nowhere]}")
    run = plan(tmp_path, "--configfile", tmp_path / "wrong.yaml")
    assert run.returncode == 1
    assert "'nowhere' is not described" in run.stderr
    assert "Traceback" not in run.stderr
