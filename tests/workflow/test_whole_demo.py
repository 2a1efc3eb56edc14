"""The whole demo, as `make demo` runs it: every system learns, none is perfect, and shuffled labels teach nothing."""

import json
from dataclasses import replace

import numpy as np
import pytest
import yaml
from running import ROOT, Workflow

from gagru.data.dataset import FoldFiles, read_fold
from gagru.systems.loading import system_class
from gagru.workflow.configuration import check_configuration, find_settings

pytestmark = pytest.mark.long
SYSTEMS = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))["run"]["systems"]
SPEAKERS = {"iemocap": ["Ses01F", "Ses01M", "Ses02F", "Ses02M"], "msp_improv": ["F01", "M01", "F02", "M02"]}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    workflow = Workflow(tmp_path_factory.mktemp("demo"))
    run = workflow()
    assert run.returncode == 0, run.stdout + run.stderr
    return workflow.folder / "results"


@pytest.mark.parametrize("corpus", SPEAKERS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_learns_and_none_is_perfect(demo, corpus, system):
    metrics = json.loads((demo / corpus / system / "seed0/metrics.json").read_text())
    assert 0.40 < metrics["pooled"]["UA"]["value"] < 0.95


@pytest.mark.parametrize("system", SYSTEMS)
def test_shuffled_labels_teach_nothing(demo, system):
    config = check_configuration(yaml.safe_load((ROOT / "config.yaml").read_text()))
    folder, generator = demo / "iemocap", np.random.default_rng(0)
    kind, chosen = system_class(system), find_settings(config, "iemocap", system)
    right, count = np.zeros(4), np.zeros(4)
    for fold in SPEAKERS["iemocap"]:
        features = folder / "normalised" / chosen["features"]
        files = FoldFiles(folder / "index.parquet", folder / "folds.csv", features)
        parts = read_fold(files, fold, history=chosen["history"] if getattr(kind, "HISTORY", False) else None)
        for role in ("train", "validation"):
            part = parts[role]
            parts[role] = replace(part, emotion=generator.permutation(part.emotion))
        model = kind(chosen)
        model.fit(parts["train"], parts["validation"], seed=0, report=lambda line: None)
        predicted = model.predict(parts["test"]).emotion
        for code in range(4):
            members = parts["test"].emotion == code
            right[code] += (predicted[members] == code).sum()
            count[code] += members.sum()
    # The standard error of UA at these 281 utterances is 2.7 points, and folds of one speaker vary more than that.
    assert abs((right / count).mean() - 0.25) < 0.12


def test_figures_hold_shares_and_mass(demo):
    import csv

    with open(demo / "figure2.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * 4 * 6
    for corpus in SPEAKERS:
        for emotion in ("happiness", "neutrality", "sadness", "anger"):
            shares = [float(r["share"]) for r in rows if (r["corpus"], r["emotion"]) == (corpus, emotion)]
            assert sum(shares) == pytest.approx(1, abs=1e-5)
    with open(demo / "figure3.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * 4 * 2 * 100
    original = [
        float(r["weight"])
        for r in rows
        if (r["corpus"], r["emotion"], r["weights"]) == ("iemocap", "anger", "original")
    ]
    # the strongest 30 % of the steps hold at least 30 % of the attention, and not more than all of it
    assert 0.3 <= sum(original) <= 1
