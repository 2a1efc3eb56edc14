"""Install what is locked into .venv, by this Python: `make setup`. It needs the standard library alone.

PyTorch comes for the CPU, or with CUDA: five gigabytes that only an NVIDIA GPU has use for. Every file's hash is
checked, and nothing comes that the locks do not name.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.locks import ROOT, TESTS, TORCH, WORKFLOW

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
DONE = VENV / "installed"  # what is installed: the Python, PyTorch's build, and the digest of every lock file
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
CACHE = ROOT / ".snakemake" / "cache"  # as in the Makefile, for who has no home directory
DRIVER = Path("/proc/driver/nvidia/version")
PIP_OPTIONS = ["--no-input", "--disable-pip-version-check"]
BUILDS = {"cpu": "PyTorch for the CPU", "cuda": "PyTorch with CUDA"}
AGAIN = "The same command goes on from here."
REMEDIES = {
    TORCH["cpu"]: "It comes from PyTorch's own index. `make setup TORCH=cuda` takes PyPI's build instead, which is of "
    "several gigabytes, and works without a GPU, too.",
}


def has_gpu() -> bool:
    """Whether an NVIDIA driver is installed."""
    return DRIVER.exists() or shutil.which("nvidia-smi") is not None


def choose_build(done: dict) -> str:
    """PyTorch's build where none is asked for: what is installed, else by the driver, and say so."""
    if "torch" in done:
        return done["torch"]
    build = "cuda" if has_gpu() else "cpu"
    seen = "An NVIDIA driver was found" if build == "cuda" else "No NVIDIA driver was found"
    other = "cpu" if build == "cuda" else "cuda"
    print(f"{seen}: {BUILDS[build]} is installed. `make setup TORCH={other}` takes {BUILDS[other]}.", flush=True)
    return build


def read_done() -> dict:
    """What an earlier call installed; nothing, where there was none, or it was another Python's."""
    try:
        done = json.loads(DONE.read_text(encoding="utf-8"))
        return done if done["python"] == VERSION and PYTHON.exists() else {}
    except (OSError, ValueError, KeyError):
        return {}


def write_done(done: dict) -> None:
    DONE.write_text(json.dumps(done, indent=1) + "\n", encoding="utf-8")


def make_venv() -> None:
    """An empty .venv; ends with one line where Debian's package for that is missing."""
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit(f"{sys.executable} cannot make virtual environments: apt-get install python{VERSION}-venv")
    DONE.unlink(missing_ok=True)
    # .venv may be this very Python's, so that what makes it anew is the Python that it was made from.
    base = getattr(sys, "_base_executable", sys.executable)
    subprocess.run([base, "-m", "venv", "--clear", VENV], check=True)


def install(lock: str) -> bool:
    """Install all that a lock file names; whether it could be.

    By uv where there is one, but for PyTorch's one wheel for the CPU: pip looks for it where it is configured to, too,
    and goes on where PyTorch's own index cannot be reached.
    """
    uv = shutil.which("uv") if lock != TORCH["cpu"] else None
    pip = [uv, "pip", "install", "--python", PYTHON] if uv else [PYTHON, "-m", "pip", "install", *PIP_OPTIONS]
    command = [*pip, "--quiet", "--require-hashes", "--no-deps", "--requirement", lock]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def locks(torch: str, tests: bool) -> list[str]:
    """The lock files of what is asked for."""
    return [WORKFLOW, TORCH[torch], *([TESTS] if tests else [])]


def digest(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torch", choices=BUILDS, help="PyTorch's build; by default as the driver is")
    parser.add_argument("--tests", action="store_true", help="what the tests need, too")
    asked = parser.parse_args()
    done = read_done()
    torch = asked.torch or choose_build(done)
    if not done or done["torch"] != torch:  # nothing of the other build may stay
        make_venv()
        done = {"python": VERSION, "torch": torch, "locks": {}}
        write_done(done)
    missing = [lock for lock in locks(torch, asked.tests) if done["locks"].get(lock) != digest(lock)]
    for lock in missing:
        print(f"Installing {lock} into .venv", flush=True)
        if not install(lock):
            sys.exit(f"{lock} could not be installed, see above. {REMEDIES.get(lock, AGAIN)}")
        done["locks"][lock] = digest(lock)
        write_done(done)
    if missing and not os.access(os.environ.get("HOME", ""), os.W_OK):
        print(
            f"You have no home directory. Before you call snakemake itself: export XDG_CACHE_HOME={CACHE}", flush=True
        )


if __name__ == "__main__":
    main()
