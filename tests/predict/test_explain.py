import subprocess
import sys
from pathlib import Path

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
import soundfile
import torch

import gagru
from gagru.layers.graph import edge_weights
from gagru.layers.ragged import Ragged
from gagru.predict.explanation import between_thirds
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments):
    command = [sys.executable, "-m", "gagru.cli", "explain", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_numbers_are_those_of_the_network_and_of_the_equations(trained):
    """a' by the equations as they stand, from the states of a network that heard what `predict` hears."""
    folder, path = trained("ga_gru") / "B", trained.paths("B")[5]
    model = gagru.load(folder)
    found = model.explain(path, others=trained.paths("B"))
    system = model.members[0].system
    from gagru.features.store import read_features

    values = dict(read_features(trained.folder / "speaker/normalised/lld/B.parquet").items())["B05"]
    with torch.no_grad():
        h, alpha = system.module.eval().encode(Ragged.of([values]))
        graph = edge_weights(h, "row")
        after = alpha * graph.sum(0)  # eq. 6
    # Speaker B's utterances, this one twice, as it is among the others: nearly the statistics of the workflow.
    np.testing.assert_allclose(found.steps["attention"], alpha, rtol=0.05)
    np.testing.assert_allclose(found.steps["modulated"], after, rtol=0.2)
    assert found.steps["attention"].sum() == pytest.approx(1)
    assert found.steps["moved"].sum() == pytest.approx(0, abs=1e-6)
    assert found.steps["start"].iloc[0] == 0
    assert found.steps["end"].iloc[-1] == pytest.approx(found.prediction["end"])
    np.testing.assert_allclose(found.edges.sum(1), 1, rtol=1e-5)
    np.testing.assert_allclose(found.thirds.sum(1), 1)
    assert found.probabilities.keys() == set(EMOTIONS)
    assert len(found.samples) == round(16_000 * found.prediction["end"])


def test_an_explanation_goes_with_the_prediction(trained):
    model, path = gagru.load(trained("ga_gru")), trained.paths("A")[2]
    predicted = model.predict(path).iloc[0]
    pd.testing.assert_series_equal(pd.Series(model.explain(path).prediction)[predicted.index], predicted)


def test_thirds_by_hand():
    edges = np.array([[1, 1, 2, 0], [0, 0, 2, 2], [0, 4, 0, 0], [3, 0, 0, 1.0]])
    # Four steps are split 1, 2, 1.
    np.testing.assert_allclose(between_thirds(edges), [[1 / 4, 3 / 4, 0], [0, 6 / 8, 2 / 8], [3 / 4, 0, 1 / 4]])
    assert np.isnan(between_thirds(np.ones((1, 1)))).sum() == 6


def test_attention_alone_where_there_is_no_graph(trained):
    found = gagru.load(trained("bigru_att")).explain(trained.paths("A")[0])
    assert found.edges is None
    assert found.thirds is None
    assert list(found.steps) == ["start", "end", "attention"]
    assert found.steps["attention"].sum() == pytest.approx(1)


@pytest.mark.parametrize("suffix", ["png", "pdf", "svg"])
@pytest.mark.parametrize("system", ["ga_gru", "bigru_att"])
def test_the_picture_and_the_numbers(trained, tmp_path, system, suffix):
    out, numbers = tmp_path / f"x.{suffix}", tmp_path / "x.csv"
    done = run(trained(system), trained.paths("A")[0], "--out", out, "--csv", numbers)
    assert done.returncode == 0, done.stderr
    assert "z-scores by: training speakers" in done.stdout
    explained = gagru.load(trained(system)).explain(trained.paths("A")[0])
    pd.testing.assert_frame_equal(pd.read_csv(numbers), explained.steps, rtol=1e-4)
    if suffix == "png":
        colours = {
            tuple(np.round(255 * pixel[:3]).astype(int)) for pixel in matplotlib.image.imread(out)[::2].reshape(-1, 4)
        }
        assert (0x00, 0x44, 0x88) in colours  # the attention
        assert ((0xDD, 0xAA, 0x33) in colours) == (system == "ga_gru")  # after the graph


def test_what_cannot_be_explained(trained, tmp_path):
    with pytest.raises(InputError, match="svm: has no attention over frames"):
        gagru.load(trained("svm")).explain(trained.paths("A")[0])
    soundfile.write(tmp_path / "long.wav", np.random.default_rng(0).normal(0, 0.1, 16_000 * 70), 16_000)
    model = gagru.load(trained("ga_gru"))
    with pytest.raises(InputError, match="lasts over 60 s; choose a part of it"):
        model.explain(tmp_path / "long.wav")
    part = model.explain(tmp_path / "long.wav", start=61, duration=2)
    assert part.steps["start"].iloc[0] == 61
    assert part.steps["end"].iloc[-1] == 63
    done = run(trained("ga_gru"), tmp_path / "gone.wav", "--out", tmp_path / "x.png")
    assert done.returncode == 1
    assert "gone.wav: there is no such audio file" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "x.png").exists()
    assert (
        "x.jpg: is written as .png or .pdf or .svg" in run(trained("ga_gru"), "x", "--out", tmp_path / "x.jpg").stderr
    )


def test_what_cannot_be_heard_of_the_same_speaker_costs_only_itself(trained, tmp_path):
    bad, out = tmp_path / "text.wav", tmp_path / "p.png"
    bad.write_text("this is no audio")
    done = run(trained("ga_gru") / "A", trained.paths("A")[3], "--out", out, "--same-speaker", bad, *trained.paths("A"))
    assert done.returncode == 0, done.stderr
    assert "z-scores by: speaker" in done.stdout
    assert f"{bad}: the file cannot be read as audio" in done.stderr
    assert out.exists()


@pytest.mark.parametrize(
    ("options", "status", "problem"),
    [
        (["--start", "nan"], 2, "nan is no number of seconds from 0 on"),
        (["--start", "-1"], 2, "-1 is no number of seconds from 0 on"),
        (["--duration", "0"], 2, "0 is no number of seconds above 0"),
        (["--start", "50"], 1, "is not within it"),
    ],
)
def test_a_part_that_there_is_not(trained, tmp_path, options, status, problem):
    done = run(trained("ga_gru") / "A", trained.paths("A")[3], "--out", tmp_path / "p.png", *options)
    assert done.returncode == status
    assert problem in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_folder_is_no_recording(trained, tmp_path):
    done = run(trained("ga_gru") / "A", trained.folder / "wav", "--out", tmp_path / "p.png")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "holds 36 recordings; name one of them" in done.stderr
