"""The rates that pages quote are those that were simulated."""

import re
from pathlib import Path

from gagru.report.statistics import COVERAGE, FALSE_POSITIVES, MCNEMAR

RESULTS = (Path(__file__).resolve().parents[2] / "benchmarks/RESULTS.md").read_text(encoding="utf-8")
MARGINS = re.findall(r"^\| ([^|]+) \| [+-][\d.]+ \| ([\d.]+|none) \| ([\d.]+) \|$", RESULTS, re.MULTILINE)


def write_range(values):
    return f"{min(values)} to {max(values)} %"


def test_coverage_and_false_positives_are_those_of_the_benchmark():
    with_interval = [(name, float(held), float(found)) for name, held, found in MARGINS if held != "none"]
    assert {int(n) for name, *_ in MARGINS for n in re.findall(r"(\d+) speakers$", name)} == {4, 9, 10, 12, 24, 90}
    assert write_range([held for _, held, _ in with_interval]) == COVERAGE
    nothing_there = r"no difference|^edges in two emotions, alike|both 5 points|^shapes"
    assert write_range([found for name, _, found in with_interval if re.search(nothing_there, name)]) == FALSE_POSITIVES
    assert all(float(found) == 0 for _, held, found in MARGINS if held == "none")  # no interval, no verdict


def test_mcnemars_test_finds_as_many():
    assert f"McNemar's in {MCNEMAR.split()[0]}." in RESULTS
