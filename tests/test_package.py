"""The package as pip sees it."""

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

import gagru

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_version_is_said_once_and_cited():
    assert "version" in PROJECT["dynamic"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == gagru.__version__


def test_the_command_says_its_version_and_its_commands():
    command = [sys.executable, "-m", "gagru.cli"]
    version = subprocess.run([*command, "--version"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert version.stdout == f"gagru {gagru.__version__}\n"
    shown = subprocess.run([*command, "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {"predict", "doctor"} <= set(shown.stdout.split())


def test_the_commands_are_there_at_once():
    """Without what takes a second to import."""
    code = "import sys, gagru.cli; gagru.cli.parse(['doctor']); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"torch", "pandas", "numpy", "pyarrow", "snakemake"} & set(run.stdout.split())


def test_who_only_predicts_does_not_install_snakemake():
    assert not any(name.startswith("snakemake") for name in PROJECT["dependencies"])
    assert any(name.startswith("snakemake") for name in PROJECT["optional-dependencies"]["workflow"])


def test_a_wheel_holds_what_predicting_reads(tmp_path):
    """The tables, the mark of types, and the command; not the workflow."""
    pytest.importorskip("setuptools")
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
    source = tmp_path / "source"
    ignored = shutil.ignore_patterns(".*", "results", "build", "*.egg-info")
    shutil.copytree(ROOT, source, ignore=ignored)
    done = subprocess.run([*build, "--wheel-dir", tmp_path, source], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name == f"gagru-{gagru.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "installed")
    inside = {path.relative_to(ROOT).as_posix() for path in (ROOT / "gagru").rglob("*.py")}
    assert inside | {"gagru/py.typed", "gagru/paper/table1_reported.csv"} <= names
    assert not any(name.startswith(("rules", "tests", "workflow_scripts")) for name in names)
    command = [sys.executable, "-m", "gagru.cli"]
    where = {"cwd": tmp_path, "env": os.environ | {"PYTHONPATH": str(tmp_path / "installed")}}
    shown = subprocess.run([*command, "--version"], **where, capture_output=True, text=True, check=True)
    assert shown.stdout == f"gagru {gagru.__version__}\n"
    done = subprocess.run([*command, "doctor"], **where, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "there is no workflow here" in done.stderr
