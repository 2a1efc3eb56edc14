"""The audit of the paper, and that it follows the files: a changed cell changes what is found."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from gagru.paper.audit import audit
from gagru.paper.counts import CLASS_COUNTS
from gagru.paper.reported import TABLES
from gagru.paper.text import TEXT_VALUES
from gagru.task.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
CORPORA = {"iemocap": "table1", "msp_improv": "table2"}
FILES = {
    "table1": TABLES["iemocap"],
    "table2": TABLES["msp_improv"],
    "class_counts": CLASS_COUNTS,
    "text_values": TEXT_VALUES,
}


def found(**files):
    """The findings by table, part, system and item."""
    tables = {corpus: files.pop(name, TABLES[corpus]) for corpus, name in CORPORA.items()}
    return {(f.table, f.part, f.system, f.item): f for f in audit(tables, **files)}


@pytest.fixture
def changed(tmp_path):
    """Audit with one text of one file replaced, within the line that starts as given."""

    def change(name, line_start, old, new):
        lines = FILES[name].read_text().splitlines(keepends=True)
        hits = [i for i, line in enumerate(lines) if line.startswith(line_start) and old in line]
        assert len(hits) == 1
        lines[hits[0]] = lines[hits[0]].replace(old, new, 1)
        path = tmp_path / f"{name}.csv"
        path.write_text("".join(lines))
        return found(**{name: path})

    return change


PAPER = found()


@pytest.mark.parametrize(
    ("table", "system", "counts"),
    [
        ("table1", "dnn", "854/1636 1001/1708 706/1084 673/1103"),
        ("table1", "bigru_att", "976/1636 966/1708 730/1084 730/1103"),
        ("table1", "ga_gru", "879/1636 1006/1708 780/1084 779/1103"),
        ("table2", "svm", "1245/2644 1568/3477 541/885 459/792"),
        ("table2", "dnn", "1020/2644 1602/3477 541/885 494/792"),
        ("table2", "bigru_att", "1439/2644 1895/3477 422/885 415/792"),
    ],
)
def test_six_columns_decode_and_reproduce_their_own_averages(table, system, counts):
    rows = [PAPER[table, "table", system, row] for row in ("Happiness", "Neutrality", "Sadness", "Anger")]
    assert " ".join(f.recomputed for f in rows) == counts
    assert {PAPER[table, "table", system, row].verdict for row in ("WA", "UA")} == {"agrees"}
    assert (table, "table", system, "repair") not in PAPER


def test_the_svms_wa_on_iemocap_disagrees_and_its_ua_agrees():
    wa = PAPER["table1", "table", "svm", "WA"]
    assert (wa.printed, wa.recomputed, wa.verdict) == ("56.88", "57.17", "disagrees")
    assert PAPER["table1", "table", "svm", "UA"].verdict == "agrees"
    assert PAPER["table1", "table", "svm", "repair"].verdict == "not found"


def test_ga_gru_on_msp_improv_has_two_recalls_exchanged_and_a_digit_pair_transposed():
    column = {
        item: f
        for (table, part, name, item), f in PAPER.items()
        if (table, part, name) == ("table2", "table", "ga_gru")
    }
    assert (column["WA"].recomputed, column["WA"].verdict) == ("57.03", "disagrees")
    assert (column["UA"].recomputed, column["UA"].verdict) == ("57.49", "disagrees")
    assert column["repair"].verdict == "found"
    assert column["repair"].recomputed == "59.83 / 52.34 / 52.54 / 65.15"
    assert "the only one of" in column["repair"].detail
    assert "test set" not in column


def test_cmn_on_iemocap_is_a_test_on_session_5():
    cmn = {
        item: f for (table, part, name, item), f in PAPER.items() if (table, part, name) == ("table1", "table", "cmn")
    }
    assert {cmn[row].verdict for row in ("Happiness", "Neutrality", "Sadness", "Anger")} == {"not a whole count"}
    assert cmn["test set"].recomputed == "40/144, 167/245, 222/384, 158/170"
    assert cmn["test set"].detail.startswith("session 5 without excited")
    assert "happiness, sadness, neutrality, anger" in cmn["test set"].detail
    assert (cmn["WA"].recomputed, cmn["WA"].verdict) == ("59.13", "disagrees")
    assert (cmn["WA over that test set"].recomputed, cmn["WA over that test set"].verdict) == ("62.25", "disagrees")
    assert cmn["UA over that test set"].verdict == "agrees to the decimals printed"


def test_quoted_systems_cannot_be_checked():
    for table, system in (("table1", "mdnn"), ("table1", "cvae_lstm"), ("table2", "baseline"), ("table2", "asrnn")):
        assert PAPER[table, "table", system, "UA"].verdict == "cannot be checked"


@pytest.mark.parametrize(
    ("table", "item", "recomputed", "verdict"),
    [
        ("table1", "UA above BiGRU+Att", "1.36", "disagrees"),
        ("table1", "UA above MDNN", "1.10", "agrees"),
        ("table1", "UA above ASRNN", "1.20", "disagrees"),
        ("table1", "UA above CVAE-LSTM", "1.00", "disagrees"),
        ("table1", "UA above SVM", "4.42", "agrees"),
        ("table1", "UA above DNN", "4.56", "disagrees"),
        ("table1", "Sadness above BiGRU+Att", "4.62", "agrees"),
        ("table1", "Anger above BiGRU+Att", "4.45", "agrees"),
        ("table1", "Neutrality above BiGRU+Att", "2.34", "agrees"),
        ("table2", "UA above CNN-LSTM-DNN", "5.04", "disagrees"),
        ("table2", "UA above ASRNN", "1.77", "agrees"),
        ("table2", "UA above Baseline", "16.07", "agrees"),
        ("table2", "Sadness above BiGRU+Att", "4.86", "agrees"),
        ("table2", "Anger above BiGRU+Att", "12.75", "agrees"),
        ("table2", "Neutrality above BiGRU+Att", "5.33", "agrees"),
    ],
)
def test_values_in_the_text(table, item, recomputed, verdict):
    finding = PAPER[table, "text", "ga_gru", item]
    assert (finding.recomputed, finding.verdict) == (recomputed, verdict)


def test_a_claim_that_rests_on_the_misprint_says_what_becomes_of_it():
    detail = PAPER["table2", "text", "ga_gru", "Neutrality above BiGRU+Att"].detail
    assert detail.endswith("with the recalls repaired it is -2.16")
    assert "repaired" not in PAPER["table2", "text", "ga_gru", "Sadness above BiGRU+Att"].detail


def test_the_corpora_are_as_large_as_the_text_says():
    assert PAPER["table1", "text", "", "utterances"].verdict == "agrees"
    assert PAPER["table2", "text", "", "utterances"].verdict == "agrees"


@pytest.mark.parametrize(
    ("name", "line", "old", "new", "key", "verdict"),
    [
        # the printed WA as it should be
        ("table1", "WA", "56.88", "57.17", ("table1", "table", "svm", "WA"), "agrees"),
        # one digit in one recall: no count, and the averages go with it
        ("table1", "Anger", "70.63", "70.36", ("table1", "table", "ga_gru", "UA"), "disagrees"),
        ("table1", "Anger", "70.63", "70.36", ("table1", "table", "ga_gru", "Anger"), "not a whole count"),
        ("table1", "Anger", "70.63", "70.36", ("table1", "table", "ga_gru", "repair"), "found"),
        ("table1", "Anger", "70.63", "70.36", ("table1", "text", "ga_gru", "Anger above BiGRU+Att"), "disagrees"),
        ("table2", "Sadness", "47.68", "47.69", ("table2", "table", "bigru_att", "Sadness"), "not a whole count"),
        ("table2", "UA", "52.04", "52.40", ("table2", "table", "dnn", "UA"), "disagrees"),
        # half the repair made already
        ("table2", "Happiness", "52.43", "52.34", ("table2", "table", "ga_gru", "UA"), "agrees"),
        # the misprint made worse: nothing explains it any more
        ("table2", "Anger", "65.15", "66.15", ("table2", "table", "ga_gru", "repair"), "not found"),
        ("table1", "UA", "62.44", "62.70", ("table1", "text", "ga_gru", "UA above BiGRU+Att"), "agrees"),
        ("table1", "UA", "62.8", "63.9", ("table1", "text", "ga_gru", "UA above every other"), "disagrees"),
        ("class_counts", "iemocap,whole", "1636", "1637", ("table1", "table", "dnn", "Happiness"), "not a whole count"),
        ("class_counts", "iemocap,whole", "1636", "1637", ("table1", "text", "", "utterances"), "disagrees"),
        (
            "text_values",
            "3.3.1,5.03",
            "dnn,5.03",
            "dnn,5.04",
            ("table2", "text", "ga_gru", "UA above CNN-LSTM-DNN"),
            "agrees",
        ),
    ],
)
def test_changing_one_cell_changes_the_verdict(changed, name, line, old, new, key, verdict):
    assert key not in PAPER or PAPER[key].verdict != verdict
    assert changed(name, line, old, new)[key].verdict == verdict


def test_another_recall_of_cmn_fits_no_test_set_any_more(changed):
    assert ("table1", "table", "cmn", "test set") not in changed("table1", "Anger", "92.94", "92.95")


def test_without_the_public_split_cmn_fits_nothing(changed):
    findings = changed("class_counts", "iemocap,session 5 without excited in the public", ",144,", ",145,")
    assert ("table1", "table", "cmn", "test set") not in findings


def test_the_repaired_column_is_consistent(tmp_path):
    text = FILES["table2"].read_text().replace("52.43\n", "59.83\n", 1).replace(",59.83\nSad", ",52.34\nSad")
    (tmp_path / "table2.csv").write_text(text)
    findings = found(table2=tmp_path / "table2.csv")
    assert {findings["table2", "table", "ga_gru", row].verdict for row in ("WA", "UA")} == {"agrees"}
    assert findings["table2", "text", "ga_gru", "Neutrality above BiGRU+Att"].recomputed == "-2.16"


def test_a_quoted_figure_of_no_table_is_refused(changed):
    with pytest.raises(InputError, match=r"text_values\.csv:24: not a value of the tables"):
        changed("text_values", "3.3.1,anger improves", "ga_gru", "gagru")


def test_the_program(tmp_path):
    table = tmp_path / "table1.csv"
    table.write_text(FILES["table1"].read_text().replace("56.88", "57.17"))
    command = [sys.executable, ROOT / "workflow_scripts/audit.py", "--table1", table]
    command += ["--out-csv", tmp_path / "audit.csv", "--out-md", tmp_path / "audit.md"]
    done = subprocess.run(command, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)}, check=True)
    assert f"{len(PAPER) - 1} values checked, 12 disagree" in done.stdout
    with (tmp_path / "audit.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == len(PAPER) - 1
    assert list(lines[0]) == ["table", "part", "system", "item", "printed", "recomputed", "verdict", "detail"]
    assert "table1,table,svm,WA,57.17,57.17,agrees," in (tmp_path / "audit.csv").read_text()
    assert "WA 56.88 disagrees" not in (tmp_path / "audit.md").read_text()
