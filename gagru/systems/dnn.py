"""DNN: three dense ReLU layers on the 88 eGeMAPS functionals.

Source: GA-GRU paper, section 3.2 ("3 dense layers with ReLU", early stopping). Fidelity: partly.
Ours: the sizes of the layers (`hidden`) and the dropout between them.

Shapes: x (B, 88) -> (B, 256) -> (B, 128) -> (B, 64) -> logits (B, 4)
"""

import numpy as np
import torch
from torch import nn

from gagru.systems.network import Network
from gagru.task.emotions import EMOTIONS


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
        return torch.from_numpy(np.stack(batch.features)).to(self.device)


SYSTEM = DNN
