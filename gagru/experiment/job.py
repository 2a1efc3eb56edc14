"""One training job: a system, a fold and a seed, from feature files to predictions on disk."""

import csv
import hashlib
import io
import json
import time
from pathlib import Path

import pyarrow as pa

from gagru.data.dataset import read_fold
from gagru.experiment.provenance import commit, peak_memory_mb, processor, versions
from gagru.storage.files import write_json, write_text
from gagru.storage.parquet import write_parquet
from gagru.systems.loading import system_class
from gagru.task.emotions import EMOTIONS

HISTORY = ("epoch", "train_loss", "validation_loss", "validation_wa", "validation_ua", "best")
PREDICTIONS = pa.schema(
    [(name, pa.string()) for name in ("utterance", "speaker", "emotion", "predicted")]
    + [(f"p_{emotion}", pa.float32()) for emotion in EMOTIONS]
)


def fold_seed(seed: int, fold: str) -> int:
    """What seeds the training of `fold`: the same for every system, so that compared networks start and see alike."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{fold}".encode()).digest()[:4], "big")


def train_fold(system, seed, fold, index, folds, features, statistics, job, sources, out, report=print) -> None:
    """Train `system` on one fold and write its test predictions, history, model and provenance.

    Parameters
    ----------
    system, seed, fold : what is trained
    index, folds, features, statistics : see `gagru.data.dataset.read_fold`
    job : `settings` of the system, `validation`, `upsample` (emotions), `device`, `threads`
    sources : digest of the code, for the provenance
    out : folder of `predictions.parquet`, `history.csv`, `model.json`, `model.safetensors`, `provenance.json`; until
        they are there, of a checkpoint that the next training of the same goes on from
    """
    kind = system_class(system)
    out = Path(out)
    start = time.perf_counter()  # after what is imported for the system
    history = job["settings"]["history"] if kind.HISTORY else None
    parts = read_fold(index, folds, features, fold, statistics, history=history, lazy=kind.LAZY)
    tell = lambda line: report(f"{fold}: {line}")  # noqa: E731
    checkpoint = None
    if kind.EARLY_STOPPING:
        model, device = prepared_network(kind, job)
        train = upsampled(parts["train"], job["upsample"], fold_seed(seed, fold))
        checkpoint = new_checkpoint(
            out, {"system": system, "seed": seed, "fold": fold, "job": job, "sources": sources}, parts
        )
        history = model.fit(train, parts["validation"], fold_seed(seed, fold), tell, checkpoint)
        checkpoint.check_owner()
    else:  # nothing to validate, so the validation utterances are trained on, but under `oracle` they are the test's
        model, device = kind(job["settings"]), "cpu"
        train = parts["train"] if job["validation"] == "oracle" else parts["train"] + parts["validation"]
        history = model.fit(train, report=tell)
    write_predictions(out / "predictions.parquet", parts["test"], model.predict(parts["test"]))
    write_history(out / "history.csv", history)
    model.save(out, fold)
    provenance = {
        "system": system,
        "seed": seed,
        "fold": fold,
        **job,
        "device": device,
        "settings_digest": hashlib.sha256(json.dumps(job, sort_keys=True).encode()).hexdigest(),
        "sources_digest": sources,
        "commit": commit(),
        "processor": processor(),
        "versions": versions(),
        "measured": {"seconds": round(time.perf_counter() - start, 2), "peak_memory_mb": peak_memory_mb()},
    }
    write_json(out / "provenance.json", provenance)
    if checkpoint:
        checkpoint.remove()


def prepared_network(kind, job):
    """The untrained network of class `kind`, PyTorch set to the job's threads, and the device's name."""
    import torch

    torch.set_num_threads(job["threads"])
    model = kind(job["settings"], job["device"])
    return model, str(model.device)


def new_checkpoint(out, described: dict, parts):
    """The checkpoint of a training in `out` that depends on `described` and on the data of `parts`."""
    from gagru.training.checkpoint import Checkpoint

    data = {role: parts[role].digest() for role in ("train", "validation")}
    return Checkpoint(out, {**described, "data": data, "versions": versions()})


def upsampled(part, emotions: list[str], seed: int):
    """`part` with the classes `emotions` duplicated at random up to the size of the largest class."""
    import numpy as np

    from gagru.training.batches import balanced_indices

    codes = [EMOTIONS.index(emotion) for emotion in emotions]
    return part.take(balanced_indices(part.emotion, codes, np.random.default_rng(seed)))


def write_predictions(path, part, prediction) -> None:
    """Write `predictions.parquet`, a row a test utterance; the probabilities are null where the system gives none."""
    columns = {
        "utterance": part.utterance,
        "speaker": part.speaker,
        "emotion": [EMOTIONS[code] for code in part.emotion],
        "predicted": [EMOTIONS[code] for code in prediction.emotion],
    }
    for code, emotion in enumerate(EMOTIONS):
        given = prediction.probability
        columns[f"p_{emotion}"] = [None] * len(part) if given is None else given[:, code]
    write_parquet(path, pa.table(columns, schema=PREDICTIONS))


def write_history(path, history: list[dict]) -> None:
    """Write `history.csv`, a row an epoch; only the header for a system without epochs."""
    text = io.StringIO()
    writer = csv.DictWriter(text, HISTORY, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(history)
    write_text(path, text.getvalue())
