"""The card, and the folder that is handed over."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

import gagru
from gagru.evaluation.evaluate import evaluate
from gagru.report.handover import export_model, list_models
from gagru.storage.files import write_checked_json
from gagru.task.errors import InputError
from gagru.task.runs import Run

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def evaluated(trained, tmp_path):
    """(system, seeds) -> a copy of the system's folder, with metrics.json of each seed."""

    def copy(system, seeds=(0,)):
        for seed in seeds:
            out = tmp_path / system / f"seed{seed}"
            shutil.copytree(trained(system, seed=seed), out)
            metrics = evaluate(Run("mine", system, seed, out), list("ABC"), trained.folder / "index.parquet", 0.95)
            write_checked_json(out / "metrics.json", metrics)
        return tmp_path / system

    return copy


def run(*arguments):
    command = [sys.executable, "-m", "gagru.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def header_of(card):
    """The YAML header, as a hub reads it."""
    return yaml.safe_load(card.split("---\n")[1])


def test_the_card_has_a_header_figures_and_limits(evaluated):
    seed = evaluated("ga_gru") / "seed0"
    done = run("card", seed)
    assert done.returncode == 0, done.stderr
    card, metrics = (seed / "README.md").read_text(), json.loads((seed / "metrics.json").read_text())
    header = header_of(card)
    assert header["library_name"] == "gagru"
    assert header["pipeline_tag"] == "audio-classification"
    (model,) = header["model-index"]
    assert model["name"] == "GA-GRU on mine"
    ua = metrics["pooled"]["UA"]
    assert model["results"][0]["metrics"][0]["value"] == pytest.approx(100 * ua["value"], abs=0.005)
    assert f"| UA | {100 * ua['value']:.1f} ({100 * ua['low']:.1f} to {100 * ua['high']:.1f}) |" in card
    for emotion, row in zip(metrics["emotions"], metrics["confusion"], strict=True):
        assert f"| {emotion} | {' | '.join(map(str, row))} |" in card
    for words in ("Intended use", "Ask its owner.", "| 0 | A | C | B | 12 |", "four classes", "gagru predict seed0"):
        assert words in card
    assert "—" not in card


def test_a_model_of_synthetic_speech_says_so(evaluated):
    from gagru.storage.files import read_checked_json

    seed = evaluated("svm") / "seed0"
    for fold in "ABC":
        path = seed / fold / "model.json"
        described = read_checked_json(path)
        described["corpus"]["synthetic"] = True
        write_checked_json(path, described)
    run("card", seed)
    assert (
        "> **Trained on synthetic speech: it says nothing about emotion in speech.**"
        in (seed / "README.md").read_text()
    )


@pytest.mark.parametrize(
    ("system", "seeds", "part"), [("svm", (0,), "seed0/B"), ("ga_gru", (0,), "seed0"), ("svm", (0, 1), "")]
)
def test_what_is_handed_over_predicts_the_same_and_runs_nothing(evaluated, trained, tmp_path, system, seeds, part):
    model, out = evaluated(system, seeds) / part, tmp_path / "handed" / "over"
    done = run("export", model, out)
    assert done.returncode == 0, done.stderr
    assert {path.suffix for path in out.rglob("*") if path.is_file()} == {".json", ".safetensors", ".md"}
    assert (out / "README.md").is_file()
    paths = trained.paths("B")
    pd.testing.assert_frame_equal(gagru.load(out).predict(paths), gagru.load(model).predict(paths))
    assert header_of((out / "README.md").read_text())["library_name"] == "gagru"
    again = run("export", out, tmp_path / "again")  # it is as whole as what it was made from
    assert again.returncode == 0, again.stderr


def test_what_cannot_be_handed_over_leaves_nothing(evaluated, tmp_path):
    seed, out = evaluated("svm") / "seed0", tmp_path / "out"
    weights = seed / "C/model.safetensors"
    content = weights.read_bytes()
    weights.write_bytes(content[:-1] + b"\0")
    with pytest.raises(InputError, match=r"C/model\.safetensors: damaged"):
        export_model([seed], out)
    weights.write_bytes(content)
    (seed / "metrics.json").rename(tmp_path / "kept.json")
    with pytest.raises(InputError, match=r"metrics\.json: there is no such file; make it first"):
        export_model([seed], out)
    (tmp_path / "kept.json").rename(seed / "metrics.json")
    assert not out.exists()
    export_model([seed], out)
    with pytest.raises(InputError, match="is there already; name a new folder"):
        export_model([seed], out)
    with pytest.raises(InputError, match="cannot be written"):
        export_model([seed], Path("/proc/nothing/out"))
    assert not list(tmp_path.glob(".writing-*"))


def test_the_models_of_a_corpus_are_listed_with_their_figures(evaluated, tmp_path):
    folders = []
    for system in ("svm", "ga_gru"):
        folders.append(tmp_path / "models" / system / "seed0")
        export_model([evaluated(system) / "seed0"], folders[-1])
    list_models(folders, tmp_path / "models/README.md")
    page = (tmp_path / "models/README.md").read_text()
    assert page.startswith("# Models trained on mine\n")
    ua = json.loads((folders[1] / "metrics.json").read_text())["pooled"]["UA"]["value"]
    assert f"| [ga_gru/seed0](ga_gru/seed0/README.md) | GA-GRU | 0 | {100 * ua:.1f} (" in page


def test_there_is_no_card_of_an_altered_model(evaluated):
    seed = evaluated("ga_gru") / "seed0"
    weights = bytearray((seed / "B/model.safetensors").read_bytes())
    weights[-1] ^= 1
    (seed / "B/model.safetensors").write_bytes(weights)
    done = run("card", seed)
    assert done.returncode == 1
    assert "B/model.safetensors: damaged" in done.stderr
    (seed / "B/model.safetensors").unlink()
    assert "B/model.safetensors: cannot be read" in run("card", seed).stderr
    assert not (seed / "README.md").exists()


def test_the_card_of_one_fold_gives_its_own_figures(evaluated):
    seed = evaluated("ga_gru") / "seed0"
    assert run("card", seed / "B").returncode == 0
    card = (seed / "B/README.md").read_text()
    tested = pd.read_parquet(seed / "B/predictions.parquet")
    right = tested["predicted"] == tested["emotion"]
    ua, wa = 100 * right.groupby(tested["emotion"]).mean().mean(), 100 * right.mean()
    assert f"This model was tested on speaker B: UA {ua:.1f}, WA {wa:.1f} per cent. It is one of 3" in card
    metrics = header_of(card)["model-index"][0]["results"][0]["metrics"]
    assert [metric["value"] for metric in metrics] == pytest.approx([ua, wa], abs=0.005)
