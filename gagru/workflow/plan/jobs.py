"""The jobs that a run would do now, by a dry run of Snakemake."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from gagru.task.errors import InputError

SNAKEFILE = Path(__file__).resolve().parents[3] / "Snakefile"
JOB = re.compile(r"^(?:local)?rule (\w+):\n((?:    .*\n)+)", re.MULTILINE)
WILDCARDS = re.compile(r"^    wildcards: (.*)$", re.MULTILINE)


class PlannedJob(NamedTuple):
    """A job: its rule and its wildcards."""

    rule: str
    wildcards: dict[str, str]


def list_planned(folder: Path, settings: list[Path], arguments: Sequence[str] = ()) -> list[PlannedJob]:
    """The jobs that are missing in `folder`, given what is after `--configfile` and `--config`, in order of names.

    Snakemake lists them otherwise from start to start.

    Raises `InputError` with what Snakemake says, where it cannot plan.
    """
    command = [sys.executable, "-m", "snakemake", "--snakefile", SNAKEFILE, "--directory", folder, "--dry-run"]
    command += ["--nolock", "--cores", "1"]
    command += ["--configfile", *(path.resolve() for path in settings)] if settings else []
    command += ["--config", *arguments] if arguments else []
    run = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if run.returncode:
        raise InputError(f"the run cannot be planned\n{(run.stdout + run.stderr).strip()}")
    found = [PlannedJob(rule, read_wildcards(text)) for rule, text in JOB.findall(run.stdout + "\n")]
    return sorted(found, key=lambda job: (job.rule, sorted(job.wildcards.items())))


def read_wildcards(text: str) -> dict[str, str]:
    """The wildcards in what a dry run says of a job. A place may hold commas, but no space."""
    found = WILDCARDS.search(text)
    return dict(pair.split("=", 1) for pair in found[1].split(", ")) if found else {}
