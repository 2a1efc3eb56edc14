"""What the compared networks share: fitting with early stopping, predicting, saving and loading."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from gagru.systems.prediction import Prediction
from gagru.systems.stored import load_model, save_model
from gagru.task.emotions import EMOTIONS
from gagru.task.settings import COUNT, OURS, POSITIVE, STEPS, setting
from gagru.training.batches import balanced_weights, batches_by_length
from gagru.training.device import choose_device
from gagru.training.inputs import Inputs
from gagru.training.loop import train_network
from gagru.training.optimisers import Adam

# What every network is trained with, and what `selection` tries of it.
TRAINING = {
    "lr": setting(2.0e-4, "Learning rate", grid=[2.0e-4, 1.0e-3, 3.0e-3], **POSITIVE),
    "batch_size": setting(64, "Utterances in a batch", **COUNT),
    "max_epochs": setting(100, "Epochs at most", OURS, **COUNT),
    "patience": setting(10, "Epochs without a better validation result before training stops", OURS, **COUNT),
    "stop_on": setting("ua", "Validation result that early stopping watches", OURS, enum=["ua", "loss"]),
    "min_steps": setting(0, "Batches that are trained on before patience begins to count", OURS, **STEPS),
    "patience_steps": setting(
        0, "Fewest batches without a better validation result before training stops", OURS, grid=[0, 300], **STEPS
    ),
    "class_weight": setting(
        "none",
        "Weights of the classes in the loss; `balanced`: rare ones more",
        OURS,
        grid=["none", "balanced"],
        enum=["none", "balanced"],
    ),
}
DROPOUTS = [0.0, 0.2, 0.5]


class Network:
    """A system that is one PyTorch module. A subclass names itself, and says how to `build` and to `collate`.

    Parameters
    ----------
    settings : the system's block of the configuration
    device : "auto", "cpu" or "cuda"

    Attributes
    ----------
    EARLY_STOPPING : whether a validation part ends its training
    HISTORY : whether its parts carry the dialog's earlier utterances (`settings["history"]` of them at most)
    LAZY : whether its parts' features stay on disk until a batch needs them (`numpy.asarray` reads them)
    class_weight : (4,) float32 weights of the classes in the loss, taken from the training part by `fit`; or None
    """

    NAME: ClassVar[str]
    EARLY_STOPPING: ClassVar[bool] = True
    HISTORY: ClassVar[bool] = False
    LAZY: ClassVar[bool] = False

    def __init__(self, settings: dict, device: str = "cpu"):
        self.settings = settings
        self.device = choose_device(device)
        self.class_weight = None

    def build(self, columns: list[str]) -> nn.Module:
        """The untrained module for utterances of these features; called with a batch it gives logits (B, 4)."""
        raise NotImplementedError

    def collate(self, batch):
        """The module's input for a batch, a `gagru.data.dataset.Part` of B utterances: a tensor with a row each, a
        `gagru.layers.ragged.Ragged`, or a tuple of these. Whoever asks brings it to the device."""
        raise NotImplementedError

    def loss(self, inputs, emotion: torch.Tensor) -> torch.Tensor:
        """What the training of a batch lowers, a scalar, given its inputs and the emotions (B,)."""
        return self.cross_entropy(self.module(inputs), emotion)

    def cross_entropy(self, logits: torch.Tensor, emotion: torch.Tensor) -> torch.Tensor:
        """Of logits (B, 4), with the weights of the classes, if any: the mean over the batch, a scalar."""
        return cross_entropy(logits, emotion, self.class_weight)

    def optimiser(self):
        """What moves the weights."""
        return Adam(self.module.parameters(), lr=self.settings["lr"])

    def fit(self, train, validation, seed: int = 0, report=print, checkpoint=None) -> list[dict]:
        """Train on `train`, keep the weights of the epoch that is best on `validation`, if any; see `train_network`.

        Returns the history: a dictionary an epoch.
        """
        torch.manual_seed(seed)
        if self.settings.get("class_weight") == "balanced":
            self.class_weight = torch.from_numpy(balanced_weights(train.emotion)).to(self.device)
        self.columns = list(train.columns)
        self.module = self.build(self.columns).to(self.device)
        return train_network(self, train, validation, self.settings, seed, report, checkpoint)

    @torch.no_grad()
    def predict(self, part) -> Prediction:
        """Class and class probabilities of every utterance of `part`, which may be empty, or be its `Inputs`."""
        self.module.eval()
        inputs = Inputs.of(self, part)
        probability = np.zeros((len(inputs), len(EMOTIONS)), dtype=np.float32)
        batches = batches_by_length(inputs.part.features, self.settings["batch_size"])
        if batches:
            found = [torch.softmax(self.module(inputs.batch(batch)), dim=1) for batch in batches]
            probability[np.concatenate(batches)] = torch.cat(found).cpu().numpy()
        return Prediction(probability.argmax(axis=1), probability)

    def save(self, folder, origin: Mapping | None = None) -> None:
        """Write `model.json` and `model.safetensors` into `folder`; `origin` is what the first says besides."""
        description = {"system": self.NAME, "settings": self.settings, "emotions": EMOTIONS, "columns": self.columns}
        state = {name: value.detach().cpu().numpy() for name, value in self.module.state_dict().items()}
        save_model(folder, {**description, **(origin or {})}, state)

    @classmethod
    def load(cls, folder, device: str = "cpu") -> "Network":
        """The trained network that `save` wrote."""
        description, arrays = load_model(folder, cls.NAME)
        system = cls(description["settings"], device)
        system.columns, system.description = description["columns"], description
        system.module = system.build(system.columns).to(system.device)
        system.module.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
        return system
