"""By how much systems and corpora differ, by hand."""

import numpy as np
import pytest

from gagru.evaluation.evidence import compare_gains, compare_systems
from gagru.evaluation.intervals import Bootstrap

FAST = Bootstrap(draws=300)


def counts(*right):
    return np.array([np.diag(r) + np.roll(np.diag(10 - np.array(r)), 1, axis=1) for r in right])


def test_systems_and_gains_by_hand():
    weak, strong, best = counts(*[(5,) * 4] * 3), counts(*[(6,) * 4] * 3), counts(*[(9,) * 4] * 3)
    found = compare_systems(strong, weak, "UA", "weak", FAST)
    assert found.against == "weak"
    assert found[1:] == pytest.approx((0.1, 0.1, 0.1, 2 / 2**3))
    gain = compare_gains((best, weak), (strong, weak), "UA", "the other", FAST)
    assert (gain.value, gain.low, gain.high) == pytest.approx((0.3, 0.3, 0.3))
    assert np.isnan(gain.p)
