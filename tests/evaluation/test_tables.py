import csv
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gagru.evaluation.evaluate import evaluate, summary
from gagru.evaluation.intervals import Bootstrap
from gagru.evaluation.tables import columns, write_long, write_table
from gagru.report.tables import escaped, latex, markdown
from gagru.storage.files import read_checked_json, write_checked_json
from gagru.task.errors import InputError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def results(tmp_path):
    """Write `metrics.json` of a system and seed with the given correct counts out of 10 for each speaker and class."""

    def write(system, seed, *correct):
        counts = [np.diag(c) + np.roll(np.diag(10 - np.array(c)), 1, axis=1) for c in correct]
        metrics = summary(dict(zip("ABCDEF", counts, strict=False)), Bootstrap(draws=500))
        path = tmp_path / f"{system}{seed}.json"
        write_checked_json(path, metrics)
        return {(system, seed): path}

    return write


@pytest.fixture
def three(results):
    """One seed of the SVM, two of GA-GRU."""
    return {
        **results("svm", 0, (5, 6, 7, 8), (5, 4, 3, 2)),
        **results("ga_gru", 0, (8, 8, 8, 8), (6, 6, 6, 6)),
        **results("ga_gru", 1, (9, 8, 7, 8), (9, 8, 7, 6)),
    }


def read(path):
    return list(csv.reader(path.open(newline="")))


def test_table_1_has_the_papers_shape(three, tmp_path):
    write_table(columns("iemocap", three), tmp_path / "table1.csv")
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
    write_table(columns("msp_improv", three), tmp_path / "table2.csv")
    table = read(tmp_path / "table2.csv")
    assert table[0] == (
        "row,Baseline,SVM,DNN,CNN-LSTM-DNN,BiGRU+Att,ASRNN,GA-GRU,CMN,MDNN,CVAE-LSTM".split(",")  # noqa: SIM905
    )
    assert [row[1] for row in table[1:]] == [""] * 6


def test_another_corpus_has_table_1s_columns_and_nothing_reported(three, tmp_path):
    found = columns("emodb", three)
    write_table(found, tmp_path / "table.csv")
    write_long("emodb", found, tmp_path / "long.csv")
    with (ROOT / "gagru/paper/table1_reported.csv").open() as paper:
        assert ",".join(read(tmp_path / "table.csv")[0]) == paper.readline().strip()
    assert {tuple(row[7:9]) for row in read(tmp_path / "long.csv")[1:]} == {("", "")}
    page = markdown("emodb", "table_emodb", found, [])
    assert "reported" not in page
    assert "quoted, not" not in page


def test_the_long_table_holds_every_seed_beside_what_is_reported(three, tmp_path):
    write_long("iemocap", columns("iemocap", three), tmp_path / "long.csv")
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
        "low": "60.00",
        "high": "80.00",
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
    """Both seeds' counts of a speaker are drawn together: UA of A is 80 %, of B 67.5 %."""
    ga_gru = {column.system: column for column in columns("iemocap", three)}["ga_gru"]
    ua = ga_gru.mean["pooled"]["UA"]
    assert (ua["low"], ua["value"], ua["high"]) == pytest.approx((0.675, 0.7375, 0.8))
    assert ga_gru.deviation("UA") == pytest.approx(np.std([0.70, 0.775], ddof=1))


def test_one_seed_keeps_the_figures_and_intervals_of_its_own_file(three):
    svm = {column.system: column for column in columns("iemocap", three)}["svm"]
    assert svm.mean["pooled"] == svm.seeds[0]["pooled"]
    assert svm.deviation("UA") is None


def lines_of(page, system):
    """The table's lines of a system, as lists of cells."""
    rows = [[cell.strip() for cell in row.strip("| \n").split(" | ")] for row in page.splitlines() if "|" in row]
    start = next(i for i, row in enumerate(rows) if row[0] == f"**{system}**")
    stop = next((i for i in range(start + 1, len(rows)) if rows[i][0].startswith(("**", "System"))), len(rows))
    return [row[1:] if i == 0 else row for i, row in enumerate(rows[start:stop])]


def test_markdown_sets_measured_beside_reported(three):
    page = markdown("iemocap", "table1", columns("iemocap", three), ["Demo: synthetic speech."])
    assert page.startswith("# Table 1: IEMOCAP\n\n> **Demo: synthetic speech.**\n")
    assert [line[0] for line in lines_of(page, "GA-GRU")] == (
        ["measured", "95 % interval", "over seeds", "over folds", "reported"]
    )
    assert lines_of(page, "GA-GRU")[0][-1] == "73.75"
    assert lines_of(page, "GA-GRU")[1][-1] == "67.5–80.0"
    assert lines_of(page, "GA-GRU")[4][1:] == ["53.73", "58.9", "71.96", "70.63", "62.27", "63.8"]
    assert [line[0] for line in lines_of(page, "SVM")] == ["measured", "95 % interval", "over folds", "reported"]
    assert [line[0] for line in lines_of(page, "DNN")] == ["not run", "reported"]


def test_both_readable_tables_show_mean_and_deviation_over_seeds(three):
    """GA-GRU's WA is 70 % with the one seed and 77.5 % with the other."""
    found = columns("iemocap", three)
    assert lines_of(markdown("iemocap", "table1", found, []), "GA-GRU")[2][-2:] == ["± 5.30", "± 5.30"]
    lines = latex("iemocap", "table1", found, []).splitlines()
    measured = next(i for i, line in enumerate(lines) if line.startswith("GA-GRU & measured"))
    assert lines[measured].endswith(r"& 73.75 & 73.75 \\")
    assert lines[measured + 2].endswith(r"& $\pm$ 5.30 & $\pm$ 5.30 \\")


def test_utterances_are_counted_once_however_many_seeds(three):
    of_two_seeds = {key: path for key, path in three.items() if key[0] == "ga_gru"}
    assert "each of 80 utterances once" in markdown("iemocap", "table1", columns("iemocap", of_two_seeds), [])


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
def test_figures_of_another_protocol_are_never_called_comparable(three, corpus, system, label):
    name = {"iemocap": "table1", "msp_improv": "table2"}[corpus]
    page = markdown(corpus, name, columns(corpus, three), [])
    assert lines_of(page, system)[-1][0] == label
    assert label in latex(corpus, name, columns(corpus, three), [])


def test_every_markdown_row_has_as_many_cells_as_its_header(three):
    page = markdown("msp_improv", "table2", columns("msp_improv", three), [])
    for block in re.findall(r"(?m)(?:^\|.*\n)+", page):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1
        assert len({len(line) for line in block.splitlines()}) == 1  # aligned, so readable unrendered


def test_latex_is_well_formed(three):
    text = latex("my_corpus", "table_my_corpus", columns("my_corpus", three), ["50 % & more_or less #1"])
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
    assert escaped(r"\ {a} ^~ ±1 – $") == r"\textbackslash{} \{a\} \textasciicircum{}\textasciitilde{} $\pm$1 -- \$"


def test_results_of_other_utterances_are_refused(results):
    metrics = {**results("svm", 0, (5, 6, 7, 8), (5, 4, 3, 2)), **results("dnn", 0, (5, 6, 7, 8))}
    with pytest.raises(InputError, match=r"svm0\.json: other utterances"):
        columns("iemocap", metrics)


def test_intervals_made_differently_are_refused(results):
    metrics = {**results("svm", 0, (5, 6, 7, 8)), **results("dnn", 0, (5, 6, 7, 8))}
    path = metrics["svm", 0]
    found = read_checked_json(path)
    write_checked_json(path, found | {"intervals": found["intervals"] | {"level": 0.9}})
    with pytest.raises(InputError, match=r"svm0\.json: other utterances or intervals than .*dnn0\.json"):
        columns("iemocap", metrics)


def test_an_unknown_system_and_a_wrong_file_are_refused(results, tmp_path):
    with pytest.raises(InputError, match="unknown system lstm"):
        columns("iemocap", results("lstm", 0, (5, 6, 7, 8)))
    (tmp_path / "m.json").write_text("{}")
    with pytest.raises(InputError, match=r"m\.json: truncated or damaged"):
        columns("iemocap", {("svm", 0): tmp_path / "m.json"})


def program(*arguments, name="table"):
    command = [sys.executable, str(ROOT / "workflow_scripts" / f"{name}.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)}, check=False)


def outputs(folder):
    return [w for kind in ("csv", "md", "tex", "long") for w in (f"--out-{kind}", folder / f"t.{kind}")]


def test_programs_from_predictions_to_table(corpus, tmp_path):
    files = ["--out-metrics", tmp_path / "m.json", "--out-confusion", tmp_path / "c.csv"]
    done = program(
        *("--predictions", *corpus.predictions(), "--index", corpus.index, "--settings", '{"draws": 200}', *files),
        name="evaluate_system",
    )
    assert done.returncode == 0, done.stderr
    assert "10 utterances, 2 folds, UA 70.83%, WA 70.00%" in done.stdout
    metrics = f"iemocap/svm:3={tmp_path / 'm.json'}"
    done = program(
        *("--corpus", "iemocap", "--table", "table1", "--metrics", metrics),
        *("--note", "Demo.", "--note", "", "--note", "Oracle.", *outputs(tmp_path)),
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


@pytest.mark.parametrize(("dialog", "said"), [(None, True), ("d1", False)])
def test_a_corpus_without_dialogs_leaves_cmn_nothing_to_remember_and_the_tables_say_so(corpus, dialog, said, tmp_path):
    corpus.dialog = dialog
    corpus.write_index()
    metrics = evaluate(corpus.predictions(), corpus.index, Bootstrap(draws=200))
    write_checked_json(tmp_path / "metrics.json", metrics)
    for system, told in (("cmn", said), ("svm", False)):
        found = columns("emodb", {(system, 0): tmp_path / "metrics.json"})
        for readable in (markdown, latex):
            assert ("no dialogs, so it has nothing to remember" in readable("emodb", "table_emodb", found, [])) == told
