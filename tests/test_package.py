"""The package as pip sees it."""

import subprocess
import sys
import tomllib
from pathlib import Path

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
