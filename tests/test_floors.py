"""The floors of the package: an import leads down, never up. The contracts are those of pyproject.toml."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def lint_imports(folder):
    """What import-linter says of the package in `folder`, and whether the contracts are kept."""
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr, done.returncode == 0


@pytest.fixture
def copied(tmp_path):
    """A copy of the package with its contracts."""
    shutil.copytree(ROOT / "gagru", tmp_path / "gagru", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_no_import_leads_up():
    said, kept = lint_imports(ROOT)
    assert kept, said


@pytest.mark.parametrize(
    ("module", "line", "found"),
    [
        ("gagru/evaluation/margins.py", "import gagru.report.html", "gagru.evaluation is not allowed to import"),
        ("gagru/paper/counts.py", "import gagru.systems.svm", "gagru.paper is not allowed to import gagru.systems"),
        ("gagru/extra/__init__.py", "", "gagru.extra"),
    ],
)
def test_an_import_that_leads_up_and_a_room_without_a_floor_are_found(copied, module, line, found):
    path = copied / module
    path.parent.mkdir(exist_ok=True)
    with open(path, "a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    said, kept = lint_imports(copied)
    assert not kept
    assert found in " ".join(said.split())
