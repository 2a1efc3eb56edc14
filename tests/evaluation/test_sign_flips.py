"""The sign-flip test against a count of all sign vectors, and its interval against the test itself."""

import doctest
from itertools import product

import numpy as np
import pytest
from scipy.stats import permutation_test

from gagru.evaluation import sign_flips
from gagru.evaluation.sign_flips import family_p_values, flip_statistic, sign_flip_test, smallest_p


def share_of_flips(parts) -> float:
    """The share of all sign vectors whose sum is as far from 0 as that of the parts."""
    sums = [abs(sum(sign * part for sign, part in zip(signs, parts, strict=True))) for signs in signs_of(parts)]
    return sum(total >= abs(sum(parts)) - 1e-12 for total in sums) / len(sums)


def signs_of(parts):
    return list(product([1, -1], repeat=len(parts)))


@pytest.fixture
def parts():
    return np.random.default_rng(3).normal(0.004, 0.01, 10)


@pytest.fixture
def shares():
    sizes = np.random.default_rng(4).uniform(1, 3, 10)
    return sizes / sizes.sum()


def test_examples():
    assert doctest.testmod(sign_flips).failed == 0


def test_p_is_the_share_of_sign_vectors_and_the_value_is_the_sum(parts, shares):
    result = sign_flip_test(parts, shares)
    assert result.p == pytest.approx(share_of_flips(parts))
    assert result.value == pytest.approx(parts.sum())


def test_p_is_that_of_scipy(parts, shares):
    expected = permutation_test((parts,), np.sum, permutation_type="samples", n_resamples=np.inf)
    assert sign_flip_test(parts, shares).p == pytest.approx(expected.pvalue)


@pytest.mark.parametrize("shift", [-1e-6, 1e-6])
def test_the_interval_ends_where_the_test_begins_to_reject(parts, shares, shift):
    result = sign_flip_test(parts, shares)
    for end, outwards in ((result.low, -1), (result.high, 1)):
        p = share_of_flips(parts - (end + outwards * abs(shift)) * shares)
        assert p <= 0.05
        assert share_of_flips(parts - (end - outwards * abs(shift)) * shares) > 0.05


@pytest.mark.parametrize("speakers", [6, 10, 13, 20])
def test_interval_and_test_never_contradict_each_other(speakers):
    generator = np.random.default_rng(speakers)
    rejected = 0
    for _ in range(200):
        parts, sizes = generator.normal(0.5, 1, speakers), generator.uniform(1, 2, speakers)
        result = sign_flip_test(parts, sizes / sizes.sum())
        assert (result.p <= 0.05) == (not result.low <= 0 <= result.high)
        rejected += result.p <= 0.05
    assert 0 < rejected < 200


# At 80 % the ends are the first of 15 ratios, that of {1}, and the third of 31: {1}, {1, 2}, {2}.
@pytest.mark.parametrize(("speakers", "low_at_80"), [(4, 4), (5, 10)])
def test_few_speakers_have_no_interval_of_95_per_cent_and_one_of_less(speakers, low_at_80):
    parts = np.arange(1.0, speakers + 1)
    result = sign_flip_test(parts, np.full(speakers, 1 / speakers))
    assert np.isnan([result.low, result.high]).all()
    assert result.p == 2 / 2**speakers
    assert sign_flip_test(parts, np.full(speakers, 1 / speakers), level=0.8).low == pytest.approx(low_at_80)


def test_a_speaker_without_a_share_takes_no_part(parts, shares):
    more = sign_flip_test(np.append(parts, 0), np.append(shares, 0))
    assert more == sign_flip_test(parts, shares)


def test_no_difference_at_all_is_p_1_and_a_missing_part_is_nothing(shares):
    assert sign_flip_test(np.zeros(10), shares) == (0, 0, 0, 1)
    assert np.isnan(sign_flip_test(np.full(10, np.nan), shares)).all()
    assert np.isnan(sign_flip_test(np.zeros(10), np.zeros(10))).all()


def test_many_speakers_by_sampled_sets():
    """Of 40 speakers: near the normal distribution, and the same at every call."""
    parts, shares = np.random.default_rng(0).normal(0.25, 1, 40) / 40, np.full(40, 1 / 40)
    result = sign_flip_test(parts, shares)
    half = 1.96 * np.sqrt(((parts - parts.mean()) ** 2).sum())
    assert (result.low, result.high) == pytest.approx((parts.sum() - half, parts.sum() + half), abs=0.15 * half)
    assert result == sign_flip_test(parts, shares)


def test_family_by_the_count_of_all_sign_vectors():
    """Step-down: the largest against the largest of three, the second of two, the third alone."""
    parts = np.random.default_rng(5).normal([0.9, 0.5, 0.1], 0.6, (8, 3))
    scaled = parts / np.sqrt((parts**2).sum(axis=0))
    seen = np.abs(scaled.sum(axis=0))
    assert list(np.argsort(-seen)) == [0, 1, 2]
    flipped = np.abs(np.array(signs_of(range(8))) @ scaled)
    expected = [np.mean(flipped[:, i:].max(axis=1) >= seen[i] - 1e-12) for i in range(3)]
    assert family_p_values(parts) == pytest.approx(np.maximum.accumulate(expected))


def test_a_family_finds_where_holm_cannot():
    """36 differences over ten speakers, all alike: Holm multiplies 2 / 1024 by 36, which is above 0.05."""
    parts = np.random.default_rng(6).normal(1, 0.3, (10, 1)) + np.random.default_rng(7).normal(0, 0.1, (10, 36))
    adjusted = family_p_values(parts)
    assert 36 * 2 / 1024 > 0.05
    assert (adjusted <= 0.05).all()
    assert (adjusted >= 2 / 1024).all()


def test_a_difference_that_cannot_be_tested_is_no_member_of_the_family(parts):
    alone = family_p_values(parts[:, None])
    both = family_p_values(np.column_stack([parts, np.full(10, np.nan)]))
    assert both[0] == alone[0] == pytest.approx(share_of_flips(parts))
    assert np.isnan(both[1])


def test_a_family_without_any_difference_is_found_in_one_of_twenty_at_most():
    """500 families of eight differences that hang together, ten speakers each; 0.05 + 3 standard errors."""
    generator = np.random.default_rng(8)
    families = generator.normal(0, 1, (500, 10, 1)) + generator.normal(0, 1, (500, 10, 8))
    assert np.mean([family_p_values(parts).min() <= 0.05 for parts in families]) < 0.08


def test_a_statistic_of_several_sums_by_the_count_of_all_sign_vectors():
    parts = np.random.default_rng(9).normal(0.3, 1, (7, 5))
    lengths = [np.linalg.norm(np.array(signs) @ parts) for signs in signs_of(range(7))]
    expected = np.mean([length >= lengths[0] - 1e-12 for length in lengths])
    assert flip_statistic(parts, lambda sums: np.linalg.norm(sums, axis=1)) == pytest.approx(expected)
    assert np.isnan(flip_statistic(np.zeros((0, 5)), lambda sums: sums.sum(axis=1)))


@pytest.mark.parametrize("speakers", [4, 12, 14])
def test_the_smallest_p_is_that_of_speakers_who_all_agree(speakers):
    assert smallest_p(speakers) == 2 / 2**speakers
    assert sign_flip_test(np.ones(speakers), np.full(speakers, 1 / speakers)).p == smallest_p(speakers)


def test_an_end_that_is_0_but_for_rounding_is_0():
    """Of 63 sums the second smallest is 0.1 + 0.2 - 0.3, which a computer takes for more than 0."""
    parts = np.array([-0.3, 0.1 + 0.2, 1, 1, 1, 1])
    result = sign_flip_test(parts, np.full(6, 1 / 6), level=1 - 4 / 64)
    assert (result.low, result.p) == (0, 6 / 64)
