"""By how much systems and corpora differ, by hand."""

import numpy as np
import pytest

from gagru.evaluation.evidence import compare_gains, compare_systems


def counts(*right):
    return np.array([np.diag(r) + np.roll(np.diag(10 - np.array(r)), 1, axis=1) for r in right])


def test_systems_and_gains_by_hand():
    weak, strong, best = counts(*[(5,) * 4] * 6), counts(*[(6,) * 4] * 6), counts(*[(9,) * 4] * 6)
    found = compare_systems(strong, weak, "UA", "weak", 0.95)
    assert found.against == "weak"
    assert found[1:] == pytest.approx((0.1, 0.1, 0.1, 2 / 2**6, 0), abs=1e-9)
    gain = compare_gains((best, weak), (strong, weak), "UA", "the other", 0.95)
    assert gain[1:] == pytest.approx((0.3, 0.3, 0.3, 2 / 2**12, 0), abs=1e-9)


def test_a_gap_between_gains_that_both_are_large_is_not_found():
    weak, best = counts(*[(5,) * 4] * 6), counts(*[(9,) * 4] * 6)
    gain = compare_gains((best, weak), (best, weak), "UA", "the other", 0.95)
    assert (gain.value, gain.p) == (pytest.approx(0), 1)
