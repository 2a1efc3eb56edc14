from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch.distributions import Independent, Normal
from torch.distributions import kl_divergence as divergence

from gagru.systems.cvae_lstm import CVAELSTM, kl_divergence
from gagru.systems.loading import load

SETTINGS = {
    "stack": 2,
    "hidden": 12,
    "latent": 3,
    "beta": 0.7,
    "units": 6,
    "layers": 2,
    "dropout": 0.1,
    "lr": 1e-2,
    "batch_size": 8,
    "max_epochs": 3,
    "patience": 20,
    "stop_on": "ua",
}


def trained(sequences, seed=0, **changed):
    system = CVAELSTM({**SETTINGS, **changed})
    system.fit(sequences(40), sequences(16, seed=1), seed, lambda line: None)
    return system


@pytest.fixture
def system(sequences):
    return trained(sequences)


def loss(system, part, draws=3):
    torch.manual_seed(draws)
    return system.loss(system.collate(part), torch.from_numpy(part.emotion))


def gradients(system, part):
    """Name -> gradient of the training's objective, without dropout."""
    system.module.eval()
    system.module.zero_grad()
    loss(system, part).backward()
    return {name: p.grad.clone() for name, p in system.module.named_parameters()}


def steps(x):
    """Two frames (T, 5) side by side, (ceil(T / 2), 10); an odd last one stands twice."""
    return torch.from_numpy(np.stack([[x[i], x[min(i + 1, len(x) - 1)]] for i in range(0, len(x), 2)])).flatten(1)


def dense(weights, name, x):
    """Two linear layers with a ReLU between them."""
    hidden = torch.relu(x @ weights[f"autoencoder.{name}.0.weight"].T + weights[f"autoencoder.{name}.0.bias"])
    return hidden @ weights[f"autoencoder.{name}.2.weight"].T + weights[f"autoencoder.{name}.2.bias"]


def logits_by_hand(weights, x):
    """Of one utterance, from the means of its codes, with PyTorch's LSTM on that utterance alone."""
    lstm = torch.nn.LSTM(3, 6, num_layers=2)
    lstm.load_state_dict({name.removeprefix("lstm."): w for name, w in weights.items() if name.startswith("lstm.")})
    with torch.no_grad():
        outputs, _ = lstm(dense(weights, "encoder", steps(x))[:, :3])
    return weights["classifier.weight"] @ outputs.mean(0) + weights["classifier.bias"]


def test_kl_of_known_gaussians():
    # N(1, 1) from N(0, 1): 1/2. N(0, 4) from N(0, 1): (4 - 1 - log 4) / 2. Dimensions add up.
    mean, log_variance = torch.tensor([[1.0, 0.0], [0.0, 0.0]]), torch.tensor([[0.0, np.log(4)], [0.0, 0.0]])
    found = kl_divergence(mean, log_variance.float(), torch.zeros(2, 2), torch.zeros(2, 2))
    np.testing.assert_allclose(found, [0.5 + (3 - np.log(4)) / 2, 0], atol=1e-6)


def test_kl_is_that_of_torch_distributions():
    torch.manual_seed(0)
    m_q, v_q, m_p, v_p = torch.randn(4, 50, 7, dtype=torch.float64)
    q, p = (Independent(Normal(m, (0.5 * v).exp()), 1) for m, v in ((m_q, v_q), (m_p, v_p)))
    torch.testing.assert_close(kl_divergence(m_q, v_q, m_p, v_p), divergence(q, p))


def test_predictions_are_encoder_means_through_the_lstm(tmp_path, system, sequences):
    system.save(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    part = sequences(20, seed=2)
    expected = torch.stack([logits_by_hand(weights, x) for x in part.features]).softmax(1).numpy()
    for network in (system, load(tmp_path)):
        prediction = network.predict(part)
        np.testing.assert_allclose(prediction.probability, expected, atol=1e-6)
        assert prediction.emotion.tolist() == expected.argmax(axis=1).tolist()


@pytest.mark.parametrize("beta", [0.0, 0.3])
def test_the_objective_is_elbo_and_cross_entropy(tmp_path, sequences, beta):
    system = trained(sequences, beta=beta)
    system.save(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    part = sequences(12, seed=2)
    system.module.eval()
    found = loss(system, part).item()

    x = torch.cat([steps(values) for values in part.features])
    y = torch.cat([torch.full((len(steps(v)),), e) for v, e in zip(part.features, part.emotion, strict=True)])
    mean, log_variance = dense(weights, "encoder", x).split(3, dim=1)
    torch.manual_seed(3)
    q = Normal(mean, (0.5 * log_variance).exp())
    z = mean + q.scale * torch.randn(len(x), 3)
    likelihood = Normal(dense(weights, "decoder", torch.cat([z, torch.eye(4)[y]], 1)), 1.0).log_prob(x).sum(1)
    p = Normal(weights["autoencoder.prior_mean"][y], (0.5 * weights["autoencoder.prior_log_variance"][y]).exp())
    constant = 0.5 * np.log(2 * np.pi) * x.shape[1]  # of the likelihood
    elbo = (likelihood + constant - beta * divergence(q, p).sum(1)).mean()
    logits = torch.stack([logits_by_hand(weights, values) for values in part.features])
    entropy = torch.nn.functional.cross_entropy(logits, torch.from_numpy(part.emotion))
    assert found == pytest.approx((entropy - elbo).item(), rel=1e-5)


def test_the_autoencoder_is_moved_by_the_elbo_and_not_by_the_classifier(system, sequences):
    part = sequences(16, seed=2)
    before = gradients(system, part)
    with torch.no_grad():
        for name, parameter in system.module.named_parameters():
            if not name.startswith("autoencoder."):
                parameter.mul_(-3)
    after = gradients(system, part)
    for name in before:
        assert before[name].abs().max() > 0
        assert torch.equal(before[name], after[name]) == name.startswith("autoencoder."), name


def test_labels_take_no_part_in_a_prediction(system, sequences):
    part = sequences(30, seed=2)
    expected = system.predict(part).probability
    for emotion in (np.roll(part.emotion, 1), np.zeros_like(part.emotion), np.full_like(part.emotion, -1)):
        np.testing.assert_array_equal(system.predict(replace(part, emotion=emotion)).probability, expected)
    system.module.eval()
    with torch.no_grad():
        logits = system.module(system.collate(replace(part, emotion=None)))
    np.testing.assert_allclose(logits.softmax(1).numpy(), expected, atol=1e-6)


def test_a_prediction_draws_nothing(system, sequences):
    part = sequences(30, seed=2)
    state = torch.get_rng_state()
    first = system.predict(part).probability
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(99)
    np.testing.assert_array_equal(system.predict(part).probability, first)


def test_decoder_and_prior_are_conditioned_in_training(system, sequences):
    part = sequences(40, seed=2)
    system.module.eval()

    def negative_elbo(emotion):
        """The objective without its cross entropy."""
        labelled = replace(part, emotion=emotion)
        with torch.no_grad():
            logits = system.module(system.collate(part))
            return loss(system, labelled) - torch.nn.functional.cross_entropy(logits, torch.from_numpy(emotion))

    right, *wrong = (negative_elbo((part.emotion + k) % 4) for k in range(4))
    assert min(wrong) > right + 0.1


def test_codes_lie_nearest_to_the_prior_of_their_own_emotion(sequences):
    system = trained(sequences, beta=1.0, max_epochs=20)
    part = sequences(80, seed=2)
    autoencoder, own = system.module.autoencoder, 0
    with torch.no_grad():
        for x, emotion in zip(system.collate(part).split(), part.emotion, strict=True):
            priors = (autoencoder.prior(torch.full((len(x),), code)) for code in range(4))
            far = [kl_divergence(*autoencoder.encode(x), *prior).mean() for prior in priors]
            own += all(far[emotion] < other for code, other in enumerate(far) if code != emotion)
    assert own > 40  # of 80; 20 by chance, 0 if one prior were for all


def test_a_prediction_does_not_depend_on_the_batch(system, sequences):
    part = sequences(30, seed=2)
    found = {}
    for size in (1, 7, 64):
        system.settings = {**system.settings, "batch_size": size}
        found[size] = system.predict(part).probability
    np.testing.assert_allclose(found[1], found[64], atol=1e-5)
    np.testing.assert_allclose(found[7], found[64], atol=1e-5)


def test_training_learns_what_can_be_separated(sequences):
    system = CVAELSTM({**SETTINGS, "beta": 0.1, "max_epochs": 25})
    history = system.fit(sequences(40), sequences(16, seed=1), 0, lambda line: None)
    assert history[-1]["train_loss"] < 0.8 * history[0]["train_loss"]
    unseen = sequences(40, seed=3)
    assert (system.predict(unseen).emotion == unseen.emotion).mean() > 0.85


def test_one_seed_gives_the_same_bytes_and_another_others(tmp_path, sequences):
    for folder, seed in (("a", 0), ("b", 0), ("c", 1)):
        trained(sequences, seed).save(tmp_path / folder)
    weights = {folder: (tmp_path / folder / "model.safetensors").read_bytes() for folder in "abc"}
    assert weights["a"] == weights["b"]
    assert weights["a"] != weights["c"]
