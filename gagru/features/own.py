"""`own`: features that were made elsewhere, of a pre-trained model of speech, say, a row a frame.

Each utterance has a `.npy` file (https://numpy.org/neps/nep-0001-npy-format.html) in a folder that the corpus names as
`own_features`. It holds (T, D) frames, or (D,), which is one frame. `gagru.features.given` finds and checks the files.
"""

from collections.abc import Callable, Mapping

import numpy as np

from gagru.features.given import read_given, read_table
from gagru.features.settings import downsampling
from gagru.task.settings import OURS

ROWS = "frame"
SETTINGS = downsampling(1, OURS)


def columns(settings: Mapping) -> list[str]:
    """`own_0`, `own_1` and so on, as many as the files have.

    `settings["table"]` : the table of the files, see `gagru.features.given`
    """
    found = read_table(settings["table"])
    return [f"own_{i}" for i in range(next(iter(found.values())).columns)]


def lookup(settings: Mapping) -> Callable[[str], np.ndarray | None]:
    """What turns an utterance's name into (T, D) float32, or into None where it has no file.

    `settings["table"]`, `settings["folder"]` : the table of the files, and where these lie
    """
    table = read_table(settings["table"])
    return lambda name: read_given(settings["folder"], table[name]) if name in table else None
