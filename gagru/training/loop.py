"""The training loop: random batches, early stopping, best weights kept, a state to go on from."""

import copy
import math
import time

import numpy as np
import torch
from torch.nn.utils import clip_grad_norm_

from gagru.task.errors import InputError
from gagru.task.progress import PROGRESS, write_duration
from gagru.training.batches import random_batches
from gagru.training.inputs import Inputs
from gagru.training.validation import VALIDATED, validate


class EarlyStopping:
    """Remembers the best epoch by `criterion` ("ua": the higher the better, "loss": the lower) and when to give up.

    The first of equal epochs counts as the best. Patience does not count before the epoch `after`.
    """

    def __init__(self, criterion: str, patience: int, after: int = 0):
        self.criterion = criterion
        self.patience = patience
        self.after = after
        self.best_epoch = 0
        self.best = -np.inf

    def improves(self, epoch: int, validation_ua: float, validation_loss: float) -> bool:
        """Note an epoch (counted from 1); whether it is the best so far."""
        value = validation_ua if self.criterion == "ua" else -validation_loss
        if value > self.best:
            self.best, self.best_epoch = value, epoch
            return True
        return False

    def waited(self, epoch: int) -> int:
        """How many epochs have passed since the best."""
        return epoch - self.best_epoch

    def is_over(self, epoch: int) -> bool:
        """Whether `patience` epochs that count have passed since the best."""
        return epoch - max(self.best_epoch, self.after) >= self.patience


def train_network(system, train, validation, settings: dict, seed: int, report, checkpoint=None) -> list[dict]:
    """Train `system.module` and leave the best epoch's weights in it.

    GA-GRU paper, section 3.1: batches of `batch_size` drawn at random, early stopping. The system says what optimises
    (`optimiser`) and what is optimised (`loss`).

    Parameters
    ----------
    train, validation : `gagru.data.dataset.Part`; without a validation part (None) there are `max_epochs`, the last is
        the best, and the learning rate stays
    settings : `batch_size`, `max_epochs`, `patience`, `stop_on`; where they are given `min_steps` and `patience_steps`
        (see `Training.count_epochs`), `clip_norm` (largest norm of the gradient) and `halve_after` (epochs without a
        better validation result after which the learning rate is halved)
    seed : seeds the order of the batches; the module's own draws (dropout) come from PyTorch's generator
    report : called with one line about the training when it ends; a line an epoch goes to `gagru.task.progress`
    checkpoint : `gagru.training.checkpoint.Checkpoint` that the training goes on from, and keeps its state in

    Returns a dictionary an epoch: epoch, train_loss, validation_loss, validation_wa, validation_ua, seconds, best.
    `train_loss` is what the system optimises, `validation_loss` the cross entropy of its classes. CMN, MDNN and
    CVAE-LSTM optimise more than that, so there the two cannot be compared.
    """
    train, validation = (part if part is None else Inputs(system, part) for part in (train, validation))
    training = Training(system, settings, seed, len(train))
    if checkpoint and (state := checkpoint.load(report)):
        training.restore(*state)
        report(f"goes on after epoch {training.epoch}")
    while not training.is_over():
        training.run_epoch(train, validation)
        if checkpoint and not training.is_over():
            checkpoint.save(*training.state())
    return training.finish(report)


class Training:
    """A training, on `size` utterances, between two epochs."""

    def __init__(self, system, settings: dict, seed: int, size: int):
        self.system, self.settings, self.size = system, settings, size
        self.generator = np.random.default_rng(seed)
        self.optimiser = system.optimiser()
        patience = max(settings["patience"], self.count_epochs("patience_steps"))
        self.stopping = EarlyStopping(settings["stop_on"], patience, self.count_epochs("min_steps"))
        self.history = []
        self.best = {}

    @property
    def epoch(self) -> int:
        """How many epochs are done."""
        return len(self.history)

    def count_epochs(self, name: str) -> int:
        """The epochs in which as many steps are made as the setting `name` says; 0 where there is no such setting.

        On a small corpus an epoch has few steps, so that patience in epochs ends a training which has hardly begun.
        """
        return math.ceil(self.settings.get(name, 0) / math.ceil(self.size / self.settings["batch_size"]))

    def is_over(self) -> bool:
        """Whether no epoch follows."""
        return self.epoch == self.settings["max_epochs"] or (self.epoch > 0 and self.stopping.is_over(self.epoch))

    def run_epoch(self, train: Inputs, validation: Inputs | None) -> None:
        """Train on every utterance once, and look at the validation part. Only then does it wait for a GPU."""
        start = time.perf_counter()
        self.system.module.train()
        batches = random_batches(len(train), self.settings["batch_size"], self.generator)
        losses = torch.stack([self.step(train, batch) for batch in batches]).tolist()
        train_loss = sum(loss * len(batch) for loss, batch in zip(losses, batches, strict=True)) / len(train)
        row = {"epoch": self.epoch + 1, "train_loss": train_loss}
        row |= dict.fromkeys(VALIDATED) if validation is None else validate(self.system, validation)
        if not np.isfinite([row["train_loss"], row["validation_loss"] or 0.0]).all():
            which = "training" if not np.isfinite(row["train_loss"]) else "validation"
            raise InputError(
                f"{self.system.NAME}: the {which} loss of epoch {row['epoch']} is not finite: lower its `lr`"
            )
        if validation is None:
            self.stopping.best_epoch = row["epoch"]
        elif self.stopping.improves(row["epoch"], row["validation_ua"], row["validation_loss"]):
            self.best = copy.deepcopy(self.system.module.state_dict())
        self.history.append({**row, "seconds": time.perf_counter() - start})
        halve_after = self.settings.get("halve_after")
        if halve_after and self.stopping.waited(self.epoch) % halve_after == 0 < self.stopping.waited(self.epoch):
            self.optimiser.lr /= 2
        PROGRESS.info(self.describe_epoch())

    def describe_epoch(self) -> str:
        """The last epoch in a line, with how long the rest takes if training goes on to the end of `max_epochs`."""
        row, epochs = self.history[-1], self.settings["max_epochs"]
        left = (epochs - self.epoch) * float(np.mean([row["seconds"] for row in self.history]))
        validated = ""
        if row["validation_loss"] is not None:
            loss, ua = row["validation_loss"], 100 * row["validation_ua"]
            validated = f"validation loss {loss:.4f}, validation UA {ua:.1f} %, "
        return (
            f"epoch {self.epoch} of at most {epochs}: training loss {row['train_loss']:.4f}, {validated}"
            f"{row['seconds']:.1f} s; at most {write_duration(left)} left"
        )

    def step(self, train: Inputs, batch: np.ndarray) -> torch.Tensor:
        """Train on the utterances at these indices; their loss, a scalar, which may be still to come from a GPU."""
        loss = self.system.loss(train.batch(batch), train.emotions(batch))
        self.optimiser.zero_grad()
        loss.backward()
        if "clip_norm" in self.settings:
            clip_grad_norm_(self.system.module.parameters(), self.settings["clip_norm"])
        self.optimiser.step()
        return loss.detach()

    def finish(self, report) -> list[dict]:
        """Put the best epoch's weights into the module; the history."""
        best = self.stopping.best_epoch
        history = [{**row, "best": int(row["epoch"] == best)} for row in self.history]
        if history[-1]["validation_ua"] is None:
            report(f"{self.epoch} epochs, without a validation part")
            return history
        self.system.module.load_state_dict(self.best)
        report(f"{self.epoch} epochs, best {best}: validation UA {100 * history[best - 1]['validation_ua']:.1f} %")
        return history

    def state(self) -> tuple[dict[str, torch.Tensor], dict]:
        """Everything that the next epochs depend on: tensors by name, and values that JSON can hold."""
        tensors = {f"module.{name}": value for name, value in self.system.module.state_dict().items()}
        tensors |= {f"best.{name}": value for name, value in self.best.items()}
        tensors |= {f"optimiser.{name}": value for name, value in self.optimiser.state().items()}
        tensors |= {f"draws.{name}": value for name, value in draws(self.system.device).items()}
        values = {
            "history": self.history,
            "best_epoch": self.stopping.best_epoch,
            "best": self.stopping.best,
            "order": self.generator.bit_generator.state,
        }
        return tensors, values

    def restore(self, tensors: dict[str, torch.Tensor], values: dict) -> None:
        """Go on from what `state` gave."""
        groups = {"module": {}, "best": {}, "optimiser": {}, "draws": {}}
        for name, value in tensors.items():
            group, _, rest = name.partition(".")
            groups[group][rest] = value
        self.system.module.load_state_dict(groups["module"])
        self.best = groups["best"]
        self.optimiser.restore(groups["optimiser"])
        torch.set_rng_state(groups["draws"]["cpu"])
        if "cuda" in groups["draws"]:
            torch.cuda.set_rng_state(groups["draws"]["cuda"])
        self.history = values["history"]
        self.stopping.best_epoch, self.stopping.best = values["best_epoch"], values["best"]
        self.generator.bit_generator.state = values["order"]


def draws(device: torch.device) -> dict[str, torch.Tensor]:
    """The states of PyTorch's generators, which dropout draws from."""
    states = {"cpu": torch.get_rng_state()}
    return states | {"cuda": torch.cuda.get_rng_state()} if device.type == "cuda" else states
