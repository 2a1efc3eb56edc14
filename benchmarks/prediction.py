"""`gagru predict` end to end, from wave files to classes, by GA-GRU at the paper's size on one core.

One file, which is mostly start-up; a thousand files of IEMOCAP's lengths, by one fold and by the mean of ten; and a
recording of an hour, cut into windows of 5 s every 2.5 s. The weights are untrained: that makes no difference to speed.

    python -m benchmarks.prediction [--tiny]
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile
import torch

from benchmarks.extraction import RATE, synthesise
from benchmarks.measure import Measure, Usage, hand_over, parser, run, table
from gagru.features.lld import columns
from gagru.features.store import PACKAGES
from gagru.storage.versions import versions
from gagru.systems.ga_gru import GAGRU, SETTINGS
from gagru.task.settings import default_settings

FOLDS = [f"fold{i}" for i in range(10)]


def write_model(folder: Path, settings: dict) -> None:
    """The folds of a seed, as a training leaves them, but for the training."""
    names = columns({})
    statistics = {"mean": [0.0] * len(names), "std": [1.0] * len(names), "rows": 1}
    normalisation = {"method": "speaker", "statistics_over": "task", "downsample": 5, "remainder": "average"}
    for fold in FOLDS:
        system = GAGRU(settings)
        system.columns, system.module = names, None
        torch.manual_seed(FOLDS.index(fold))
        system.module = system.build(names)
        origin = {
            "fold": fold,
            "seed": 0,
            "corpus": {"name": "none", "printed": "nothing", "speakers": {"test": FOLDS}},
            "features": {"feature_set": "lld", "settings": {}, "versions": versions(PACKAGES)},
            "normalisation": {**normalisation, "statistics": statistics},
        }
        system.save(folder / fold, origin)


def predict(model: Path, *arguments) -> Usage:
    """What the command takes."""
    command = [sys.executable, "-m", "gagru.cli", "predict", *map(str, (model, *arguments))]
    return run(command)


def main() -> None:
    args = parser(__doc__).parse_args()
    settings = default_settings(SETTINGS) | ({"hidden": 8} if args.tiny else {})
    count, minutes = (4, 0.5) if args.tiny else (1000, 60)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_model(folder / "model", settings)
        (folder / "audio").mkdir()
        synthesise(folder / "audio", count)
        files = sorted((folder / "audio").glob("*.wav"))
        seconds = sum(soundfile.info(file).duration for file in files)
        joined = np.concatenate([soundfile.read(file, dtype="int16")[0] for file in files])
        long = folder / "long.wav"
        soundfile.write(long, np.resize(joined, int(60 * minutes * RATE)), RATE)
        one, ten, out = folder / "model" / FOLDS[0], folder / "model", ["--out", folder / "p.csv"]
        single = predict(one, files[0], *out)
        usages = {
            "one file": (single, 0.0),
            f"{count} files, one fold": (predict(one, folder / "audio", "--speaker", "a", *out), seconds),
            f"{count} files, ten folds": (predict(ten, folder / "audio", "--speaker", "a", *out), seconds),
            f"{minutes:g} minutes, one fold": (
                predict(one, long, "--segments", 5, "--hop", 2.5, "--speaker", "a", *out),
                60 * minutes,
            ),
        }
    rows, measures = [], [Measure("prediction, start-up and one file", single.seconds, "s", at_most=3)]
    for what, (usage, audio) in usages.items():
        speed = audio / usage.seconds
        rows.append((what, f"{usage.seconds:.2f} s", f"{speed:.0f}" if audio else "", f"{usage.peak_mb:.0f} MB"))
        if audio:
            least = None if args.tiny else 25
            measures.append(Measure(f"prediction, {what}", speed, "times real time", at_least=least))
        measures.append(Measure(f"memory of a prediction, {what}", usage.peak_mb, "MB"))
    print(f"{count} files hold {seconds / 60:.1f} minutes of audio.\n")
    print(table("`gagru predict`, GA-GRU|seconds|times real time|peak memory", rows))
    hand_over(measures, args.json)


if __name__ == "__main__":
    main()
