"""docs/schedulers.md, followed to the letter, with the commands of stand_in/ as the scheduler."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest
import yaml
from running import ROOT, SMALL, Workflow, programs, same_bytes

PAGE = (ROOT / "docs/schedulers.md").read_text(encoding="utf-8")
STAND_IN = Path(__file__).with_name("stand_in")
TARGET = "results/iemocap/ga_gru/seed0/metrics.json"


def profile() -> dict:
    """The SLURM profile, changed as the page says."""
    slurm = yaml.safe_load((ROOT / "profiles/slurm/profile.yaml").read_text(encoding="utf-8"))
    kept = {key: value for key, value in slurm.items() if key != "executor" and not key.startswith("slurm-")}
    executor, resources = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
    return kept | executor | {"default-resources": kept["default-resources"] | resources}


def cancel_a_training(folder: Path, environment: dict[str, str]) -> bool:
    """Cancel the job of a training, by its number in the queue; whether one was running."""
    for program in programs(folder, "train_fold"):
        for process in Path(environment["QUEUE"]).glob("*/process"):
            if int(process.read_text()) == os.getsid(program):
                subprocess.run(["cancel-jobs", process.parent.name], env=environment, check=True)
                return True
    return False


@pytest.fixture(scope="module")
def queued(tmp_path_factory):
    """A GA-GRU's folds through the stand-in, where a training was cancelled: the workflow, what it said, the jobs."""
    if missing := [name for name in ("setsid", "flock", "timeout", "pkill") if not shutil.which(name)]:
        pytest.skip(f"the stand-in for a scheduler needs {', '.join(missing)}")
    folder = tmp_path_factory.mktemp("queued")
    mine, queue = folder / "profiles/mine", folder / "queue"
    for each in mine, queue:
        each.mkdir(parents=True)
    (mine / "profile.yaml").write_text(yaml.safe_dump(profile()), encoding="utf-8")
    environment = {**os.environ, "PATH": f"{STAND_IN}:{os.environ['PATH']}", "QUEUE": str(queue)}
    workflow = Workflow(folder / "workflow")
    command = workflow.command(TARGET, "--workflow-profile", str(mine), "--seconds-between-status-checks", "1")
    with open(folder / "said", "w") as said:
        command += ["--configfile", workflow.configure(SMALL)]
        run = subprocess.Popen(command, env=environment, stdout=said, stderr=said, cwd=workflow.folder)
    while run.poll() is None and not cancel_a_training(workflow.folder, environment):
        time.sleep(0.1)
    assert run.wait() == 0, (folder / "said").read_text()
    asked = [(job / "asked").read_text().rpartition(" ")[0] for job in queue.iterdir() if job.is_dir()]
    return workflow, (folder / "said").read_text(), Counter(asked)


def test_every_result_is_byte_identical_to_a_local_run(queued, finished):
    workflow, _, _ = queued
    made = workflow.made()
    assert "iemocap/ga_gru/seed0/metrics.json" in made
    same_bytes(made, {name: digest for name, digest in finished.made().items() if name in made}, "stand-in")


def test_a_cancelled_job_is_submitted_again_with_more_memory_and_time(queued):
    _, said, asked = queued
    assert asked == {
        "--cpus 1 --memory 2000 --minutes 160 --gpus 0": 1,  # four speakers' features
        "--cpus 1 --memory 2000 --minutes 240 --gpus 0": 4,
        "--cpus 1 --memory 4000 --minutes 480 --gpus 0": 1,
    }
    assert said.count("Trying to restart job") == 1


def test_the_page_names_the_version_that_is_tested():
    name = "snakemake-executor-plugin-cluster-generic"
    assert f"{name}=={importlib.metadata.version(name)}\n" in PAGE
