"""A small version of benchmarks/false_positives.py: what the tests find in simulated data sets, at 5 %."""

import pytest
from scipy.stats import binom

from benchmarks.false_positives import NOMINAL, rates

DATA_SETS = 150


@pytest.mark.parametrize("case", ["no difference, speakers alike", "no difference, speakers differ"])
def test_the_sign_flip_test_finds_no_more_than_it_should_where_there_is_nothing(case):
    found, difference = rates(case, DATA_SETS, draws=100)
    most = binom.ppf(0.999, DATA_SETS, NOMINAL) / DATA_SETS
    assert max(found["sign-flip, UA"], found["sign-flip, WA"]) <= most
    assert abs(difference) < 0.01


def test_mcnemars_test_takes_speakers_for_a_difference():
    found, _ = rates("no difference, speakers differ", DATA_SETS, draws=100)
    assert found["McNemar, WA"] > 0.3


def test_a_planted_difference_is_found():
    """1000 data sets say 77 % for 2 points where speakers are alike."""
    found, difference = rates("2 points, speakers alike", DATA_SETS, draws=100)
    assert difference == pytest.approx(0.02, abs=0.002)
    assert found["sign-flip, UA"] > 0.6
