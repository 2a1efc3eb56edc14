import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from gagru.systems.bigru_att import BiGRUAttention
from gagru.systems.loading import load


@pytest.fixture
def system(settings, sequences):
    system = BiGRUAttention(settings)
    system.fit(sequences(24), sequences(8, seed=1), 0, lambda line: None)
    return system


def by_hand(folder, x):
    """Probabilities of one utterance (T, 5) by equations 1 to 4 and 7, with PyTorch's own GRU."""
    weights = load_file(folder / "model.safetensors")
    gru = torch.nn.GRU(5, 6, num_layers=2, bidirectional=True)
    gru.load_state_dict({name.removeprefix("gru."): w for name, w in weights.items() if name.startswith("gru.")})
    with torch.no_grad():
        forward, backward = gru(torch.from_numpy(x))[0].split(6, dim=1)  # eq. 1
    h = forward + backward  # eq. 2
    scores = [
        torch.dot(weights["u"], torch.tanh(weights["attention.weight"] @ h_t + weights["attention.bias"])) for h_t in h
    ]
    alpha = torch.exp(torch.stack(scores))  # eq. 3 and 4
    alpha = alpha / alpha.sum()
    pooled = sum(a * h_t for a, h_t in zip(alpha, h, strict=True))
    return torch.softmax(weights["classifier.weight"] @ pooled + weights["classifier.bias"], dim=0).numpy()  # eq. 7


def test_predictions_are_equations_1_to_4_and_7(tmp_path, system, sequences):
    system.save(tmp_path)
    part = sequences(20, seed=2)
    expected = np.stack([by_hand(tmp_path, x) for x in part.features])
    for network in (system, load(tmp_path)):
        prediction = network.predict(part)
        np.testing.assert_allclose(prediction.probability, expected, atol=1e-6)
        assert prediction.emotion.tolist() == expected.argmax(axis=1).tolist()


def test_a_prediction_does_not_depend_on_the_batch(system, sequences):
    part = sequences(30, seed=2)
    found = {}
    for size in (1, 7, 64):
        system.settings = {**system.settings, "batch_size": size}
        found[size] = system.predict(part).probability
    np.testing.assert_allclose(found[1], found[64], atol=1e-5)
    np.testing.assert_allclose(found[7], found[64], atol=1e-5)


def test_the_paper_sized_network_has_the_parameters_of_its_layers():
    paper = {"hidden": 256, "layers": 2, "dropout": 0.1, "attention": {"size": 16, "init_std": 0.1}}
    torch.manual_seed(0)
    module = BiGRUAttention(paper).build([f"c{i}" for i in range(78)])
    first, second = (2 * 3 * 256 * (inputs + 256 + 2) for inputs in (78, 512))
    assert sum(p.numel() for p in module.parameters()) == first + second + (256 * 16 + 16) + 16 + (256 * 4 + 4)


def test_u_is_drawn_from_a_normal_distribution_of_the_given_deviation(settings):
    torch.manual_seed(0)
    u = BiGRUAttention({**settings, "attention": {"size": 20_000, "init_std": 0.3}}).build(list("abcde")).u.detach()
    assert u.mean().item() == pytest.approx(0, abs=0.01)
    assert u.std().item() == pytest.approx(0.3, rel=0.02)


def test_training_learns_what_can_be_separated(settings, sequences):
    system = BiGRUAttention({**settings, "max_epochs": 8})
    history = system.fit(sequences(40), sequences(16, seed=1), 0, lambda line: None)
    assert history[-1]["train_loss"] < 0.6 * history[0]["train_loss"]
    unseen = sequences(40, seed=3)
    assert (system.predict(unseen).emotion == unseen.emotion).mean() > 0.9


def test_one_seed_gives_the_same_bytes_and_another_others(tmp_path, settings, sequences):
    for folder, seed in (("a", 0), ("b", 0), ("c", 1)):
        system = BiGRUAttention(settings)
        system.fit(sequences(16), sequences(8, seed=1), seed, lambda line: None)
        system.save(tmp_path / folder)
    weights = {folder: (tmp_path / folder / "model.safetensors").read_bytes() for folder in "abc"}
    assert weights["a"] == weights["b"]
    assert weights["a"] != weights["c"]
