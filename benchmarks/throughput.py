"""How many utterances a second every system trains on and predicts, on one core, at the settings of config.yaml.

The utterances are random numbers of the shape that each system's features have, with IEMOCAP's distribution of lengths.
Training is a pass over them in the system's own batches: forward, loss, backward, optimiser; of the SVM, which has no
passes, it is the whole fit. Reading features is not counted.

    python -m benchmarks.throughput [--utterances 128] [--runs 5]
"""

import numpy as np
import torch
import yaml

from benchmarks.lengths import durations
from benchmarks.measure import ROOT, Measure, hand_over, medians, parser, table
from gagru.data.dataset import Part
from gagru.features.audio import SAMPLE_RATE
from gagru.features.registry import feature_set
from gagru.systems.loading import system_class
from gagru.task.systems import SYSTEMS
from gagru.training.batches import random_batches
from gagru.training.inputs import Inputs
from gagru.training.loop import Training


def draw_part(features: str, settings: dict, count: int, history: int | None) -> Part:
    """`count` utterances of random features of a feature set."""
    module, random = feature_set(features), np.random.default_rng(0)
    columns = module.columns(settings)
    noise = random.uniform(-0.5, 0.5, 10 * SAMPLE_RATE).astype(np.float32)
    values = module.extractor(settings)(noise)
    rate = None if module.ROWS == "utterance" else len(values) / 10 / settings.get("downsample", 1)

    def draw(*shape):
        return random.standard_normal((*shape, len(columns)), dtype=np.float32)

    arrays = [draw(max(1, round(s * rate))) if rate else draw() for s in durations(count, seed=0)]
    names, emotion = [f"u{i}" for i in range(count)], random.integers(4, size=count)
    earlier = None
    if history is not None:
        earlier = [(draw(n), random.random(n) < 0.5) for n in random.integers(history + 1, size=count)]
    return Part(names, ["A"] * count, emotion, columns, arrays, earlier)


def passes(kind, settings: dict, part: Part) -> dict:
    """What is timed of a system: a pass of training over `part`, and its prediction."""
    system = kind(settings)
    if not kind.EARLY_STOPPING:
        fit = lambda: system.fit(part, report=lambda line: None)  # noqa: E731
        fit()
        return {"training": fit, "prediction": lambda: system.predict(part)}
    torch.manual_seed(0)
    system.columns = part.columns
    system.module = system.build(system.columns)
    inputs = Inputs(system, part)
    training, order = Training(system, settings, seed=0, size=len(part)), np.random.default_rng(0)

    def train():
        system.module.train()
        for batch in random_batches(len(part), settings["batch_size"], order):
            training.step(inputs, batch)

    return {"training": train, "prediction": lambda: system.predict(part)}


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--utterances", type=int, default=128)
    options.add_argument("--runs", type=int, default=5)
    args = options.parse_args()
    torch.set_num_threads(1)
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    count, runs = (8, 1) if args.tiny else (args.utterances, args.runs)
    rows, measures = [], []
    for name, system in SYSTEMS.items():
        if args.tiny and name not in ("svm", "dnn", "cmn"):
            continue
        kind, settings = system_class(name), config["systems"][name]
        features = settings["features"]
        history = settings["history"] if getattr(kind, "HISTORY", False) else None
        part = draw_part(features, config["features"].get(features, {}), count, history)
        seconds = medians(runs, passes(kind, settings, part))
        speeds = {what: count / spent for what, spent in seconds.items()}
        rows.append((system.printed, features, *(f"{speed:.0f}" for speed in speeds.values())))
        measures += [Measure(f"{what}, {system.printed}", speed, "utterances/s") for what, speed in speeds.items()]
    total = sum(durations(count, seed=0))
    print(f"{count} utterances of {total / count:.1f} s on average, medians of {runs} runs\n")
    print(table("system|features|training, utterances/s|prediction, utterances/s", rows))
    hand_over(measures, args.json)


if __name__ == "__main__":
    main()
