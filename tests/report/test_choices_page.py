"""The page of the specification curve, from a small curve."""

import numpy as np
import pandas as pd
import pytest

from gagru.evaluation.specification_curve import AS_CONFIGURED, LABORATORYS, LITERAL_READING, Curve
from gagru.report.choices import render_choices
from gagru.task.choices import CHOICES

OWN = dict.fromkeys(CHOICES, "own") | {"graph_normalise": "row"}


@pytest.fixture
def curve():
    """Three specifications on four speakers, each of whom adds a quarter to a difference."""
    specifications = [
        (OWN | {"validation": "oracle"}, "", 0.2, 0.1, 0.3),
        (OWN, AS_CONFIGURED, 0.025, -0.1, 0.1),
        (OWN | {"graph_normalise": "column"}, LITERAL_READING, 0.0, 0.0, 0.0),
    ]
    rows = [
        {"corpus": "emodb", "first": "ga_gru", "second": "bigru_att", "rank": rank, **choices, "name": name}
        | {"first_ua": 0.5 + difference, "second_ua": 0.5, "difference": difference, "low": low, "high": high}
        | {"p": 0.125, "detectable": 0.04, "over_seeds": np.nan, "seeds": 1, "utterances": 160, "speakers": 4}
        for rank, (choices, name, difference, low, high) in enumerate(specifications, start=1)
    ]
    table = pd.DataFrame(rows)
    return Curve(table, pd.DataFrame({f"s{i}": table["difference"] / 4 for i in range(4)}))


def test_the_page_names_what_is_different_and_what_has_a_name(curve):
    text = render_choices(curve, ["egemaps"], "factorial", 0.95, ["Synthetic."])
    assert "> **Synthetic.**" in text
    assert "between +0.00 and +20.00 points over 3 specifications; 2 of them are above 0" in text
    assert "The test finds 0 of them above 0 and 0 below." in text
    assert "4 speakers are too few for 95 % intervals of differences" in text
    assert "the median over all is +2.50, p = 0.1250" in text
    assert "As configured: +2.50 (-10.0 to +10.0, p = 0.1250), rank 2" in text
    assert "With equation 5 as it is printed: +0.00" in text
    assert "| validation oracle" in text
    assert "depends on it: eGeMAPS" in text


def test_differences_are_averaged_by_value_the_configured_one_first(curve):
    text = render_choices(curve, [], "factorial", 0.95, [])
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]
    own, oracle = (line for line in lines if line[0] == "Validation")
    assert own[1:] == ["own", "2", "+1.25", "+0.00", "+2.50"]
    assert oracle[1:] == ["oracle", "1", "+20.00", "+20.00", "+20.00"]


def test_what_the_laboratorys_protocol_gains_is_said(curve):
    assert "laboratory" not in render_choices(curve, [], "factorial", 0.95, [])
    curve.table.loc[0, "name"] = LABORATORYS
    text = render_choices(curve, [], "factorial", 0.95, [])
    assert "With the protocol of the laboratory's public code: +20.00" in text
    # 70.0 against 52.5 per cent of the first, 50 against 50 of the second
    assert "Over itself as configured, GA-GRU gains +17.50 points and BiGRU+Att +0.00." in text
    assert "is that of a sister paper, not this paper's" in text
    assert "the paper reports" not in text  # of EMO-DB it does not


def test_on_the_papers_corpus_the_laboratorys_protocol_stands_beside_the_reported_values(curve):
    curve.table.loc[0, "name"] = LABORATORYS
    curve.table["corpus"] = "iemocap"
    text = render_choices(curve, [], "factorial", 0.95, [])
    assert "They reach 70.00 and 50.00; the paper reports 63.8 and 62.44." in text  # Table 1
