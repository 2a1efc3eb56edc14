"""What the benchmarks share: their options, processes that are timed, and how they hand over what they measured."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Measure:
    """One measured figure, in `unit` (empty for a ratio), and what it has to be at least or at most, if anything.

    note : how it was measured, where its name does not say
    """

    name: str
    value: float
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether the value keeps to its bounds; true of a figure without one."""
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )


def parser(description: str) -> argparse.ArgumentParser:
    """The options that every benchmark takes; the first line of `description` is its help."""
    result = argparse.ArgumentParser(description=description.splitlines()[0])
    result.add_argument("--tiny", action="store_true", help="a smoke test: seconds long, and its figures say nothing")
    result.add_argument("--json", type=Path, help="file for the measures, for `python -m benchmarks`")
    return result


def hand_over(measures: list[Measure], path: Path | None) -> None:
    """Write the measures to the file that `--json` names, if it does."""
    if path:
        path.write_text(json.dumps([asdict(measure) for measure in measures], indent=2), encoding="utf-8")


def read_measures(path: Path) -> list[Measure]:
    """Read what `hand_over` wrote."""
    return [Measure(**fields) for fields in json.loads(path.read_text(encoding="utf-8"))]


def table(header: str, rows: list[tuple]) -> str:
    """A Markdown table; `header` names the columns, separated by |."""
    names = header.split("|")
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(str(cell).strip() for cell in line)} |" for line in lines)


def timed(function, *arguments) -> float:
    """The seconds that a call takes."""
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def medians(runs: int, alternatives: dict) -> dict[str, float]:
    """Name -> median seconds of the function, all called in turn `runs` times after a call that is not measured."""
    for function in alternatives.values():
        function()
    times = {name: [] for name in alternatives}
    for _ in range(runs):
        for name, function in alternatives.items():
            times[name].append(timed(function))
    return {name: statistics.median(seconds) for name, seconds in times.items()}


class Usage(NamedTuple):
    """What a process took: wall time (s) and the largest resident memory (MB)."""

    seconds: float
    peak_mb: float


def program(name: str, **options) -> list[str]:
    """The command of workflow_scripts/{name}.py; an option that is neither text nor a path is given as JSON."""
    words = [sys.executable, str(ROOT / "workflow_scripts" / f"{name}.py")]
    for option, value in options.items():
        words += [f"--{option.replace('_', '-')}", str(value) if isinstance(value, str | Path) else json.dumps(value)]
    return words


def run(command: list[str], stderr=None, **environment: str) -> Usage:
    """Run a command on one thread and measure it; raises `RuntimeError` where it fails.

    Linux counts the memory of a process from its fork on, so this one has to be smaller than those it measures.
    """
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"} | environment
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=stderr)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"failed with exit status {process.returncode}: {' '.join(command)}")
    return Usage(seconds, usage.ru_maxrss / 1024)
