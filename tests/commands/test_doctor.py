"""`gagru doctor` before runs that lack something: by stand-ins of programs on PATH, and folders that are wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

from gagru.workflow.doctor import check_packages

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def doctor(tmp_path):
    """A call of the command with only the given programs on PATH: name -> what it prints, None to fail."""

    def call(*arguments, **programs):
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        for name, output in programs.items():
            text = "exit 1" if output is None else f"cat <<'END'\n{output}\nEND"
            (folder / name.replace("_", "-")).write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{text}\n")
            (folder / name.replace("_", "-")).chmod(0o755)
        command = [sys.executable, "-m", "gagru.cli", "doctor", "--directory", tmp_path, *arguments]
        environment = os.environ | {"PATH": str(folder)}
        return subprocess.run(list(map(str, command)), cwd=ROOT, env=environment, capture_output=True, text=True)

    return call


def line(run, what: str) -> str:
    """The line of one check."""
    return next(text for text in run.stdout.splitlines() if text[5:].startswith(f"{what}:"))


def test_a_complete_machine_has_nothing_to_mend(doctor):
    run = doctor("--slurm", "--use-conda", sinfo="cpu up 4", sacct="", conda="conda 26.7.0")
    assert run.returncode == 0, run.stdout
    assert run.stdout.splitlines()[-1] == "Nothing to mend."
    assert line(run, "SLURM") == "ok   SLURM: partition cpu up 4; with accounting"
    assert line(run, "conda") == "ok   conda: conda 26.7.0"
    assert line(run, "corpus iemocap") == "ok   corpus iemocap: the synthetic demo"


def test_what_is_not_asked_for_may_be_missing(doctor):
    run = doctor(conda="conda 4.12.0")
    assert run.returncode == 0, run.stdout
    assert [line(run, what)[:2] for what in ("GPU", "SLURM", "conda")] == ["--", "--", "--"]


def test_what_is_asked_for_has_a_remedy(doctor):
    run = doctor("--slurm", "--use-conda", sinfo="cpu up 4", sacct=None, conda="conda 4.12.0")
    assert run.returncode == 1
    assert line(run, "SLURM").startswith("FAIL SLURM: partition cpu up 4; without accounting")
    assert line(run, "conda") == "FAIL conda: conda 4.12.0"
    assert "slurm-status-command: squeue" in run.stdout
    assert "conda 24.7.1 or newer" in run.stdout
    assert run.stdout.splitlines()[-1] == "2 to mend."


def test_a_gpu_that_pytorch_was_not_built_for(doctor):
    run = doctor(nvidia_smi="NVIDIA T4, 550.1, 15360 MiB")
    assert run.returncode == 1
    assert line(run, "GPU").startswith("FAIL GPU: NVIDIA T4, 550.1, 15360 MiB, but PyTorch")


@pytest.fixture
def corpus(tmp_path):
    """A manifest of three speakers with four utterances each, and the settings that run it."""
    rows = ["path,speaker,emotion"]
    for speaker in "abc":
        for emotion in ("happiness", "neutrality", "sadness", "anger"):
            name = f"{speaker}_{emotion}.wav"
            soundfile.write(tmp_path / name, [0.1, -0.1] * 8000, 16000)
            rows.append(f"{name},{speaker},{emotion}")
    (tmp_path / "manifest.csv").write_text("\n".join(rows))
    settings = tmp_path / "mine.yaml"
    settings.write_text(
        "run: {corpora: [mine]}\n"
        f"corpora: {{mine: {{reader: manifest, root: {tmp_path}/manifest.csv, validation: rotate}}}}\n"
    )
    return settings


def test_a_corpus_is_counted(doctor, corpus):
    run = doctor("--configfile", corpus)
    assert run.returncode == 0, run.stdout
    expected = "3 speakers, 3 happiness, 3 neutrality, 3 sadness, 3 anger"
    assert line(run, "corpus mine") == f"ok   corpus mine: {expected}"


def test_settings_on_the_command_line(doctor, corpus):
    moved = corpus.with_name("manifest.csv").rename(corpus.with_name("moved.csv"))
    run = doctor("--configfile", corpus, "--config", f"mine={moved}", "run={seeds: [0, 1]}")
    assert run.returncode == 0, run.stdout
    assert line(run, "settings") == f"ok   settings: {corpus}, mine={moved}, run={{seeds: [0, 1]}}"
    assert line(run, "corpus mine").startswith("ok   corpus mine: 3 speakers")


@pytest.mark.parametrize("word", ["mine", "run={seeds: ["])
def test_words_that_are_no_settings(doctor, word):
    run = doctor("--config", word)
    assert run.returncode == 1
    assert f"--config {word.partition('=')[0]}: is not " in run.stdout


def test_a_corpus_that_is_wrong_is_a_fault_with_file_and_line(doctor, corpus):
    manifest = corpus.with_name("manifest.csv")
    manifest.write_text(manifest.read_text().replace("b_anger.wav,b", "../b_anger.wav,b"))
    run = doctor("--configfile", corpus)
    assert run.returncode == 1
    assert "manifest.csv:9" in run.stdout


@pytest.mark.parametrize("text", [None, "run: [", "- a list"])
def test_settings_that_cannot_be_read(doctor, tmp_path, text):
    path = tmp_path / "settings.yaml"
    if text is not None:
        path.write_text(text)
    run = doctor("--configfile", path)
    assert run.returncode == 1
    assert line(run, "settings").startswith(f"FAIL settings: {path}: ")


def test_a_folder_that_is_not_there(doctor, tmp_path):
    run = doctor("--directory", tmp_path / "nowhere")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith(f"gagru: {tmp_path / 'nowhere'}: there is no such folder; make it")


def test_a_relative_corpus_lies_below_the_folder_of_the_run_as_for_snakemake(doctor, corpus):
    """The settings file lies where the command is called, the corpus where the run will work."""
    run = doctor("--configfile", corpus, "--config", "mine=manifest.csv")
    assert line(run, "corpus mine").startswith("ok   corpus mine: 3 speakers")


def test_packages_are_held_against_the_locks(tmp_path):
    pytest_version = pytest.__version__
    assert check_packages(tmp_path).passed is None
    (tmp_path / "requirements.lock").write_text(f"pytest=={pytest_version} \\\n    --hash=sha256:0\nnowhere==1.0\n")
    (tmp_path / "requirements.txt").write_text("# By name.\nPyTest\n")
    assert check_packages(tmp_path) == ("packages", True, "1 of those that are locked, at their versions", "")
    (tmp_path / "requirements-more.lock").write_text("numpy==0.1 ; sys_platform == 'linux'\n")
    found = check_packages(tmp_path)
    assert found.passed is False
    assert found.seen.startswith("1 of 2 not as locked: numpy ")
    (tmp_path / "requirements-more.lock").unlink()
    (tmp_path / "requirements.txt").write_text("pytest\nnowhere\n")
    found = check_packages(tmp_path)
    assert (found.passed, found.seen) == (False, "not installed: nowhere")
    assert check_packages(tmp_path, conda=True).passed  # its jobs have environments of their own
