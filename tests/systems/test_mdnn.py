from dataclasses import replace

import numpy as np
import opensmile
import pytest
import torch
from safetensors.numpy import load_file

from gagru.systems.loading import load
from gagru.systems.mdnn import MDNN, grouped
from gagru.task.errors import InputError

SETTINGS = {
    "local": [7, 5],
    "global": [6],
    "dropout": 0.1,
    "lr": 1e-2,
    "batch_size": 8,
    "max_epochs": 3,
    "patience": 50,
    "stop_on": "ua",
}
# A functional or two of every group, mixed.
COLUMNS = {
    "mfcc1_sma3_amean": "spectral",
    "loudness_sma3_amean": "energy",
    "F0semitoneFrom27.5Hz_sma3nz_amean": "frequency",
    "VoicedSegmentsPerSec": "temporal",
    "slopeV0-500_sma3nz_amean": "spectral",
}


@pytest.fixture
def utterances(functionals):
    """(n, seed) -> n utterances of these functionals, whose classes lie apart."""
    return lambda n, seed=0: replace(functionals(n, seed), columns=list(COLUMNS))


@pytest.fixture
def system(utterances):
    system = MDNN(SETTINGS)
    system.fit(utterances(24), utterances(8, seed=1), 0, lambda line: None)
    return system


@pytest.mark.parametrize("version", ["eGeMAPSv01a", "eGeMAPSv01b", "eGeMAPSv02"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_every_functional_is_in_one_group(version):
    names = opensmile.Smile(opensmile.FeatureSet[version], opensmile.FeatureLevel.Functionals).feature_names
    groups = grouped(names)
    assert sorted(place for places in groups.values() for place in places) == list(range(88))
    # GeMAPS: of frequency, F0 has ten functionals, jitter and three formants' frequency and bandwidth two each; of
    # energy, loudness has ten, shimmer and harmonics-to-noise two each, the sound level is one; six are temporal.
    assert {group: len(places) for group, places in groups.items()} == {
        "frequency": 10 + 2 + 6 + 6,
        "energy": 10 + 2 + 2 + 1,
        "spectral": 88 - 24 - 15 - 6,
        "temporal": 6,
    }
    assert [names[place] for place in groups["temporal"]] == [
        "loudnessPeaksPerSec",
        "VoicedSegmentsPerSec",
        "MeanVoicedSegmentLengthSec",
        "StddevVoicedSegmentLengthSec",
        "MeanUnvoicedSegmentLength",
        "StddevUnvoicedSegmentLength",
    ]
    descriptors = {group: {names[p].split("_sma3")[0] for p in places} for group, places in groups.items()}
    assert descriptors["frequency"] == {
        "F0semitoneFrom27.5Hz",
        "jitterLocal",
        *(f"F{i}{what}" for i in (1, 2, 3) for what in ("frequency", "bandwidth")),
    }
    assert descriptors["energy"] == {"loudness", "shimmerLocaldB", "HNRdBACF", "equivalentSoundLevel_dBp"}


def test_groups_are_found_in_any_order():
    assert grouped(list(COLUMNS)) == {"frequency": [2], "energy": [1], "spectral": [0, 4], "temporal": [3]}


@pytest.mark.parametrize("name", ["pcm_RMSenergy_sma", "F4frequency_sma3nz_amean", "mfcc5_sma3_amean", "c0"])
def test_an_unknown_functional_is_named(name):
    with pytest.raises(InputError, match=rf"'{name}' is not of eGeMAPS"):
        MDNN(SETTINGS).build([*COLUMNS, name])


def layer(weights, name, values, relu=True):
    values = values @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
    return np.maximum(values, 0) if relu else values


def by_hand(weights, x):
    """Local logits of each group, and global logits, of (B, 5) functionals."""
    hidden, local = [], {}
    for group in ("frequency", "energy", "spectral", "temporal"):
        h = x[:, [i for i, of in enumerate(COLUMNS.values()) if of == group]]
        for number in (0, 3):  # between them are ReLU and dropout
            h = layer(weights, f"paths.{group}.{number}", h)
        local[group] = layer(weights, f"local.{group}", h, relu=False)
        hidden.append(h)
    joined = layer(weights, "joined.0", np.concatenate(hidden, axis=1))
    return local, layer(weights, "classifier", joined, relu=False)


def test_predictions_are_those_of_the_global_classifier_over_the_joined_paths(tmp_path, system, utterances):
    system.save(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    part = utterances(20, seed=2)
    expected = np.exp(by_hand(weights, np.stack(part.features))[1])
    expected /= expected.sum(axis=1, keepdims=True)
    for network in (system, load(tmp_path)):
        prediction = network.predict(part)
        np.testing.assert_allclose(prediction.probability, expected, atol=1e-6)
        assert prediction.emotion.tolist() == expected.argmax(axis=1).tolist()


def test_the_loss_sums_the_local_ones_and_the_global_one(tmp_path, system, utterances):
    system.save(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    part = utterances(20, seed=2)
    local, joined = by_hand(weights, np.stack(part.features))
    emotion = torch.from_numpy(part.emotion)
    losses = [torch.nn.CrossEntropyLoss()(torch.from_numpy(logits), emotion).item() for logits in local.values()]
    whole = torch.nn.CrossEntropyLoss()(torch.from_numpy(joined), emotion).item()
    system.module.eval()
    assert system.loss(system.collate(part), emotion).item() == pytest.approx(sum(losses) + whole, rel=1e-5)
    assert min(losses) > 0.1


def test_local_classifiers_are_trained(tmp_path, utterances):
    # Adam's steps of 1e-30 change no 32-bit number but 0, so what is stored is where training began.
    for folder, lr in (("before", 1e-30), ("after", 1e-2)):
        system = MDNN({**SETTINGS, "lr": lr, "max_epochs": 10})
        system.fit(utterances(40), utterances(8, seed=1), 0, lambda line: None)
        system.save(tmp_path / folder)
    part = utterances(40, seed=2)

    def losses(folder):
        local, _ = by_hand(load_file(tmp_path / folder / "model.safetensors"), np.stack(part.features))
        emotion = torch.from_numpy(part.emotion)
        return {g: torch.nn.functional.cross_entropy(torch.from_numpy(x), emotion).item() for g, x in local.items()}

    before, after = losses("before"), losses("after")
    assert all(after[group] < before[group] - 0.1 for group in before)


def test_a_path_sees_its_own_group_only(system, utterances):
    x = system.collate(utterances(6, seed=2))
    changed = x.clone()
    changed[:, 1] += 3  # loudness, which is energy
    system.module.eval()
    with torch.no_grad():
        (whole, local), (other, others) = system.module.classify(x), system.module.classify(changed)
    assert [torch.equal(a, b) for a, b in zip(local, others, strict=True)] == [True, False, True, True]
    assert not torch.equal(whole, other)


def test_training_learns_what_can_be_separated(utterances):
    system = MDNN({**SETTINGS, "local": [16, 16], "global": [16], "max_epochs": 15})
    history = system.fit(utterances(40), utterances(16, seed=1), 0, lambda line: None)
    # A local classifier sees a class or two, so the sum of the losses stays well above 0.
    assert history[-1]["train_loss"] < 0.75 * history[0]["train_loss"]
    unseen = utterances(80, seed=3)
    assert (system.predict(unseen).emotion == unseen.emotion).mean() > 0.9


def test_one_seed_gives_the_same_bytes_and_another_others(tmp_path, utterances):
    for folder, seed in (("a", 0), ("b", 0), ("c", 1)):
        system = MDNN(SETTINGS)
        system.fit(utterances(16), utterances(8, seed=1), seed, lambda line: None)
        system.save(tmp_path / folder)
    weights = {folder: (tmp_path / folder / "model.safetensors").read_bytes() for folder in "abc"}
    assert weights["a"] == weights["b"]
    assert weights["a"] != weights["c"]


def test_no_utterance_has_no_prediction(system, utterances):
    prediction = system.predict(utterances(4).take(np.array([], dtype=int)))
    assert prediction.emotion.shape == (0,)
    assert prediction.probability.shape == (0, 4)
