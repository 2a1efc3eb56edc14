"""Run the benchmarks one after the other and write what they measured to benchmarks/RESULTS.md.

    python -m benchmarks [--tiny] [PROGRAM ...]

Nothing else should run on the machine meanwhile. Of a smoke test (`--tiny`) and of single programs the results are only
printed.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import ROOT, Measure, read_measures, table
from gagru.experiment.provenance import processor, training_versions
from gagru.features.store import PACKAGES
from gagru.storage.versions import versions

PROGRAMS = (
    "packed_gru",
    "graph_attention",
    "training_step",
    "throughput",
    "extraction",
    "prediction",
    "overhead",
    "scheduling",
    "fingerprint",
    "scale",
    "calibration",
)
RESULTS = ROOT / "benchmarks" / "RESULTS.md"


def measured(program: str, tiny: bool) -> tuple[list[Measure], str]:
    """Run one program on one thread; its measures and what it printed. Raises `CalledProcessError` where it fails."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "measures.json"
        command = [sys.executable, "-m", f"benchmarks.{program}", "--json", str(path), *(["--tiny"] if tiny else [])]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        run = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        return read_measures(path), run.stdout


def number(value: float) -> str:
    """`value` with three figures that count, and never fewer than its whole ones."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def row(measure: Measure) -> tuple[str, str, str, str]:
    """A line of the table of measures."""
    bounds = {"at least": measure.at_least, "at most": measure.at_most}
    given = [f"{words} {value:g} {measure.unit}".strip() for words, value in bounds.items() if value is not None]
    name = f"{measure.name} ({measure.note})" if measure.note else measure.name
    value = f"{number(measure.value)} {measure.unit}".strip()
    return name, ", ".join(given), value, "" if not given else "yes" if measure.met else "**no**"


def results(outcomes: dict[str, tuple[list[Measure], str]]) -> str:
    """The text of RESULTS.md, from the measures and the output of each program."""
    installed = ", ".join(f"{name} {version}" for name, version in (training_versions() | versions(PACKAGES)).items())
    measures = [measure for found, _ in outcomes.values() for measure in found]
    parts = [
        "# What the benchmarks measured",
        "Written by `make benchmark`; each section is what one program of `benchmarks/` printed.",
        f"{processor()}, {os.cpu_count()} cores. {installed}. One thread, unless said otherwise.",
        table("measure|bound|measured|kept", list(map(row, measures))),
        *(f"## {program}\n\n{text.strip()}" for program, (_, text) in outcomes.items()),
    ]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", nargs="*", metavar="PROGRAM", help=f"of {', '.join(PROGRAMS)}; default: all")
    parser.add_argument("--tiny", action="store_true", help="a smoke test: seconds long, its figures say nothing")
    args = parser.parse_args()
    outcomes, failed = {}, False
    for program in args.programs or PROGRAMS:
        print(f"benchmarks.{program} ...", file=sys.stderr, flush=True)
        try:
            outcomes[program] = measured(program, args.tiny)
        except subprocess.CalledProcessError as error:
            outcomes[program], failed = ([], f"Failed with exit status {error.returncode}."), True
    text = results(outcomes)
    print(text)
    if not args.tiny and not args.programs:
        RESULTS.write_text(text, encoding="utf-8")
    sys.exit(failed)


if __name__ == "__main__":
    main()
