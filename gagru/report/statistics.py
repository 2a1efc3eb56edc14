"""What several pages say of tests over speakers and their intervals, with the rates that were measured.

The rates are those of `benchmarks/calibration.py`, which `benchmarks/RESULTS.md` holds.
"""

from gagru.evaluation.sign_flips import smallest_p
from gagru.report.formats import level_in_words
from gagru.task.systems import SYSTEMS

COVERAGE = "93.7 to 96.1 %"  # of intervals of 95 % around margins hold the truth, from case to case
FALSE_POSITIVES = "4.1 to 6.4 %"  # of data sets without a difference give p of at most 0.05
MCNEMAR = "46 %"  # of data sets without a difference, speakers differing, in which McNemar's p is at most 0.05


def explain_test(level: float) -> str:
    """How differences are tested, and how their intervals come from the test."""
    return (
        "sign-flip test over speakers: the two systems' predictions of a speaker are exchanged together, and p is the "
        "share of all such exchanges after which the pooled values are as far apart. The "
        f"{level_in_words(level)} interval holds the differences that this test does not reject, so it excludes 0 "
        f"exactly where p is at most {round(1 - level, 9):g}. In simulated data sets {COVERAGE} of 95 % intervals hold "
        f"the truth, and {FALSE_POSITIVES} of data sets without a difference have p of at most 0.05 "
        "(`benchmarks/calibration.py`)"
    )


def explain_detectable(level: float) -> str:
    """What the smallest detectable difference is."""
    return (
        "the smallest difference that is found with 80 % power where speakers are as far apart as here. It is "
        "(t₁ + t₂) times the standard error over speakers, with t₁ and t₂ the quantiles "
        f"{round((1 + level) / 2, 9):g} and 0.8 of Student's t with one degree of freedom less than speakers; up to "
        "ten speakers, as many standard errors as simulated data sets need. Smaller differences may be there and "
        "not be found"
    )


def has_intervals(speakers: int, level: float) -> bool:
    """Whether so many speakers are enough for an interval of a difference."""
    return smallest_p(speakers) <= 1 - level + 1e-9


def explain_no_intervals(speakers: int, level: float) -> str:
    """Why a page has no interval of any difference."""
    return (
        f"{speakers} speakers are too few for {level_in_words(level)} intervals of differences: were all on one side, "
        f"p would still be {smallest_p(speakers):.4g}. So there are none, and nothing can be found, however large."
    )


def describe_external(system: str) -> str:
    """That a system was not trained here, and how it was."""
    protocol = SYSTEMS[system].protocol
    return f"not trained here; its predictions were read from a file. Its protocol, as told: {protocol}"
