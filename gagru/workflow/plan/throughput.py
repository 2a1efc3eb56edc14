"""How fast this machine is: what a second of speech costs each feature set and each system, on one core or a GPU.

Each is measured in a process of its own, so that its start and its memory are its own, too, for a few seconds, on the
speech that is planned for. What was measured is kept, by what it depends on, in one JSON file.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path

from gagru.experiment.provenance import peak_memory_mb, processor
from gagru.storage.files import write_json
from gagru.task.errors import InputError

SECONDS = 2.5  # that one thing is measured for
KEPT = 16  # utterances whose features are written, to see how large they are
UTTERANCES = 96  # that a system is measured on
# Of a system's settings, those that its speed does not depend on.
INDIFFERENT = ("lr", "max_epochs", "patience", "stop_on", "min_steps", "patience_steps", "weight_decay", "halve_after")


def find_cache() -> Path:
    """Where measurements are kept unless another file is named."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "gagru" / "throughput.json"


def name_key(kind: str, name: str, depends: dict) -> str:
    """What a measurement is kept under: what was measured, and a digest of the settings that its speed depends on."""
    settings = {key: value for key, value in depends.items() if key not in INDIFFERENT}
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:12]
    return f"{kind} {name} {digest}"


def read_measured(path: Path) -> dict:
    """What was measured before; nothing where nothing was. Raises `InputError` for a damaged file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}); delete it, and measure again") from error


def measure(tasks: dict[str, dict], path: Path, say: Callable[[str], object]) -> dict:
    """Measure every task of key -> what `main` takes, one after the other, and add them to the file."""
    measured = read_measured(path)
    for key, task in tasks.items():
        say(f"measuring {' '.join(key.split()[:2])}")
        command = [sys.executable, "-m", "gagru.workflow.plan.throughput"]
        root = str(Path(__file__).resolve().parents[3])
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}
        run = subprocess.run(command, input=json.dumps(task), capture_output=True, text=True, env=environment)
        if run.returncode:
            raise InputError(f"{' '.join(key.split()[:2])} cannot be measured\n{run.stderr.strip()}")
        measured[key] = json.loads(run.stdout.splitlines()[-1]) | {"processor": processor()}
        write_json(path, measured)
    return measured


def repeat(work: Callable[[], float], seconds: float, clock: Callable[[], float]) -> float:
    """Seconds for each unit that `work` says it did, over as many calls as take `seconds`, after one that is not taken.

    Each call does another part of the speech; the first makes what is made once.
    """
    work()
    start, done = clock(), 0.0
    while clock() - start < seconds:
        done += work()
    return (clock() - start) / done


def measure_features(name: str, settings: dict, files: list, downsample: int, remainder: str) -> dict:
    """Of a feature set: core seconds and bytes for each second of speech, and MB of memory.

    files : path, offset and duration of utterances; without any, noise takes their place
    """
    import numpy as np

    from gagru.features import audio
    from gagru.features.normalise import downsample as average
    from gagru.features.registry import feature_set
    from gagru.features.store import write_frames, write_functionals

    module = feature_set(name)
    extract = module.extractor(settings)
    noise = np.random.default_rng(0).uniform(-0.3, 0.3, 3 * audio.SAMPLE_RATE).astype(np.float32)
    turn, kept = count(), []

    def describe() -> float:
        if files:
            path, offset, duration = files[next(turn) % len(files)]
            values = extract(audio.read(Path(path), offset, duration, warn=lambda doubt: None))
        else:
            values, duration = extract(noise), 3.0
        if len(kept) < KEPT:
            kept.append((duration, values))
        return duration

    rate = repeat(describe, SECONDS, time.process_time)
    seconds = sum(duration for duration, _ in kept)
    by_utterance = module.ROWS == "utterance"
    normalised = [values if by_utterance else average(values, downsample, remainder) for _, values in kept]
    write = write_functionals if by_utterance else write_frames
    sizes = []
    with tempfile.TemporaryDirectory() as folder:
        for values in ([values for _, values in kept], normalised):
            path = Path(folder) / "features.parquet"
            write(path, module.columns(settings), [(f"u{i}", array) for i, array in enumerate(values)])
            sizes.append(path.stat().st_size / seconds)
    return {
        "seconds": rate,
        "rows": sum(len(np.atleast_2d(values)) for values in normalised) / seconds,
        "columns": len(module.columns(settings)),
        "bytes": sum(sizes),
        "memory_mb": peak_memory_mb(),
    }


def measure_system(name: str, settings: dict, heard: dict, lengths: list, device: str, dialogs: bool) -> dict:
    """Of a system: seconds that a second of speech (with functionals, an utterance) takes to train on and to predict.

    heard : `name`, `settings` and `downsample` of the feature set
    lengths : seconds of the utterances to measure on, whose features are random numbers
    dialogs : whether there is something said before them
    """
    import numpy as np
    import torch

    from gagru.data.dataset import Part
    from gagru.features.audio import SAMPLE_RATE
    from gagru.features.registry import feature_set
    from gagru.systems.loading import system_class
    from gagru.training.batches import random_batches
    from gagru.training.inputs import Inputs
    from gagru.training.loop import Training

    torch.set_num_threads(1)
    kind, random, module = system_class(name), np.random.default_rng(0), feature_set(heard["name"])
    columns = module.columns(heard["settings"])
    noise = random.uniform(-0.3, 0.3, 3 * SAMPLE_RATE).astype(np.float32)
    frames = len(module.extractor(heard["settings"])(noise)) / 3 / heard["downsample"]
    rows = 0.0 if module.ROWS == "utterance" else frames  # of a second

    def draw(*shape):
        return random.standard_normal((*shape, len(columns)), dtype=np.float32)

    number = len(lengths)
    arrays = [draw(max(1, round(seconds * rows))) if rows else draw() for seconds in lengths]
    history = None
    if kind.HISTORY:
        most = settings["history"] if dialogs else 0
        history = [(draw(n), random.random(n) < 0.5) for n in random.integers(most + 1, size=number)]
    emotion = np.arange(number) % 4
    part = Part([f"u{i}" for i in range(number)], ["A"] * number, emotion, columns, arrays, history)
    units = np.asarray(lengths if rows else np.ones(number))
    if kind.EARLY_STOPPING:
        system = kind(settings, device)
        system.columns, inputs = columns, Inputs(system, part)
        system.module = system.build(columns).to(system.device)
        training = Training(system, settings, seed=0, size=number)
        size = min(settings["batch_size"], number)
        batches = (batch for _ in count() for batch in random_batches(number, size, random) if len(batch) == size)

        def train() -> float:
            batch = next(batches)
            system.module.train()
            training.step(inputs, batch).item()  # which waits for a GPU
            return float(units[batch].sum())
    else:
        system = kind(settings)

        def train() -> float:
            system.fit(part, report=lambda line: None)
            return float(units.sum())

    where = str(getattr(system, "device", "cpu"))
    clock = time.perf_counter if where.startswith("cuda") else time.process_time
    taken = {"train": repeat(train, SECONDS, clock)}
    taken["predict"] = repeat(lambda: system.predict(part) and float(units.sum()), SECONDS / 3, clock)
    weights = sum(value.nbytes for value in system.module.state_dict().values()) if kind.EARLY_STOPPING else 10_000
    return taken | {"device": where, "bytes": weights, "memory_mb": peak_memory_mb()}


def measure_start(modules: Iterable[str]) -> dict:
    """Of a program that imports `modules`: core seconds until it can begin, and MB of memory."""
    from importlib import import_module

    for module in modules:
        import_module(module)
    return {"start": time.process_time(), "memory_mb": peak_memory_mb()}


def main() -> None:
    """Measure what standard input describes, and print it, both as JSON."""
    task = json.loads(sys.stdin.read())
    function = {"features": measure_features, "system": measure_system, "start": measure_start}[task.pop("kind")]
    print(json.dumps(function(**task)))


if __name__ == "__main__":
    main()
