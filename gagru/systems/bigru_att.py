"""BiGRU+Att: a bidirectional GRU whose frames are weighted by attention. GA-GRU without its graph.

Source: GA-GRU paper, sections 2.2.1 and 2.2.2, equations 1-4 and 7. Fidelity: specified.
Ours: the deviation of the initial u (`attention.init_std`), and that directions are concatenated between the layers.

Shapes, for an utterance of T steps (50 ms each) of 78 normalised descriptors:
    x (T, 78) -> h (T, 256) -> alpha (T,) -> H (256,) -> logits (4,)
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from gagru.layers.attention import segment_softmax, segment_sum
from gagru.layers.packed_gru import PackedBiGRU
from gagru.layers.ragged import Layout, Ragged
from gagru.systems.network import DROPOUTS, TRAINING, Network
from gagru.task.emotions import EMOTIONS
from gagru.task.settings import COUNT, DROPOUT, OPEN, POSITIVE, Group, setting

ATTENTION = {
    "size": setting(16, "Units of the attention's hidden layer", **COUNT),
    "init_std": setting(0.1, "Deviation of the normal distribution, of mean 0, that u is drawn from", OPEN, **POSITIVE),
}
SETTINGS = {
    "features": setting("lld", "Input features, a feature set", rows="frame"),
    "hidden": setting(256, "Units of the GRU, per direction", **COUNT),
    "layers": setting(2, "Layers of the GRU", **COUNT),
    "dropout": setting(0.1, "Dropout between layers", grid=DROPOUTS, **DROPOUT),
    "attention": Group("Attention over the frames (eq. 3 and 4)", ATTENTION),
    **TRAINING,
}


class AttentiveBiGRU(nn.Module):
    """The network. All frames of a batch lie one utterance after another.

    Parameters
    ----------
    inputs : descriptors a step
    settings : `hidden`, `layers`, `dropout`, `attention.size`, `attention.init_std`
    """

    def __init__(self, inputs: int, settings: dict):
        super().__init__()
        hidden, size = settings["hidden"], settings["attention"]["size"]
        self.hidden = hidden
        self.gru = PackedBiGRU(inputs, hidden, num_layers=settings["layers"], dropout=settings["dropout"])
        self.attention = nn.Linear(hidden, size)
        self.u = nn.Parameter(torch.randn(size) * settings["attention"]["init_std"])
        self.classifier = nn.Linear(hidden, len(EMOTIONS))

    def encode(self, utterances: Ragged) -> tuple[torch.Tensor, torch.Tensor]:
        """B utterances, N frames (N, inputs) in all -> h (N, hidden), alpha (N,)."""
        layout = utterances.layout
        both = layout.unpack(self.gru(utterances.pack(), layout.together).data)  # eq. 1
        h = both[:, : self.hidden] + both[:, self.hidden :]  # eq. 2
        scores = torch.tanh(self.attention(h)) @ self.u  # eq. 3
        return h, segment_softmax(scores, layout)  # eq. 4

    def weigh(self, h: torch.Tensor, alpha: torch.Tensor, layout: Layout) -> torch.Tensor:
        """The weights (N,) that the frames are summed with: here alpha itself."""
        return alpha

    def forward(self, utterances: Ragged) -> torch.Tensor:
        """B utterances, N frames (N, inputs) in all -> logits (B, 4)."""
        h, alpha = self.encode(utterances)
        weights = self.weigh(h, alpha, utterances.layout)
        pooled = segment_sum(weights[:, None] * h, utterances.layout)
        return self.classifier(pooled)  # eq. 7, its softmax is in the loss


@dataclass(frozen=True)
class Explanation:
    """Attributes
    ----------
    alpha : (T,) the attention, of GA-GRU that before the graph
    modulated : (T,) the weights after the graph, a'; None where there is no graph
    edges : (T, T) the graph G; None likewise
    """

    alpha: np.ndarray
    modulated: np.ndarray | None = None
    edges: np.ndarray | None = None


class BiGRUAttention(Network):
    """BiGRU+Att as a system: see `gagru.systems.network.Network` for what it does."""

    NAME = "bigru_att"

    def build(self, columns):
        return AttentiveBiGRU(len(columns), self.settings)

    def collate(self, batch):
        return Ragged.of(batch.features)

    @torch.no_grad()
    def explain(self, features: np.ndarray) -> Explanation:
        """What the trained network attends to in one utterance, given its features (T, 78)."""
        self.module.eval()
        _, alpha = self.module.encode(Ragged.of([features]).to(self.device))
        return Explanation(alpha.cpu().numpy())


SYSTEM = BiGRUAttention
