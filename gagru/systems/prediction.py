"""What a system says about a list of utterances."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Prediction:
    """Attributes
    ----------
    emotion : (n,) int, the predicted class as an index into `gagru.task.emotions.EMOTIONS`
    probability : (n, 4) float32 class probabilities that sum to 1, or None for a system that gives none
    """

    emotion: np.ndarray
    probability: np.ndarray | None
