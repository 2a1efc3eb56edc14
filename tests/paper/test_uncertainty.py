import numpy as np
import pytest

from gagru.paper.counts import read_class_counts
from gagru.paper.reported import ROWS, read_reported
from gagru.paper.uncertainty import Estimate, printed_value, repaired_value

SIZES = {corpus: sets[0].sizes for corpus, sets in read_class_counts().items()}


@pytest.mark.parametrize("row", ["Happiness", "Sadness", "WA", "UA"])
def test_errors_are_those_of_counts_drawn_again(row):
    """GA-GRU on IEMOCAP: 879, 1006, 780 and 779 correct, drawn 40,000 times as binomials."""
    sizes = np.array(SIZES["iemocap"])
    drawn = np.random.default_rng(0).binomial(sizes, np.array([879, 1006, 780, 779]) / sizes, (40_000, 4))
    recalls = 100 * drawn / sizes
    values = {
        **dict(zip(ROWS[:4], recalls.T, strict=True)),
        "WA": 100 * drawn.sum(axis=1) / sizes.sum(),
        "UA": recalls.mean(axis=1),
    }
    estimate = printed_value(read_reported("iemocap")["ga_gru"], row, sizes)
    assert estimate.error == pytest.approx(values[row].std(), rel=0.02)
    assert estimate.interval(0.95) == pytest.approx(np.percentile(values[row], [2.5, 97.5]), abs=0.06)


def test_the_standard_error_of_ua_that_the_printed_gain_is_seen_against():
    """0.65 points at 5531 utterances, where the gain over BiGRU+Att is 1.36."""
    columns = read_reported("iemocap")
    ua, other = (printed_value(columns[name], "UA", SIZES["iemocap"]) for name in ("ga_gru", "bigru_att"))
    assert ua.error == pytest.approx(0.65, abs=0.01)
    gain = ua - other
    assert gain.value == pytest.approx(1.36)
    assert gain.error == pytest.approx((ua.error**2 + other.error**2) ** 0.5)
    assert gain.interval(0.95)[0] < 0 < gain.interval(0.95)[1]


@pytest.mark.parametrize("system", ["mdnn", "cmn"])
def test_figures_of_another_protocol_have_no_error(system):
    value = printed_value(read_reported("iemocap")[system], "UA", SIZES["iemocap"])
    assert (value.error, value.interval(0.95)) == (None, None)
    assert (Estimate(60.0, 1.0) - value).error is None


def test_a_figure_that_is_not_printed_is_none():
    assert printed_value(read_reported("iemocap")["mdnn"], "Sadness", SIZES["iemocap"]) is None


def test_misprinted_recalls_are_repaired_and_no_others():
    repaired = {row: repaired_value(read_reported("msp_improv")["ga_gru"], row, SIZES["msp_improv"]) for row in ROWS}
    found = {row: value.value for row, value in repaired.items() if value}
    assert found == {"Happiness": 59.83, "Neutrality": 52.34}
    assert not any(repaired_value(read_reported("iemocap")["ga_gru"], row, SIZES["iemocap"]) for row in ROWS)
