"""Running a configuration through SLURM, as a user does."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from running import ROOT, Workflow, programs
from small_cluster import SmallCluster

# Looks for the end of jobs begin at once, since the jobs are short.
HERE = ["--slurm-init-seconds-before-status-checks", "1", "--retries", "1"]
# Of a job that somebody cancelled `sacct` says `CANCELLED by 0`, and the plugin's version 2.8 takes it for running.
ASK_SQUEUE = ["--slurm-status-command", "squeue"]
IMPATIENT = Path(__file__).with_name("impatient.py")
SHOWN = [
    "JobId",
    "JobState",
    "Partition",
    "NodeList",
    "RunTime",
    "NumCPUs",
    "MinMemoryNode",
    "TimeLimit",
    "TresPerJob",
    "Comment",
]


@dataclass
class Submitted:
    """A run through SLURM: exit status, what it said, the jobs that it submitted, and digests of what it made."""

    folder: Path
    status: int
    said: str
    jobs: list[dict[str, str]]
    made: dict[str, str]

    def of(self, text: str) -> list[dict[str, str]]:
        """The jobs whose comment (rule and wildcards) holds `text`, in order of submission."""
        return [job for job in self.jobs if text in job["Comment"]]

    def job_list(self) -> str:
        """A line a job: what it asked for and what became of it."""
        lines = [SHOWN, *([job.get(name, "-") for name in SHOWN] for job in self.jobs)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def start(cluster: SmallCluster, workflow: Workflow, configuration: str, *arguments: str) -> subprocess.Popen:
    """Run Snakemake with the profile in the background; what it says is written to `said`."""
    command = [sys.executable, str(IMPATIENT), *arguments, "--snakefile", str(ROOT / "Snakefile")]
    command += ["--directory", str(workflow.folder), "--workflow-profile", str(ROOT / "profiles/slurm"), *HERE]
    command += ["--configfile", workflow.configure(configuration)]
    with open(workflow.folder / "said", "w", encoding="utf-8") as said:
        return subprocess.Popen(command, cwd=workflow.folder, env=cluster.environment, stdout=said, stderr=said)


def through_slurm(
    cluster: SmallCluster, folder: Path, configuration: str, *arguments: str, meanwhile=None
) -> Submitted:
    """Run Snakemake with the profile; `meanwhile(cluster, folder)` is called until it is true or the run has ended."""
    before, workflow = {job["JobId"] for job in cluster.jobs(folder)}, Workflow(folder)
    run = start(cluster, workflow, configuration, *arguments)
    try:
        while meanwhile and run.poll() is None and not meanwhile(cluster, folder):
            time.sleep(0.3)
        run.wait()
    finally:
        run.terminate()  # Snakemake cancels its jobs then
        run.wait()
    jobs = [job for job in cluster.jobs(folder) if job["JobId"] not in before]
    return Submitted(folder, run.returncode, (folder / "said").read_text(encoding="utf-8"), jobs, workflow.made())


class CancelATraining:
    """To be called until it has cancelled the first GA-GRU that is training."""

    def __call__(self, cluster: SmallCluster, folder: Path) -> bool:
        for log in folder.glob("results/logs/*/ga_gru/seed*/*.log"):
            running = [
                job for job in cluster.jobs(folder) if re.search(f"train_fold.*ga_gru.*_{log.stem}$", job["Comment"])
            ]
            if running:
                cluster.call("scancel", running[0]["JobId"])
                return True
        return False


class StopATraining:
    """To be called until it has stopped the first training of a system, which then never ends by itself."""

    def __init__(self, system: str):
        self.system = system

    def __call__(self, cluster: SmallCluster, folder: Path) -> bool:
        found = programs(folder, "train_fold", f"/{self.system}/")
        for program in found:
            os.kill(program, signal.SIGSTOP)
        return bool(found)
