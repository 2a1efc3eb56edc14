"""GA-GRU: the attention of a bidirectional GRU, modulated by a graph over the utterance's frames.

Source: GA-GRU paper, section 2.2.3, equations 5 and 6; all else is BiGRU+Att (`gagru.systems.bigru_att`).
Fidelity: specified. Open in the paper, hence options: `graph.normalise` (the text's row sums; eq. 5 as printed is
`column`, which cancels the graph under `frames`) and `graph.propagate` (`frames`, eq. 6, or `attention`).
"""

import numpy as np
import torch

from gagru.layers.graph import NORMALISE, PROPAGATE, edge_weights, modulated_attention
from gagru.layers.ragged import Layout, Ragged
from gagru.systems.bigru_att import SETTINGS as RECURRENT
from gagru.systems.bigru_att import AttentiveBiGRU, BiGRUAttention, Explanation
from gagru.task.settings import NOT_NEGATIVE, OPEN, Group, setting

GRAPH = {
    "normalise": setting(
        "row",
        "Normalisation: `row` as in the text, `column` as eq. 5 is printed, which cancels the graph, or `symmetric`",
        OPEN,
        enum=[*NORMALISE],
    ),
    "propagate": setting(
        "frames", "What the graph acts on: `frames` as in eq. 6, or `attention`", OPEN, enum=[*PROPAGATE]
    ),
    "epsilon": setting(1.0e-15, "Added to each sum that G is divided by", **NOT_NEGATIVE),
}
SETTINGS = {**RECURRENT, "graph": Group("Graph over the frames (eq. 5 and 6)", GRAPH)}


class GraphAttentiveBiGRU(AttentiveBiGRU):
    """The network: `AttentiveBiGRU`, with the same parameters, whose weights pass through the graph."""

    def __init__(self, inputs: int, settings: dict):
        super().__init__(inputs, settings)
        self.graph = settings["graph"]

    def weigh(self, h: torch.Tensor, alpha: torch.Tensor, layout: Layout) -> torch.Tensor:
        """a' (N,), so that H = sum_j a'_j h_j is eq. 6 with the graph G of eq. 5."""
        return modulated_attention(h, alpha, layout, **self.graph)


class GAGRU(BiGRUAttention):
    """GA-GRU as a system: see `gagru.systems.network.Network` for what it does."""

    NAME = "ga_gru"

    def build(self, columns):
        return GraphAttentiveBiGRU(len(columns), self.settings)

    @torch.no_grad()
    def explain(self, features: np.ndarray) -> Explanation:
        """What the trained network attends to in one utterance, given its features (T, 78)."""
        self.module.eval()
        utterance = Ragged.of([features]).to(self.device)
        h, alpha = self.module.encode(utterance)
        modulated = self.module.weigh(h, alpha, utterance.layout)
        graph = self.settings["graph"]
        edges = edge_weights(h, graph["normalise"], graph["epsilon"])
        return Explanation(alpha.cpu().numpy(), modulated.cpu().numpy(), edges.cpu().numpy())


SYSTEM = GAGRU
