"""What was selected, beside what is as described: tables and page."""

import csv

import pytest

from gagru.evaluation.results import read_corpus_results
from gagru.evaluation.selected import read_selected
from gagru.evaluation.tables import LONG_FORMATS, SELECTED_FORMATS, build_long_table, build_table
from gagru.report.tables import render_latex_table, render_table
from gagru.storage.files import write_checked_json
from gagru.storage.tables import write_csv
from gagru.task.errors import InputError
from gagru.task.runs import Run


@pytest.fixture
def selected(three, tmp_path):
    """GA-GRU's second seed, as if it had been selected twice, with a budget of 4, in two folds."""
    metrics, folders = [], []
    (source,) = [run for run in three if run.system == "ga_gru" and run.seed == 1]
    for seed, choices in ((0, (2, 1)), (1, (1, 1))):
        folder = tmp_path / f"selected/ga_gru/seed{seed}"
        candidates = [{"settings": {"lr": lr, "class_weight": "none"}} for lr in (1e-4, 1e-3, 3e-3, 1e-2)]
        for fold, chosen in zip("AB", choices, strict=True):
            selection = {"budget": 4, "refit": False, "chosen": chosen, "candidates": candidates}
            write_checked_json(folder / fold / "selection.json", selection)
        metrics.append(Run("iemocap", "ga_gru", seed, source.path))
        folders.append(Run("iemocap", "ga_gru", seed, folder))
    return read_selected("iemocap", metrics, folders, "AB")


def test_what_was_chosen_is_counted_over_folds_and_seeds(selected):
    assert (selected.budget, selected.refit) == (4, False)
    assert selected.chosen.to_dict("records") == [
        {"system": "ga_gru", "settings": "class_weight none, lr 0.001", "times": 3, "of": 4},
        {"system": "ga_gru", "settings": "class_weight none, lr 0.003", "times": 1, "of": 4},
    ]


def test_without_selected_runs_there_is_nothing():
    assert read_selected("iemocap", [], [], "AB") is None


def test_a_selection_that_is_not_there_is_named(three, tmp_path):
    folder = tmp_path / "nowhere"
    with pytest.raises(InputError, match=r"nowhere/A/selection.json: there is no such file"):
        read_selected("iemocap", [three[0]], [Run("iemocap", "ga_gru", 0, folder)], "AB")


def test_the_table_has_a_column_of_what_is_selected_behind_that_as_described(three, selected):
    described = read_corpus_results("iemocap", three)
    table = build_table(described, selected)
    plain = build_table(described)
    names = list(table.columns)
    assert names[names.index("GA-GRU") + 1] == "GA-GRU selected"
    assert [name for name in names if name != "GA-GRU selected"] == list(plain.columns)
    assert table[plain.columns].equals(plain)
    # the second seed: recalls 90, 80, 70 and 70 per cent
    assert table["GA-GRU selected"].mul(100).round(2).tolist() == [90, 80, 70, 70, 77.5, 77.5]


def test_the_long_table_has_its_columns_last(three, selected, tmp_path):
    described = read_corpus_results("iemocap", three)
    write_csv(tmp_path / "long.csv", build_long_table(described, selected), LONG_FORMATS | SELECTED_FORMATS)
    write_csv(tmp_path / "plain.csv", build_long_table(described), LONG_FORMATS)
    with (tmp_path / "long.csv").open(newline="") as long, (tmp_path / "plain.csv").open(newline="") as plain:
        rows, others = list(csv.DictReader(long)), list(csv.DictReader(plain))
    added = ["selected", "selected_low", "selected_high", "budget"]
    assert list(rows[0]) == [*others[0], *added]
    assert [{name: row[name] for name in others[0]} for row in rows] == others
    found = {(row["system"], row["seed"], row["row"]): [row[name] for name in added] for row in rows}
    assert found["ga_gru", "0", "UA"][0] == found["ga_gru", "1", "UA"][0] == "77.50"
    assert found["ga_gru", "0", "UA"][3] == "4"
    assert found["svm", "0", "UA"] == [""] * 4


def test_both_readable_tables_show_it_with_the_budget_and_what_was_chosen(three, selected):
    described = read_corpus_results("iemocap", three)
    page = render_table("table1", described, [], (), selected)
    assert "chose among 4 configurations of each system" in page
    assert "| GA-GRU   | class_weight none, lr 0.001 |   3 of 4 |" in page
    (line,) = [line for line in page.splitlines() if "| selected  " in line]
    assert [cell.strip() for cell in line.split("|")][-3:-1] == ["77.50", "77.50"]
    latex = render_latex_table("table1", described, [], selected)
    assert r"& selected & 90.00 & 80.00 & 70.00 & 70.00 & 77.50 & 77.50 \\" in latex
    for without in (render_table("table1", described, []), render_latex_table("table1", described, [])):
        assert "selected" not in without
