import numpy as np
import pytest
from scipy.stats import bootstrap as scipy_bootstrap

from gagru.evaluation.intervals import Bootstrap, percentile_intervals, resample_metrics, speaker_weights
from gagru.task.errors import InputError
from gagru.task.metrics import compute_metrics


@pytest.fixture
def confusions():
    """Ten speakers who differ a lot in how well they are recognised."""
    generator = np.random.default_rng(3)
    counts = generator.integers(1, 12, (10, 4, 4))
    counts[:, range(4), range(4)] += generator.integers(0, 60, (10, 4))
    return counts


def test_each_draw_takes_as_many_speakers_as_there_are():
    weights = speaker_weights(7, Bootstrap(draws=2000))
    assert weights.shape == (2000, 7)
    assert set(weights.sum(axis=1)) == {7}
    np.testing.assert_allclose(weights.mean(axis=0), 1, atol=0.1)


def test_a_draw_equals_pooling_the_drawn_speakers_by_index(confusions):
    weights = speaker_weights(10, Bootstrap(draws=50, seed=1))
    for row, values in zip(weights, resample_metrics(confusions, weights), strict=True):
        drawn = [i for i, times in enumerate(row) for _ in range(times)]
        np.testing.assert_allclose(values, compute_metrics(sum(confusions[i] for i in drawn)))


def test_intervals_are_those_of_scipy(confusions):
    """scipy resamples indices of speakers with its own generator, so ends agree up to the noise of the draws."""
    low, high, draws = percentile_intervals(confusions, Bootstrap(draws=20_000))
    assert draws.tolist() == [20_000] * 6
    for column in range(6):
        expected = scipy_bootstrap(
            (np.arange(10),),
            lambda index, axis, c=column: compute_metrics(confusions[index].sum(axis=-3))[..., c],
            n_resamples=20_000,
            method="percentile",
            vectorized=True,
            rng=np.random.default_rng(5),
        )
        spread = expected.standard_error
        assert low[column] == pytest.approx(expected.confidence_interval.low, abs=0.12 * spread)
        assert high[column] == pytest.approx(expected.confidence_interval.high, abs=0.12 * spread)


def test_two_speakers_by_hand():
    """Draws are AA (1/4), AB (1/2), BB (1/4): at 40 % the interval lies within AB, at 95 % it spans AA to BB."""
    counts = np.zeros((2, 4, 4), dtype=int)
    counts[0, range(4), range(4)] = 10
    counts[1, range(4), [1, 2, 3, 0]] = 10
    low, high, _ = percentile_intervals(counts, Bootstrap(level=0.4))
    assert low.tolist() == high.tolist() == [0.5] * 6
    low, high, _ = percentile_intervals(counts, Bootstrap(level=0.95))
    assert low.tolist() == [0.0] * 6
    assert high.tolist() == [1.0] * 6


def test_draws_without_a_class_are_left_out_of_its_recall_and_of_ua():
    """Only the second of three speakers is ever sad: (2/3)^3 of the draws lack her."""
    counts = np.tile(np.diag([6, 6, 0, 6]), (3, 1, 1))
    counts[:, 0, 1] = [4, 0, 2]
    counts[1, 2, 2], counts[1, 2, 0] = 3, 1
    bootstrap = Bootstrap(draws=9000)
    values = resample_metrics(counts, weights := speaker_weights(3, bootstrap))
    without = weights[:, 1] == 0
    assert np.isnan(values[:, [2, 5]]).all(axis=1).tolist() == without.tolist()
    assert not np.isnan(values[:, [0, 1, 3, 4]]).any()
    low, high, draws = percentile_intervals(counts, bootstrap)
    assert (low[2], high[2]) == (0.75, 0.75)
    assert draws.tolist() == [9000, 9000, np.sum(~without), 9000, 9000, np.sum(~without)]
    assert draws[2] / 9000 == pytest.approx(1 - (2 / 3) ** 3, abs=0.02)


def test_a_class_that_nobody_speaks_has_no_interval_and_ua_is_over_the_others():
    counts = np.tile(np.diag([6, 6, 0, 6]), (3, 1, 1))
    low, high, draws = percentile_intervals(counts, Bootstrap(draws=100))
    assert np.isnan([low[2], high[2]]).all()
    assert draws.tolist() == [100, 100, 0, 100, 100, 100]
    assert (low[5], high[5]) == (1.0, 1.0)


def test_the_seed_decides_the_draws(confusions):
    once, again, other = (percentile_intervals(confusions, Bootstrap(draws=300, seed=seed)) for seed in (4, 4, 5))
    np.testing.assert_array_equal(once, again)
    assert not np.array_equal(once, other)


@pytest.mark.parametrize("settings", [{"draws": 0}, {"level": 1.0}, {"level": 0}])
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(InputError, match="intervals"):
        Bootstrap(**settings)
