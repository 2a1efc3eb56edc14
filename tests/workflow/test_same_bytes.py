"""One configuration run in every way that must not show in its results, each compared with one job at a time.

`make test-long ARGS=tests/workflow/test_same_bytes.py` prints how many files of which kinds were compared.
"""

import os
import signal
import subprocess
import time

import pytest
from running import EVERY_SYSTEM, ROOT, Workflow, same_bytes
from submitting import through_slurm

pytestmark = pytest.mark.long
# Long enough to be interrupted between two epochs.
CONFIGURATION = EVERY_SYSTEM.replace("max_epochs: 1", "max_epochs: 3")
# Everything is killed when there are so many of these files: among the features, in a training, and near the end.
INTERRUPTIONS = {"features/*/*.parquet": 3, "ga_gru/*/*/checkpoint.safetensors": 1, "*/*/*/predictions.parquet": 34}


def made(workflow: Workflow, **options) -> dict[str, str]:
    run = workflow("--configfile", workflow.configure(CONFIGURATION), **options)
    assert run.returncode == 0, run.stdout + run.stderr
    return workflow.made()


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    return made(Workflow(tmp_path_factory.mktemp("alone")))


def test_two_jobs_at_a_time(alone, tmp_path):
    same_bytes(made(Workflow(tmp_path, cores=2)), alone, "--cores 2")


def test_another_folder(alone, tmp_path):
    same_bytes(made(Workflow(tmp_path / "Ergebnisse & März" / "résultats")), alone, "--directory elsewhere")


def test_another_clone(alone, tmp_path):
    changed = subprocess.run(["git", "diff", "--quiet", "HEAD"], cwd=ROOT, check=False).returncode
    assert not changed, "a clone has no uncommitted changes: commit them first"
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    same_bytes(made(Workflow(tmp_path / "of the clone"), root=clone), alone, "another clone")


def test_interrupted_and_resumed(alone, tmp_path):
    workflow = Workflow(tmp_path, cores=2)
    arguments = ("--configfile", workflow.configure(CONFIGURATION))
    for pattern, count in INTERRUPTIONS.items():
        run = workflow.start(*arguments, module="gagru.workflow.resume")
        while len(list((tmp_path / "results/iemocap").glob(pattern))) < count:
            assert run.poll() is None, workflow.log()
            time.sleep(0.01)
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    assert workflow.resume(*arguments) == 0, workflow.log()
    assert "goes on after epoch" in workflow.log()
    same_bytes(workflow.made(), alone, f"{len(INTERRUPTIONS)} times killed and resumed")


def test_slurm(alone, cluster, tmp_path):
    run = through_slurm(cluster, tmp_path, CONFIGURATION)
    assert run.status == 0, run.said
    same_bytes(run.made, alone, f"SLURM, {len(run.jobs)} jobs")
