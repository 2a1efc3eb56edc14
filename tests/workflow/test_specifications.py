"""The open choices through the workflow: each specification an ordinary run, and nothing made twice."""

import csv
import json
import shutil
from collections import Counter

from running import ROOT, SMALL, Workflow

GRID = "{graph_normalise: [column], validation: [oracle], graph_propagate: [], stop_on: [], normalisation: [none]"
GRID += ", statistics_over: [], remainder: [], max_frames: [], class_weight: [], part: [], speaker_rule: [dialog]}"


def planned(run):
    assert run.returncode == 0, run.stdout + run.stderr
    return Counter(line.split()[1].rstrip(":") for line in run.stdout.splitlines() if "rule " in line[:10])


def test_what_specifications_share_is_planned_once(workflow):
    mine = workflow.configure(f"choices: {{grid: {GRID}}}")
    plan = planned(workflow("results/choices_iemocap.csv", "--configfile", mine, "--dry-run"))
    # as configured and column (GA-GRU alone trains again), oracle, no z-score, another speaker: 2 + 1 + 3 * 2 systems
    assert plan["train_fold"] == 9 * 4
    assert plan["make_demo_corpus"] == 1
    assert plan["index_corpus"] == 2  # and for the other speakers
    assert plan["make_folds"] == 3  # and for oracle
    assert plan["extract_features"] == 2 * 4
    assert plan["normalise_features"] == 3 * 4
    assert plan["evaluate_system"] == 9


def test_the_papers_corpora_have_all_choices_planned_without_being_there(workflow):
    mine = workflow.configure("choices: {corpora: [iemocap, msp_improv], design: random, number: 30}")
    run = workflow("--configfile", str(ROOT / "config/paper.yaml"), mine, "--dry-run")
    plan = planned(run)
    assert plan["choices"] == 2
    assert plan["train_fold"] > 9 * 22 + 2 * 15 * 22


def test_a_curve_is_made_from_ordinary_runs_beside_those_that_are_there(finished, tmp_path):
    workflow = Workflow(tmp_path / "copy")
    shutil.copytree(finished.folder, workflow.folder, dirs_exist_ok=True)
    grid = "{graph_normalise: [row, column, symmetric], graph_propagate: [], validation: [], stop_on: [], "
    grid += "normalisation: [], statistics_over: [], remainder: [], max_frames: [], class_weight: [], egemaps: [], "
    grid += "part: [], speaker_rule: []}"
    mine = workflow.configure(SMALL + f"choices: {{systems: [ga_gru, svm], grid: {grid}}}")
    run = workflow("results/choices_iemocap.csv", "--configfile", mine)
    assert run.returncode == 0, run.stdout + run.stderr
    results = workflow.folder / "results"
    made = sorted(path.relative_to(results).as_posix() for path in (results / "choices").rglob("metrics.json"))
    assert made == [f"choices/iemocap/graph_normalise={v}/ga_gru/seed0/metrics.json" for v in ("column", "symmetric")]
    described = json.loads((results / made[0]).parent.joinpath("Ses01F/model.json").read_text())
    assert described["settings"]["graph"]["normalise"] == "column"
    with open(results / "choices_iemocap.csv", newline="") as file:
        rows = {row["graph_normalise"]: row for row in csv.DictReader(file)}
    assert {value: row["name"] for value, row in rows.items()} == {
        "row": "as configured",
        "column": "eq. 5 as printed",
        "symmetric": "",
    }
    metrics = {v: json.loads((results / made[i]).read_text()) for i, v in enumerate(("column", "symmetric"))}
    metrics |= {"row": json.loads((results / "iemocap/ga_gru/seed0/metrics.json").read_text())}
    svm = json.loads((results / "iemocap/svm/seed0/metrics.json").read_text())["pooled"]["UA"]["value"]
    for value, found in metrics.items():
        difference = 100 * (found["pooled"]["UA"]["value"] - svm)
        assert abs(float(rows[value]["difference"]) - difference) < 0.0051
    assert "Synthetic" in (results / "choices_iemocap.md").read_text()
    assert (results / "choices_iemocap.png").stat().st_size > 10_000
    again = workflow("results/choices_iemocap.csv", "--configfile", mine)
    assert "Nothing to be done" in again.stdout + again.stderr
