from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from safetensors.torch import load_file

from gagru.data.dataset import Part
from gagru.layers.ragged import Layout, Ragged
from gagru.systems.asrnn import ASRNN, window_starts
from gagru.systems.loading import load

DEFAULTS = yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text(encoding="utf-8"))["systems"]["asrnn"]
ACOUSTIC, MODULATION = 6, 4
COLUMNS = [f"am_{a:02d}_{m:02d}" for a in range(ACOUSTIC) for m in range(MODULATION)]
SETTINGS = {
    "convolutions": [{"channels": 3, "stride": [2, 1]}, {"channels": 5, "stride": [2, 2]}],
    "window": 4,
    "hop": 2,
    "hidden": 6,
    "attention": {"size": 3, "init_std": 1.0},
    "dropout": 0.1,
    "lr": 1e-2,
    "batch_size": 8,
    "max_epochs": 2,
    "patience": 8,
    "stop_on": "ua",
}


def utterances(n, seed=0):
    """n utterances of 1 to 11 steps, whose first two steps tell the class: energy in an acoustic channel of its own."""
    random = np.random.default_rng(seed)
    emotion, steps = np.arange(n) % 4, random.permutation(np.arange(n) % 11 + 1)
    arrays = []
    for e, t in zip(emotion, steps, strict=True):
        x = random.normal(size=(t, ACOUSTIC, MODULATION))
        x[:2, e] += 3
        arrays.append(x.reshape(t, -1).astype(np.float32))
    return Part([f"u{i}" for i in range(n)], ["A"] * n, emotion, COLUMNS, arrays)


def trained(seed=0, **changed):
    system = ASRNN({**SETTINGS, **changed})
    history = system.fit(utterances(44), utterances(16, seed=1), seed, lambda line: None)
    return system, history


@pytest.mark.parametrize(
    ("length", "window", "hop", "expected"),
    [
        (1, 4, 2, [[0]]),
        (3, 4, 2, [[0, 1, 2]]),
        (4, 4, 2, [[0, 1, 2, 3]]),
        (5, 4, 2, [[0, 1, 2, 3], [1, 2, 3, 4]]),
        (8, 4, 2, [[0, 1, 2, 3], [2, 3, 4, 5], [4, 5, 6, 7]]),
        (9, 4, 2, [[0, 1, 2, 3], [2, 3, 4, 5], [4, 5, 6, 7], [5, 6, 7, 8]]),
        (7, 3, 3, [[0, 1, 2], [3, 4, 5], [4, 5, 6]]),
    ],
)
def test_windows_by_hand(length, window, hop, expected):
    starts = window_starts(length, window, hop)
    assert [[*range(start, min(start + window, length))] for start in starts] == expected


def test_what_a_window_holds():
    # A recurrent network that only adds up: with its gates wide open, the state is tanh(sum of tanh(x)).
    module = ASRNN({**SETTINGS, "dropout": 0.0}).build(COLUMNS)
    module.lstm = torch.nn.LSTM(1, 1, batch_first=True, bidirectional=True)
    # Of the gates input, forget, cell, output.
    weights = {"weight_ih": [0, 0, 1, 0], "weight_hh": [0] * 4, "bias_ih": [50, 50, 0, 50], "bias_hh": [0] * 4}
    for name, parameter in module.lstm.named_parameters():
        parameter.data = torch.tensor(weights[name.split("_l0")[0]], dtype=torch.float32).view_as(parameter)
    x = torch.tensor([[0.1], [0.2], [0.4], [-0.1], [0.3], [0.7], [-0.6], [0.5]])
    outputs, windows = module.eval().slide(x, Layout([5, 3]))
    assert windows.lengths == [2, 1]
    sums = [np.tanh(x.numpy()[rows, 0]).sum() for rows in ([0, 1, 2, 3], [1, 2, 3, 4], [5, 6, 7])]
    np.testing.assert_allclose(outputs.detach(), np.tanh([[s, s] for s in sums]), atol=1e-5)


def by_hand(folder, x):
    """Probabilities of one utterance (T, 24), layer by layer, with PyTorch's own convolutions and LSTM."""
    weights = load_file(folder / "model.safetensors")
    values = torch.from_numpy(x).view(1, 1, len(x), ACOUSTIC, MODULATION)
    for i, stride in enumerate([(1, 2, 1), (1, 2, 2)]):
        weight, bias = (weights[f"convolutions.{i}.{name}"] for name in ("weight", "bias"))
        values = torch.relu(torch.conv3d(values, weight, bias, stride, padding=1))
    # Acoustic channels 6 -> 3 -> 2, modulation channels 4 -> 4 -> 2.
    assert values.shape == (1, 5, len(x), 2, 2)
    steps = torch.stack([values[0, :, t].flatten() for t in range(len(x))])
    lstm = torch.nn.LSTM(20, 6, batch_first=True, bidirectional=True)
    lstm.load_state_dict({name.removeprefix("lstm."): w for name, w in weights.items() if name.startswith("lstm.")})
    outputs = []
    for start in window_starts(len(x), 4, 2):
        both = lstm(steps[None, start : start + 4])[0][0].detach().numpy()
        outputs.append(np.concatenate([both[-1, :6], both[0, 6:]]))
    weights = {name: w.numpy() for name, w in weights.items()}
    scores = [weights["u"] @ np.tanh(weights["attention.weight"] @ o + weights["attention.bias"]) for o in outputs]
    alpha = np.exp(scores) / np.exp(scores).sum()
    pooled = sum(a * o for a, o in zip(alpha, outputs, strict=True))
    exponents = np.exp(weights["classifier.weight"] @ pooled + weights["classifier.bias"])
    return exponents / exponents.sum()


def test_predictions_are_those_of_the_layers_by_hand_also_after_loading(tmp_path):
    system, _ = trained()
    system.save(tmp_path)
    part = utterances(22, seed=2)
    expected = np.stack([by_hand(tmp_path, x) for x in part.features])
    for network in (system, load(tmp_path)):
        prediction = network.predict(part)
        np.testing.assert_allclose(prediction.probability, expected, atol=1e-5)
        assert prediction.emotion.tolist() == expected.argmax(axis=1).tolist()


def test_a_prediction_does_not_depend_on_the_batch():
    system, _ = trained()
    part = utterances(33, seed=2)
    found = {}
    for size in (1, 7, 64):
        system.settings = {**system.settings, "batch_size": size}
        found[size] = system.predict(part).probability
    np.testing.assert_allclose(found[1], found[64], atol=1e-5)
    np.testing.assert_allclose(found[7], found[64], atol=1e-5)


def test_attention_matters_where_there_is_more_than_one_window(monkeypatch):
    system, _ = trained(max_epochs=8)
    part = utterances(44, seed=2)
    found = system.predict(part).probability

    def uniform(outputs, windows):
        return torch.cat([torch.full((count,), 1 / count) for count in windows.lengths])

    monkeypatch.setattr(system.module, "attend", uniform)
    difference = np.abs(system.predict(part).probability - found).max(axis=1)
    single = np.array([len(x) <= 4 for x in part.features])
    assert difference[~single].max() > 0.02
    assert difference[single].max() < 1e-6


def test_windows_matter():
    system, _ = trained(max_epochs=8)
    part = utterances(44, seed=2)
    found = system.predict(part).probability
    system.module.window = 100
    difference = np.abs(system.predict(part).probability - found).max(axis=1)
    single = np.array([len(x) <= 4 for x in part.features])
    assert difference[~single].max() > 0.02
    assert difference[single].max() < 1e-6


def test_the_default_network_has_the_documented_shapes():
    columns = [f"am_{a:02d}_{m:02d}" for a in range(32) for m in range(8)]
    module = ASRNN(DEFAULTS).build(columns)
    x = torch.randn(25, 256)
    shapes, values = [], x.view(1, 1, 25, 32, 8)
    for convolution in module.convolutions:
        values = convolution(values)
        shapes.append(tuple(values.shape[1:]))
    assert shapes == [(32, 25, 16, 4), (32, 25, 8, 2), (32, 25, 4, 2)]
    batch = Ragged.of([x, x[:3]])
    steps = module.convolve(batch)
    assert steps.shape == (28, 256)
    outputs, windows = module.slide(steps, batch.layout)
    assert windows.lengths == [4, 1]
    assert outputs.shape == (5, 256)
    assert module(batch).shape == (2, 4)


def test_training_learns_what_can_be_separated():
    system, history = trained(max_epochs=8)
    assert history[-1]["train_loss"] < 0.6 * history[0]["train_loss"]
    unseen = utterances(44, seed=3)
    assert (system.predict(unseen).emotion == unseen.emotion).mean() > 0.8


def test_one_seed_gives_the_same_bytes_and_another_others(tmp_path):
    for folder, seed in (("a", 0), ("b", 0), ("c", 1)):
        trained(seed, max_epochs=1)[0].save(tmp_path / folder)
    weights = {folder: (tmp_path / folder / "model.safetensors").read_bytes() for folder in "abc"}
    assert weights["a"] == weights["b"]
    assert weights["a"] != weights["c"]
