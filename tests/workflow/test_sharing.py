"""`--resources gpu=N` on this machine: as many trainings at once as N GPUs have places for, and no more."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from gagru.workflow.configuration import check_configuration
from gagru.workflow.jobs import describe_training

ROOT = Path(__file__).parents[2]
# Each job notes how many run while it does.
SNAKEFILE = """
import sys
sys.path.insert(0, {root!r})
from gagru.workflow.shell import share_gpus

onstart:
    share_gpus(workflow.scheduler, {per_gpu})

rule all:
    input: expand("{{i}}.done", i=range(6))

rule train:
    output: "{{i}}.done"
    resources: gpu=1
    shell: "mkdir -p running; touch running/{{wildcards.i}}; sleep 1; ls running | wc -l >> counts;"
        " sleep 1; rm running/{{wildcards.i}}; touch {{output}}"
"""


@pytest.mark.parametrize(("gpus", "per_gpu", "expected"), [(1, 1, 1), (1, 3, 3), (2, 2, 4)])
def test_as_many_trainings_run_at_once_as_there_are_places(tmp_path, gpus, per_gpu, expected):
    (tmp_path / "Snakefile").write_text(SNAKEFILE.format(root=str(ROOT), per_gpu=per_gpu))
    command = [sys.executable, "-m", "snakemake", "--cores", "6", "--resources", f"gpu={gpus}"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert max(map(int, (tmp_path / "counts").read_text().split())) == expected


def test_how_many_share_a_gpu_is_nothing_that_results_depend_on():
    config = check_configuration(yaml.safe_load((ROOT / "config.yaml").read_text()))
    shared = {**config, "training": {**config["training"], "per_gpu": 4}}
    assert describe_training(config, "iemocap", "ga_gru") == describe_training(shared, "iemocap", "ga_gru")
