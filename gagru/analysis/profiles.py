"""How attention is spread over an utterance's time, whatever its length (Figure 3).

Source: GA-GRU paper, section 3.3.2 and the caption of Figure 3. It sums "those attention weights that are in the 70-th
percentile only", and leaves open of what that is the percentile and over what the sum goes.
"""

from collections.abc import Sequence

import numpy as np

# The solid and the dashed lines: alpha of equation 4, and alpha as the graph re-weights it (equation 6).
WEIGHTS = ("original", "graph")


def find_thresholds(weights: Sequence[np.ndarray], percentile: float, over: str) -> list[float]:
    """From where on weights are kept, an utterance each: at a percentile of the weights (linear between ranks).

    Parameters
    ----------
    weights : of each utterance, (T_i,)
    over : `utterance`, each utterance's own weights, or `corpus`, those of all of them together

    Short utterances have larger weights, since those of an utterance sum to 1: over `corpus` they keep more of them.
    """
    weights = [np.asarray(each, dtype=np.float64) for each in weights]
    if over == "corpus" and weights:
        return [np.percentile(np.concatenate(weights), percentile)] * len(weights)
    return [np.percentile(each, percentile) for each in weights]


def profile(weights: np.ndarray, threshold: float, bins: int = 100) -> np.ndarray:
    """The utterance's strongest weights over its normalised time: (T,) -> (bins,).

    Weights below the threshold count as 0; ties with it stay. Step t of T covers [t/T, (t+1)/T) and its weight is
    shared over the bins by overlap, so the bins sum to what the kept weights sum to.
    """
    weights = np.asarray(weights, dtype=np.float64)
    steps = len(weights)
    kept = np.where(weights < threshold, 0, weights)
    # Cut each step into `bins` equal pieces: a bin is then T whole pieces.
    return np.repeat(kept / bins, bins).reshape(bins, steps).sum(axis=1)
