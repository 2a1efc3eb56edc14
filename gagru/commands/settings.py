"""The options of the commands that look at a run before it starts: its settings, and where it will work."""

import argparse
import os
from pathlib import Path

from gagru.task.errors import InputError

ROOT = Path(__file__).resolve().parents[2]


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """`--configfile`, `--config` and `--directory`, as snakemake takes them."""
    parser.add_argument(
        "--configfile", nargs="+", type=Path, default=[], help="settings files of the run, as snakemake takes them"
    )
    parser.add_argument(
        "--config", nargs="+", default=[], metavar="KEY=VALUE", help="settings of the run, as snakemake takes them"
    )
    parser.add_argument("--directory", type=Path, default=Path(), help="where the run will work; by default here")


def enter_folder(options: argparse.Namespace) -> None:
    """Work where the run will work, as Snakemake does: relative paths of corpora begin there.

    Those of settings files begin where the command was called. Raises `InputError` where there is no such folder, or no
    workflow, as after an installation by pip.
    """
    if not (ROOT / "Snakefile").is_file():
        raise InputError("there is no workflow here: this command works in a checkout of it")
    if not options.directory.is_dir():
        raise InputError(f"{options.directory}: there is no such folder; make it, or name another after --directory")
    options.configfile = [path.resolve() for path in options.configfile]
    os.chdir(options.directory)
    options.directory = Path()
