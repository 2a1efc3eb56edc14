"""Which parts of an utterance the edges of its graph join (Figure 2).

Source: GA-GRU paper, section 3.3.2. What it leaves open is an argument here.
"""

import numpy as np

# Front, middle, back: the pairs in the order of the paper's Figure 2, as (part, part) indices.
PAIRS = {"FF": (0, 0), "MM": (1, 1), "BB": (2, 2), "FM": (0, 1), "FB": (0, 2), "MB": (1, 2)}

# The share of each pair if edges fell anywhere: of nine (part, part) fields, FF is one and FM is two (FM and MF).
CHANCE = {pair: (1 if first == second else 2) / 9 for pair, (first, second) in PAIRS.items()}


def parts(steps: int) -> np.ndarray:
    """The third of the utterance that each step lies in: (T,) of 0 (front), 1 (middle) and 2 (back).

    A step belongs where its centre (t + 1/2) / T lies, which is never on a border: 7 steps are split 2, 3, 2.
    """
    return 3 * (2 * np.arange(steps) + 1) // (2 * steps)


def edge_shares(
    weights: np.ndarray,
    percentile: float = 50,
    directions: str = "both",
    self_edges: bool = False,
    zero_edges: bool = False,
) -> dict[str, float] | None:
    """The share of an utterance's strongest edges that join each pair of parts.

    Parameters
    ----------
    weights : (T, T), the graph; `weights[i, j]` is the edge by which step i takes from step j
    percentile : edges at or above this percentile of the utterance's edges are kept, ties included (linear
        interpolation between ranks, numpy's default)
    directions : `both` counts [i, j] and [j, i] as two edges; `forward` takes those from an earlier step (j < i) only,
        `backward` those from a later one
    self_edges : whether a step's edge to itself is an edge
    zero_edges : whether a weight of 0, which the ReLU has cut, is an edge

    Returns
    -------
    pair -> share, over all of `PAIRS`, summing to 1; None for an utterance without edges (T = 1, or all weights 0)
    """
    weights = np.asarray(weights, dtype=np.float64)
    steps = len(weights)
    edge = np.ones((steps, steps), dtype=bool) if zero_edges else weights > 0
    if not self_edges:
        edge &= ~np.eye(steps, dtype=bool)
    earlier = np.tri(steps, dtype=bool)  # j <= i
    edge &= {"both": True, "forward": earlier, "backward": earlier.T}[directions]
    if not edge.any():
        return None
    row, column = np.nonzero(edge & (weights >= np.percentile(weights[edge], percentile)))
    part = parts(steps)
    count = np.bincount(3 * part[row] + part[column], minlength=9).reshape(3, 3)
    return {
        pair: int(count[i, j] if i == j else count[i, j] + count[j, i]) / len(row) for pair, (i, j) in PAIRS.items()
    }
