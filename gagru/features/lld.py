"""`lld`: 78 frame-level descriptors, the 26 of openSMILE's emobase, their deltas and their delta-deltas.

Static descriptors: intensity, loudness, MFCC 1-12, LSP 0-7, zero crossings, voicing probability, F0 and its envelope,
a row every 10 ms (Eyben, Wöllmer, Schuller: openEAR, ACII 2009). openSMILE computes these, numpy the deltas.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from gagru.features.engine import Engine
from gagru.features.settings import downsampling

ROWS = "frame"
SETTINGS = downsampling(5)


def columns(settings: Mapping) -> list[str]:
    """openSMILE's names, as in `mfcc_sma[1]`, `mfcc_sma_de[1]` and `mfcc_sma_de_de[1]`."""
    names = _engine().names
    return [re.sub(r"(\[\d+\])?$", rf"{ending}\1", name, count=1) for ending in ("", "_de", "_de_de") for name in names]


def extractor(settings: Mapping) -> Callable[[np.ndarray], np.ndarray]:
    """What turns a signal (16 kHz) into (n, 78) float32, a row every 10 ms; n is 0 for less than 40 ms."""
    static = _engine()
    return lambda signal: with_deltas(static(signal))


def with_deltas(static: np.ndarray) -> np.ndarray:
    """Static descriptors (n, d), their deltas and delta-deltas: (n, 3 d) float32.

    From 6 rows (80 ms) on equal to openSMILE's to the bit; below that openSMILE departs from its formula and takes rows
    that are missing for zeros, and here they are replicated as always. openSMILE goes on two rows beyond the end at
    each level, so the delta-delta of the last rows sees deltas of a last static row that stays; taken naively from n
    deltas, the last two rows would differ.
    """
    n = len(static)
    if n == 0:
        return np.empty((0, 3 * static.shape[1]), np.float32)
    delta = _delta(np.concatenate([static, static[-1:], static[-1:]]))
    return np.concatenate([static, delta[:n], _delta(delta)[:n]], axis=1)


def _delta(x: np.ndarray) -> np.ndarray:
    """Regression slope over +-2 rows, edge rows replicated, in the order and precision of openSMILE's cDeltaRegression.

    d_t = sum_{i=1,2} i (x_{t+i} - x_{t-i}) / 10 (Young et al., The HTK Book, section "Delta, acceleration").
    """
    x = np.concatenate([x[:1], x[:1], x, x[-1:], x[-1:]])
    return ((x[3:-1] - x[1:-3]) + np.float32(2) * (x[4:] - x[:-4])) / np.float32(10)


@cache
def _engine() -> Engine:
    return Engine("emobase", "LowLevelDescriptors")
