"""A stand-in for conda: it answers what Snakemake asks, and copies Python and pip where conda would fetch them."""

import os
import sys
from pathlib import Path

# An environment is a copy of this Python, without its packages, and what the file names below `pip:`.
CONDA = r"""#!{python}
import json, shutil, subprocess, sys
from pathlib import Path

import yaml

VERSION, BASE = "python3.{minor}", Path({base!r})
OMITTED = shutil.ignore_patterns("site-packages", "test", "__pycache__", "EXTERNALLY-MANAGED")


def create(file, prefix):
    content = yaml.safe_load(file.read_text())
    *wanted, pip = content["dependencies"]
    if content["channels"] != ["conda-forge"] or wanted != ["python=3.{minor}", "pip"]:
        sys.exit(f"PackagesNotFoundError: {{wanted}} in {{content['channels']}}")
    (prefix / "bin").mkdir(parents=True)
    shutil.copy2((BASE / "bin" / VERSION).resolve(), prefix / "bin" / VERSION)
    for name in ("python", "python3"):
        (prefix / "bin" / name).symlink_to(VERSION)
    shutil.copytree(BASE / "lib" / VERSION, prefix / "lib" / VERSION, ignore=OMITTED)
    for library in (BASE / "lib").glob("libpython3*"):
        shutil.copy2(library, prefix / "lib")
    (prefix / "lib" / VERSION / "site-packages").mkdir()
    if {bare}:
        return
    listed = Path(f"{{prefix}}.pip.txt")
    listed.write_text("\n".join(pip["pip"]) + "\n")
    for command in (["ensurepip"], ["pip", "install", "--quiet", "-U", "-r", listed]):
        subprocess.run([prefix / "bin/python", "-m", *command], check=True)


match sys.argv[1:]:
    case ["--version"]:
        print("conda 26.7.0")
    case ["info", "--json"]:
        print(json.dumps({{"conda_prefix": {root!r}, "platform": "linux-64"}}))
    case ["config", "--get", "channel_priority", "--json"]:
        print(json.dumps({{"get": {{"channel_priority": "strict"}}}}))
    case ["clean", *_]:
        pass
    case ["env", "create", *rest]:
        options = dict(zip(rest, rest[1:]))
        create(Path(options["--file"]), Path(options["--prefix"]))
    case other:
        sys.exit(f"conda {{' '.join(other)}}: not known to the stand-in")
"""
# As conda's own, where its base was active before .venv was: what was first in PATH stays first.
ACTIVATE = 'export CONDA_PREFIX="$1" PATH="{first}:$1/bin:$PATH"\n'
# What the environment's Python notes of every program that it runs, below $NOTED.
SITE_CUSTOMIZE = """
import os, sys, uuid

if "NOTED" in os.environ:
    with open(os.path.join(os.environ["NOTED"], uuid.uuid4().hex), "w") as file:
        file.write("\\n".join([sys.executable, os.environ.get("PYTHONNOUSERSITE", ""), *sys.orig_argv]))
"""
BROKEN_NUMPY = 'raise RuntimeError("numpy of ~/.local")\n'


class StandIn:
    """A `conda` below `folder`, and a home with a broken numpy in ~/.local; `bare` environments hold no packages."""

    def __init__(self, folder: Path, bare: bool = False):
        self.folder, self.home = folder, folder / "home"
        values = {"python": sys.executable, "minor": sys.version_info.minor, "base": sys.base_prefix}
        binaries = folder / "bin"
        binaries.mkdir(parents=True)
        (binaries / "conda").write_text(CONDA.format(root=str(folder), bare=bare, **values))
        (binaries / "conda").chmod(0o755)
        (binaries / "activate").write_text(ACTIVATE.format(first=Path(sys.executable).parent))
        site = self.home / f".local/lib/python3.{sys.version_info.minor}/site-packages"
        site.mkdir(parents=True)
        (site / "numpy.py").write_text(BROKEN_NUMPY)

    def environment(self) -> dict[str, str]:
        """Variables of a shell in which conda's base is active, and .venv was activated after it."""
        first = f"{Path(sys.executable).parent}:{self.folder / 'bin'}"
        return {**os.environ, "HOME": str(self.home), "PATH": f"{first}:{os.environ['PATH']}"}

    def note_programs(self, prefix: Path) -> None:
        """Have the environment at `prefix` note what it runs."""
        site = prefix / f"lib/python3.{sys.version_info.minor}/site-packages"
        (site / "sitecustomize.py").write_text(SITE_CUSTOMIZE)
