import numpy as np
import pytest
from scipy.stats import bootstrap as scipy_bootstrap
from scipy.stats import permutation_test

from gagru.evaluation.intervals import Bootstrap
from gagru.evaluation.paired import (
    contributions,
    differences,
    holm,
    mcnemar,
    sign_flip_test,
    sign_flips,
    smallest_p,
)
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


def test_contributions_sum_to_the_pooled_figures(systems):
    for system in systems:
        np.testing.assert_allclose(contributions(system).sum(axis=0), compute_metrics(system.sum(axis=0)))


def test_differences_are_of_pooled_figures(systems):
    first, second = systems
    expected = compute_metrics(first.sum(axis=0)) - compute_metrics(second.sum(axis=0))
    np.testing.assert_allclose(differences(first, second, Bootstrap(draws=100)).value, expected)


def test_the_interval_draws_the_same_speakers_for_both(systems):
    first, second = systems
    found = differences(first, second, Bootstrap(draws=20_000))
    for i in range(len(METRICS)):
        expected = scipy_bootstrap(
            (np.arange(8),),
            lambda who, axis, i=i: (
                compute_metrics(first[who].sum(axis=-3)) - compute_metrics(second[who].sum(axis=-3))
            )[..., i],
            n_resamples=20_000,
            method="percentile",
            vectorized=True,
            rng=np.random.default_rng(5),
        )
        assert found.low[i] == pytest.approx(expected.confidence_interval.low, abs=0.12 * expected.standard_error)
        assert found.high[i] == pytest.approx(expected.confidence_interval.high, abs=0.12 * expected.standard_error)


def test_a_constant_difference_has_no_width_though_speakers_differ_a_lot():
    """Unpaired intervals would be as wide as the speakers differ."""
    found = differences(counts((9,) * 4, (5,) * 4, (3,) * 4), counts((8,) * 4, (4,) * 4, (2,) * 4), Bootstrap(draws=99))
    np.testing.assert_allclose([found.value, found.low, found.high], 0.1)


def test_exchanging_the_predictions_of_speakers_by_hand(systems):
    """The definition: exchange the counts of a speaker, pool, and compare, for each of 2^8 choices of speakers."""
    first, second = systems
    null = []
    for number in range(2**8):
        swapped = np.array([number >> i & 1 for i in range(8)])[:, None, None]
        one, two = (np.where(swapped, a, b).sum(axis=0) for a, b in ((second, first), (first, second)))
        null.append(compute_metrics(one) - compute_metrics(two))
    expected = (np.abs(null) >= np.abs(null[0]) - 1e-12).mean(axis=0)
    np.testing.assert_allclose(differences(first, second, Bootstrap(draws=10)).p, expected)


@pytest.mark.parametrize("seed", range(5))
def test_the_sign_flip_test_is_scipys_permutation_test(seed):
    parts = np.random.default_rng(seed).normal(0.4, 1, 9)
    exact = permutation_test((parts,), np.sum, permutation_type="samples", n_resamples=np.inf)
    assert sign_flip_test(parts[:, None], sign_flips(9, Bootstrap(draws=10)))[0] == pytest.approx(exact.pvalue)


def test_signs_of_three_speakers_by_hand():
    """1 + 2 + 4 is reached by itself and its mirror only, 1 + 1 - 2 by every sum; nothing is as far as 0."""
    flips = sign_flips(3, Bootstrap())
    assert sorted(map(tuple, flips)) == [(a, b, c) for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)]
    assert sign_flip_test([[1, 1], [2, 1], [4, -2]], flips).tolist() == [0.25, 1.0]
    assert sign_flip_test([[0.1], [0.2], [-0.3]], flips).tolist() == [1.0]  # a sum of 0 but for rounding
    assert np.isnan(sign_flip_test([[1.0], [np.nan], [1.0]], flips)).all()


def test_many_speakers_have_random_signs_that_come_close_to_all():
    parts = np.random.default_rng(0).normal(0.5, 1, (15, 1))
    exact = permutation_test((parts[:, 0],), np.sum, permutation_type="samples", n_resamples=np.inf).pvalue
    flips = sign_flips(15, Bootstrap(draws=20_000))
    assert flips.shape == (20_001, 15)
    assert sign_flip_test(parts, flips)[0] == pytest.approx(exact, abs=4 * np.sqrt(exact / 20_000))


@pytest.mark.parametrize(("speakers", "draws"), [(4, 10), (12, 100), (13, 10_000), (13, 100)])
def test_the_smallest_p_is_reached_when_every_speaker_agrees(speakers, draws):
    bootstrap = Bootstrap(draws=draws)
    p = sign_flip_test(np.ones((speakers, 1)), sign_flips(speakers, bootstrap))[0]
    assert p == pytest.approx(smallest_p(speakers, bootstrap))


@pytest.mark.parametrize(
    ("only_first", "only_second", "p"),
    # twice the binomial tails: 5 of 5, (1 + 10) of 2^10; then equal numbers, and no disagreement
    [(5, 0, 2 / 32), (1, 9, 2 * 11 / 1024), (9, 1, 2 * 11 / 1024), (6, 6, 1.0), (0, 0, 1.0)],
)
def test_mcnemar_by_hand(only_first, only_second, p):
    assert mcnemar(only_first, only_second) == pytest.approx(p)


def test_holm_by_hand():
    """Holm's own steps: 4 x 0.005, 3 x 0.01, then 2 x 0.03 = 0.06, which the next, 0.04, may not undercut."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == pytest.approx([1.0, 1.0])


def test_holm_leaves_out_what_was_not_tested():
    assert holm([0.02, np.nan, 0.04]) == pytest.approx([0.04, np.nan, 0.04], nan_ok=True)
