"""How attention is spread over an utterance's time, whatever its length (Figure 3).

Source: GA-GRU paper, section 3.3.2 and the caption of Figure 3.
"""

import numpy as np

# The solid and the dashed lines: alpha of equation 4, and alpha as the graph re-weights it (equation 6).
WEIGHTS = ("original", "graph")


def profile(weights: np.ndarray, percentile: float = 70, bins: int = 100) -> np.ndarray:
    """The utterance's strongest weights over its normalised time: (T,) -> (bins,).

    Weights below the utterance's `percentile` count as 0 (linear interpolation between ranks, numpy's default; ties
    with it stay). Step t of T covers [t/T, (t+1)/T) and its weight is shared over the bins by overlap, so the bins sum
    to what the kept weights sum to.
    """
    weights = np.asarray(weights, dtype=np.float64)
    steps = len(weights)
    kept = np.where(weights < np.percentile(weights, percentile), 0, weights)
    # Cut each step into `bins` equal pieces: a bin is then T whole pieces.
    return np.repeat(kept / bins, bins).reshape(bins, steps).sum(axis=1)
