"""DNN: three dense ReLU layers on the 88 eGeMAPS functionals.

Source: GA-GRU paper, section 3.2 ("3 dense layers with ReLU", early stopping). Fidelity: partly.
Ours: the sizes of the layers (`hidden`) and the dropout between them.

Shapes: x (B, 88) -> (B, 256) -> (B, 128) -> (B, 64) -> logits (B, 4)
"""

import numpy as np
import torch
from torch import nn

from gagru.systems.network import DROPOUTS, TRAINING, Network
from gagru.task.emotions import EMOTIONS
from gagru.task.settings import COUNTS, DROPOUT, OURS, setting

SETTINGS = {
    "features": setting("egemaps", "Input features, a feature set", rows="utterance"),
    "hidden": setting([256, 128, 64], "Units of each ReLU layer", OURS, **COUNTS),
    "dropout": setting(0.0, "Dropout after each ReLU layer", OURS, grid=DROPOUTS, **DROPOUT),
    **TRAINING,
}


class DNN(Network):
    """The DNN as a system: see `gagru.systems.network.Network` for what it does."""

    NAME = "dnn"

    def build(self, columns):
        layers, inputs = [], len(columns)
        for outputs in self.settings["hidden"]:
            layers += [nn.Linear(inputs, outputs), nn.ReLU(), nn.Dropout(self.settings["dropout"])]
            inputs = outputs
        return nn.Sequential(*layers, nn.Linear(inputs, len(EMOTIONS)))

    def collate(self, batch):
        return torch.from_numpy(np.stack(batch.features))


SYSTEM = DNN
