"""Margins by hand: what they sum to, and what each speaker adds."""

import numpy as np
import pytest

from gagru.evaluation.margins import Margin, contrast, difference, gap, jackknife, joint
from gagru.task.metrics import compute_metrics


def counted(seed, speakers=5):
    return np.random.default_rng(seed).integers(1, 9, (speakers, 4, 4))


def test_a_difference_sums_to_that_of_the_pooled_metrics():
    first = counted(0)
    second = np.stack([speaker[:, ::-1] for speaker in first])  # the same utterances, other predictions
    margin = difference(first, second)
    assert margin.parts.sum(axis=0) == pytest.approx(
        compute_metrics(first.sum(axis=0)) - compute_metrics(second.sum(axis=0))
    )
    assert margin.shares.sum(axis=0) == pytest.approx(np.ones(6))


LARGE = Margin(np.array([0.02, 0.04]), np.array([0.5, 0.5]))
SMALL = Margin(np.array([0.01, 0.02, 0.0]), np.array([0.25, 0.5, 0.25]))


def test_joint_is_the_mean_of_the_corpora_whatever_their_sizes():
    parts, shares = joint([LARGE, SMALL])
    assert parts == pytest.approx([0.01, 0.02, 0.005, 0.01, 0])
    assert parts.sum() == pytest.approx((0.06 + 0.03) / 2)
    assert shares.sum() == pytest.approx(1)


def test_a_gap_is_the_difference_of_the_margins():
    """0.06 - 0.03; the first speaker is 0.01 below its half of 0.06, and has a quarter of the gap of 0.03."""
    parts, shares = gap(LARGE, SMALL)
    assert parts.sum() == pytest.approx(0.03)
    assert parts[0] == pytest.approx(-0.01 + 0.03 / 4)
    assert parts[2] == pytest.approx(-(0.01 - 0.03 / 4) + 0.03 / 8)
    assert shares == pytest.approx([0.25, 0.25, 0.125, 0.25, 0.125])


def test_two_large_gains_alike_are_no_gap():
    """Every speaker's part of it is nothing, though each gained."""
    assert gap(LARGE._replace(parts=np.array([0.03, 0.03])), Margin(np.full(3, 0.02), np.full(3, 1 / 3))).parts == (
        pytest.approx(np.zeros(5))
    )


TOTALS = np.array([[0, 0, 6.0, 1.0], [0, 0, 2.0, 5.0]])
UTTERANCES = np.array([[3, 0, 10, 5], [2, 0, 10, 10]])


def test_a_contrast_is_the_difference_of_pooled_means():
    """Sadness 8/20, anger 6/15."""
    parts, shares = contrast(TOTALS, UTTERANCES, [0, 0, 1, -1])
    assert parts.sum() == pytest.approx(0, abs=1e-12)
    assert parts == pytest.approx([(6 - 4) / 20 - (1 - 2) / 15, (2 - 4) / 20 - (5 - 4) / 15])
    assert shares == pytest.approx([(10 / 20 + 5 / 15) / 2, (10 / 20 + 10 / 15) / 2])


def test_a_contrast_of_one_emotion_is_its_mean():
    parts, shares = contrast(TOTALS, UTTERANCES, [0, 0, 1, 0])
    assert parts == pytest.approx([6 / 20, 2 / 20])
    assert shares == pytest.approx([0.5, 0.5])


def test_a_contrast_with_an_emotion_that_nobody_has_is_nothing():
    assert np.isnan(contrast(TOTALS, UTTERANCES, [0, 1, -1, 0]).parts).all()


def test_the_jackknife_of_a_mean_gives_each_speaker_its_own_value():
    values = np.array([1.0, 2.0, 6.0])
    parts, shares = jackknife(lambda weights: weights @ values / weights.sum(), 3)
    assert parts == pytest.approx(values / 3)
    assert shares == pytest.approx([1 / 3] * 3)


def test_the_jackknife_takes_the_bias_off_a_variance():
    """The variance with divisor n becomes the one with divisor n - 1 (Quenouille 1956)."""
    values = np.array([1.0, 2.0, 6.0, 4.0])

    def variance(weights):
        mean = weights @ values / weights.sum()
        return weights @ (values - mean) ** 2 / weights.sum()

    assert jackknife(variance, 4).parts.sum() == pytest.approx(values.var(ddof=1))
