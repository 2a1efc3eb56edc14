"""A small version of benchmarks/calibration.py: intervals hold the truth, and tests find nothing where nothing is."""

import numpy as np
import pytest
from scipy.stats import binom

from benchmarks.calibration import coverage, family_errors, flip_cases, mcnemar_errors, single_metrics
from gagru.evaluation.sign_flips import sign_flip_test

DATA_SETS = 150
FEWEST, MOST = (binom.ppf(q, DATA_SETS, p) / DATA_SETS for q, p in ((0.0005, 0.95), (0.9995, 0.05)))


@pytest.mark.parametrize("speakers", [10, 12])
def test_intervals_of_a_difference_hold_it_and_nothing_is_found_where_nothing_is(speakers):
    draw, nothing = flip_cases()[f"UA of two systems, no difference, {speakers} speakers"]
    generator = np.random.default_rng(1)
    found = [sign_flip_test(*draw(generator)) for _ in range(DATA_SETS)]
    _, held, exists = coverage(found)
    assert nothing
    assert exists == 1
    assert held >= FEWEST
    assert np.mean([one.p <= 0.05 for one in found]) <= MOST


def test_a_single_metric_is_held_with_few_speakers_and_many():
    number = DATA_SETS // 3
    fewest = binom.ppf(0.0005, number, 0.95) / number
    assert min(held for _, _, held in single_metrics(number, seed=1)) >= fewest


def test_a_family_finds_no_more_than_it_should_and_mcnemars_test_does():
    assert family_errors(DATA_SETS, seed=1) <= MOST
    assert mcnemar_errors(DATA_SETS, seed=1) > 0.3
