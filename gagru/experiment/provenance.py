"""Where a result comes from: what is written beside it so that a reader can trace it."""

import platform
import resource
import subprocess
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("numpy", "torch", "scikit-learn", "opensmile", "pyarrow", "snakemake")


def commit() -> str | None:
    """The commit of the workflow's checkout, with `-dirty` where it has uncommitted changes; None outside one."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def processor() -> str:
    """The processor's name as the system gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def peak_memory_mb() -> float:
    """The largest resident memory of this process so far, in MB (Linux reports kB)."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def versions() -> dict[str, str]:
    """Version of Python and of every package that has a part in the numbers and is installed here."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except ImportError:  # an environment of the workflow holds only what its rules need
            continue
    return found
