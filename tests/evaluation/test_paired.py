"""Two systems on the same utterances, against the definition: exchange the predictions of speakers and pool."""

import doctest

import numpy as np
import pytest
from scipy.stats import nct, t

from gagru.evaluation import margins
from gagru.evaluation.margins import Margin, assess, find_smallest_detectable
from gagru.evaluation.paired import compare_pair, deviation_over_seeds, mcnemar
from gagru.task.metrics import METRICS, compute_metrics


def counts(*right, size=10):
    """Counts of speakers with the given correct utterances of `size` in each class; the wrong are the next class."""
    return np.array([np.diag(r) + np.roll(np.diag(size - np.array(r)), 1, axis=1) for r in right])


@pytest.fixture
def systems():
    """Two systems on eight speakers with different numbers of utterances in each class."""
    generator = np.random.default_rng(7)
    sizes = generator.integers(5, 60, (8, 4))
    return [
        np.array([np.diag(r) + np.roll(np.diag(s - r), 1, axis=1) for r, s in zip(right, sizes, strict=True)])
        for right in (generator.binomial(sizes, 0.7), generator.binomial(sizes, 0.6))
    ]


def test_examples():
    assert doctest.testmod(margins).failed == 0


def test_differences_are_of_pooled_metrics(systems):
    first, second = systems
    expected = compute_metrics(first.sum(axis=0)) - compute_metrics(second.sum(axis=0))
    assert [found.value for found in compare_pair(first, second).values()] == pytest.approx(expected.tolist())


def test_the_interval_is_as_narrow_as_the_differences_though_speakers_differ_a_lot():
    """Unpaired intervals would be as wide as the speakers differ."""
    weak = [(9,) * 4, (5,) * 4, (3,) * 4] * 2
    found = compare_pair(counts(*weak), counts(*np.array(weak) - 1))
    for one in found.values():
        assert (one.value, one.low, one.high, one.detectable) == pytest.approx((0.1, 0.1, 0.1, 0), abs=1e-9)


def test_exchanging_the_predictions_of_speakers_by_hand(systems):
    """The definition: exchange the counts of a speaker, pool, and compare, for each of 2^8 choices of speakers."""
    first, second = systems
    null = []
    for number in range(2**8):
        swapped = np.array([number >> i & 1 for i in range(8)])[:, None, None]
        one, two = (np.where(swapped, a, b).sum(axis=0) for a, b in ((second, first), (first, second)))
        null.append(compute_metrics(one) - compute_metrics(two))
    expected = (np.abs(null) >= np.abs(null[0]) - 1e-12).mean(axis=0)
    found = compare_pair(first, second)
    assert list(found) == list(METRICS)
    assert [one.p for one in found.values()] == pytest.approx(expected.tolist())


def test_five_speakers_have_a_p_but_neither_an_interval_nor_a_difference_that_would_be_found():
    found = compare_pair(counts(*[(9,) * 4] * 5), counts(*[(2,) * 4] * 5))["UA"]
    assert (found.value, found.p) == (pytest.approx(0.7), 2 / 2**5)
    assert np.isnan([found.low, found.high, found.detectable]).all()


def test_the_smallest_detectable_difference_is_found_with_a_power_of_80_per_cent():
    """The power of a t-test of ten values, from the noncentral t distribution."""
    values = np.random.default_rng(0).normal(0, 1, 10)
    smallest = find_smallest_detectable(Margin(values / 10, np.full(10, 0.1)))
    shift = smallest / (values.std(ddof=1) / np.sqrt(10))
    power = nct.sf(t.ppf(0.975, 9), 9, shift)
    assert power == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize("speakers", [6, 7, 8])
def test_with_few_speakers_it_is_what_the_sign_flip_test_finds_with_that_power(speakers):
    """Data sets of the true standard error, each tested by `assess`: four of five are found."""
    draws = np.random.default_rng(1).normal(size=(1500, speakers)) / np.sqrt(speakers)  # a standard error of 1
    shares = np.full(speakers, 1 / speakers)
    apart = np.arange(speakers) - (speakers - 1) / 2
    apart /= np.sqrt(speakers / (speakers - 1) * (apart**2).sum())  # parts whose standard error is 1
    smallest = find_smallest_detectable(Margin(apart, shares))
    found = [assess(Margin(parts + smallest * shares, shares)).p <= 0.05 for parts in draws]
    assert np.mean(found) == pytest.approx(0.8, abs=0.04)


def test_the_spread_over_seeds_by_hand():
    first = np.array([counts((6,) * 4, (8,) * 4), counts((8,) * 4, (8,) * 4)])
    second = counts((5,) * 4, (5,) * 4)[None]
    assert deviation_over_seeds(first, second)[METRICS.index("UA")] == pytest.approx(np.std([0.2, 0.3], ddof=1))
    assert np.isnan(deviation_over_seeds(second, second)).all()


@pytest.mark.parametrize(
    ("only_first", "only_second", "p"),
    # twice the binomial tails: 5 of 5, (1 + 10) of 2^10; then equal numbers, and no disagreement
    [(5, 0, 2 / 32), (1, 9, 2 * 11 / 1024), (9, 1, 2 * 11 / 1024), (6, 6, 1.0), (0, 0, 1.0)],
)
def test_mcnemar_by_hand(only_first, only_second, p):
    assert mcnemar(only_first, only_second) == pytest.approx(p)
