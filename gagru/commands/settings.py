"""The options of the commands that look at a run before it starts: its settings, and where it will work."""

import argparse
from pathlib import Path


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """`--configfile`, `--config` and `--directory`, as snakemake takes them."""
    parser.add_argument(
        "--configfile", nargs="+", type=Path, default=[], help="settings files of the run, as snakemake takes them"
    )
    parser.add_argument(
        "--config", nargs="+", default=[], metavar="KEY=VALUE", help="settings of the run, as snakemake takes them"
    )
    parser.add_argument("--directory", type=Path, default=Path(), help="where the run will work; by default here")
