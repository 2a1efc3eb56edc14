"""What models attend to in one recording, as numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gagru.analysis.edges import parts
from gagru.systems.bigru_att import Explanation
from gagru.task.emotions import EMOTIONS


@dataclass(frozen=True)
class Explained:
    """One recording, explained by the mean over the models of several folds.

    Attributes
    ----------
    prediction : its row of `gagru.predict.model.Model.predict`
    samples : (n,) at 16 kHz
    steps : a row a step of 50 ms: `start` and `end` (s); `attention`, which sums to 1; where there is a graph
        `modulated`, the weights after it, and `moved`, their share less the attention: where the graph moved weight to
        (above 0) and from
    edges : (T, T), the graph G; row t is what step t takes from each step. None where there is no graph.
    thirds : (3, 3), of what the steps of a third (row: beginning, middle, end) take, how much comes from each third;
        rows sum to 1. None where there is no graph.
    notes : what else a reader should know, such as files of the same speaker that could not be heard
    """

    prediction: Mapping
    samples: np.ndarray
    steps: pd.DataFrame
    edges: np.ndarray | None
    thirds: np.ndarray | None
    notes: Sequence[str] = ()

    @classmethod
    def from_members(
        cls, prediction: Mapping, samples: np.ndarray, explanations: Sequence[Explanation], notes: Sequence[str] = ()
    ) -> "Explained":
        """The mean of the models' explanations of the recording with this prediction."""
        alpha = _mean([one.alpha for one in explanations])
        borders = np.linspace(prediction["start"], prediction["end"], len(alpha) + 1)
        steps = pd.DataFrame({"start": borders[:-1], "end": borders[1:], "attention": alpha})
        if explanations[0].edges is None:
            return cls(prediction, samples, steps, None, None, notes)
        modulated = _mean([one.modulated for one in explanations])
        edges = _mean([one.edges for one in explanations])
        # Under `row` and `frames`, the weights after the graph do not sum to 1, see docs/method.md.
        steps = steps.assign(modulated=modulated, moved=modulated / modulated.sum() - alpha)
        return cls(prediction, samples, steps, edges, between_thirds(edges), notes)

    @property
    def probabilities(self) -> dict[str, float]:
        """Emotion -> probability, the mean over the models."""
        return {emotion: float(self.prediction[f"p_{emotion}"]) for emotion in EMOTIONS}


def between_thirds(edges: np.ndarray) -> np.ndarray:
    """(T, T) weights of a graph -> (3, 3), see `Explained.thirds`; NaN where a third has no step or no edge.

    >>> between_thirds(np.array([[1.0, 1.0, 2.0], [0.0, 3.0, 0.0], [0.0, 1.0, 1.0]]))
    array([[0.25, 0.25, 0.5 ],
           [0.  , 1.  , 0.  ],
           [0.  , 0.5 , 0.5 ]])
    """
    part = np.eye(3)[parts(len(edges))]  # (T, 3)
    sums = part.T @ edges @ part
    with np.errstate(invalid="ignore"):
        return sums / sums.sum(axis=1, keepdims=True)


def _mean(arrays: Sequence[np.ndarray]) -> np.ndarray:
    return np.mean(arrays, axis=0, dtype=np.float64)
