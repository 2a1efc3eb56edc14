import logging
import math

import numpy as np
import pytest
import torch

from gagru.systems.dnn import DNN
from gagru.systems.prediction import Prediction
from gagru.task.errors import InputError
from gagru.training.loop import EarlyStopping, train_network
from gagru.training.optimisers import Adam
from gagru.training.validation import validate

SETTINGS = {"lr": 0.1, "batch_size": 4, "max_epochs": 10, "patience": 3, "stop_on": "ua"}


class Scripted:
    """A system whose validation goes by a script, an entry an epoch, and that remembers the weights of each epoch.

    script : of four validation utterances, one a class, how many are right, and the probability of the true class
    """

    NAME = "scripted"
    device = torch.device("cpu")

    def __init__(self, script):
        torch.manual_seed(0)
        self.script, self.weights, self.seen = iter(script), [], []
        self.module = torch.nn.Linear(2, 4)

    def collate(self, batch):
        self.seen.append([int(array[0]) for array in batch.features])
        return torch.from_numpy(np.stack(batch.features))

    def loss(self, inputs, emotion):
        return torch.nn.functional.cross_entropy(self.module(inputs), emotion)

    def optimiser(self):
        return Adam(self.module.parameters(), lr=0.1)

    def predict(self, part):
        right, likelihood = next(self.script)
        self.weights.append(self.module.weight.detach().clone())
        emotion = np.where(np.arange(4) < right, part.emotion, (part.emotion + 1) % 4)
        probability = np.full((4, 4), (1 - likelihood) / 3, dtype=np.float32)
        probability[np.arange(4), part.emotion] = likelihood
        return Prediction(emotion, probability)


@pytest.fixture
def run(part):
    """(script, settings) -> the system after training, its history, what it reported."""

    def train(script, **changed):
        system, lines = Scripted(script), []
        training = part([[i, 1] for i in range(10)], np.arange(10) % 4)
        validation = part(np.zeros((4, 2)), range(4))
        history = train_network(system, training, validation, {**SETTINGS, **changed}, 0, lines.append)
        return system, history, lines

    return train


def right(*counts):
    return [(count, 0.5) for count in counts]


@pytest.mark.parametrize(
    ("counts", "epochs", "best"),
    [
        ((1, 2, 4, 3, 4, 4, 4), 6, 3),  # the first of equal epochs, then three more
        ((2, 1, 1, 1, 4), 4, 1),
        ((2, 1, 1, 3, 1, 1, 1, 4), 7, 4),  # patience counts anew from a better epoch
        ((1, 1, 1, 1), 4, 1),
        ((0, 0, 0, 0), 4, 1),
        ((0, 0, 1, 1, 2, 2, 3, 3, 4, 4), 10, 9),  # ends by `max_epochs`
    ],
)
def test_training_stops_after_patience_and_keeps_the_best_weights(run, counts, epochs, best):
    system, history, lines = run(right(*counts))
    assert [row["epoch"] for row in history] == list(range(1, epochs + 1))
    assert [row["best"] for row in history] == [int(epoch == best) for epoch in range(1, epochs + 1)]
    assert [row["validation_ua"] for row in history] == [count / 4 for count in counts[:epochs]]
    assert torch.equal(system.module.weight, system.weights[best - 1])
    assert not torch.equal(system.weights[best - 1], system.weights[(best - 2) % epochs])
    assert lines == [f"{epochs} epochs, best {best}: validation UA {25 * counts[best - 1]:.1f} %"]


def test_every_epoch_is_told_with_what_is_left_at_most(run, caplog):
    with caplog.at_level(logging.INFO, "gagru.progress"):
        _, history, _ = run([(2, 0.5), (1, 0.25), (1, 0.5), (1, 0.5)])
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == len(history) == 4
    train_loss = history[1]["train_loss"]
    # the cross entropy of a true class that has 1/4 is ln 4 = 1.3863; one recall of four is right
    assert lines[1].startswith(
        f"epoch 2 of at most 10: training loss {train_loss:.4f}, validation loss 1.3863, validation UA 25.0 %, 0.0 s; "
        "at most 0."
    )


def test_patience_of_one_and_a_single_epoch(run):
    assert len(run(right(2, 3, 3, 4), patience=1)[1]) == 3
    assert len(run(right(2, 3), max_epochs=1)[1]) == 1


def test_stopping_by_loss_watches_the_loss_and_not_ua(run):
    script = [(4, 0.4), (1, 0.6), (2, 0.6), (3, 0.5), (4, 0.5), (4, 0.9)]
    system, history, _ = run(script, stop_on="loss")
    assert [row["best"] for row in history] == [0, 1, 0, 0, 0]
    assert torch.equal(system.module.weight, system.weights[1])
    assert history[0]["validation_loss"] == pytest.approx(-math.log(0.4))


# Ten utterances in batches of four: three steps an epoch.
@pytest.mark.parametrize(
    ("changed", "epochs"),
    [
        ({}, 4),  # best at once, then three more
        ({"min_steps": 0, "patience_steps": 0}, 4),
        ({"patience_steps": 9}, 4),
        ({"patience_steps": 10}, 5),  # as many epochs as hold ten steps
        ({"patience_steps": 15}, 6),
        ({"min_steps": 6}, 5),  # patience counts from the second epoch on
        ({"min_steps": 12}, 7),
        ({"min_steps": 12, "patience_steps": 15}, 9),
        ({"min_steps": 1000}, 10),  # `max_epochs` ends it in any case
    ],
)
def test_patience_in_steps(run, changed, epochs):
    system, history, _ = run(right(*[2] * 10), **changed)
    assert len(history) == epochs
    assert [row["best"] for row in history] == [1] + [0] * (epochs - 1)
    assert torch.equal(system.module.weight, system.weights[0])


@pytest.mark.parametrize("criterion", ["ua", "loss"])
def test_early_stopping_by_hand(criterion):
    stopping = EarlyStopping(criterion, patience=2)
    ua = [0.5, 0.25, 0.5, 0.75]
    loss = [1.0, 2.0, 1.0, 0.5]
    improved = [stopping.improves(epoch, ua[epoch - 1], loss[epoch - 1]) for epoch in (1, 2, 3, 4)]
    assert improved == [True, False, False, True]
    assert stopping.best_epoch == 4
    assert [stopping.is_over(epoch) for epoch in (4, 5, 6)] == [False, False, True]


def test_every_epoch_sees_every_utterance_once_in_a_new_order(run):
    system, history, _ = run(right(1, 2, 3, 4), max_epochs=4)
    assert [len(batch) for batch in system.seen] == [4, 4, 2] * 4
    order = [i for batch in system.seen for i in batch]
    epochs = [order[10 * i : 10 * i + 10] for i in range(4)]
    assert all(sorted(epoch) == list(range(10)) for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 4
    assert len(history) == 4


def test_the_first_epoch_is_adam_on_cross_entropy(run):
    system, history, _ = run(right(1), max_epochs=1)
    torch.manual_seed(0)
    twin = torch.nn.Linear(2, 4)
    optimiser = torch.optim.Adam(twin.parameters(), lr=0.1)
    total = 0.0
    for batch in system.seen:
        x = torch.tensor([[float(i), 1.0] for i in batch])
        loss = torch.nn.CrossEntropyLoss()(twin(x), torch.tensor([i % 4 for i in batch]))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        total += loss.item() * len(batch)
    assert torch.allclose(system.module.weight, twin.weight)
    assert history[0]["train_loss"] == pytest.approx(total / 10)


def test_validation_figures_by_hand(part):
    class Fixed:
        def predict(self, part):
            probability = np.float32([[0.5, 0.25, 0.25, 0], [0.125, 0.5, 0.25, 0.125], [0.5, 0.25, 0.25, 0]])
            return Prediction(probability.argmax(axis=1), probability)

    # happy and right; happy and taken for neutral; neutral and taken for happy: recalls 1/2 and 0, two classes present
    found = validate(Fixed(), part(np.zeros((3, 1)), [0, 0, 1]))
    assert found["validation_wa"] == pytest.approx(1 / 3)
    assert found["validation_ua"] == pytest.approx(1 / 4)
    assert found["validation_loss"] == pytest.approx((math.log(2) + math.log(8) + math.log(4)) / 3)


@pytest.mark.parametrize("stop_on", ["ua", "loss"])
@pytest.mark.parametrize("batch_size", [2, 64])
def test_a_training_that_diverges_is_an_error_with_a_remedy(part, batch_size, stop_on):
    settings = {**SETTINGS, "hidden": [4], "dropout": 0.0, "lr": 1e37, "max_epochs": 1, "stop_on": stop_on}
    system = DNN({**settings, "batch_size": batch_size})
    data = part(np.random.default_rng(0).normal(size=(8, 3)), np.arange(8) % 4)
    with pytest.raises(InputError, match=r"dnn: the .*loss of epoch 1 is not finite: lower its `lr`"):
        system.fit(data, data, 0, lambda line: None)
