"""Parts and shares by hand, and the t interval against SciPy's where the corpus is balanced."""

import doctest

import numpy as np
import pytest
from scipy.stats import t, ttest_1samp

from gagru.evaluation import speaker_parts as module
from gagru.evaluation.speaker_parts import metric_intervals, speaker_parts, speaker_shares

# Two speakers: recalls 3/4 and 1/2 of happiness, 1/2 and nothing of sadness; no neutrality, no anger.
COUNTS = np.zeros((2, 4, 4), int)
COUNTS[0, 0, :2], COUNTS[0, 2, [2, 3]], COUNTS[1, 0, :2] = [3, 1], [1, 1], [1, 1]


def test_examples():
    assert doctest.testmod(module).failed == 0


def test_parts_by_hand():
    parts = speaker_parts(COUNTS)
    assert parts[:, 0] == pytest.approx([3 / 6, 1 / 6])
    assert parts[:, 2] == pytest.approx([1 / 2, 0])
    assert np.isnan(parts[:, [1, 3]]).all()
    assert parts[:, 4] == pytest.approx([4 / 8, 1 / 8])
    assert parts[:, 5] == pytest.approx([(3 / 6 + 1 / 2) / 2, 1 / 12])


def test_shares_by_hand():
    shares = speaker_shares(COUNTS)
    assert shares[:, 0] == pytest.approx([4 / 6, 2 / 6])
    assert shares[:, 2] == pytest.approx([1, 0])
    assert shares[:, 4] == pytest.approx([6 / 8, 2 / 8])
    assert shares[:, 5] == pytest.approx([(4 / 6 + 1) / 2, 1 / 6])


@pytest.fixture
def balanced():
    """Seven speakers with 20 utterances of each emotion."""
    correct = np.random.default_rng(0).integers(8, 20, (7, 4))
    return np.array([np.diag(k) + np.roll(np.diag(20 - k), 1, axis=1) for k in correct])


def test_in_a_balanced_corpus_the_interval_is_that_of_a_mean(balanced):
    """UA is the mean of the speakers' UA then, and its interval SciPy's of these seven."""
    own = np.diagonal(balanced, axis1=1, axis2=2).mean(axis=1) / 20
    expected = ttest_1samp(own, 0).confidence_interval(0.95)
    value, low, high = metric_intervals(balanced)
    for metric in (4, 5):
        assert (value[metric], low[metric], high[metric]) == pytest.approx((own.mean(), *expected))


def test_an_unbalanced_recall_is_a_ratio():
    """Its error is that of sum (k - p n) / N: 5 of 10, 12 of 20 and 27 of 30 correct, p = 44/60."""
    counts = np.zeros((3, 4, 4), int)
    counts[:, 3, 3], counts[:, 3, 0] = [5, 12, 27], [5, 8, 3]
    residuals = np.array([5 - 44 / 6, 12 - 44 / 3, 27 - 22]) / 60
    half = t.ppf(0.975, 2) * np.sqrt(3 / 2 * (residuals**2).sum())
    value, low, high = metric_intervals(counts)
    assert (value[3], low[3], high[3]) == pytest.approx((44 / 60, 44 / 60 - half, 1))
    assert 44 / 60 + half > 1


def test_a_higher_level_is_wider(balanced):
    wide, narrow = metric_intervals(balanced, 0.99), metric_intervals(balanced, 0.8)
    assert (wide.low < narrow.low).all()
    assert (wide.high > narrow.high).all()


def test_one_speaker_has_no_interval_and_nobody_no_metric(balanced):
    value, low, high = metric_intervals(balanced[:1])
    assert not np.isnan(value).any()
    assert np.isnan([low, high]).all()
    assert np.isnan(metric_intervals(np.zeros((2, 4, 4), int)).value).all()
