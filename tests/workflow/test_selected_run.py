"""What validation parts choose, through the workflow: candidates are ordinary trainings, shared with what is there."""

import csv
import json
import shutil

from running import SMALL, Workflow

SELECTION = """
selection:
  corpora: [iemocap]
  systems: [svm, ga_gru]
  budget: 2
  grid:
    svm: {C: [1.0, 0.01], class_weight: [balanced]}
    ga_gru: {dropout: [0.1], patience_steps: [0], class_weight: [none], lr: [2e-3, 2e-2]}
"""
FOLDS = ["Ses01F", "Ses01M", "Ses02F", "Ses02M"]
WANTED = ("results/table1.csv", "results/comparisons_iemocap.csv", "results/claims.csv")


def read_selections(results, system):
    folder = results / "selected/iemocap" / system / "seed0"
    return {fold: json.loads((folder / fold / "selection.json").read_text()) for fold in FOLDS}


def test_candidates_are_trained_once_and_the_best_on_validation_is_kept(finished, tmp_path):
    workflow = Workflow(tmp_path / "copy")
    shutil.copytree(finished.folder, workflow.folder, dirs_exist_ok=True)
    results = workflow.folder / "results"
    before = {path: path.stat().st_mtime_ns for path in results.glob("iemocap/ga_gru/**/predictions.parquet")}
    mine = workflow.configure(SMALL + SELECTION)
    run = workflow(*WANTED, "--configfile", mine)
    assert run.returncode == 0, run.stdout + run.stderr

    # As described nothing is trained again; the SVM's candidates leave out the validation part, so both are new.
    assert {path: path.stat().st_mtime_ns for path in before} == before
    new = sorted(path.name for path in (results / "choices/iemocap").iterdir())
    assert new == ["C=0.01,train_on=training", "lr=0.02", "train_on=training"]

    for system in ("svm", "ga_gru"):
        for fold, selection in read_selections(results, system).items():
            candidates = selection["candidates"]
            best = max(candidates, key=lambda c: (c["validation_ua"], -(c["validation_loss"] or 0)))
            assert candidates[selection["chosen"]] == best
            model = json.loads((results / f"selected/iemocap/{system}/seed0/{fold}/model.json").read_text())
            assert {name: model["settings"][name] for name in best["settings"]} == best["settings"]

    pooled = json.loads((results / "selected/iemocap/ga_gru/seed0/metrics.json").read_text())["pooled"]
    with open(results / "table1.csv", newline="") as file:
        ua = next(row for row in csv.DictReader(file) if row["row"] == "UA")
    assert float(ua["GA-GRU selected"]) == round(100 * pooled["UA"]["value"], 2)
    assert "chose among 2 configurations" in (results / "table1.md").read_text()
    with open(results / "claims.csv", newline="") as file:
        assert any("under selection" in row["verdict"] for row in csv.DictReader(file))
    again = workflow(*WANTED, "--configfile", mine)
    assert "Nothing to be done" in again.stdout + again.stderr

    # Refitted, what is kept is trained on both parts; no candidate is trained again, and nothing else is chosen.
    selected = {system: read_selections(results, system) for system in ("svm", "ga_gru")}
    trained = {path: path.stat().st_mtime_ns for path in results.glob("choices/**/predictions.parquet")}
    mine = workflow.configure(SMALL + SELECTION + "  refit: true\n  use: selected\n")
    run = workflow(*WANTED, "--configfile", mine)
    assert run.returncode == 0, run.stdout + run.stderr
    assert {path: path.stat().st_mtime_ns for path in trained} == trained
    for system, found in selected.items():
        again = read_selections(results, system)
        assert {fold: s["chosen"] for fold, s in again.items()} == {fold: s["chosen"] for fold, s in found.items()}
    history = (results / "selected/iemocap/ga_gru/seed0/Ses01F/history.csv").read_text().splitlines()
    kept = found["Ses01F"]["candidates"][found["Ses01F"]["chosen"]]  # of GA-GRU
    assert len(history) - 1 == kept["epoch"]
    assert all(line.split(",")[4] == "" for line in history[1:])
    model = json.loads((results / "selected/iemocap/svm/seed0/Ses01F/model.json").read_text())
    assert model["settings"]["train_on"] == "both"
    assert "Systems as selected" in (results / "comparisons_iemocap.md").read_text()
