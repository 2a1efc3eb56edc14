"""What the audit finds: one finding a checked value."""

from typing import NamedTuple

from gagru.paper.counts import rounds_to

AGREES, AGREES_ROUGHLY, DISAGREES = "agrees", "agrees to the decimals printed", "disagrees"
WHOLE, NOT_WHOLE = "whole count", "not a whole count"
FOUND, NOT_FOUND, UNCHECKED = "found", "not found", "cannot be checked"


class Finding(NamedTuple):
    """One line of `audit.csv`.

    table : `table1` or `table2`; part : `table`, or `text` for a value quoted in the text; system : path name or empty
    printed, recomputed : values in per cent, or counts, as they are shown
    """

    table: str
    part: str
    system: str
    item: str
    printed: str
    recomputed: str
    verdict: str
    detail: str = ""


def compare(value: float, printed: str, slack: float = 0.0) -> str:
    """The verdict on a printed value: does `value` round to it?

    slack : what is uncertain about `value` itself. Printed values may have lost a final zero, so two decimals are
    compared first, and only then the decimals that are there.
    """
    decimals = len(printed.partition(".")[2])
    difference = abs(float(value) - float(printed))
    if rounds_to(max(0.0, difference - slack), 0.0):
        return AGREES
    return AGREES_ROUGHLY if decimals < 2 and rounds_to(difference, 0.0, decimals) else DISAGREES
