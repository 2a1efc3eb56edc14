"""What `benchmarks.gpu` works on: the networks at the sizes of config.yaml, and random utterances of IEMOCAP's lengths.

Nothing here extracts features, so that it runs where PyTorch is and openSMILE is not.
"""

from contextlib import ExitStack
from unittest.mock import patch

import numpy as np
import torch

from benchmarks.corpora import COLUMNS
from benchmarks.lengths import durations
from gagru.data.dataset import Part
from gagru.layers import rows
from gagru.systems.loading import system_module
from gagru.task.settings import default_settings
from gagru.task.systems import SYSTEMS

NETWORKS = [name for name, system in SYSTEMS.items() if system.network]
RECURRENT = ["cmn", "cnn_lstm_dnn", "bigru_att", "asrnn", "cvae_lstm", "ga_gru"]
# Rows a second of the feature set that each network hears; the others hear one row of 88 functionals.
RATES = {"cnn_lstm_dnn": 16_000, "bigru_att": 20, "asrnn": 10, "cvae_lstm": 100, "ga_gru": 20}
# As many functionals in each of MDNN's groups as eGeMAPS has.
FUNCTIONALS = {"F1frequency": 24, "loudness": 15, "mfcc1": 43, "VoicedSegmentsPerSec": 6}
NAMES = {
    "cnn_lstm_dnn": ["sample"],
    "bigru_att": COLUMNS,
    "asrnn": [f"am_{a:02d}_{m:02d}" for a in range(32) for m in range(8)],
    "cvae_lstm": [f"band{i:02d}" for i in range(40)],
    "ga_gru": COLUMNS,
}
TINY = {
    "dnn": {"hidden": [8]},
    "cmn": {"units": 8},
    "mdnn": {"local": [8], "global": [8]},
    "cnn_lstm_dnn": {"filters": 4, "image_filters": 2, "lstm": 8, "dense": 8},
    "bigru_att": {"hidden": 8},
    "asrnn": {"hidden": 8},
    "cvae_lstm": {"hidden": 16, "units": 8},
    "ga_gru": {"hidden": 8},
}


def columns(name: str) -> list[str]:
    """The names of the features that a network hears."""
    functionals = [f"{group}_sma3_{i}" for group, count in FUNCTIONALS.items() for i in range(count)]
    return NAMES.get(name, functionals)


def draw_part(name: str, count: int, seed: int = 0, longest: float = 40.0) -> Part:
    """`count` utterances for a network, cut to `longest` seconds, with a history of up to 40 others for CMN."""
    random, width = np.random.default_rng(seed), len(columns(name))
    draw = lambda *shape: random.standard_normal((*shape, width), dtype=np.float32)  # noqa: E731
    seconds, rate = durations(count, seed).clip(max=longest), RATES.get(name)
    features = [draw(max(1, round(s * rate))) if rate else draw() for s in seconds]
    sizes = random.integers(41, size=count)
    history = [(draw(k), random.random(k) < 0.5) for k in sizes] if name == "cmn" else None
    names, emotion = [f"u{i}" for i in range(count)], random.integers(4, size=count)
    return Part(names, ["A"] * count, emotion, columns(name), features, history)


def settings_of(name: str, tiny: bool, **changed) -> dict:
    """The settings of config.yaml, or of a network that is only to run through."""
    settings = default_settings(system_module(name).SETTINGS) | (TINY[name] if tiny else {})
    return settings | {key: value for key, value in changed.items() if key in settings}


def build(name: str, settings: dict, device: str, dtype=torch.float32, seed: int = 0):
    """A system with the untrained weights of `seed`, the same on every device."""
    system = system_module(name).SYSTEM(settings, device)
    system.columns = columns(name)
    torch.manual_seed(seed)
    system.module = system.build(system.columns).to(system.device, dtype)
    return system


def wait(device: torch.device | str) -> None:
    """Wait until a GPU has done all that was asked of it."""
    if torch.device(device).type == "cuda":
        torch.cuda.synchronize()


def as_on_a_gpu():
    """A context in which a CPU goes the way of a GPU: all utterances of a batch together, and inputs that stay."""
    stack = ExitStack()
    stack.enter_context(patch.object(rows, "works_together", lambda device: True))
    return stack
