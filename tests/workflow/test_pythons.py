"""The other Pythons that the workflow is locked for: a short run with each that the variable PYTHONS names.

Without PyTorch, so that it is short: an SVM, from audio to its table. `make test PYTHON=python3.13` tests everything.
"""

import os
import subprocess

import pytest
from running import ROOT, SMALL, Workflow, same_bytes

from tools.locks import WORKFLOW

PYTHONS = os.environ.get("PYTHONS", "").split()


@pytest.mark.skipif(not PYTHONS, reason="PYTHONS names no other Python, as in PYTHONS='python3.12 python3.13'")
@pytest.mark.parametrize("python", PYTHONS)
def test_an_svm_is_the_same_with_another_python(python, finished, tmp_path):
    subprocess.run([python, "-m", "venv", tmp_path / "venv"], check=True)
    own = str(tmp_path / "venv/bin/python")
    pip = [own, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "--requirement", ROOT / WORKFLOW]
    subprocess.run(pip, check=True)
    workflow = Workflow(tmp_path / "run")
    settings = ("--configfile", workflow.configure(SMALL), "--config", "run={corpora: [iemocap], systems: [svm]}")
    _, *arguments = workflow.command("results/table1.csv", *settings)
    made = subprocess.run([own, *arguments], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    found = {name: digest for name, digest in workflow.made().items() if name.startswith("iemocap/")}
    found = {name: digest for name, digest in found.items() if not name.endswith("provenance.json")}
    assert len(found) > 20
    expected = {name: digest for name, digest in finished.made().items() if name in found}
    same_bytes(found, expected, f"with {python}")
