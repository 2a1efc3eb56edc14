"""What a run needs of a machine and of its corpora, looked at before it starts.

A check says what it saw. `passed` is None for what is absent but not asked for, and for what cannot be looked at here.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError, Problems

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = ((3, 11), (3, 14))  # from the first on, up to but without the last
CONDA = (24, 7, 1)  # what Snakemake 9 asks for
ENOUGH_DISK = 2.0  # GB, for logs, models and the demo
FEATURES = (
    3.0  # bytes of features for a byte of 16-bit audio at 16 kHz, all five feature sets, extracted and normalised
)
SECONDS = 20  # for a program of somebody else's to answer


class Check(NamedTuple):
    """One line: what was looked at, whether it will do, what was seen, and what to do where it will not."""

    what: str
    passed: bool | None
    seen: str
    remedy: str = ""


def examine(
    folder: Path, settings: list[Path], arguments: Sequence[str] = (), slurm: bool = False, conda: bool = False
) -> Iterator[Check]:
    """All checks, one by one.

    Parameters
    ----------
    folder : where the run will work, and have its `results`
    settings, arguments : what is given to `--configfile` and to `--config`
    slurm, conda : whether the run needs them
    """
    yield check_python()
    yield check_packages(ROOT, conda)
    yield check_gpu()
    yield from check_folder(folder)
    yield from check_corpora(folder, settings, arguments)
    yield check_slurm(slurm)
    yield check_conda(conda)


def check_python() -> Check:
    """Whether this Python is one that the packages are locked for."""
    first, end = (".".join(map(str, numbers)) for numbers in PYTHONS)
    seen = ".".join(map(str, sys.version_info[:3]))
    passed = PYTHONS[0] <= sys.version_info[:2] < PYTHONS[1]
    return Check("Python", passed, f"{seen}, {sys.executable}", f"Take Python {first} or newer, before {end}.")


def check_packages(root: Path, conda: bool = False) -> Check:
    """Whether the packages that the workflow names are installed, with the versions of the lock files in `root`.

    With conda the jobs have environments of their own, so that what is not here is no fault.
    """
    locked: dict[str, set[str]] = {}
    for path in sorted(root.glob("requirements*.lock")):
        for name, pinned in re.findall(r"^([\w.-]+)==([^\s;]+)", path.read_text(encoding="utf-8"), re.MULTILINE):
            locked.setdefault(name, set()).add(pinned.partition("+")[0])
    if not locked:
        return Check("packages", None, "no lock file here: not a checkout of the workflow")
    installed = {name: found for name in locked if (found := _version(name))}
    other = [f"{name} {found}" for name, found in installed.items() if found not in locked[name]]
    if other:
        more = f" and {len(other) - 5} more" if len(other) > 5 else ""
        seen = f"{len(other)} of {len(installed)} not as locked: {', '.join(other[:5])}{more}"
        return Check("packages", False, seen, "Run `make setup`, or work in an environment of its own.")
    named = re.findall(r"^([\w.-]+)$", (root / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    missing = ["snakemake"] if conda else named
    if absent := [name for name in missing if _version(name) is None]:
        seen = f"not installed: {', '.join(absent)}"
        remedy = "Run `make setup`" + ("." if conda else ", or give --use-conda if the run will use it.")
        return Check("packages", False, seen, remedy)
    return Check("packages", True, f"{len(installed)} of those that are locked, at their versions")


def check_gpu() -> Check:
    """Whether PyTorch can use the GPU that is there, if there is one."""
    driver = _output("nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader")
    if _version("torch") is None:
        return Check("GPU", None, "PyTorch is not installed, so this cannot be checked")
    code = "import torch; print(torch.version.cuda, torch.cuda.is_available())"
    answer = _output(sys.executable, "-c", code)
    if answer is None:
        return Check(
            "GPU", False, "`import torch` fails", "Run `make setup` again; `python -c 'import torch'` says why."
        )
    cuda, usable = answer.split()
    if driver is None:
        return Check("GPU", None, "no NVIDIA driver answers; networks are trained on the CPU")
    if usable == "True":
        return Check("GPU", True, f"{driver.splitlines()[0]}; PyTorch for CUDA {cuda}")
    if cuda == "None":
        remedy = "Run `make setup TORCH=cuda`, or set `training: {device: cpu}`."
        return Check("GPU", False, f"{driver.splitlines()[0]}, but PyTorch is built for the CPU", remedy)
    remedy = f"Install a driver for CUDA {cuda}, or set `training: {{device: cpu}}`."
    return Check("GPU", False, f"{driver.splitlines()[0]}, but PyTorch for CUDA {cuda} cannot use it", remedy)


def check_folder(folder: Path) -> Iterator[Check]:
    """Whether the folder can be written to, has room, keeps times finely and has file locks."""
    try:
        with tempfile.TemporaryDirectory(prefix=".doctor-", dir=folder) as scratch:
            yield Check("folder", True, f"{folder.resolve()} can be written to")
            free = shutil.disk_usage(folder).free / 1e9
            remedy = "Make room, or work in another folder with `--directory`."
            yield Check("disk", free >= ENOUGH_DISK, f"{free:.1f} GB free", remedy)
            yield _check_times(Path(scratch))
            yield _check_locks(Path(scratch) / "lock")
    except OSError as error:
        remedy = "See to its permissions, or work in another folder with `--directory`."
        yield Check("folder", False, f"{folder.resolve()} cannot be written to ({error.strerror})", remedy)


def _check_times(folder: Path) -> Check:
    """Snakemake tells what is out of date by times. Two files that are written one after the other must differ."""
    times = []
    for name in ("first", "second"):
        (folder / name).write_text(name)
        times.append((folder / name).stat().st_mtime_ns)
        time.sleep(0.02)
    apart = (times[1] - times[0]) / 1e6
    if apart > 0:
        return Check("file times", True, f"kept to {apart:.0f} ms or finer")
    seen = "two files that were written 20 ms apart have the same time"
    remedy = "Short jobs may be repeated. Work on a file system that keeps fractions of a second."
    return Check("file times", False, seen, remedy)


def _check_locks(path: Path) -> Check:
    try:
        import fcntl

        with path.open("w+") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except ImportError:
        return Check("file locks", None, "not on this system: `make resume` cannot see whether a workflow is alive")
    except OSError as error:
        seen = f"missing here ({error.strerror}): `make resume` cannot see whether a workflow is alive"
        return Check("file locks", None, seen)
    return Check("file locks", True, "there")


def check_corpora(folder: Path, settings: list[Path], arguments: Sequence[str] = ()) -> Iterator[Check]:
    """Whether the settings can be read and the corpora that they run are where they say, with their labels."""
    from gagru.workflow.configuration import read_configuration

    try:
        config = read_configuration(settings, arguments)
    except InputError as error:
        yield Check("settings", False, str(error), "Correct the settings; config/README.md has every key.")
        return
    yield Check("settings", True, ", ".join(map(str, [*settings, *arguments])) or "the defaults")
    size = 0
    for name in config["run"]["corpora"]:
        check, audio = _check_corpus(name, config["corpora"][name])
        size += audio
        yield check
    needed, free = FEATURES * size / 1e9, shutil.disk_usage(folder).free / 1e9
    if size:
        remedy = "Make room, run fewer systems, or work in another folder with `--directory`."
        yield Check("disk for features", free > needed, f"about {needed:.1f} of {free:.1f} GB", remedy)


def _check_corpus(name: str, entry: dict) -> tuple[Check, int]:
    """Of one corpus, by its label files; and the bytes of its audio."""
    from gagru.corpora.registry import reader
    from gagru.workflow.configuration import find_reader_options, is_demo

    if is_demo(entry):
        spoken = _version("espeakng-loader")
        remedy = "Run `make setup`: the demo is spoken by espeakng-loader."
        return Check(f"corpus {name}", spoken is not None, "the synthetic demo", remedy), 0
    root, problems = Path(entry["root"]), Problems(f"corpus {name}")
    try:
        utterances = reader(entry["reader"], find_reader_options(entry)).read(root, problems)
        problems.raise_if_any()
    except InputError as error:
        return Check(f"corpus {name}", False, str(error), "Every line above names what to do."), 0
    counts = Counter(utterance.emotion for utterance in utterances)
    heard = ", ".join(f"{counts[emotion]} {emotion}" for emotion in EMOTIONS)
    speakers = len({utterance.speaker for utterance in utterances if utterance.emotion})
    parent = root.parent if root.is_file() else root
    files = {utterance.path for utterance in utterances if utterance.path}
    size = sum((parent / file).stat().st_size for file in files if (parent / file).is_file())
    return Check(f"corpus {name}", True, f"{speakers} speakers, {heard}"), size


def check_slurm(needed: bool) -> Check:
    """Whether SLURM answers, and whether it keeps accounts, which tell that a job has ended."""
    state = _output("sinfo", "--noheader", "--format=%R %a %D")
    if state is None:
        remedy = "Log in to a node from which jobs are submitted: `sinfo` has to answer."
        return Check("SLURM", False if needed else None, "`sinfo` does not answer", remedy)
    nodes = "; ".join(f"partition {row}" for row in state.splitlines())
    if _output("sacct", "--noheader", "--allocations", "--starttime", "now-1hour", "--format", "JobID") is None:
        remedy = "Add `slurm-status-command: squeue` to your profile, see profiles/README.md."
        return Check("SLURM", False if needed else None, f"{nodes}; without accounting (`sacct`)", remedy)
    return Check("SLURM", True, f"{nodes}; with accounting")


def check_conda(needed: bool) -> Check:
    """Whether conda is there and new enough."""
    answer = _output("conda", "--version")
    remedy = f"Install conda {'.'.join(map(str, CONDA))} or newer, or run without `--use-conda`."
    if answer is None:
        return Check("conda", False if needed else None, "not found", remedy)
    numbers = tuple(map(int, re.findall(r"\d+", answer)[:3]))
    return Check("conda", numbers >= CONDA if needed or numbers >= CONDA else None, answer, remedy)


def _version(package: str) -> str | None:
    """Of an installed package, without the name of its build; None where it is not installed."""
    try:
        return version(package).partition("+")[0]
    except PackageNotFoundError:
        return None


def _output(*command: str) -> str | None:
    """What a program prints; None where it is missing, fails, is silent for too long, or was not allowed to start."""
    environment = os.environ | {"LC_ALL": "C"}
    try:
        run = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            env=environment,
            check=True,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return run.stdout.strip()
