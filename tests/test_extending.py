"""docs/extending.md followed to the letter in a clone: files are written, diffs applied, commands run."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:^`([\w./]+)`:\n\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# The environment is there; nothing is to be installed by a test.
NO_SETUP = 'set -euo pipefail; make() { command make --old-file=setup "$@"; }\n'


def follow(clone, title):
    """Do what a section of the page says. Returns how many files it wrote, diffs it applied and scripts it ran."""
    section = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)[1]
    done = {"files": 0, "diffs": 0, "scripts": 0}
    for name, language, text in BLOCK.findall(section):
        if language == "diff":
            run(["git", "apply", "-"], clone, text)
            done["diffs"] += 1
        elif language == "sh":
            run(["bash", "-c", NO_SETUP + text], clone)
            done["scripts"] += 1
        else:
            assert name, f"a block of {language} without the name of its file"
            assert not (clone / name).exists()
            (clone / name).write_text(text, encoding="utf-8")
            done["files"] += 1
    return done


def run(command, clone, text=""):
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=clone, input=text, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """The checkout as it is, in a folder of its own; its environment is the one that runs the tests."""
    folder = tmp_path_factory.mktemp("clone")
    command = ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    run(["git", "init", "--quiet"], folder)
    return folder


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_tenth_system(clone):
    assert follow(clone, "A system") == {"files": 2, "diffs": 1, "scripts": 1}
    rows = table(clone / "results/table1.csv")
    assert list(rows[0])[-1] == "MEAN"
    ua = float(rows[-1]["MEAN"])
    assert rows[-1]["row"] == "UA"
    assert 30 < ua < 95  # it learns: by chance it is 25
    assert "MEAN" in (clone / "results/table1.md").read_text(encoding="utf-8")
    assert re.search(r"^  mean:$", (clone / "config.yaml").read_text(encoding="utf-8"), re.MULTILINE)
    assert "`systems.mean.units`" in (clone / "config/README.md").read_text(encoding="utf-8")


def test_a_corpus_reader(clone):
    assert follow(clone, "A reader of a corpus") == {"files": 3, "diffs": 1, "scripts": 1}
    rows = table(clone / "results/table_studio.csv")
    assert [row["row"] for row in rows] == ["Happiness", "Neutrality", "Sadness", "Anger", "WA", "UA"]
    assert float(rows[-1]["SVM"]) > 30
    folds = table(clone / "results/studio/folds.csv")
    assert {row["fold"] for row in folds} == {"Ses01F", "Ses01M", "Ses02F", "Ses02M"}


def test_a_feature_set(clone):
    assert follow(clone, "A feature set") == {"files": 2, "diffs": 1, "scripts": 1}
    model = json.loads((clone / "results/iemocap/ga_gru/seed0/Ses01F/model.json").read_text(encoding="utf-8"))
    assert model["settings"]["features"] == "energy"
    assert model["columns"] == ["log_energy", "zero_crossings"]
    # What the page says of a system that cannot hear it.
    command = [
        ".venv/bin/snakemake",
        "-n",
        "--configfile",
        "energy.yaml",
        "--config",
        "systems={dnn: {features: energy}}",
    ]
    refused = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert re.search(r"systems\.dnn\.features.*energy.*egemaps", refused.stdout + refused.stderr)


def test_what_the_page_adds_passes_the_checks_of_style_and_of_the_registries(clone):
    tests = ["tests/task/test_registry.py", "tests/tools/test_written_settings.py"]
    run([".venv/bin/python", "-m", "ruff", "check", "."], clone)
    run([".venv/bin/python", "-m", "ruff", "format", "--check", "."], clone)
    run([".venv/bin/python", "-m", "pytest", "-q", *tests], clone)
