"""Names that files and folders can bear, and Snakemake can plan with."""

import os
import re
from collections.abc import Iterable

from gagru.task.errors import InputError

# A plan grows with the square of the speakers: each is a fold, trained on the features of all others. A dry run of one
# system holds 1.8 kB a pair of them in memory: 2 GB for this many, 76 GB for 6500.
MOST_SPEAKERS = 1000
# Of what is put behind a name, the longest.
ENDING = ".parquet"
# What Snakemake takes for a path that grows without end (`snakemake.io.PeriodicityDetector`).
REPEATING = re.compile(r"(.+)\1{19,99}$")


def check_speakers(corpus: str, speakers: Iterable[str]) -> None:
    """Raise `InputError` where a corpus has too many speakers, or some whose names cannot be a file's."""
    names = list(speakers)
    if len(names) > MOST_SPEAKERS:
        raise InputError(
            f"corpora.{corpus}: {len(names)} speakers are too many to plan for, as each is a fold: {MOST_SPEAKERS} at "
            "most; make a manifest of fewer, or of groups, with the group in the column `speaker`"
        )
    wrong = [f"speaker {_shown(name)} {found}" for name in names if (found := fault(name))]
    if wrong:
        more = f"; and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise InputError(f"corpora.{corpus}: {'; '.join(wrong[:3])}{more}")


def fault(name: str) -> str | None:
    """What is wrong with a name and what to do, or None.

    >>> fault("anna")
    >>> fault(20 * "ab")
    'repeats itself 20 times or more, which Snakemake takes for an endless path; rename it'
    """
    longest = longest_name()
    if len(name.encode()) > longest:
        return f"is {len(name)} letters long, and files are named by it; shorten it to {longest}"
    if REPEATING.search(name):
        return "repeats itself 20 times or more, which Snakemake takes for an endless path; rename it"
    return None


def longest_name() -> int:
    """Letters that a name may have for a file here to be called by it."""
    try:
        whole = os.pathconf(".", "PC_NAME_MAX")
    except (AttributeError, OSError, ValueError):  # no such question on this system, or no answer
        whole = 255
    return whole - len(ENDING)


def _shown(name: str) -> str:
    return repr(name if len(name) <= 40 else f"{name[:37]}...")
