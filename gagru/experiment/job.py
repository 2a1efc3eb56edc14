"""One training job: a system, a fold and a seed, from feature files to predictions on disk."""

import csv
import hashlib
import io
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pyarrow as pa

from gagru.data.dataset import FoldFiles, Part, read_fold
from gagru.experiment.origin import describe_origin
from gagru.experiment.provenance import (
    all_versions,
    commit,
    digest_data,
    digest_json,
    peak_memory_mb,
    processor,
    training_versions,
)
from gagru.storage.files import write_json, write_text
from gagru.storage.parquet import to_arrow, write_parquet
from gagru.systems.loading import system_module
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError
from gagru.task.settings import check_names

HISTORY = ("epoch", "train_loss", "validation_loss", "validation_wa", "validation_ua", "best")
PREDICTIONS = pa.schema(
    [(name, pa.string()) for name in ("utterance", "speaker", "emotion", "predicted")]
    + [(f"p_{emotion}", pa.float32()) for emotion in EMOTIONS]
)


def fold_seed(seed: int, fold: str) -> int:
    """What seeds the training of `fold`: the same for every system, so that compared networks start and see alike."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{fold}".encode()).digest()[:4], "big")


@dataclass(frozen=True)
class FoldTraining:
    """What is trained, and everything it follows from besides the files of the fold.

    Attributes
    ----------
    system, seed, fold : names of what is trained
    job : `settings` of the system, `validation`; for a network also `upsample` (emotions), `device`, `threads`; and
        `refit`, true where it is trained on the validation part too, for as many epochs as the settings say
    sources : digest of the code, for the provenance
    lineage : the stages before: name -> `settings`, and `sources`, the digest of its code. Without it the model says
        nothing of its origin, and cannot be used on new audio.
    corpus : what `model.json` says of the corpus, see `gagru.workflow.jobs.describe_corpus`
    """

    system: str
    seed: int
    fold: str
    job: dict
    sources: str = ""
    lineage: dict = field(default_factory=dict)
    corpus: dict = field(default_factory=dict)


def train_fold(training: FoldTraining, files: FoldFiles, out, report=print, per_gpu: int = 1) -> None:
    """Train a system on one fold and write its test predictions, history, model and provenance.

    Parameters
    ----------
    out : folder of `predictions.parquet`, `history.csv`, `model.json`, `model.safetensors`, `provenance.json`; until
        they are there, of a checkpoint that the next training of the same goes on from
    per_gpu : how many trainings may share a GPU; it makes no difference to the results
    """
    module = system_module(training.system)
    check_names(module.SETTINGS, training.job["settings"], training.system)
    kind, out = module.SYSTEM, Path(out)
    start = time.perf_counter()  # after what is imported for the system
    heard = training.job["settings"]["history"] if kind.HISTORY else None
    parts = read_fold(files, training.fold, history=heard, lazy=kind.LAZY)
    tell = lambda line: report(f"{training.fold}: {line}")  # noqa: E731
    if kind.EARLY_STOPPING:
        model, history, checkpoint = train_network(kind, training, parts, out, tell, per_gpu)
    else:
        model, history, checkpoint = train_at_once(kind, training, parts, tell)
    write_predictions(out / "predictions.parquet", parts["test"], model.predict(parts["test"]))
    write_history(out / "history.csv", history)
    digests = digest_training(training, files, parts)
    model.save(out, describe_model(training, digests, files, parts))
    seconds = time.perf_counter() - start
    write_json(out / "provenance.json", describe_provenance(training, digests, files, model, seconds))
    if checkpoint:
        checkpoint.remove()


def train_network(kind: type, training: FoldTraining, parts: dict[str, Part], out: Path, report, per_gpu: int = 1):
    """A network of class `kind`, trained with early stopping; its history; its checkpoint in `out`, to be removed."""
    import torch

    from gagru.training.places import list_gpus, run_in_place, take_place

    torch.set_num_threads(training.job["threads"])
    seed = fold_seed(training.seed, training.fold)
    gpus = list_gpus() if training.job["device"] != "cpu" and torch.backends.cuda.is_built() else []
    place = take_place(gpus, per_gpu, report) if gpus else None
    validation = None if training.job.get("refit") else parts["validation"]
    train = join_parts(training, parts) if validation is None else parts["train"]
    train = upsample(train, training.job["upsample"], seed)
    checkpoint = make_checkpoint(out, training, parts)

    def fit():
        torch.cuda.empty_cache()
        model = kind(training.job["settings"], training.job["device"])
        return model, model.fit(train, validation, seed, report, checkpoint)

    try:
        model, history = run_in_place(place, fit, torch.OutOfMemoryError, report)
    except torch.OutOfMemoryError as error:
        raise InputError(
            f"{training.system} does not fit into the GPU's memory, though no other training is on it: lower its "
            "`batch_size`, or set `training: {device: cpu}`"
        ) from error
    checkpoint.check_owner()
    return model, history, checkpoint


def train_at_once(kind: type, training: FoldTraining, parts: dict[str, Part], report):
    """A system of class `kind` that stops by itself, trained; its history; no checkpoint.

    It has nothing to validate, so the validation utterances are trained on. Where it is told to leave them out
    (`train_on`), its history has a row of what it gets right of them.
    """
    from gagru.training.validation import validate

    settings = training.job["settings"]
    model, alone = kind(settings), settings.get("train_on") == "training"
    model.fit(parts["train"] if alone else join_parts(training, parts), report=report)
    history = [{"epoch": 1, "best": 1, **validate(model, parts["validation"])}] if alone else []
    return model, history, None


def join_parts(training: FoldTraining, parts: dict[str, Part]) -> Part:
    """The training and the validation part; under `oracle` the former alone, for the latter is tested."""
    return parts["train"] if training.job["validation"] == "oracle" else parts["train"] + parts["validation"]


def digest_training(training: FoldTraining, files: FoldFiles, parts: dict[str, Part]) -> dict:
    """Digests of all that the fold's results follow from: `settings` and `sources` of every stage; `data`, by kind."""
    stages = {**training.lineage, "training": {"settings": training.job, "sources": training.sources}}
    settings, sources = ({stage: of[key] for stage, of in stages.items()} for key in ("settings", "sources"))
    data = digest_data(files, {speaker for part in parts.values() for speaker in part.speaker})
    return {"settings": digest_json(settings), "sources": digest_json(sources), "data": data}


def describe_model(training: FoldTraining, digests: dict, files: FoldFiles, parts: dict[str, Part]) -> dict:
    """What `model.json` says besides what the system says of itself."""
    origin = describe_origin(training.corpus, training.lineage, files, parts) if training.lineage else {}
    lineage = {**digests, "data": digest_json(digests["data"])}
    return {"seed": training.seed, "fold": training.fold, "lineage": lineage, **origin}


def describe_provenance(training: FoldTraining, digests: dict, files: FoldFiles, model, seconds: float) -> dict:
    """Where the fold's results come from, as `provenance.json` holds it."""
    return {
        "system": training.system,
        "seed": training.seed,
        "fold": training.fold,
        **training.job,
        **describe_device(model),
        "lineage": training.lineage,
        "data": digests["data"],
        "settings_digest": digests["settings"],
        "sources_digest": digests["sources"],
        "data_digest": digest_json(digests["data"]),
        "commit": commit(),
        "processor": processor(),
        "versions": all_versions(files.features),
        "measured": {"seconds": round(seconds, 2), "peak_memory_mb": peak_memory_mb()},
    }


def describe_device(model) -> dict:
    """Where a system was trained: `device`, and of a GPU what it is and how it computes."""
    device = str(getattr(model, "device", "cpu"))
    if device == "cpu":
        return {"device": device}
    from gagru.training.device import describe_gpu

    return {"device": device, "gpu": describe_gpu()}


def make_checkpoint(out: Path, training: FoldTraining, parts: dict[str, Part]):
    """The checkpoint in `out` of a training that depends on `training` and on the data of `parts`."""
    from gagru.training.checkpoint import Checkpoint

    data = {role: parts[role].digest() for role in ("train", "validation")}
    return Checkpoint(out, {**asdict(training), "data": data, "versions": training_versions()})


def upsample(part: Part, emotions: list[str], seed: int) -> Part:
    """`part` with the classes `emotions` duplicated at random up to the size of the largest class."""
    import numpy as np

    from gagru.training.batches import balanced_indices

    codes = [EMOTIONS.index(emotion) for emotion in emotions]
    return part.take(balanced_indices(part.emotion, codes, np.random.default_rng(seed)))


def write_predictions(path, part, prediction) -> None:
    """Write `predictions.parquet`, a row a test utterance; the probabilities are null where the system gives none."""
    emotion, predicted = ([EMOTIONS[code] for code in codes] for codes in (part.emotion, prediction.emotion))
    columns = [to_arrow(texts) for texts in (part.utterance, part.speaker, emotion, predicted)]
    if prediction.probability is None:
        columns += [pa.nulls(len(part), pa.float32())] * len(EMOTIONS)
    else:
        columns += [to_arrow(column) for column in prediction.probability.T]
    write_parquet(path, pa.Table.from_arrays(columns, schema=PREDICTIONS))


def write_history(path, history: list[dict]) -> None:
    """Write `history.csv`, a row an epoch; only the header for a system without epochs."""
    text = io.StringIO()
    writer = csv.DictWriter(text, HISTORY, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(history)
    write_text(path, text.getvalue())
