"""The page of the comparisons, from a table of them."""

import numpy as np
import pandas as pd
import pytest

from gagru.evaluation.comparisons import compare
from gagru.evaluation.intervals import Bootstrap
from gagru.report.comparisons import render_comparisons
from gagru.report.formats import p_value
from gagru.task.emotions import EMOTIONS

FAST = Bootstrap(draws=200)


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
    text = render_comparisons("iemocap", compare(predictions(*runs), FAST), FAST, ["Synthetic."])
    assert text.startswith("# Comparisons on IEMOCAP\n\n> **Synthetic.**\n\nGA-GRU's UA of ")
    assert "p is at least 0.0312, after Holm's correction over 3 pairs 0.0938" in text
    assert " ± " in text
    assert "| GA-GRU against SVM " in text


def test_one_system_has_nothing_to_be_compared_with(predictions):
    table = compare(predictions(("svm", 0, 0.7)), FAST)
    assert "nothing to compare" in render_comparisons("emodb", table, FAST, [])


@pytest.mark.parametrize(("p", "shown"), [(0.03125, "0.0312"), (1e-4, "0.0001"), (9e-5, "< 0.0001"), (np.nan, "")])
def test_p_values_are_shown_to_four_decimals(p, shown):
    assert p_value(p) == shown
