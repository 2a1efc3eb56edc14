"""Go on with a workflow that was killed: `python -m gagru.workflow.resume [arguments of snakemake]`, or `make resume`.

A killed Snakemake leaves its lock, marks what it was making as incomplete, and may leave temporary files. This removes
the lock and the files, runs what is incomplete again, and refuses while another workflow is alive in the same folder.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from gagru.storage.files import PREFIX, remedy
from gagru.task.errors import InputError
from gagru.workflow.again import as_before, folder_of
from gagru.workflow.program import run

# Below the folder that Snakemake works in. Every Snakemake that reads the Snakefile shares this file's lock (flock(2))
# while it lives; the system lets go of it however a process ends.
ALIVE = Path(".snakemake") / "alive"
# Set in the environment once it was said that locks are missing, so that no program started from here repeats it.
SAID = "GAGRU_WITHOUT_LOCKS"


def announce_workflow(folder=Path()):
    """Share the lock for as long as what is returned, an open file, lives; where there are no locks, say so and go on.

    Raises `InputError` where `folder` may not be written to.
    """
    file = _opened(folder)
    _lock(file, alone=False)
    return file


def refuse_while_alive(folder) -> None:
    """Raise `InputError` where a workflow is alive in `folder`; where there are no locks, say so and go on."""
    if not (Path(folder) / ALIVE).exists():
        return
    with _opened(folder) as file:
        if not _lock(file, alone=True):
            raise InputError(
                f"{Path(folder).resolve()}: another workflow is alive here; wait for it, or end it and try again"
            )


def _opened(folder):
    """The file that is locked, made if need be, open for both: to share a lock NFS wants it read, else written."""
    path = Path(folder) / ALIVE
    try:
        path.parent.mkdir(exist_ok=True)
        return open(path, "a+")
    except OSError as error:
        raise InputError(
            f"{path.resolve()}: cannot be written ({error.strerror}); {remedy(error)}, or work in another folder with "
            "`--directory`"
        ) from error


def _lock(file, alone: bool) -> bool:
    """Lock the file, `alone` or with others; whether nobody else's lock forbids it. True where there are no locks."""
    try:
        import fcntl  # not on every system

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB if alone else fcntl.LOCK_SH)
    except BlockingIOError:
        return False
    except (OSError, ImportError) as error:
        _say_without_locks(file.name, getattr(error, "strerror", None) or error)
    return True


def _say_without_locks(path, reason) -> None:
    if SAID not in os.environ:
        os.environ[SAID] = "yes"
        print(
            f"Warning: {path}: files cannot be locked here ({reason}). Everything works, but `make resume` cannot tell "
            "whether another workflow is alive in this folder. Use it only when you know that none is.",
            file=sys.stderr,
        )


def remove_temporary(folder) -> None:
    """Remove what processes that were killed while they wrote have left below `folder`."""
    for path in sorted(Path(folder).rglob(f"{PREFIX}*")):
        shutil.rmtree(path, ignore_errors=True)


def main() -> None:
    folder = folder_of(sys.argv[1:])
    refuse_while_alive(folder)
    remove_temporary(folder / "results")
    snakemake = [sys.executable, "-m", "snakemake", *as_before(sys.argv[1:])]
    unlocked = subprocess.run([*snakemake, "--unlock"], check=False).returncode
    sys.exit(unlocked or subprocess.run([*snakemake, "--rerun-incomplete"], check=False).returncode)


if __name__ == "__main__":
    run(main)
