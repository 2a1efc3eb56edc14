"""The specification curve, on counts small enough to work out by hand."""

import csv
from itertools import product

import numpy as np
import pytest

from gagru.evaluation.evaluate import summarise
from gagru.evaluation.specification_curve import AS_CONFIGURED, FORMATS, LITERAL_READING, joint_test, read_curve
from gagru.storage.files import write_checked_json
from gagru.storage.tables import write_csv
from gagru.task.choices import CHOICES
from gagru.task.errors import InputError

LEVEL = 0.95
OWN = dict.fromkeys(CHOICES, "own") | {"graph_normalise": "row", "graph_propagate": "frames"}
TEN = 10  # utterances of an emotion of a speaker


def counts(*right):
    """A speaker's (4, 4) counts with so many of ten utterances of each emotion right."""
    confusion = np.zeros((4, 4), dtype=int)
    for i, n in enumerate(right):
        confusion[i, i], confusion[i, (i + 1) % 4] = n, TEN - n
    return confusion


@pytest.fixture
def metrics(tmp_path):
    def write(name, *speakers):
        path = tmp_path / f"{name}.json"
        write_checked_json(path, summarise({f"s{i}": c for i, c in enumerate(speakers)}, LEVEL))
        return path

    return write


@pytest.fixture
def curve(metrics):
    base = [metrics("base", *[counts(5, 5, 5, 5)] * 4)]
    better = [metrics("better", *[counts(7, 7, 7, 7)] * 4)]
    mixed = [metrics("mixed", counts(9, 9, 9, 9), counts(4, 4, 4, 4), counts(4, 4, 4, 4), counts(4, 4, 4, 4))]
    runs = [
        (OWN, mixed, base),
        (OWN | {"graph_normalise": "column"}, base, base),
        (OWN | {"validation": "oracle"}, better, base),
    ]
    return curve_of(runs)


def curve_of(runs):
    return read_curve("emodb", ["ga_gru", "bigru_att"], runs, LEVEL)


def test_differences_are_those_of_the_pooled_recalls_and_ranked(curve):
    # 28 of 40 against 20 of 40; 21 of 40 against 20 of 40; none
    assert [round(100 * difference, 6) for difference in curve.table["difference"]] == [20.0, 2.5, 0.0]
    assert curve.table["name"].tolist() == ["", AS_CONFIGURED, LITERAL_READING]
    assert curve.table.loc[0, ["first_ua", "second_ua"]].tolist() == [0.7, 0.5]


def test_the_protocol_of_the_laboratorys_public_code_is_named(metrics):
    base = [metrics("base", *[counts(5, 5, 5, 5)] * 4)]
    protocol = {"normalisation": "speaker", "speaker_rule": "dialog", "statistics_over": "all"}
    protocol |= {"validation": "oracle", "max_frames": "2500"}
    runs = [(OWN, base, base), (OWN | protocol, base, base), (OWN | protocol | {"max_frames": "all"}, base, base)]
    assert curve_of(runs).table["name"].tolist() == [AS_CONFIGURED, "the laboratory's public code", ""]


def test_four_speakers_have_a_p_and_no_interval(curve):
    first, second, third = curve.table.itertuples()
    assert curve.table[["low", "high", "detectable"]].isna().all(axis=None)
    assert (first.p, third.p) == (2 / 2**4, 1.0)  # all signs alike, of four speakers; no difference at all
    assert second.p > first.p


def test_intervals_are_paired_and_over_speakers(metrics):
    """Every speaker gains the same, though some are hard for both systems."""
    levels = (1, 3, 5, 6, 7, 8)
    base = [metrics("b", *[counts(*[n] * 4) for n in levels])]
    better = [metrics("c", *[counts(*[n + 2] * 4) for n in levels])]
    one = curve_of([(OWN, better, base)]).table.iloc[0]
    assert (one.low, one.high, one.p) == pytest.approx((0.2, 0.2, 2 / 2**6))


def test_the_joint_test_exchanges_a_speaker_in_all_specifications_at_once(curve):
    found = joint_test(curve)
    parts = np.array([[0.05] * 4, [0.1, -0.025, -0.025, -0.025], [0.0] * 4])  # a speaker's share of each difference
    medians = [abs(np.median(parts @ signs)) for signs in product([1, -1], repeat=4)]
    assert found.median == pytest.approx(0.025)
    assert found.p == pytest.approx(np.mean([m >= 0.025 - 1e-9 for m in medians]))
    assert found.specifications == 3


def test_other_speakers_take_no_part_in_the_joint_test(metrics):
    one, two = [metrics("one", *[counts(5, 5, 5, 5)] * 3)], [metrics("two", *[counts(6, 6, 6, 6)] * 3)]
    runs = [(OWN, one, two), (OWN | {"speaker_rule": "dialog"}, two, one)]
    assert joint_test(curve_of(runs)).specifications == 1


def test_seeds_are_averaged_and_their_spread_is_kept(metrics):
    first = [metrics(f"f{n}", *[counts(n, n, n, n)] * 3) for n in (6, 8)]
    second = [metrics("second", *[counts(5, 5, 5, 5)] * 3)]
    one = curve_of([(OWN, first, second)]).table.iloc[0]
    assert one.difference == pytest.approx(0.2)
    assert one.over_seeds == pytest.approx(np.std([0.1, 0.3], ddof=1))
    assert one.seeds == 2


def test_systems_tested_on_other_utterances_are_refused(metrics):
    one = [metrics("one", *[counts(5, 5, 5, 5)] * 3)]
    two = [metrics("two", *[2 * counts(5, 5, 5, 5)] * 3)]
    with pytest.raises(InputError, match=r"one.json.*two.json.*other utterances"):
        curve_of([(OWN, one, two)])


def test_the_table_says_what_was_compared(curve):
    first = curve.table.iloc[0]
    names = ("corpus", "first", "second", "rank", "validation", "seeds", "utterances", "speakers")
    assert tuple(first[name] for name in names) == ("emodb", "ga_gru", "bigru_att", 1, "oracle", 1, 160, 4)
    assert np.isnan(first["over_seeds"])
    assert curve.own["rank"] == 2


def test_the_csv_file(curve, tmp_path):
    write_csv(tmp_path / "choices.csv", curve.table, FORMATS)
    with open(tmp_path / "choices.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["rank"] for row in rows] == ["1", "2", "3"]
    shown = [rows[0][name] for name in ("validation", "difference", "first_ua", "p", "speakers", "over_seeds", "name")]
    assert shown == ["oracle", "20.00", "70.00", "0.125", "4", "", ""]
