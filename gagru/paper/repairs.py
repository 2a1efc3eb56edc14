"""Slips of the pen that would explain what is printed of a system: exchanged cells, transposed digits, one of each."""

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from gagru.paper.counts import rounds_to, whole_counts
from gagru.paper.reported import ROWS


class Repair(NamedTuple):
    """What was done to the four printed recalls, and what they are after it (per cent)."""

    steps: tuple[str, ...]
    recalls: tuple[float, ...]


def candidates(recalls) -> list[Repair]:
    """Every different result of an exchange of two cells, of a transposition of two digits, or of one after the other.

    recalls : four values in per cent, printed with two decimals
    """
    once = [*_exchanges(recalls), *_transpositions(recalls)]
    both = [
        Repair(exchange.steps + transposition.steps, transposition.recalls)
        for exchange in _exchanges(recalls)
        for transposition in _transpositions(exchange.recalls)
    ]
    different = {repair.recalls: repair for repair in reversed(once + both) if repair.recalls != tuple(recalls)}
    return list(different.values())[::-1]


def repairs(recalls, wa: float, ua: float, sizes) -> list[Repair]:
    """The candidates that are whole counts over the class sizes and give the printed WA and UA (per cent) exactly."""
    return [repair for repair in candidates(recalls) if _reproduces(repair.recalls, wa, ua, sizes)]


def _exchanges(recalls) -> Iterator[Repair]:
    for i, j in combinations(range(4), 2):
        swapped = list(recalls)
        swapped[i], swapped[j] = swapped[j], swapped[i]
        yield Repair((f"{ROWS[i].lower()} and {ROWS[j].lower()} exchanged",), tuple(swapped))


def _transpositions(recalls) -> Iterator[Repair]:
    for i, recall in enumerate(recalls):
        digits = f"{recall:05.2f}".replace(".", "")
        for k in range(len(digits) - 1):
            turned = int(digits[:k] + digits[k + 1] + digits[k] + digits[k + 2 :]) / 100
            if turned != recall and turned <= 100:
                step = f"{ROWS[i].lower()} {turned:.2f} printed as {recall:.2f}"
                yield Repair((step,), (*recalls[:i], turned, *recalls[i + 1 :]))


def _reproduces(recalls, wa: float, ua: float, sizes) -> bool:
    correct = whole_counts(recalls, sizes)
    if None in correct:
        return False
    mean = sum(100 * k / n for k, n in zip(correct, sizes, strict=True)) / len(sizes)
    return rounds_to(100 * sum(correct) / sum(sizes), wa) and rounds_to(mean, ua)
