"""Check in seconds what a run will need, and say what is missing.

One line for each check: `ok`, `--` for what is absent but not needed, or `FAIL` with the remedy. The exit status is 1
if anything failed. Run it where the workflow will run, in its environment and its folder.
"""

import argparse

from gagru.commands.settings import add_run_arguments, enter_folder

MARKS = {True: "ok  ", False: "FAIL", None: "--  "}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `gagru doctor`."""
    add_run_arguments(parser)
    parser.add_argument("--slurm", action="store_true", help="the run will use SLURM, so that it has to be there")
    parser.add_argument("--use-conda", action="store_true", help="the run will use conda, so that it has to be there")


def main(options: argparse.Namespace) -> int:
    """Print every check, and return 1 if one of them failed."""
    from gagru.workflow.doctor import examine

    enter_folder(options)
    failed = 0
    settings = options.configfile, options.config
    for check in examine(options.directory, *settings, options.slurm, options.use_conda):
        print(f"{MARKS[check.passed]} {check.what}: {check.seen}", flush=True)
        if check.passed is False:
            failed += 1
            print(f"       {check.remedy}")
    print(f"{failed} to mend." if failed else "Nothing to mend.")
    return int(failed > 0)
