"""Go on with a workflow that was killed: `python -m gagru.workflow.resume [arguments of snakemake]`, or `make resume`.

A killed Snakemake leaves its lock, marks what it was making as incomplete, and may leave temporary files. This removes
the lock and the files, runs what is incomplete again, and refuses while another workflow is alive in the same folder.
"""

import argparse
import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

from gagru.storage.files import PREFIX
from gagru.task.errors import InputError
from gagru.workflow.program import run

# Below the folder that Snakemake works in. Every Snakemake that reads the Snakefile shares this file's lock (flock(2))
# while it lives; the system lets go of it however a process ends.
ALIVE = Path(".snakemake") / "alive"


def announce_workflow(folder=Path()):
    """Share the lock for as long as what is returned, an open file, lives.

    Raises `InputError` where `folder` may not be written to.
    """
    path = Path(folder) / ALIVE
    try:
        path.parent.mkdir(exist_ok=True)
        file = open(path, "a")  # noqa: SIM115
    except OSError as error:
        raise InputError(
            f"{path.resolve()}: cannot be written ({error.strerror}); make room on the disk, or work in another folder "
            "with `--directory`"
        ) from error
    fcntl.flock(file, fcntl.LOCK_SH)
    return file


def refuse_while_alive(folder) -> None:
    """Raise `InputError` where a workflow is alive in `folder`."""
    path = Path(folder) / ALIVE
    if not path.exists():
        return
    with open(path, "a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InputError(
                f"{Path(folder).resolve()}: another workflow is alive here; wait for it, or end it and try again"
            ) from error


def remove_temporary(folder) -> None:
    """Remove what processes that were killed while they wrote have left below `folder`."""
    for path in sorted(Path(folder).rglob(f"{PREFIX}*")):
        shutil.rmtree(path, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], add_help=False)
    parser.add_argument("--directory", "-d", default=".")
    folder = parser.parse_known_args()[0].directory
    refuse_while_alive(folder)
    remove_temporary(Path(folder) / "results")
    snakemake = [sys.executable, "-m", "snakemake", *sys.argv[1:]]
    unlocked = subprocess.run([*snakemake, "--unlock"], check=False).returncode
    sys.exit(unlocked or subprocess.run([*snakemake, "--rerun-incomplete"], check=False).returncode)


if __name__ == "__main__":
    run(main)
