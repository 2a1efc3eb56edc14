"""The workflow from end to end on a demo corpus: what it makes, and what it does not make twice."""

import csv
import json
import re
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from running import ROOT, SMALL, Workflow, same_bytes

FIGURES = ["Happiness", "Neutrality", "Sadness", "Anger", "WA", "UA"]


def rows(path: Path) -> list[dict]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_table1_has_the_papers_shape_and_only_what_was_run(finished):
    table = rows(finished.folder / "results/table1.csv")
    assert [row["row"] for row in table] == FIGURES
    systems = ["SVM", "DNN", "CMN", "MDNN", "CNN-LSTM-DNN", "BiGRU+Att", "ASRNN", "CVAE-LSTM", "GA-GRU"]
    assert list(table[0]) == ["row", *systems]
    assert {name for row in table for name in systems if row[name]} == {"SVM", "GA-GRU"}


def test_the_table_is_the_pooled_recall_of_the_predictions(finished):
    folder = finished.folder / "results/iemocap/svm/seed0"
    pooled = [row for path in folder.glob("*/predictions.parquet") for row in pq.read_table(path).to_pylist()]
    index = pq.read_table(finished.folder / "results/iemocap/index.parquet").to_pylist()
    task = [row["utterance"] for row in index if row["emotion"]]
    assert sorted(row["utterance"] for row in pooled) == sorted(task)
    recalls = {}
    for emotion in ["happiness", "neutrality", "sadness", "anger"]:
        hits = [row["predicted"] == emotion for row in pooled if row["emotion"] == emotion]
        recalls[emotion.capitalize()] = 100 * sum(hits) / len(hits)
    expected = {**recalls, "UA": sum(recalls.values()) / 4}
    expected["WA"] = 100 * sum(row["predicted"] == row["emotion"] for row in pooled) / len(pooled)
    table = {row["row"]: row["SVM"] for row in rows(finished.folder / "results/table1.csv")}
    assert table == {name: f"{expected[name]:.2f}" for name in FIGURES}


def test_svm_and_shuffled_labels_are_where_a_demo_should_be(finished):
    metrics = json.loads((finished.folder / "results/iemocap/svm/seed0/metrics.json").read_text())
    assert 0.40 < metrics["pooled"]["UA"]["value"] < 0.95


def test_everything_promised_is_there_and_says_that_it_is_synthetic(finished):
    results = finished.folder / "results"
    names = ["table1.md", "table1.tex", "long/table1.csv", "figure1.pdf", "figure1.png", "figure2.csv", "figure2.pdf"]
    names += ["figure2.png", "figure3.csv", "figure3.pdf", "figure3.png", "audit.csv", "audit.md", "iemocap/folds.csv"]
    names += ["table1.html", "claims.html", "provenance.csv", "provenance.html", "benchmarks/run_times.csv"]
    names += ["comparisons_iemocap.csv", "comparisons_iemocap.md", "claims.csv", "claims.md", "check.csv", "check.md"]
    assert [name for name in names if not (results / name).is_file()] == []
    assert "Synthetic" in (results / "table1.md").read_text()
    assert "Synthetic" in (results / "table1.tex").read_text()
    for name in ("comparisons_iemocap.md", "claims.md", "check.md"):
        assert "Synthetic" in (results / name).read_text()
    decided = [row["verdict"] for row in rows(results / "claims.csv") if row["measured"]]
    assert decided
    assert all(verdict.endswith(", on synthetic speech") for verdict in decided)
    assert rows(results / "check.csv") == []  # nothing of it is compared


def test_a_second_run_has_nothing_to_do(finished):
    again = finished("--configfile", str(finished.folder / "mine.yaml"))
    assert again.returncode == 0
    assert "Nothing to be done" in again.stdout + again.stderr


@pytest.fixture
def planned(finished):
    """What a dry run says is to be done, as a set of rule names (with the system, for training)."""

    def plan(text=SMALL, root=ROOT, *arguments):
        path = finished.folder / "changed.yaml"
        path.write_text(text, encoding="utf-8")
        run = finished("--configfile", str(path), "--dry-run", *arguments, root=root)
        assert run.returncode == 0, run.stdout + run.stderr
        found = set()
        for block in (run.stdout + run.stderr).split("\nrule ")[1:]:
            rule = block.split(":", 1)[0]
            system = next((line.split("system=")[1] for line in block.splitlines() if "system=" in line), "")
            found.add(" ".join([rule, system.split(",")[0]]).strip())
        return found

    return plan


PAGES = {"run_times", "html_page", "all"}
SAID = {"table", "compare", "claims", "check"}
AFTER_TRAINING = {"evaluate_system ga_gru", *SAID, "analyse_attention", "figure2", "figure3", "provenance", *PAGES}


def test_a_changed_setting_runs_its_own_system_again_and_no_other(planned):
    changed = SMALL.replace("hidden: 8", "hidden: 9")
    assert planned(changed) == {"train_fold ga_gru", "figure1", *AFTER_TRAINING}


def test_two_swapped_settings_are_seen(planned):
    swapped = SMALL + "analysis: {edge_percentile: 70, weight_percentile: 50}\n"
    assert planned(swapped) == {"analyse_attention", "figure2", "figure3", "claims", *PAGES}


def test_another_reading_of_figure_3_makes_no_more_than_it_changes(planned):
    assert planned(SMALL + "analysis: {profile: sum}\n") == {"figure3", *PAGES}


def test_changed_intervals_evaluate_again_without_training(planned):
    assert planned(SMALL + "evaluation: {level: 0.9}\n") == {
        "evaluate_system svm",
        "evaluate_system ga_gru",
        *SAID,
        *PAGES,
    }


def test_a_changed_module_runs_what_imports_it_again_and_nothing_else(planned, tmp_path):
    ignore = shutil.ignore_patterns(".git", ".venv", "results", ".snakemake", "__pycache__")
    copy = tmp_path / "checkout"
    shutil.copytree(ROOT, copy, ignore=ignore)
    module = copy / "gagru/systems/ga_gru.py"
    module.write_text(module.read_text() + "\n# changed\n")
    assert planned(SMALL, copy) >= {"train_fold ga_gru", "analyse_attention"}
    assert "train_fold svm" not in planned(SMALL, copy)
    assert not {"extract_features", "normalise_features", "index_corpus"} & planned(SMALL, copy)


def test_two_cores_and_another_folder_give_the_same_bytes(finished, tmp_path):
    other = Workflow(tmp_path / "two cores", cores=2)
    run = other("--configfile", other.configure(SMALL))
    assert run.returncode == 0, run.stdout + run.stderr
    assert len(finished.made()) > 100
    same_bytes(other.made(), finished.made(), "two cores")


def test_no_cell_of_any_csv_file_is_a_formula(finished):
    files = list((finished.folder / "results").rglob("*.csv"))
    assert len(files) > 10
    for path in files:
        with open(path, encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        # What a spreadsheet takes for a formula: these beginnings, of what is not a number.
        assert [cell for cell in cells if re.match(r"[=@\t\r]|[+-](?!\d)", cell)] == []
