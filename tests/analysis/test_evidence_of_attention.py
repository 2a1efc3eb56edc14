import numpy as np
import pytest
from scipy.stats import permutation_test

from gagru.analysis.by_speaker import BySpeaker
from gagru.analysis.evidence import (
    measure_edges_within,
    measure_ends_gain,
    measure_front_to_back,
    measure_most_changed_shape,
    measure_shape_change,
)

LEVEL = 0.95
SPEAKERS = [f"S{i}" for i in range(8)]
CHANCE = [1 / 9, 1 / 9, 1 / 9, 2 / 9, 2 / 9, 2 / 9]


def speakers(means, noise=0.0, seed=0):
    """Ten utterances an emotion of each of eight speakers, whose own means are about `means` (4, ...)."""
    means = np.asarray(means, dtype=float)
    totals = 10 * (means + noise * np.random.default_rng(seed).normal(size=(8, *means.shape)))
    return BySpeaker(SPEAKERS, totals, np.full((8, 4), 10.0))


def test_front_to_back_edges_by_hand():
    """FB is 0.30 in sadness, 0.2, 0.25, 0.1 in the others: most by 5 points over neutrality, not least of all."""
    shares = np.zeros((4, 6))
    shares[:, 4] = [0.2, 0.25, 0.3, 0.1]
    most = {e.against: e for e in measure_front_to_back(speakers(shares), "sadness", 1, LEVEL)}
    assert {name: round(e.value, 6) for name, e in most.items()} == {"happiness": 0.1, "neutrality": 0.05, "anger": 0.2}
    assert (most["anger"].low, most["anger"].high, most["anger"].p) == pytest.approx((0.2, 0.2, 2 / 2**8))
    least = {e.against: e.value for e in measure_front_to_back(speakers(shares), "happiness", -1, LEVEL)}
    assert least == pytest.approx({"neutrality": 0.05, "sadness": 0.1, "anger": -0.1})


def test_the_test_is_scipys_on_the_speakers_own_margins():
    sums = speakers(np.full((4, 6), 1 / 6), noise=0.05)
    found = measure_front_to_back(sums, "sadness", 1, LEVEL)[0]
    own = (sums.totals[:, 2, 4] - sums.totals[:, 0, 4]) / 10
    expected = permutation_test((own,), np.sum, permutation_type="samples", n_resamples=np.inf)
    assert found.p == pytest.approx(expected.pvalue)
    assert found.value == pytest.approx(own.mean())


def test_a_speaker_without_an_emotion_has_no_margin_of_their_own_but_counts_in_the_means():
    sums = speakers(np.full((4, 6), 1 / 6), noise=0.05)
    sums.utterances[0, 2] = sums.totals[0, 2] = 0
    found = measure_front_to_back(sums, "sadness", 1, LEVEL)[0]
    assert found.value == pytest.approx(sums.totals[1:, 2, 4].sum() / 70 - sums.totals[:, 0, 4].sum() / 80)
    assert round(found.p * 2**7) == pytest.approx(found.p * 2**7)


def test_an_emotion_that_nobody_speaks_is_no_rival():
    sums = speakers(np.full((4, 6), 1 / 6))
    sums.utterances[:, 3] = 0
    assert [e.against for e in measure_front_to_back(sums, "sadness", 1, LEVEL)] == ["happiness", "neutrality"]


def test_edges_that_fall_anywhere_are_as_frequent_as_chance_has_it():
    counted, by_chance = (measure_edges_within(speakers([CHANCE] * 4), reading, LEVEL) for reading in (False, True))
    assert [e.value for e in counted] == pytest.approx([-1 / 9] * 4)
    assert [e.value for e in by_chance] == pytest.approx([0.0] * 4)


def test_the_ends_by_hand():
    """Ten bins; the graph moves 0.3 from the middle to the last bin, in every emotion."""
    profiles = np.full((4, 2, 10), 0.1)
    profiles[:, 1, 9] += 0.3
    profiles[:, 1, 4] -= 0.3
    found = {e.against: e.value for e in measure_ends_gain(speakers(profiles), 0.25, LEVEL)}
    assert found == pytest.approx({"beginning": 0.0, "end": 0.3})
    profiles[:, 1, 2] += 0.2  # the third bin, half of which lies in the first quarter
    found = {e.against: e.value for e in measure_ends_gain(speakers(profiles), 0.25, LEVEL)}
    assert found["beginning"] == pytest.approx(0.1)


def test_more_weight_of_the_same_shape_is_no_change_of_shape():
    profiles = np.random.default_rng(1).random((4, 1, 10)).repeat(2, axis=1)
    profiles[:, 1] *= 3
    found = measure_shape_change(speakers(profiles), "sadness")[0]
    assert found.value == pytest.approx(0, abs=1e-12)
    assert np.isnan([found.low, found.high]).all()
    profiles[2, 1] = 0
    profiles[2, 1, 0] = 1
    profiles[2, 0] = 0
    profiles[2, 0, 9] = 5
    found = measure_shape_change(speakers(profiles), "sadness")[0]
    assert (found.value, found.p) == pytest.approx((1, 2 / 2**8))
    assert [e.value for e in measure_most_changed_shape(speakers(profiles), "sadness", LEVEL)] == pytest.approx(
        [1, 1, 1]
    )


def test_changes_of_shape_that_point_anywhere_are_not_found():
    """Under no common change p is uniform: 60 data sets, of which at most 8 (a chance of 1 %) are found at 5 %."""
    found = 0
    for seed in range(60):
        profiles = 10 * (1 + 0.2 * np.random.default_rng(seed).normal(size=(8, 4, 2, 10)))
        sums = BySpeaker(SPEAKERS, profiles, np.full((8, 4), 10.0))
        found += measure_shape_change(sums, "sadness")[0].p <= 0.05
    assert found <= 8
