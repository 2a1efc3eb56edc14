"""What the shell commands of the rules are made of."""

import json
import os
import shlex
import sys
from pathlib import Path

import snakemake


def write_options(**values) -> str:
    """Command-line options of a program, as one string: Snakemake sees every change of a setting, and of its name.

    >>> write_options(part="all", out_of=[1, 2])
    "--part all --out-of '[1, 2]'"
    """
    words = []
    for name, value in values.items():
        text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        words += [f"--{name.replace('_', '-')}", shlex.quote(text)]
    return " ".join(words)


def share_gpus(scheduler, per_gpu: int) -> None:
    """Have `--resources gpu=N` on this machine start as many trainings as N GPUs have places for.

    A training asks for one `gpu`. To another scheduler that is a whole one; here it is a place on one.
    """
    for limits in (scheduler.global_resources, scheduler.resources):
        if "gpu" in limits:
            limits["gpu"] *= per_gpu


def write_prefix(root: Path, in_conda: bool, per_gpu: int = 1) -> str:
    """What stands before every shell command: `program NAME ...` then runs `workflow_scripts/NAME.py` below `root`.

    Within conda by the environment's own Python, by its path, for another one may be first in PATH; otherwise by the
    one that runs Snakemake. It takes the place of Snakemake's own prefix, `set -euo pipefail`; without that, `| tee`
    hides that a program failed. Snakemake formats it once more, hence the doubled braces.

    `... | tee LOG | hide_progress` keeps lines that begin with the time of day in the log alone: of jobs that run side
    by side they would flood the terminal.
    """
    python = '"$CONDA_PREFIX/bin/python" -s' if in_conda else f"{shlex.quote(sys.executable)} -s"
    base = shlex.quote(str(root))
    run_program = f'{python} {base}/workflow_scripts/"$1".py'
    # Arguments that no command line takes (128 kB on Linux) come through a pipe.
    program = (
        f'program() {{ words="${{*:2}}"; if [ "${{#words}}" -lt 100000 ]; then {run_program} "${{@:2}}"; '
        f"else printf '%s\\0' \"${{@:2}}\" | {run_program} -; fi; }}; "
    )
    progress = "[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\\ *"
    hide_progress = (
        "hide_progress() { while IFS= read -r line || [[ $line ]]; do "
        f"[[ $line == {progress} ]] || printf '%s\\n' \"$line\"; done; }}; "
    )
    variables = f"PYTHONPATH={base} WORKFLOW={os.getpid()} SNAKEMAKE_VERSION={snakemake.__version__}"
    variables += f" PER_GPU={per_gpu}"  # here, since a change of it repeats nothing
    return f"set -euo pipefail; export {variables}; {program}{hide_progress}".replace("{", "{{").replace("}", "}}")
