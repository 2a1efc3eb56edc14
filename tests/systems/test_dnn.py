import numpy as np
import pytest
from safetensors.numpy import load_file

from gagru.systems.dnn import DNN
from gagru.systems.loading import load

SETTINGS = {
    "hidden": [16, 12, 8],
    "dropout": 0.1,
    "lr": 1e-2,
    "batch_size": 8,
    "max_epochs": 12,
    "patience": 12,
    "stop_on": "ua",
}


def trained(functionals, seed=0, report=lambda line: None, **changed):
    system = DNN({**SETTINGS, **changed})
    return system, system.fit(functionals(40), functionals(16, seed=1), seed, report)


def test_three_dense_relu_layers_and_a_linear_one(tmp_path, functionals):
    system, _ = trained(functionals)
    system.save(tmp_path)
    arrays = load_file(tmp_path / "model.safetensors")
    weights = [array for array in arrays.values() if array.ndim == 2]
    assert [w.shape for w in weights] == [(16, 5), (12, 16), (8, 12), (4, 8)]
    biases = [array for array in arrays.values() if array.ndim == 1]

    part = functionals(20, seed=2)
    values = np.stack(part.features)
    for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        values = values @ weight.T + bias
        if layer < 3:
            values = np.maximum(values, 0)
    expected = np.exp(values) / np.exp(values).sum(axis=1, keepdims=True)
    for network in (system, load(tmp_path)):
        prediction = network.predict(part)
        np.testing.assert_allclose(prediction.probability, expected, atol=1e-6)
        assert prediction.emotion.tolist() == expected.argmax(axis=1).tolist()


def test_training_learns_what_can_be_separated(functionals):
    system, history = trained(functionals)
    losses = [row["train_loss"] for row in history]
    assert losses[-1] < 0.6 * losses[0]
    unseen = functionals(80, seed=3)
    assert (system.predict(unseen).emotion == unseen.emotion).mean() > 0.9


def test_the_final_network_is_that_of_the_best_epoch(functionals):
    lines = []
    system, history = trained(functionals, report=lines.append, lr=3e-2, max_epochs=30, patience=6)
    validation = functionals(16, seed=1)
    correct = system.predict(validation).emotion == validation.emotion
    ua = np.mean([correct[validation.emotion == code].mean() for code in range(4)])
    best = max(row["validation_ua"] for row in history)
    assert ua == pytest.approx(best)
    assert history[-1]["best"] == 0  # training went on, so there was something to go back to
    first = next(row["epoch"] for row in history if row["validation_ua"] == best)
    assert [row["epoch"] for row in history if row["best"]] == [first]
    assert len(history) == min(first + 6, 30)
    assert lines == [f"{len(history)} epochs, best {first}: validation UA {100 * best:.1f} %"]


def test_one_seed_gives_the_same_bytes_and_another_others(tmp_path, functionals):
    for folder, seed in (("a", 0), ("b", 0), ("c", 1)):
        trained(functionals, seed, max_epochs=2)[0].save(tmp_path / folder)
    weights = {folder: (tmp_path / folder / "model.safetensors").read_bytes() for folder in "abc"}
    assert weights["a"] == weights["b"]
    assert weights["a"] != weights["c"]
    assert (tmp_path / "a" / "model.json").read_bytes() == (tmp_path / "b" / "model.json").read_bytes()


def test_dropout_is_for_training_only(functionals):
    system, _ = trained(functionals, dropout=0.9, max_epochs=1)
    part = functionals(20, seed=2)
    assert np.array_equal(system.predict(part).probability, system.predict(part).probability)


def test_no_utterance_has_no_prediction(functionals):
    system, _ = trained(functionals, max_epochs=1)
    prediction = system.predict(functionals(4).take(np.array([], dtype=int)))
    assert prediction.emotion.shape == (0,)
    assert prediction.probability.shape == (0, 4)
