"""`egemaps`: the 88 functionals of the extended Geneva Minimalistic Acoustic Parameter Set, a row an utterance.

Eyben et al.: The Geneva Minimalistic Acoustic Parameter Set (GeMAPS) for voice research and affective computing,
IEEE Transactions on Affective Computing 7(2), 2016. The emotion paper names no version; `version` chooses one.
"""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from gagru.features.engine import Engine
from gagru.task.settings import OPEN, setting

ROWS = "utterance"
VERSIONS = ["eGeMAPSv01a", "eGeMAPSv01b", "eGeMAPSv02"]
SETTINGS = {"version": setting("eGeMAPSv02", "Version of the set", OPEN, enum=VERSIONS)}


def columns(settings: Mapping) -> list[str]:
    """openSMILE's names of the functionals."""
    return _engine(settings["version"]).names


def extractor(settings: Mapping) -> Callable[[np.ndarray], np.ndarray]:
    """What turns a signal (16 kHz) into (88,) float32, or (0,) for less than 60 ms.

    `settings["version"]` : `eGeMAPSv01a`, `eGeMAPSv01b` or `eGeMAPSv02`
    """
    functionals = _engine(settings["version"])
    return lambda signal: functionals(signal).ravel()


@cache
def _engine(version: str) -> Engine:
    return Engine(version, "Functionals")
