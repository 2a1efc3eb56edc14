"""How sure the printed values are of themselves: their recalls are counts, and counts have a standard error.

The errors are those of independent utterances (binomial), and two systems' errors are taken as independent of each
other, for the paper does not say who got which utterance right. Speakers make the first too small; that both systems
were tested on the same utterances makes the second too large.
"""

from math import hypot, sqrt
from statistics import NormalDist
from typing import NamedTuple

from gagru.paper.recalls import find_repairs
from gagru.paper.reported import LEAVE_ONE_OUT, ROWS, Reported


class Estimate(NamedTuple):
    """A value, or a difference of two, in per cent; its standard error is None where nothing tells it."""

    value: float
    error: float | None

    def __sub__(self, other: "Estimate") -> "Estimate":
        known = self.error is not None and other.error is not None
        return Estimate(self.value - other.value, hypot(self.error, other.error) if known else None)

    def interval(self, level: float) -> tuple[float, float] | None:
        """The normal interval at a level in (0, 1); None without an error."""
        if self.error is None:
            return None
        half = NormalDist().inv_cdf((1 + level) / 2) * self.error
        return self.value - half, self.value + half


def printed_value(reported: Reported, row: str, sizes) -> Estimate | None:
    """The value that is printed of a system in `row`, with its error; None where nothing is printed.

    sizes : the corpus's utterances in each class. Values from other test sets have no error.
    """
    return Estimate(float(reported.values[row]), _error(reported, row, sizes)) if reported.values[row] else None


def repaired_value(reported: Reported, row: str, sizes) -> Estimate | None:
    """The value of a recall that the audit finds misprinted, as it must have been; None for all others."""
    recalls = repaired_recalls(reported, sizes)
    if recalls is None or row not in ROWS[:4] or recalls[ROWS.index(row)] == float(reported.values[row]):
        return None
    return Estimate(recalls[ROWS.index(row)], _error(reported, row, sizes))


def repaired_recalls(reported: Reported, sizes) -> tuple[float, ...] | None:
    """The recalls after the one repair that explains the printed WA and UA; None where none does, or several do."""
    found = find_repairs(reported, sizes)
    return found[0].recalls if len(found) == 1 else None


def _error(reported: Reported, row: str, sizes) -> float | None:
    """Standard error of a value in per cent, of the recalls as repaired where one repair explains what is printed."""
    if reported.recalls is None or reported.protocol != LEAVE_ONE_OUT:
        return None
    recalls = repaired_recalls(reported, sizes) or reported.recalls
    errors = [sqrt(recall * (100 - recall) / size) for recall, size in zip(recalls, sizes, strict=True)]
    if row == "UA":
        return hypot(*errors) / len(errors)
    if row == "WA":
        return hypot(*(error * size for error, size in zip(errors, sizes, strict=True))) / sum(sizes)
    return errors[ROWS.index(row)]
