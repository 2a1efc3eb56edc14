"""The training loop: random batches, cross entropy, early stopping, best weights kept."""

import copy
import time

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from gagru.emotions import EMOTIONS
from gagru.errors import InputError
from gagru.evaluation.metrics import confusion, fold_metrics
from gagru.training.adam import Adam
from gagru.training.batches import random_batches


class EarlyStopping:
    """Remembers the best epoch by `criterion` ("ua": the higher the better, "loss": the lower) and when to give up.

    The first of equal epochs counts as the best.
    """

    def __init__(self, criterion: str, patience: int):
        self.criterion = criterion
        self.patience = patience
        self.best_epoch = 0
        self.best = -np.inf

    def improves(self, epoch: int, validation_ua: float, validation_loss: float) -> bool:
        """Note an epoch (counted from 1); whether it is the best so far."""
        value = validation_ua if self.criterion == "ua" else -validation_loss
        if value > self.best:
            self.best, self.best_epoch = value, epoch
            return True
        return False

    def is_over(self, epoch: int) -> bool:
        """Whether `patience` epochs have passed since the best."""
        return epoch - self.best_epoch >= self.patience


def train_network(system, train, validation, settings: dict, seed: int, report) -> list[dict]:
    """Train `system.module` and leave the best epoch's weights in it.

    GA-GRU paper, section 3.1: Adam, cross entropy, batches of `batch_size` drawn at random, early stopping.

    Parameters
    ----------
    train, validation : `gagru.training.dataset.Part`
    settings : `lr`, `batch_size`, `max_epochs`, `patience`, `stop_on`
    seed : seeds the order of the batches; the module's own draws (dropout) come from PyTorch's generator
    report : called with one line about the training when it ends

    Returns a dictionary an epoch: epoch, train_loss, validation_loss, validation_wa, validation_ua, seconds, best.
    """
    module, generator = system.module, np.random.default_rng(seed)
    optimiser = Adam(module.parameters(), lr=settings["lr"])
    stopping = EarlyStopping(settings["stop_on"], settings["patience"])
    history = []
    for epoch in range(1, settings["max_epochs"] + 1):
        start = time.perf_counter()
        losses = []
        module.train()
        for batch in random_batches(len(train), settings["batch_size"], generator):
            logits = module(system.collate([train.features[i] for i in batch]))
            loss = cross_entropy(logits, torch.from_numpy(train.emotion[batch]).to(system.device))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item() * len(batch))
        row = {"epoch": epoch, "train_loss": sum(losses) / len(train), **validate(system, validation)}
        if not np.isfinite([row["train_loss"], row["validation_loss"]]).all():
            raise InputError(f"{system.NAME}: the loss of epoch {epoch} is not finite: lower its `lr`")
        if stopping.improves(epoch, row["validation_ua"], row["validation_loss"]):
            best = copy.deepcopy(module.state_dict())
        history.append({**row, "seconds": time.perf_counter() - start})
        if stopping.is_over(epoch):
            break
    module.load_state_dict(best)
    for row in history:
        row["best"] = int(row["epoch"] == stopping.best_epoch)
    chosen = history[stopping.best_epoch - 1]
    report(f"{len(history)} epochs, best {stopping.best_epoch}: validation UA {100 * chosen['validation_ua']:.1f} %")
    return history


def validate(system, validation) -> dict[str, float]:
    """Loss, WA and UA of `system` on `validation`; UA averages the classes present there."""
    prediction = system.predict(validation)
    names = ([EMOTIONS[code] for code in codes] for codes in (validation.emotion, prediction.emotion))
    figures = fold_metrics(confusion(*names))
    likelihood = prediction.probability[np.arange(len(validation)), validation.emotion].astype(np.float64)
    return {
        "validation_loss": float(-np.log(np.maximum(likelihood, 1e-30)).mean()),
        "validation_wa": figures["WA"],
        "validation_ua": figures["UA"],
    }
