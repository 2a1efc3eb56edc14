"""What the compared networks share: fitting with early stopping, predicting, saving and loading."""

from typing import ClassVar

import numpy as np
import torch
from torch import nn

from gagru.emotions import EMOTIONS
from gagru.systems.prediction import Prediction
from gagru.systems.stored import load_model, save_model
from gagru.training.batches import batches_by_length
from gagru.training.device import choose_device
from gagru.training.loop import train_network


class Network:
    """A system that is one PyTorch module. A subclass names itself, its features, `build` and `collate`.

    Parameters
    ----------
    settings : the system's block of the configuration
    device : "auto", "cpu" or "cuda"
    """

    NAME: ClassVar[str]
    EARLY_STOPPING: ClassVar[bool] = True

    def __init__(self, settings: dict, device: str = "cpu"):
        self.settings = settings
        self.device = choose_device(device)

    def build(self, inputs: int) -> nn.Module:
        """The untrained module for utterances of `inputs` values (a step)."""
        raise NotImplementedError

    def collate(self, features: list[np.ndarray]):
        """The module's input for a batch of utterances, on the device."""
        raise NotImplementedError

    def fit(self, train, validation, seed: int = 0, report=print) -> list[dict]:
        """Train on `train`, keep the weights of the epoch that is best on `validation`; see `train_network`.

        Returns the history: a dictionary an epoch.
        """
        torch.manual_seed(seed)
        self.inputs = train.features[0].shape[-1]
        self.module = self.build(self.inputs).to(self.device)
        return train_network(self, train, validation, self.settings, seed, report)

    @torch.no_grad()
    def predict(self, part) -> Prediction:
        """Class and class probabilities of every utterance of `part`, which may be empty."""
        self.module.eval()
        probability = np.zeros((len(part), len(EMOTIONS)), dtype=np.float32)
        for batch in batches_by_length(part.features, self.settings["batch_size"]):
            logits = self.module(self.collate([part.features[i] for i in batch]))
            probability[batch] = torch.softmax(logits, dim=1).cpu().numpy()
        return Prediction(probability.argmax(axis=1), probability)

    def save(self, folder) -> None:
        """Write `model.json` and `model.safetensors` into `folder`."""
        description = {"system": self.NAME, "settings": self.settings, "inputs": self.inputs, "emotions": EMOTIONS}
        state = {name: value.detach().cpu().numpy() for name, value in self.module.state_dict().items()}
        save_model(folder, description, state)

    @classmethod
    def load(cls, folder, device: str = "cpu") -> "Network":
        """The trained network that `save` wrote."""
        description, arrays = load_model(folder)
        system = cls(description["settings"], device)
        system.inputs = description["inputs"]
        system.module = system.build(system.inputs).to(system.device)
        system.module.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
        return system
