"""Trainings that are interrupted after an epoch, and go on."""

import json

import pytest
import torch
from test_job import FILES, NETWORKS, SETTINGS, job

from gagru.data.dataset import FoldFiles
from gagru.experiment.job import FoldTraining, train_fold
from gagru.systems import cmn, cnn_lstm_dnn, dnn
from gagru.task.errors import InputError
from gagru.training import loop, places
from gagru.training.checkpoint import Checkpoint

EPOCHS = 5


class Interrupted(Exception):
    """Stands for whatever ends a process."""


@pytest.fixture
def train(corpus, monkeypatch):
    """(folder, system) -> the lines reported; `stop_after` ends it when the checkpoint of that epoch is there."""
    keep = Checkpoint.save

    def run(out, system, stop_after=None, sources="0123abcd", seed=0, device="cpu", per_gpu=1, **changed):
        def save(checkpoint, tensors, values):
            keep(checkpoint, tensors, values)
            if len(values["history"]) == stop_after:
                raise Interrupted

        monkeypatch.setattr(Checkpoint, "save", save)
        features = corpus.lld if "gru" in system else corpus.egemaps
        described = job(system) | {"device": device}
        described["settings"] = {**SETTINGS[system], "max_epochs": EPOCHS, "patience": EPOCHS, **changed}
        lines = []
        files = FoldFiles(corpus.index, corpus.folds, features)
        train_fold(FoldTraining(system, seed, "A", described, sources), files, out, lines.append, per_gpu)
        return lines

    return run


def same_bytes(one, other):
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in FILES if name != "provenance.json")


@pytest.mark.parametrize("system", NETWORKS)
@pytest.mark.parametrize("epochs", [(1,), (2, 4)])
def test_a_training_that_was_interrupted_ends_with_the_same_bytes(train, tmp_path, system, epochs):
    train(tmp_path / "whole", system)
    out = tmp_path / "interrupted"
    for epoch in epochs:
        with pytest.raises(Interrupted):
            train(out, system, stop_after=epoch)
    assert not (out / "predictions.parquet").exists()
    lines = train(out, system)
    assert lines[0] == f"A: goes on after epoch {epochs[-1]}"
    assert same_bytes(tmp_path / "whole", out)


def test_settings_that_reach_into_the_loop_go_on_too(train, tmp_path, monkeypatch):
    monkeypatch.setattr(dnn, "SETTINGS", {**cnn_lstm_dnn.SETTINGS, **cmn.SETTINGS, **dnn.SETTINGS})
    changed = {"halve_after": 1, "clip_norm": 0.5, "lr": 1e-4}
    train(tmp_path / "whole", "dnn", **changed)
    with pytest.raises(Interrupted):
        train(tmp_path / "interrupted", "dnn", stop_after=3, **changed)
    train(tmp_path / "interrupted", "dnn", **changed)
    assert same_bytes(tmp_path / "whole", tmp_path / "interrupted")


def test_a_finished_training_leaves_no_checkpoint(train, tmp_path):
    with pytest.raises(Interrupted):
        train(tmp_path / "out", "dnn", stop_after=2)
    assert (tmp_path / "out" / "checkpoint.safetensors").is_file()
    train(tmp_path / "out", "dnn")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == FILES


@pytest.mark.parametrize("other", [{"lr": 0.02}, {"sources": "code"}, {"seed": 1}, {"max_epochs": 4}])
def test_a_checkpoint_of_something_else_is_refused(train, tmp_path, other):
    with pytest.raises(Interrupted):
        train(tmp_path / "out", "dnn", stop_after=2)
    lines = train(tmp_path / "out", "dnn", **other)
    assert "of other settings, data or code" in lines[0]
    train(tmp_path / "whole", "dnn", **other)
    assert same_bytes(tmp_path / "whole", tmp_path / "out")


def test_a_checkpoint_of_other_data_is_refused(train, tmp_path, corpus):
    with pytest.raises(Interrupted):
        train(tmp_path / "out", "dnn", stop_after=2)
    corpus.write_folds({"A": "C", "B": "A", "C": "D", "D": "B"})
    assert "of other settings, data or code" in train(tmp_path / "out", "dnn")[0]


@pytest.mark.parametrize("damage", [lambda data: data[:-100], lambda data: b"", lambda data: b"\xff" * len(data)])
def test_a_damaged_checkpoint_is_refused(train, tmp_path, damage):
    with pytest.raises(Interrupted):
        train(tmp_path / "out", "dnn", stop_after=2)
    path = tmp_path / "out" / "checkpoint.safetensors"
    path.write_bytes(damage(path.read_bytes()))
    lines = train(tmp_path / "out", "dnn")
    assert "damaged" in lines[0]
    train(tmp_path / "whole", "dnn")
    assert same_bytes(tmp_path / "whole", tmp_path / "out")


@pytest.mark.parametrize("take_over", [2, EPOCHS])
def test_a_training_whose_folder_another_has_taken_over_writes_nothing(train, tmp_path, monkeypatch, take_over):
    out, look = tmp_path / "out", loop.validate

    def validate(system, validation):
        if next(epochs) == take_over:
            Checkpoint(out, {"another": "process"})
        return look(system, validation)

    epochs = iter(range(1, EPOCHS + 1))
    monkeypatch.setattr(loop, "validate", validate)
    with pytest.raises(InputError, match="another process trains this fold now"):
        train(out, "dnn")
    assert not any((out / name).exists() for name in FILES)


def test_the_state_is_one_file_without_anything_to_unpickle(train, tmp_path):
    with pytest.raises(Interrupted):
        train(tmp_path / "out", "ga_gru", stop_after=1)
    data = (tmp_path / "out" / "checkpoint.safetensors").read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    assert json.loads(header["__metadata__"]["values"])["best_epoch"] == 1
    assert {"module.u", "best.u", "draws.cpu", "optimiser.lr"} <= header.keys()


def test_a_training_that_finds_the_gpus_memory_full_goes_on_with_fewer_beside_it(train, tmp_path, monkeypatch):
    train(tmp_path / "whole", "ga_gru", device="auto")
    steps, step = [], loop.Training.step

    def step_or_fail(training, *batch):
        steps.append(training.epoch)
        if training.epoch == 2 and steps.count(2) == 1:
            raise torch.OutOfMemoryError("pretended")
        return step(training, *batch)

    monkeypatch.setattr(loop.Training, "step", step_or_fail)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    # A GPU that has places and does no work: PyTorch sees none, so that the work is done on the CPU.
    monkeypatch.setattr(torch.backends.cuda, "is_built", lambda: True)
    monkeypatch.setattr(places, "list_gpus", lambda: ["A"])
    monkeypatch.setattr(places.tempfile, "gettempdir", lambda: str(tmp_path))
    lines = train(tmp_path / "out", "ga_gru", device="auto", per_gpu=4)
    assert lines[:2] == [
        "A: the GPU's memory is full: goes on with at most 2 other trainings on it (training.per_gpu)",
        "A: goes on after epoch 2",
    ]
    assert same_bytes(tmp_path / "whole", tmp_path / "out")


def test_a_training_that_does_not_fit_at_all_is_an_error_with_a_remedy(train, tmp_path, monkeypatch):
    def fail(*_):
        raise torch.OutOfMemoryError("pretended")

    monkeypatch.setattr(loop.Training, "step", fail)
    with pytest.raises(InputError, match=r"dnn does not fit into the GPU's memory.*lower its `batch_size`"):
        train(tmp_path / "out", "dnn")
