"""Recall of each emotion, WA and UA from counts, always over the four emotions in their order.

WA is the accuracy and UA the mean recall, as in the paper (section 3.1). A class without utterances has no recall;
UA then averages the classes that are there.
"""

import numpy as np

from gagru.task.emotions import EMOTIONS

METRICS = (*EMOTIONS, "WA", "UA")
"""The metrics of a confusion matrix, in the order of the paper's rows: four recalls, WA, UA."""


def count_confusion(truth, predicted) -> np.ndarray:
    """Count predictions: (4, 4) integers, a row a true emotion, a column a predicted one.

    truth, predicted : equally long sequences of emotion names; `ValueError` for a name outside the four.
    """
    order = {emotion: i for i, emotion in enumerate(EMOTIONS)}
    counts = np.zeros((len(EMOTIONS), len(EMOTIONS)), dtype=np.int64)
    for true, guess in zip(truth, predicted, strict=True):
        if true not in order or guess not in order:
            raise ValueError(f"{true!r} or {guess!r} is not one of {', '.join(EMOTIONS)}")
        counts[order[true], order[guess]] += 1
    return counts


def compute_metrics(confusions) -> np.ndarray:
    """The six `METRICS` of each confusion matrix, as fractions.

    confusions : (..., 4, 4) counts, true emotions in rows
    returns : (..., 6); NaN for the recall of a class without utterances, and for everything where there are none
    """
    confusions = np.asarray(confusions)
    correct = np.diagonal(confusions, axis1=-2, axis2=-1)
    size = confusions.sum(axis=-1)
    with np.errstate(invalid="ignore"):
        recall = correct / size
        wa = correct.sum(axis=-1) / size.sum(axis=-1)
        ua = np.where(size > 0, recall, 0).sum(axis=-1) / (size > 0).sum(axis=-1)
    return np.concatenate([recall, wa[..., None], ua[..., None]], axis=-1)


def name_metrics(values) -> dict[str, float | None]:
    """Six metrics by name; None, which JSON can hold, in place of NaN, as of a class without utterances."""
    return {name: None if np.isnan(v) else float(v) for name, v in zip(METRICS, values, strict=True)}
