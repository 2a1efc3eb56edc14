"""The readable tables, as Markdown and LaTeX."""

import re

import numpy as np
import pandas as pd
import pytest

from gagru.evaluation.evaluate import summarise
from gagru.evaluation.results import read_corpus_results
from gagru.evaluation.selected import Selected
from gagru.report.tables import escape_latex, render_latex_table, render_table
from gagru.storage.files import write_checked_json
from gagru.task.runs import Run


def lines_of(page, system):
    """The table's lines of a system, as lists of cells."""
    rows = [[cell.strip() for cell in row.strip("| \n").split(" | ")] for row in page.splitlines() if "|" in row]
    start = next(i for i, row in enumerate(rows) if row[0] == f"**{system}**")
    stop = next((i for i in range(start + 1, len(rows)) if rows[i][0].startswith(("**", "System"))), len(rows))
    return [row[1:] if i == 0 else row for i, row in enumerate(rows[start:stop])]


def test_markdown_sets_measured_beside_reported(three):
    page = render_table("table1", read_corpus_results("iemocap", three), ["Demo: synthetic speech."])
    assert page.startswith("# Table 1: IEMOCAP\n\n> **Demo: synthetic speech.**\n")
    assert [line[0] for line in lines_of(page, "GA-GRU")] == (
        ["measured", "95 % interval", "over seeds", "over folds", "reported"]
    )
    assert lines_of(page, "GA-GRU")[0][-1] == "73.75"
    assert lines_of(page, "GA-GRU")[1][-1] == "0.0–100.0"
    assert lines_of(page, "GA-GRU")[4][1:] == ["53.73", "58.9", "71.96", "70.63", "62.27", "63.8"]
    assert [line[0] for line in lines_of(page, "SVM")] == ["measured", "95 % interval", "over folds", "reported"]
    assert [line[0] for line in lines_of(page, "DNN")] == ["not run", "reported"]


def test_both_readable_tables_show_mean_and_deviation_over_seeds(three):
    """GA-GRU's WA is 70 % with the one seed and 77.5 % with the other."""
    found = read_corpus_results("iemocap", three)
    assert lines_of(render_table("table1", found, []), "GA-GRU")[2][-2:] == ["± 5.30", "± 5.30"]
    lines = render_latex_table("table1", found, []).splitlines()
    measured = next(i for i, line in enumerate(lines) if "GA-GRU & measured" in line)
    assert lines[measured].endswith(r"& 73.75 & 73.75 \\")
    assert lines[measured + 2].endswith(r"& $\pm$ 5.30 & $\pm$ 5.30 \\")


def test_the_table_says_from_where_on_a_difference_would_be_found(tmp_path):
    """Twelve speakers, 1 to 12 of 100 apart: the error of the mean is 1.041; t of 11 degrees of freedom 2.20, 0.88."""
    runs = []
    for system, more in (("bigru_att", np.zeros(12, int)), ("ga_gru", np.arange(1, 13))):
        right = {f"S{i}": (50 + k) * np.eye(4, dtype=int) for i, k in enumerate(more)}
        counts = {speaker: k + np.roll(100 * np.eye(4, dtype=int) - k, 1, axis=1) for speaker, k in right.items()}
        write_checked_json(tmp_path / f"{system}.json", summarise(counts, 0.95))
        runs.append(Run("iemocap", system, 0, tmp_path / f"{system}.json"))
    page = render_table("table1", read_corpus_results("iemocap", runs), [])
    assert "- *GA-GRU and BiGRU+Att*: +6.5 points of UA between them. With these 12 speakers" in page
    assert "with 80 % power from 3.2 points on" in page
    results = read_corpus_results("iemocap", runs)
    chosen = pd.DataFrame([("ga_gru", "dropout 0.2", 10, 10)], columns=["system", "settings", "times", "of"])
    page = render_table("table1", results, [], selected=Selected(results, chosen, 4, False))
    assert "- *GA-GRU and BiGRU+Att, selected*: +6.5 points of UA between them." in page


def test_a_table_of_few_speakers_says_that_nothing_can_be_found(tmp_path):
    runs = []
    for system in ("bigru_att", "ga_gru"):
        path = tmp_path / f"{system}.json"
        write_checked_json(path, summarise({f"S{i}": 10 * np.eye(4, dtype=int) for i in range(4)}, 0.95))
        runs.append(Run("iemocap", system, 0, path))
    page = render_table("table1", read_corpus_results("iemocap", runs), [])
    assert "+0.0 points of UA between them. 4 speakers are too few" in page


def test_utterances_are_counted_once_however_many_seeds(three):
    of_two_seeds = read_corpus_results("iemocap", [run for run in three if run.system == "ga_gru"])
    assert "each of 80 utterances once" in render_table("table1", of_two_seeds, [])


@pytest.mark.parametrize(
    ("corpus", "system", "label"),
    [
        ("iemocap", "MDNN", "quoted, not comparable"),
        ("iemocap", "CMN", "reported, not comparable"),
        ("msp_improv", "Baseline", "quoted, not comparable"),
        ("msp_improv", "ASRNN", "quoted, not comparable"),
        ("msp_improv", "SVM", "reported"),
    ],
)
def test_values_of_another_protocol_are_never_called_comparable(three, corpus, system, label):
    name = {"iemocap": "table1", "msp_improv": "table2"}[corpus]
    measured = read_corpus_results(corpus, three)
    assert lines_of(render_table(name, measured, []), system)[-1][0] == label
    assert label in render_latex_table(name, measured, [])


def test_every_markdown_row_has_as_many_cells_as_its_header(three):
    page = render_table("table2", read_corpus_results("msp_improv", three), [])
    for block in re.findall(r"(?m)(?:^\|.*\n)+", page):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1
        assert len({len(line) for line in block.splitlines()}) == 1  # aligned, so readable unrendered


def test_latex_is_well_formed(three):
    text = render_latex_table("table_my_corpus", read_corpus_results("my_corpus", three), ["50 % & more_or less #1"])
    assert r"\textbf{50 \% \& more\_or less \#1}" in text
    assert r"\caption{my\_corpus:" in text
    assert r"\label{tab:table-my-corpus}" in text
    body = text.split(r"\midrule")[1].split(r"\bottomrule")[0]
    rows = [line for line in body.splitlines() if line.endswith(r"\\")]
    assert {len(re.findall(r"(?<!\\)&", row)) for row in rows} == {7}
    assert len(rows) == 8 - 1 + 3 + 4  # systems not run, then the SVM's lines and GA-GRU's
    bare = re.sub(r"\\[\\{}%&_#$]", "", text.split("\n", 1)[1])
    assert bare.count("{") == bare.count("}")
    assert not re.search(r"[%#_^~]", bare)
    assert text.isascii()


def test_latex_escapes_every_special_character():
    expected = r"\textbackslash{} \{a\} \textasciicircum{}\textasciitilde{} $\pm$1 -- \$"
    assert escape_latex(r"\ {a} ^~ ±1 – $") == expected


def test_of_another_corpus_nothing_is_reported(three):
    page = render_table("table_emodb", read_corpus_results("emodb", three), [])
    assert "reported" not in page
    assert "quoted, not" not in page


@pytest.mark.parametrize(
    ("system", "dialogs", "told"), [("cmn", False, True), ("cmn", True, False), ("svm", False, False)]
)
def test_a_corpus_without_dialogs_leaves_cmn_nothing_to_remember_and_the_tables_say_so(results, system, dialogs, told):
    measured = read_corpus_results("emodb", [results(system, 0, (5, 6, 7, 8))])._replace(dialogs=dialogs)
    for render in (render_table, render_latex_table):
        assert ("no dialogs, so it has nothing to remember" in render("table_emodb", measured, [])) == told


def test_what_was_left_out_stands_at_the_end(three):
    found = read_corpus_results("iemocap", three)
    rows = [("audio without a label", ".wav", 12, "a|b.wav"), ("hidden file", "", 3, "wav")]
    section = render_table("table1", found, [], rows).partition("## Left out\n\n")[2]
    assert section.splitlines() == [
        "What the corpus holds beside the utterances of the table, and what was noted, when it was indexed. The same "
        "stands in `results/iemocap/left_out.csv`.",
        "",
        "| What                  | Value   |   Count | First      |",
        "|:----------------------|:--------|--------:|:-----------|",
        "| audio without a label | `.wav`  |      12 | `a\\|b.wav` |",
        "| hidden file           |         |       3 | `wav`      |",
    ]
    assert render_table("table1", found, []).endswith("## Left out\n\nAll files and labels of the corpus are used.\n")


def test_many_rows_left_out_are_counted(three):
    rows = [("label", f"l{i:02}", 1, "x") for i in range(40)]
    page = render_table("table1", read_corpus_results("iemocap", three), [], rows)
    assert "`l29`" in page
    assert "`l30`" not in page
    assert "10 more rows stand there." in page
