"""Every network at a small size, and utterances of random features for it."""

import numpy as np
import torch

from gagru.data.dataset import Part
from gagru.systems.loading import system_module
from gagru.task.settings import default_settings

LENGTHS = [1, 30, 700, 2, 31, 30, 5]  # steps; the longest utterance of IEMOCAP has 683
SMALL = {
    "dnn": {"hidden": [6, 5]},
    "cmn": {"units": 6, "dropout": 0.0},
    "mdnn": {"local": [4], "global": [5], "dropout": 0.0},
    "cnn_lstm_dnn": {"filters": 3, "widths": [6, 4, 12], "stride": 4, "image_filters": 2, "lstm": 5, "dense": 4}
    | {"dropout": 0.0},
    "bigru_att": {"hidden": 6, "dropout": 0.0},
    "asrnn": {"convolutions": [{"channels": 2, "stride": [2, 1]}], "window": 6, "hop": 2, "hidden": 4, "dropout": 0.0},
    "cvae_lstm": {"hidden": 6, "latent": 3, "units": 5, "dropout": 0.0},
    "ga_gru": {"hidden": 6, "dropout": 0.0},
}
COLUMNS = {
    "mdnn": ["loudness_sma3_amean", "F1frequency_sma3nz_amean", "mfcc1_sma3_amean", "VoicedSegmentsPerSec"],
    "asrnn": [f"am_{a:02d}_{m:02d}" for a in range(4) for m in range(2)],
    "cnn_lstm_dnn": ["sample"],
}
# Of the functionals; the others' features have a row a step, the waveform 16 a step.
OF_UTTERANCES = ("dnn", "cmn", "mdnn")


def columns(name):
    return COLUMNS.get(name, [f"c{i}" for i in range(5)])


def draw(name, lengths=LENGTHS):
    """Utterances of random features of these lengths; CMN's histories have these lengths, less one."""
    random = np.random.default_rng(0)
    array = lambda *shape: random.normal(size=(*shape, len(columns(name)))).astype(np.float32)  # noqa: E731
    features = [array() if name in OF_UTTERANCES else array(16 * n if name == "cnn_lstm_dnn" else n) for n in lengths]
    history = [(array(n - 1), random.random(n - 1) < 0.4) for n in lengths] if name == "cmn" else None
    emotion = np.arange(len(lengths)) % 4
    names = [f"u{i}" for i in range(len(lengths))]
    return Part(names, ["A"] * len(lengths), emotion, columns(name), features, history)


def make(name, dtype=torch.float32, device="cpu", **changed):
    """A system with untrained weights."""
    module = system_module(name)
    system = module.SYSTEM(default_settings(module.SETTINGS) | SMALL[name] | changed, device)
    torch.manual_seed(0)
    system.columns = columns(name)
    system.module = system.build(system.columns).to(system.device, dtype)
    return system
