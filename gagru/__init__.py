"""GA-GRU: a graph-attentive bidirectional GRU for speech emotion recognition, and the systems it is compared with.

>>> import gagru
>>> model = gagru.load("results/emodb/ga_gru/seed0")  # doctest: +SKIP
>>> model.predict("recordings/", speaker="anna")  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from gagru.predict.model import Model

__version__ = "0.1.0"


def load(*paths: "str | Path", device: str = "cpu") -> "Model":
    """Load a trained model: see `gagru.predict.model.load`."""
    # By name, when it is called: the workflow's programs import this package, and depend on nothing of that module.
    return import_module("gagru.predict.model").load(*paths, device=device)
