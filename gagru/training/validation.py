"""How well a system does on the validation part of a fold."""

import numpy as np

from gagru.task.emotions import EMOTIONS
from gagru.task.metrics import compute_metrics, count_confusion, name_metrics

VALIDATED = ("validation_loss", "validation_wa", "validation_ua")


def validate(system, validation) -> dict[str, float | None]:
    """Loss (cross entropy), WA and UA of `system` on `validation`; UA averages the classes present there.

    The loss is None for a system that gives no probabilities.
    """
    prediction = system.predict(validation)
    names = ([EMOTIONS[code] for code in codes] for codes in (validation.emotion, prediction.emotion))
    metrics = name_metrics(compute_metrics(count_confusion(*names)))
    loss = None
    if prediction.probability is not None:
        likelihood = prediction.probability[np.arange(len(validation)), validation.emotion].astype(np.float64)
        loss = float(-np.log(np.maximum(likelihood, 1e-30)).mean())
    return dict(zip(VALIDATED, (loss, metrics["WA"], metrics["UA"]), strict=True))
