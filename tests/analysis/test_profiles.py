import numpy as np
import pytest

from gagru.analysis import profiles
from gagru.analysis.profiles import find_thresholds


def profile(weights, percentile=70, bins=100):
    """With the percentile of the utterance's own weights."""
    return profiles.profile(weights, find_thresholds([weights], percentile, "utterance")[0], bins)


def test_one_step_lies_over_all_bins():
    assert profile([1.0], bins=4) == pytest.approx([0.25, 0.25, 0.25, 0.25])


def test_more_bins_than_steps():
    assert profile([0.2, 0.3, 0.5], percentile=0, bins=6) == pytest.approx([0.1, 0.1, 0.15, 0.15, 0.25, 0.25])


def test_a_step_over_a_border_is_shared_by_overlap():
    # the second of four steps covers [3/12, 6/12): 1/12 in the first of three bins, 2/12 in the second
    assert profile([0, 9, 0, 0], percentile=0, bins=3) == pytest.approx([3, 6, 0])


def test_more_steps_than_bins():
    # seven steps in two bins: the fourth is halved
    assert profile([1, 2, 3, 4, 5, 6, 7], percentile=0, bins=2) == pytest.approx([1 + 2 + 3 + 2, 2 + 5 + 6 + 7])


def test_weights_below_the_percentile_count_as_zero():
    # the 70th percentile of 0..10 is 7 itself, that of 1 2 3 4 is 3.1
    assert profile(np.arange(11), bins=11) == pytest.approx([0, 0, 0, 0, 0, 0, 0, 7, 8, 9, 10])
    assert profile([1, 4, 2, 3], bins=4) == pytest.approx([0, 4, 0, 0])


def test_ties_stay():
    assert profile([3, 3, 3], bins=3) == pytest.approx([3, 3, 3])
    assert profile([1, 3, 3, 0, 3], bins=5) == pytest.approx([0, 3, 3, 0, 3])


def test_zero_weights():
    assert profile(np.zeros(4), bins=3).tolist() == [0, 0, 0]


@pytest.mark.parametrize("steps", [1, 3, 4, 7, 99, 100, 101, 683])
def test_equals_the_cumulated_weights_between_bin_borders(steps):
    weights = np.random.default_rng(steps).dirichlet(np.ones(steps)).astype(np.float32)
    found = profile(weights, percentile=0)
    cumulated = np.concatenate([[0], np.cumsum(weights, dtype=np.float64)])
    expected = np.diff(np.interp(np.arange(101) / 100, np.arange(steps + 1) / steps, cumulated))
    assert found == pytest.approx(expected, abs=1e-12)
    assert found.sum() == pytest.approx(1, abs=1e-6)


def test_a_percentile_of_the_utterance_or_of_all_weights():
    # of 1 2 3 the median is 2, of 10 20 it is 15, of all five it is 3
    assert find_thresholds([[1, 2, 3], [20, 10]], 50, "utterance") == [2, 15]
    assert find_thresholds([[1, 2, 3], [20, 10]], 50, "corpus") == [3, 3]
    assert find_thresholds([], 50, "corpus") == []
