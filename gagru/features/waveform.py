"""`waveform`: the samples themselves at 16 kHz, a row a sample, so that `frame` is the sample's number.

An hour of it takes 230 MB; systems that are trained on it read an utterance when they need it.
"""

from collections.abc import Callable, Mapping

import numpy as np

ROWS = "sample"
SETTINGS = {}


def columns(settings: Mapping) -> list[str]:
    """The one column."""
    return ["sample"]


def extractor(settings: Mapping) -> Callable[[np.ndarray], np.ndarray]:
    """What turns a signal (16 kHz) of n samples into (n, 1) float32."""
    return lambda signal: signal[:, None]
