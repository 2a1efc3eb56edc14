"""Going on after a kill, as far as it needs no Snakemake."""

import subprocess
import sys
from pathlib import Path

import pytest

from gagru.storage.files import whole
from gagru.task.errors import InputError
from gagru.workflow.resume import announce_workflow, refuse_while_alive, remove_temporary

ROOT = Path(__file__).resolve().parents[2]
ALIVE = """
import sys, time
from gagru.workflow.resume import announce_workflow
file = announce_workflow(sys.argv[1])
print("alive", flush=True)
time.sleep(60)
"""
KILLED_WHILE_IT_WRITES = """
import os, sys
from gagru.storage.files import whole
with whole(sys.argv[1]) as temporary:
    temporary.write_text("half")
    os._exit(9)
"""


def test_it_refuses_while_a_workflow_is_alive_and_not_when_it_was_killed(tmp_path):
    refuse_while_alive(tmp_path)
    with subprocess.Popen([sys.executable, "-c", ALIVE, tmp_path], cwd=ROOT, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        with pytest.raises(InputError, match="another workflow is alive here"):
            refuse_while_alive(tmp_path)
        process.kill()
    refuse_while_alive(tmp_path)


def test_two_workflows_may_read_the_snakefile_at_once(tmp_path):
    with announce_workflow(tmp_path), announce_workflow(tmp_path):
        pass


def test_temporary_files_of_killed_processes_are_removed_and_nothing_else(tmp_path):
    path = tmp_path / "iemocap" / "index.parquet"
    subprocess.run([sys.executable, "-c", KILLED_WHILE_IT_WRITES, path], cwd=ROOT, check=False)
    assert len(list(path.parent.iterdir())) == 1
    with whole(path.with_name("folds.csv")) as temporary:
        temporary.write_text("fold")
    remove_temporary(tmp_path)
    assert [path.name for path in (tmp_path / "iemocap").iterdir()] == ["folds.csv"]
