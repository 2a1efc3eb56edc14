"""`own` for systems that hear a row an utterance: the mean over the frames, or the vector that a file holds."""

from collections.abc import Callable, Mapping

import numpy as np

from gagru.features import own

ROWS = "utterance"
SETTINGS = {}
columns = own.columns


def lookup(settings: Mapping) -> Callable[[str], np.ndarray | None]:
    """What turns an utterance's name into (D,) float32, or into None where it has no file; settings as for `own`."""
    frames = own.lookup(settings)

    def mean(name: str) -> np.ndarray | None:
        values = frames(name)
        return None if values is None else values.mean(axis=0, dtype=np.float64).astype(np.float32)

    return mean
