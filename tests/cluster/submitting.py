"""The same configuration here and through SLURM, both as a user runs it."""

import hashlib
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from running import ROOT, Workflow
from single_node import SingleNode

# No accounting here, so the end of jobs is asked of squeue; and soon, since the jobs are short.
HERE = ["--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "1"]
HERE += ["--seconds-between-status-checks", "1", "--retries", "1"]
TIMED = {"logs", "benchmarks", "provenance.json"}


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


def here(folder: Path, configuration: str) -> dict[str, str]:
    """Digests of what the configuration makes without SLURM."""
    workflow = Workflow(folder)
    run = workflow("--configfile", workflow.configure(configuration))
    assert run.returncode == 0, run.stdout + run.stderr
    return digests(folder)


def through_slurm(cluster: SingleNode, folder: Path, configuration: str, *arguments: str, meanwhile=None) -> Submitted:
    """Run Snakemake with the profile; `meanwhile(cluster, folder)` is called until it is true or the run has ended."""
    before = {job["JobId"] for job in cluster.jobs()}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mine.yaml").write_text(configuration, encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", *arguments, "--snakefile", str(ROOT / "Snakefile")]
    command += ["--directory", str(folder), "--workflow-profile", str(ROOT / "profiles/slurm"), *HERE]
    command += ["--configfile", str(folder / "mine.yaml")]
    with open(folder / "said", "w", encoding="utf-8") as said:
        run = subprocess.Popen(command, cwd=folder, env=cluster.environment, stdout=said, stderr=said)
    try:
        while meanwhile and run.poll() is None and not meanwhile(cluster, folder):
            time.sleep(0.3)
        run.wait()
    finally:
        run.terminate()  # Snakemake cancels its jobs then
        run.wait()
    jobs = [job for job in cluster.jobs() if job["JobId"] not in before]
    return Submitted(folder, run.returncode, (folder / "said").read_text(encoding="utf-8"), jobs, digests(folder))


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every result but those that hold times."""
    results = folder / "results"
    files = [path.relative_to(results) for path in sorted(results.rglob("*")) if path.is_file()]
    files = [path for path in files if not TIMED & {path.parts[0], path.name}]
    return {path.as_posix(): hashlib.sha256((results / path).read_bytes()).hexdigest() for path in files}


class CancelATraining:
    """To be called until it has cancelled the first GA-GRU that is training."""

    def __call__(self, cluster: SingleNode, folder: Path) -> bool:
        for log in folder.glob("results/logs/*/ga_gru/seed*/*.log"):
            running = [job for job in cluster.jobs() if re.search(f"train_fold.*ga_gru.*_{log.stem}$", job["Comment"])]
            if running:
                cluster.call("scancel", running[0]["JobId"])
                return True
        return False
