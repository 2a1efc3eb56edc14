"""Where a result comes from: what is written beside it so that a reader can trace it."""

import hashlib
import json
import os
import platform
import resource
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from gagru.data.dataset import FoldFiles
from gagru.features.store import made_with
from gagru.storage.parquet import recorded_checksum
from gagru.storage.versions import merged, versions

PACKAGES = ("numpy", "pyarrow", "safetensors", "scikit-learn", "scipy", "snakemake", "torch")


def commit() -> str | None:
    """The commit of the workflow's checkout, with `-dirty` where it has uncommitted changes; None outside one."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def processor() -> str:
    """The processor's name as the system gives it: Linux in a file, macOS by a command; elsewhere, its kind."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    command = ["sysctl", "-n", "machdep.cpu.brand_string"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return platform.processor() or platform.machine()


def digest_json(value) -> str:
    """SHA-256 of what JSON can hold."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def digest_data(files: FoldFiles, speakers: Iterable[str]) -> dict[str, str]:
    """SHA-256 of what the index, the folds and the features of the speakers hold; equal wherever they lie.

    Of Parquet files it is taken from the checksums in them, which reading has compared with what they hold.
    """
    features = [Path(files.features) / f"{speaker}.parquet" for speaker in sorted(speakers)]
    return {
        "index": digest_json(recorded_checksum(files.index)),
        "folds": hashlib.sha256(Path(files.folds).read_bytes()).hexdigest(),
        "features": digest_json({path.stem: recorded_checksum(path) for path in features}),
    }


def peak_memory_mb() -> float:
    """The largest resident memory of this process so far, in MB (Linux reports kB, macOS bytes)."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1)


def training_versions() -> dict[str, str]:
    """Version of Python and of every package that has a part in a training.

    In an environment of its own a program has no Snakemake; the one that started it says which it is.
    """
    outside = {"snakemake": os.environ["SNAKEMAKE_VERSION"]} if "SNAKEMAKE_VERSION" in os.environ else {}
    return {"python": platform.python_version(), **outside, **versions(PACKAGES)}


def all_versions(features: Path) -> dict[str, str]:
    """And of what made the features in a folder: other programs, it may be in another environment, or long ago."""
    return merged([training_versions(), *map(made_with, sorted(Path(features).glob("*.parquet")))])
