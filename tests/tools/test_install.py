"""`make setup`: which Python, which build of PyTorch, what is installed, what is said where something is missing."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import install
from tools.locks import ROOT, TESTS, TORCH, WORKFLOW

FIND = ROOT / "tools" / "find_python.sh"


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """An installation into a folder of the test's own: a list of the locks that would be installed.

    Its .venv is an empty one with a command `python`, for making a real one takes seconds.
    """
    installed = []

    def make(command, check):
        assert command[1:] == ["-m", "venv", "--clear", install.VENV]
        assert check
        shutil.rmtree(install.VENV, ignore_errors=True)
        install.PYTHON.parent.mkdir(parents=True)
        install.PYTHON.touch()

    monkeypatch.setattr(install.subprocess, "run", make)
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(install, "PYTHON", tmp_path / ".venv/bin/python")
    monkeypatch.setattr(install, "DONE", tmp_path / ".venv/installed")
    monkeypatch.setattr(install, "install", lambda lock: installed.append(lock) or True)
    monkeypatch.setattr(install, "has_gpu", lambda: False)
    return installed


def setup(monkeypatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["install", *arguments])
    install.main()


def fake_python(folder: Path, name: str, version: str) -> None:
    """A command that runs as a Python of that version does where it is asked for its version."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    suits = version in ("3.11", "3.12", "3.13")
    path.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "Python {version}.0" && exit\nexit {0 if suits else 1}\n')
    path.chmod(0o755)


def find_python(folder: Path, *asked: str) -> subprocess.CompletedProcess:
    command = ["/bin/sh", str(FIND), *asked]
    environment = {**os.environ, "PATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_first_suitable_python_is_found(tmp_path):
    fake_python(tmp_path, "python3", "3.10")
    fake_python(tmp_path, "python3.12", "3.12")
    fake_python(tmp_path, "python3.11", "3.11")
    assert find_python(tmp_path).stdout == "python3.12\n"


def test_python_of_the_environment_comes_first_and_the_one_asked_for_before_it(tmp_path):
    fake_python(tmp_path, "python3", "3.13")
    fake_python(tmp_path / ".venv/bin", "python", "3.11")
    assert find_python(tmp_path).stdout == ".venv/bin/python\n"
    assert find_python(tmp_path, "python3").stdout == "python3\n"


@pytest.mark.parametrize("version", ["3.10", "3.14"])
def test_no_suitable_python_is_said_in_one_line(tmp_path, version):
    fake_python(tmp_path, "python3", version)
    found = find_python(tmp_path)
    assert (found.returncode, found.stdout, found.stderr.count("\n")) == (1, "", 1)
    assert f"Python {version}.0 was found" in found.stderr
    assert "apt-get install python3-venv" in found.stderr


def test_no_python_at_all(tmp_path):
    assert "no python3 was found" in find_python(tmp_path).stderr


def test_cpu_build_without_a_driver(checkout, monkeypatch, capsys):
    setup(monkeypatch)
    assert checkout == [WORKFLOW, TORCH["cpu"]]
    assert capsys.readouterr().out.splitlines()[0] == (
        "No NVIDIA driver was found: PyTorch for the CPU is installed. `make setup TORCH=cuda` takes PyTorch with CUDA."
    )


def test_cuda_build_with_a_driver(checkout, monkeypatch, capsys):
    monkeypatch.setattr(install, "has_gpu", lambda: True)
    setup(monkeypatch)
    assert checkout == [WORKFLOW, TORCH["cuda"]]
    assert "An NVIDIA driver was found" in capsys.readouterr().out


def test_second_time_only_what_changed(checkout, monkeypatch):
    setup(monkeypatch)
    setup(monkeypatch)
    assert checkout == [WORKFLOW, TORCH["cpu"]]
    setup(monkeypatch, "--tests")
    assert checkout[2:] == [TESTS]
    done = json.loads(install.DONE.read_text())
    done["locks"][WORKFLOW] = "of an older file"
    install.DONE.write_text(json.dumps(done))
    setup(monkeypatch, "--tests")
    assert checkout[3:] == [WORKFLOW]


def test_other_build_starts_from_nothing(checkout, monkeypatch):
    """So that nothing of five gigabytes stays behind; the choice is kept until the next."""
    setup(monkeypatch, "--torch", "cuda")
    stranger = install.VENV / "stranger"
    stranger.touch()
    setup(monkeypatch, "--torch", "cpu")
    assert not stranger.exists()
    setup(monkeypatch)
    assert checkout == [WORKFLOW, TORCH["cuda"], WORKFLOW, TORCH["cpu"]]


def test_other_python_starts_from_nothing(checkout, monkeypatch):
    setup(monkeypatch)
    monkeypatch.setattr(install, "VERSION", "3.99")
    setup(monkeypatch)
    assert checkout == [WORKFLOW, TORCH["cpu"]] * 2


def test_goes_on_where_it_failed(checkout, monkeypatch):
    monkeypatch.setattr(install, "install", lambda lock: checkout.append(lock) or lock == WORKFLOW)
    with pytest.raises(SystemExit, match="TORCH=cuda"):
        setup(monkeypatch)
    monkeypatch.setattr(install, "install", lambda lock: checkout.append(lock) or True)
    setup(monkeypatch)
    assert checkout == [WORKFLOW, TORCH["cpu"], TORCH["cpu"]]


def test_missing_venv_package_is_named(checkout, monkeypatch):
    """Debian has it apart from python3."""
    monkeypatch.setattr(install.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r"cannot make virtual environments: apt-get install python3\.\d+-venv"):
        setup(monkeypatch)


def test_who_has_no_home_is_told_which_variable_to_set(checkout, monkeypatch, capsys):
    """Snakemake's cache is below it."""
    monkeypatch.setenv("HOME", "/nonexistent")
    setup(monkeypatch)
    assert f"export XDG_CACHE_HOME={ROOT}/.snakemake/cache" in capsys.readouterr().out
    setup(monkeypatch)
    assert capsys.readouterr().out == ""


def test_make_gives_snakemake_a_cache_where_there_is_no_home():
    for home, expected in (("/nonexistent", f"{ROOT}/.snakemake/cache\n"), ("/tmp", "\n")):
        environment = {**os.environ, "HOME": home}
        environment.pop("XDG_CACHE_HOME", None)
        command = ["make", "--no-print-directory", "--eval", "show: ; @echo $$XDG_CACHE_HOME", "show"]
        shown = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        assert shown.stdout == expected
