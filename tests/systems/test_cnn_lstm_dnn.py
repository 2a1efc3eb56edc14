import copy

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch.nn.functional import batch_norm, conv1d, conv2d, max_pool1d, max_pool2d, pad

from gagru.layers.ragged import Ragged
from gagru.systems.cnn_lstm_dnn import CNNLSTMDNN, sum_of_products
from gagru.systems.cnn_lstm_dnn import SETTINGS as DECLARED
from gagru.systems.loading import load
from gagru.task.settings import default_settings

SETTINGS = {
    "filters": 3,
    "widths": [8, 6, 24],
    "stride": 4,
    "image_filters": 5,
    "lstm": 6,
    "dropout": 0.3,
    "dense": 7,
    "rho": 0.9,
    "lr": 5e-3,
    "batch_size": 6,
    "max_epochs": 2,
    "patience": 5,
    "stop_on": "ua",
}
LENGTHS = [16, 17, 31, 32, 250, 100]  # one step, nearly two, two, many


def waveforms(part, lengths, seed=0):
    """Utterances of noise, whose class is how fast it swings."""
    random = np.random.default_rng(seed)
    emotion = np.arange(len(lengths)) % 4
    drawn = [
        np.sin(2 * np.pi * (0.02 + 0.11 * code) * np.arange(n) + random.uniform(0, 6)) + 0.1 * random.normal(size=n)
        for code, n in zip(emotion, lengths, strict=True)
    ]
    return part([signal[:, None] for signal in drawn], emotion)


@pytest.fixture
def learned(part):
    """Forty utterances to train on, and a trained system."""
    train = waveforms(part, np.random.default_rng(1).integers(60, 200, 40))
    system = CNNLSTMDNN({**SETTINGS, "batch_size": 10, "max_epochs": 25, "patience": 25, "stop_on": "loss"})
    history = system.fit(train, waveforms(part, [150] * 12, seed=2), 0, lambda line: None)
    return system, history


def weights_of(module):
    return {name: value.detach() for name, value in module.state_dict().items()}


def frames_by_hand(weights, signal):
    """One utterance (T,) cut to whole steps -> the convolutions before batch norm (frames, 9), with PyTorch's own."""
    signal = torch.from_numpy(signal[: len(signal) // 16 * 16].copy())[None, None]
    found = []
    for i, width in enumerate(SETTINGS["widths"]):
        before = (width - 4) // 2
        padded = pad(signal, (before, width - 4 - before))
        weight, bias = (weights[f"convolutions.{i}.{name}"] for name in ("weight", "bias"))
        found.append(conv1d(padded, weight, bias, stride=4)[0])
    return torch.cat(found).T


def normalised(weights, name, values, statistics=None):
    """Batch norm of (n, channels, ...) by the running statistics, or by those of `statistics` (n, channels)."""
    if statistics is None:
        mean, variance = weights[f"{name}.running_mean"], weights[f"{name}.running_var"]
    else:
        mean, variance = statistics.mean(0), statistics.var(0, unbiased=False)
    return batch_norm(values, mean, variance, weights[f"{name}.weight"], weights[f"{name}.bias"])


def pairs(values):
    return max_pool1d(values.relu().T[None], 2)[0].T


def image_by_hand(weights, rows):
    """(2n, 9) -> the 2-D convolution before batch norm (5, 2n, 9)."""
    return conv2d(pad(rows, (0, 1, 0, 1))[None, None], weights["image.weight"], weights["image.bias"])[0]


def logits_by_hand(weights, image):
    """The normalised image (5, 2n, 9) -> logits (4,)."""
    pooled = max_pool2d(image.relu()[None], 2)[0]  # (5, n, 4)
    steps = pooled.permute(1, 2, 0).reshape(pooled.shape[1], -1)
    lstm = torch.nn.LSTM(20, 6)
    lstm.load_state_dict({n.removeprefix("lstm."): w for n, w in weights.items() if n.startswith("lstm.")})
    with torch.no_grad():
        state = lstm(steps)[0][-1]
    hidden = (weights["dense.weight"] @ state + weights["dense.bias"]).relu()
    return weights["classifier.weight"] @ hidden + weights["classifier.bias"]


def test_a_prediction_is_what_pytorchs_layers_give_for_the_utterance_alone(tmp_path, part, learned):
    system, _ = learned
    system.save(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    utterances = waveforms(part, LENGTHS, seed=3)
    expected = []
    for values in utterances.features:
        rows = pairs(normalised(weights, "norm", frames_by_hand(weights, values[:, 0])))
        image = normalised(weights, "image_norm", image_by_hand(weights, rows)[None])[0]
        expected.append(logits_by_hand(weights, image).softmax(0).numpy())
    for network in (system, load(tmp_path)):
        np.testing.assert_allclose(network.predict(utterances).probability, expected, atol=1e-5)


def test_batch_norm_sees_every_row_of_every_utterance_and_nothing_else(part):
    torch.manual_seed(0)
    system = CNNLSTMDNN({**SETTINGS, "dropout": 0.0})
    system.module = system.build(["sample"])
    weights = weights_of(system.module)
    utterances = waveforms(part, LENGTHS, seed=3)

    frames = [frames_by_hand(weights, values[:, 0]) for values in utterances.features]
    rows = [pairs(normalised(weights, "norm", values, torch.cat(frames))) for values in frames]
    images = [image_by_hand(weights, values) for values in rows]
    seen = torch.cat([image.flatten(1) for image in images], 1).T
    expected = [logits_by_hand(weights, normalised(weights, "image_norm", image[None], seen)[0]) for image in images]

    logits = system.module.train()(system.collate(utterances))
    torch.testing.assert_close(logits.detach(), torch.stack(expected), atol=1e-4, rtol=1e-4)
    after = weights_of(system.module)
    for name, values in (("norm", torch.cat(frames)), ("image_norm", seen)):
        torch.testing.assert_close(after[f"{name}.running_mean"], 0.1 * values.mean(0), atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(after[f"{name}.running_var"], 0.9 + 0.1 * values.var(0), atol=1e-5, rtol=1e-4)


def test_the_gradient_is_that_of_pytorchs_layers(part):
    """With utterances of one length PyTorch's own layers make a batch of them."""
    torch.manual_seed(0)
    system = CNNLSTMDNN({**SETTINGS, "dropout": 0.0})
    module = system.module = system.build(["sample"]).double()
    utterances = waveforms(part, [64] * 5, seed=3)
    samples, layout = system.collate(utterances)
    module(Ragged(samples.double(), layout)).square().sum().backward()
    found = {name: parameter.grad for name, parameter in module.named_parameters()}

    module.zero_grad()
    signal = torch.from_numpy(np.stack([values[:, 0] for values in utterances.features])).double()[:, None]
    filtered = [c(pad(signal, ((c.kernel_size[0] - 4) // 2,) * 2)) for c in module.convolutions]
    for norm in (module.norm, module.image_norm):
        norm.reset_running_stats()
    rows = max_pool1d(module.norm(torch.cat(filtered, 1)).relu(), 2).transpose(1, 2)
    image = max_pool2d(module.image_norm(module.image(pad(rows, (0, 1, 0, 1))[:, None])).relu(), 2)
    states = module.lstm(image.permute(2, 0, 3, 1).flatten(2))[0]
    module.classifier(module.dense(states[-1]).relu()).square().sum().backward()
    for name, parameter in module.named_parameters():
        torch.testing.assert_close(found[name], parameter.grad, atol=1e-9, rtol=1e-6, msg=name)


def test_a_step_is_that_of_pytorchs_rmsprop_with_the_sources_rho_and_class_weights(part):
    defaults = default_settings(DECLARED)
    torch.manual_seed(0)
    system = CNNLSTMDNN({**SETTINGS, "dropout": 0.0, **{name: defaults[name] for name in ("rho", "class_weight")}})
    train = waveforms(part, [64] * 6)  # of the classes 0 1 2 3 0 1
    system.fit(train, train, 0, lambda line: None)
    module, theirs = system.module.train(), copy.deepcopy(system.module)
    ours, optimiser = system.optimiser(), torch.optim.RMSprop(theirs.parameters(), lr=SETTINGS["lr"], alpha=0.9)
    weight, emotion = torch.tensor([0.75, 0.75, 1.5, 1.5]), torch.from_numpy(train.emotion)
    for _ in range(3):
        ours.zero_grad()
        system.loss(system.collate(train), emotion).backward()
        ours.step()
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(theirs(system.collate(train)), emotion, weight).backward()
        optimiser.step()
    for one, other in zip(module.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_prediction_does_not_depend_on_the_batch(part, learned):
    system, _ = learned
    utterances = waveforms(part, np.random.default_rng(4).integers(1, 300, 30), seed=3)
    found = {}
    for size in (1, 7, 64):
        system.settings = {**system.settings, "batch_size": size}
        found[size] = system.predict(utterances).probability
    np.testing.assert_allclose(found[1], found[64], atol=1e-5)
    np.testing.assert_allclose(found[7], found[64], atol=1e-5)


def test_what_is_shorter_than_a_step_is_filled_up_with_zeros(part, learned):
    system, _ = learned
    signal = np.random.default_rng(0).normal(size=(5, 1))
    filled = np.concatenate([signal, np.zeros((11, 1))])
    found = system.predict(part([signal, filled], [0, 0])).probability
    np.testing.assert_allclose(found[0], found[1], atol=1e-6)


def test_the_sources_sizes():
    settings = {"filters": 40, "widths": [400, 240, 1600], "stride": 160, "image_filters": 32, "lstm": 128}
    module = CNNLSTMDNN({**settings, "dropout": 0.3, "dense": 1024}).build(["sample"])
    convolutions = sum(40 * width + 40 for width in (400, 240, 1600))
    norms = 2 * 120 + 2 * 32
    lstm = 4 * 128 * (60 * 32 + 128 + 2)
    dense = 128 * 1024 + 1024 + 1024 * 4 + 4
    assert sum(p.numel() for p in module.parameters()) == convolutions + norms + 32 * 4 + 32 + lstm + dense


def test_training_learns_how_fast_a_waveform_swings(part, learned):
    system, history = learned
    assert history[-1]["train_loss"] < 0.6 * history[0]["train_loss"]
    unseen = waveforms(part, np.random.default_rng(5).integers(60, 200, 40), seed=6)
    assert (system.predict(unseen).emotion == unseen.emotion).mean() > 0.9


def test_one_seed_gives_the_same_bytes_and_another_others(tmp_path, part):
    for folder, seed in (("a", 0), ("b", 0), ("c", 1)):
        system = CNNLSTMDNN(SETTINGS)
        system.fit(waveforms(part, [90] * 12), waveforms(part, [90] * 4), seed, lambda line: None)
        system.save(tmp_path / folder)
    saved = {folder: (tmp_path / folder / "model.safetensors").read_bytes() for folder in "abc"}
    assert saved["a"] == saved["b"]
    assert saved["a"] != saved["c"]


def test_what_is_loaded_is_what_was_saved(tmp_path, learned):
    system, _ = learned
    system.save(tmp_path)
    saved, loaded = system.module.state_dict(), load(tmp_path).module.state_dict()
    assert saved["norm.num_batches_tracked"].item() > 0
    assert loaded.keys() == saved.keys()
    for name, value in saved.items():
        torch.testing.assert_close(loaded[name], value, atol=0, rtol=0)


def test_a_long_sum_of_products_keeps_the_digits_of_single_precision():
    values = torch.rand(4, 1_000_003)
    exact = values.double() @ values.double().T
    assert torch.allclose(sum_of_products(values).double(), exact, rtol=2e-6)
    assert torch.allclose(sum_of_products(values[:, :5]), values[:, :5] @ values[:, :5].T)
