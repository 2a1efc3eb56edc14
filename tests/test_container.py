"""The container recipe, as far as it can be checked without one: what it runs and holds, and that this suffices."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dockerfile_parse import DockerfileParser
from pathspec import PathSpec
from running import ROOT, Workflow

from tools.locks import TORCH, WORKFLOW

# Steps of the recipe: (instruction, what it says)
STEPS = [(step["instruction"], step["value"]) for step in DockerfileParser(str(ROOT / "Dockerfile")).structure]
LEFT_OUT = PathSpec.from_lines("gitignore", (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines())


def steps(instruction: str) -> list[str]:
    return [value for name, value in STEPS if name == instruction]


@pytest.fixture(scope="module")
def image_files(tmp_path_factory) -> Path:
    """What `COPY . .` brings into the image, in a folder."""
    folder = tmp_path_factory.mktemp("image") / "workflow"
    for path in ROOT.iterdir():
        if LEFT_OUT.match_file(path.name):
            continue
        for file in [path] if path.is_file() else path.rglob("*"):
            name = file.relative_to(ROOT)
            if file.is_file() and not LEFT_OUT.match_file(str(name)):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file, folder / name)
    return folder


def test_the_recipe_passes_the_linter():
    hadolint = Path(sys.executable).with_name("hadolint")
    run = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "")


def test_python_and_the_lock_and_nothing_else():
    assert steps("FROM") == ["python:3.11-slim"]
    assert steps("RUN") == ["python -m tools.install --torch ${TORCH}", "install --directory --mode 1777 /work"]
    assert steps("ADD") == []
    (argument,) = steps("ARG")
    assert argument.removeprefix("TORCH=") in TORCH


def test_nobody_is_root_in_it():
    (user,) = steps("USER")
    assert all(int(number) > 0 for number in user.split(":"))
    names = [name for name, _ in STEPS if name != "COMMENT"]
    assert names.index("USER") > max(place for place, name in enumerate(names) if name in ("RUN", "COPY"))


def test_what_is_copied_exists(image_files):
    assert steps("COPY") == ["requirements*.lock ./", "tools tools", ". ."]
    assert {WORKFLOW, *TORCH.values()} <= {path.name for path in image_files.iterdir()}
    assert (image_files / "tools/install.py").exists()
    (entry,) = map(json.loads, steps("ENTRYPOINT"))
    assert (image_files / entry[-1].removeprefix("/workflow/")).is_file()


@pytest.mark.parametrize(
    "path",
    [
        ".git/config",
        ".venv/bin/python",
        ".snakemake/log/1.log",
        "results/table1.csv",
        "IEMOCAP_full_release/Session1/a.wav",
        "mine.yaml",
        "tests/conftest.py",
        "gagru/__pycache__/cli.pyc",
        "gagru/task/__pycache__/runs.pyc",
    ],
)
def test_left_out_of_the_image(path):
    assert LEFT_OUT.match_file(path)


def test_the_workflow_runs_from_what_the_image_holds(image_files, tmp_path):
    workflow = Workflow(tmp_path)
    assert workflow("--dry-run", root=image_files).returncode == 0
    run = workflow("results/iemocap/folds.csv", "results/audit.html", root=image_files)
    assert run.returncode == 0, run.stdout + run.stderr
    assert (tmp_path / "results/audit.html").exists()


def test_make_image():
    command = ["make", "--no-print-directory", "--dry-run", "image", "DOCKER=podman", "TORCH=cuda"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert re.sub(r"\s+", " ", run.stdout).strip() == "podman build --build-arg TORCH=cuda --tag ga-gru ."
