"""Run Snakemake as it was run here before: `python -m gagru.workflow.again [arguments of snakemake]`, as `make report`.

A run with `--use-conda` is another one than a run without: Snakemake would repeat every job. So where the arguments do
not say how jobs get their packages, they get them as in the last run in the same folder.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

# Below the folder that Snakemake works in: how the jobs of its last run got their packages, as in `conda`.
DEPLOYMENT = Path(".snakemake") / "deployment"
OPTION = "--software-deployment-method"
# Every way to say it.
OPTIONS = (
    OPTION,
    "--deployment-method",
    "--deployment",
    "--sdm",
    "--use-conda",
    "--use-apptainer",
    "--use-singularity",
)


def remember_deployment(methods: Iterable[str]) -> None:
    """Note how the jobs of the run that starts in this folder get their packages."""
    DEPLOYMENT.write_text(" ".join(sorted(methods)), encoding="utf-8")


def folder_of(arguments: list[str]) -> Path:
    """The folder that Snakemake works in, given these arguments."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--directory", "-d", default=".")
    return Path(parser.parse_known_args(arguments)[0].directory)


def as_before(arguments: list[str]) -> list[str]:
    """Snakemake's arguments, and how jobs got their packages in the last run, where the arguments do not say."""
    noted = folder_of(arguments) / DEPLOYMENT
    if any(word.partition("=")[0] in OPTIONS for word in arguments) or not noted.is_file():
        return arguments
    methods = noted.read_text(encoding="utf-8").split()
    if not methods:
        return arguments
    print(f"As in the last run here: {OPTION} {' '.join(methods)}", flush=True)
    return [*arguments, OPTION, *methods]


def main() -> None:
    command = [sys.executable, "-m", "snakemake", *as_before(sys.argv[1:])]
    sys.exit(subprocess.run(command, check=False).returncode)


if __name__ == "__main__":
    main()
