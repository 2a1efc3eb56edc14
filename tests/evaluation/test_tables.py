"""The paper's tables from the files `metrics.json`, and the programs on the way to them."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gagru.evaluation.results import read_corpus_results, read_results
from gagru.evaluation.tables import LONG_FORMATS, build_long_table, build_table
from gagru.storage.files import read_checked_json, write_checked_json
from gagru.storage.tables import per_cent, write_csv
from gagru.task.errors import InputError
from gagru.task.runs import Run

ROOT = Path(__file__).resolve().parents[2]


def in_per_cent(table):
    """The table and the formats of its columns, as the program writes it."""
    return table, dict.fromkeys(table.columns[1:], per_cent)


def read(path):
    return list(csv.reader(path.open(newline="")))


def test_table_1_has_the_papers_shape(three, tmp_path):
    write_csv(tmp_path / "table1.csv", *in_per_cent(build_table(read_corpus_results("iemocap", three))))
    table = read(tmp_path / "table1.csv")
    with (ROOT / "gagru/paper/table1_reported.csv").open() as paper:
        assert ",".join(table[0]) == paper.readline().strip()
    assert [row[0] for row in table[1:]] == ["Happiness", "Neutrality", "Sadness", "Anger", "WA", "UA"]
    by_system = dict(zip(table[0], zip(*table[1:], strict=True), strict=True))
    assert by_system["SVM"] == ("50.00", "50.00", "50.00", "50.00", "50.00", "50.00")
    # means over the two seeds of 70 and 90, 70 and 80, 70 and 70, 70 and 70 per cent
    assert by_system["GA-GRU"] == ("80.00", "75.00", "70.00", "70.00", "73.75", "73.75")
    assert by_system["CMN"] == ("",) * 6


def test_table_2_appends_the_systems_that_the_paper_ran_on_iemocap_only(three, tmp_path):
    write_csv(tmp_path / "table2.csv", *in_per_cent(build_table(read_corpus_results("msp_improv", three))))
    table = read(tmp_path / "table2.csv")
    assert table[0] == (
        "row,Baseline,SVM,DNN,CNN-LSTM-DNN,BiGRU+Att,ASRNN,GA-GRU,CMN,MDNN,CVAE-LSTM".split(",")  # noqa: SIM905
    )
    assert [row[1] for row in table[1:]] == [""] * 6


def test_another_corpus_has_table_1s_columns_and_nothing_reported(three, tmp_path):
    measured = read_corpus_results("emodb", three)
    write_csv(tmp_path / "table.csv", *in_per_cent(build_table(measured)))
    write_csv(tmp_path / "long.csv", build_long_table(measured), LONG_FORMATS)
    with (ROOT / "gagru/paper/table1_reported.csv").open() as paper:
        assert ",".join(read(tmp_path / "table.csv")[0]) == paper.readline().strip()
    assert {tuple(row[7:9]) for row in read(tmp_path / "long.csv")[1:]} == {("", "")}


def test_the_long_table_holds_every_seed_beside_what_is_reported(three, tmp_path):
    write_csv(tmp_path / "long.csv", build_long_table(read_corpus_results("iemocap", three)), LONG_FORMATS)
    with (tmp_path / "long.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert list(lines[0]) == (
        ["corpus", "row", "system", "seed", "measured", "low", "high", "reported", "reported_protocol", "fidelity"]
    )
    assert len(lines) == 6 * (9 + 1)
    ga_gru = {(x["seed"], x["row"]): x for x in lines if x["system"] == "ga_gru"}
    assert ga_gru["1", "Happiness"]["measured"] == "90.00"
    assert ga_gru["0", "UA"] == {
        "corpus": "iemocap",
        "row": "UA",
        "system": "ga_gru",
        "seed": "0",
        "measured": "70.00",
        "low": "0.00",
        "high": "100.00",
        "reported": "63.8",
        "reported_protocol": "leave one person out (the paper)",
        "fidelity": "specified",
    }
    mdnn = {x["row"]: x for x in lines if x["system"] == "mdnn"}
    assert (mdnn["UA"]["reported"], mdnn["UA"]["reported_protocol"]) == ("62.7", "quoted from its own paper")
    assert (mdnn["UA"]["seed"], mdnn["UA"]["measured"], mdnn["UA"]["fidelity"]) == ("", "", "described")
    cmn = next(x for x in lines if x["system"] == "cmn")
    assert cmn["reported_protocol"].startswith("only session 5 without excited")


def test_the_mean_over_seeds_has_an_interval_of_its_own(three):
    """UA of A is 80 %, of B 67.5 %. With two speakers t is 12.7, so that the interval is all that is possible."""
    ua = read_corpus_results("iemocap", three).means.loc[("ga_gru", "UA")]
    assert (ua["low"], ua["value"], ua["high"]) == pytest.approx((0, 0.7375, 1))
    assert ua["over_seeds"] == pytest.approx(np.std([0.70, 0.775], ddof=1))
    assert ua["fold_mean"] == pytest.approx((0.8 + 0.675) / 2)


def test_one_seed_keeps_the_metrics_and_intervals_of_its_own_file(three):
    measured = read_corpus_results("iemocap", three)
    run = measured.runs[measured.runs["system"] == "svm"].set_index("metric")[["value", "low", "high"]]
    pd.testing.assert_frame_equal(measured.means.loc["svm"][["value", "low", "high"]], run, check_names=False)
    assert np.isnan(measured.means.loc[("svm", "UA"), "over_seeds"])


def test_what_was_measured_by_speaker(three):
    measured = read_corpus_results("iemocap", three)
    assert measured.sizes.loc["A"].tolist() == [10] * 4
    assert measured.confusions["ga_gru"][0].diagonal().tolist() == [8 + 9, 8 + 8, 8 + 7, 8 + 8]
    assert (measured.seeds("ga_gru"), measured.seeds("svm"), measured.seeds("dnn")) == ([0, 1], [0], [])


def test_each_corpus_has_results_of_its_own(results):
    runs = [results("svm", 0, (5, 6, 7, 8))._replace(corpus="emodb"), results("dnn", 0, (5, 6, 7, 8), (1, 2, 3, 4))]
    found = read_results(runs)
    assert {corpus: (len(ours.sizes), list(ours.confusions)) for corpus, ours in found.items()} == {
        "emodb": (1, ["svm"]),
        "iemocap": (2, ["dnn"]),
    }


def test_nothing_that_was_run_is_a_table_without_numbers():
    measured = read_corpus_results("iemocap", [])
    assert build_table(measured).drop(columns="row").isna().all(axis=None)
    assert build_long_table(measured)["measured"].isna().all()


def test_results_of_other_utterances_are_refused(results):
    metrics = [results("svm", 0, (5, 6, 7, 8), (5, 4, 3, 2)), results("dnn", 0, (5, 6, 7, 8))]
    with pytest.raises(InputError, match=r"svm0\.json: other utterances"):
        read_corpus_results("iemocap", metrics)


def test_intervals_made_differently_are_refused(results):
    metrics = [results("svm", 0, (5, 6, 7, 8)), results("dnn", 0, (5, 6, 7, 8))]
    path = metrics[0].path
    found = read_checked_json(path)
    write_checked_json(path, found | {"intervals": found["intervals"] | {"level": 0.9}})
    with pytest.raises(InputError, match=r"svm0\.json: other utterances or intervals than .*dnn0\.json"):
        read_corpus_results("iemocap", metrics)


def test_a_wrong_file_is_refused(tmp_path):
    (tmp_path / "m.json").write_text("{}")
    with pytest.raises(InputError, match=r"m\.json: truncated or damaged"):
        read_corpus_results("iemocap", [Run("iemocap", "svm", 0, tmp_path / "m.json")])


def program(*arguments, name="table"):
    command = [sys.executable, str(ROOT / "workflow_scripts" / f"{name}.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)}, check=False)


def outputs(folder):
    return [w for kind in ("csv", "md", "tex", "long") for w in (f"--out-{kind}", folder / f"t.{kind}")]


def test_programs_from_predictions_to_table(corpus, tmp_path):
    files = ["--out-metrics", tmp_path / "m.json", "--out-confusion", tmp_path / "c.csv"]
    done = program(
        *("--run", corpus.write_predictions(), "--folds", "A", "B", "--index", corpus.index),
        *("--level", "0.95", *files),
        name="evaluate_system",
    )
    assert done.returncode == 0, done.stderr
    assert "10 utterances, 2 folds, UA 70.83%, WA 70.00%" in done.stdout
    metrics = f"iemocap/svm:3={tmp_path / 'm.json'}"
    left_out = tmp_path / "left_out.csv"
    left_out.write_text("what,value,count,first\n")
    done = program(
        *("--corpus", "iemocap", "--table", "table1", "--metrics", metrics),
        *("--left-out", left_out, "--note", "Demo.", "--note", "", "--note", "Oracle.", *outputs(tmp_path)),
    )
    assert done.returncode == 0, done.stderr
    assert read(tmp_path / "t.csv")[6][1] == "70.83"
    assert read(tmp_path / "t.long")[1][3] == "3"
    assert "> **Demo.**\n\n> **Oracle.**\n" in (tmp_path / "t.md").read_text()
    assert r"\textbf{Demo.} \textbf{Oracle.}" in (tmp_path / "t.tex").read_text()


def test_a_wrong_argument_gets_one_clear_message_and_leaves_nothing(tmp_path):
    done = program("--corpus", "iemocap", "--table", "table1", "--metrics", "svm=x.json", *outputs(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: svm=x.json: write CORPUS/SYSTEM:SEED=PATH")
    assert list(tmp_path.iterdir()) == []
