"""The page of the comparisons, from a table of them."""

import re

import numpy as np
import pandas as pd
import pytest

from gagru.evaluation.comparisons import compare
from gagru.report.comparisons import render_comparisons
from gagru.report.formats import p_value
from gagru.task.emotions import EMOTIONS

LEVEL = 0.95


@pytest.fixture
def predictions():
    """Six speakers with twelve utterances each; a system with a seed gets the share `right` of them right."""

    def make(*runs):
        tables = []
        for system, seed, right in runs:
            rows = [(speaker, f"{speaker}{i}", EMOTIONS[i % 4]) for speaker in "ABCDEF" for i in range(12)]
            table = pd.DataFrame(rows, columns=["speaker", "utterance", "emotion"])
            wrong = np.random.default_rng([*system.encode(), seed]).random(len(table)) > right
            next_emotion = table["emotion"].map(dict(zip(EMOTIONS, [*EMOTIONS[1:], EMOTIONS[0]], strict=True)))
            table["predicted"] = table["emotion"].where(~wrong, next_emotion)
            tables.append(table.assign(corpus="iemocap", system=system, seed=seed, fold=table["speaker"]))
        return pd.concat(tables, ignore_index=True)

    return make


def test_the_page_says_how_it_was_made(predictions):
    runs = ("ga_gru", 0, 0.9), ("ga_gru", 1, 0.8), ("bigru_att", 0, 0.5), ("svm", 0, 0.5)
    text = render_comparisons("iemocap", compare(predictions(*runs), LEVEL), LEVEL, ["Synthetic."])
    assert text.startswith("# Comparisons on IEMOCAP\n\n> **Synthetic.**\n\nPrimary comparison: GA-GRU's UA of ")
    assert re.search(r"sign-flip test over 6 speakers, p = 0\.0312\)\. With 80 % power it would be found from", text)
    assert re.search(r"\| BiGRU\+Att against SVM +\| exploratory +\| +\d\.\d+ \| +\|", text)
    assert text.index("## McNemar's test of WA") > text.index("## Tests of UA and WA")
    assert "in 46 % of simulated data sets that have none" in text.replace("\n", " ")
    assert " ± " in text
    assert "| GA-GRU against SVM " in text


def test_four_speakers_have_no_intervals_and_the_page_says_why(predictions):
    table = predictions(("ga_gru", 0, 0.9), ("svm", 0, 0.5))
    table = table[table["speaker"].isin(list("ABCD"))]
    text = render_comparisons("iemocap", compare(table, LEVEL), LEVEL, [])
    assert "The primary comparison needs GA-GRU and BiGRU+Att, which were not both run." in text
    assert "4 speakers are too few for 95 % intervals of differences" in text
    assert "p would still be 0.125" in text
    assert "nan" not in text
    assert "## Differences\n" in text


def test_one_system_has_nothing_to_be_compared_with(predictions):
    table = compare(predictions(("svm", 0, 0.7)), LEVEL)
    assert "nothing to compare" in render_comparisons("emodb", table, LEVEL, [])


@pytest.mark.parametrize(("p", "shown"), [(0.03125, "0.0312"), (1e-4, "0.0001"), (9e-5, "< 0.0001"), (np.nan, "")])
def test_p_values_are_shown_to_four_decimals(p, shown):
    assert p_value(p) == shown
