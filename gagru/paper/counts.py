"""Printed recalls as whole counts: which test set can they have come from?

A recall is k correct of n utterances, so of the 10,001 values that two decimals can show only n + 1 can occur. Four
recalls that are all whole counts over a test set's four class sizes are therefore evidence for that test set.
"""

import csv
import io
from itertools import permutations
from math import factorial, prod
from pathlib import Path
from typing import NamedTuple

from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError

CLASS_COUNTS = Path(__file__).with_name("class_counts.csv")
WHOLE_CORPUS = "whole corpus"
# A fit that arbitrary recalls reach more often than this is no evidence for a test set.
CONVINCING = 1e-3


class CandidateSet(NamedTuple):
    """A set of utterances that could have been tested, and its class sizes in the order of `EMOTIONS`."""

    name: str
    sizes: tuple[int, ...]


class Fit(NamedTuple):
    """A test set whose class sizes, taken in the order `emotions`, make whole counts of the printed rows.

    chance is the probability that four arbitrary two-decimal recalls fit this test set in some order.
    """

    test_set: CandidateSet
    emotions: tuple[str, ...]
    correct: tuple[int, ...]
    sizes: tuple[int, ...]
    chance: float


def opened(path) -> io.StringIO:
    """The text of a file, to be read line by line; `InputError` if it cannot be read."""
    try:
        return io.StringIO(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeError) as error:
        raise InputError(f"{path}: cannot be read as text: {error}") from error


def read_class_counts(path=CLASS_COUNTS) -> dict[str, list[CandidateSet]]:
    """The candidate test sets of each corpus; the first is the whole corpus. `InputError` for a wrong file."""
    test_sets: dict[str, list[CandidateSet]] = {}
    for number, row in enumerate(csv.DictReader(opened(path)), start=2):
        try:
            sizes = tuple(int(row[emotion]) for emotion in EMOTIONS)
            test_sets.setdefault(row["corpus"], []).append(CandidateSet(row["test_set"], sizes))
        except (KeyError, TypeError, ValueError) as error:
            columns = ", ".join(("corpus", "test_set", *EMOTIONS))
            raise InputError(f"{path}:{number}: needs the columns {columns}, counts as integers") from error
    for corpus, sets in test_sets.items():
        if sets[0].name != WHOLE_CORPUS:
            raise InputError(f"{path}: the first row of {corpus} must be the {WHOLE_CORPUS!r}")
    return test_sets


def rounds_to(value: float, printed: float, decimals: int = 2) -> bool:
    """Whether `value` rounds to `printed`; a value half way between may go either way."""
    return abs(value - printed) <= 0.5 * 10**-decimals + 1e-9


def correct_of(recall: float, size: int) -> int | None:
    """The whole number of `size` utterances that a recall in per cent, printed with two decimals, stands for."""
    count = round(recall * size / 100)
    return count if 0 <= count <= size and rounds_to(100 * count / size, recall) else None


def whole_counts(recalls, sizes) -> tuple[int | None, ...]:
    """`correct_of` each recall over its class size."""
    return tuple(correct_of(recall, size) for recall, size in zip(recalls, sizes, strict=True))


def fits(recalls, test_sets) -> list[Fit]:
    """Every test set and class order over which all four recalls are whole counts, least likely by chance first."""
    found = []
    for test_set in test_sets:
        chance = factorial(len(EMOTIONS)) * prod((size + 1) / 10_001 for size in test_set.sizes)
        for order in permutations(range(len(EMOTIONS))):
            sizes = tuple(test_set.sizes[i] for i in order)
            correct = whole_counts(recalls, sizes)
            if None not in correct:
                found.append(Fit(test_set, tuple(EMOTIONS[i] for i in order), correct, sizes, min(1.0, chance)))
    return sorted(found, key=lambda fit: fit.chance)


def other_test_set(recalls, test_sets) -> Fit | None:
    """The test set that the recalls point to when they are not whole counts over the whole corpus, the first."""
    if None not in whole_counts(recalls, test_sets[0].sizes):
        return None
    return next((fit for fit in fits(recalls, test_sets) if fit.chance < CONVINCING), None)
