"""A speaker's utterances -> one file of one feature set."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow.compute as pc

from gagru.corpora.audio import folder
from gagru.corpora.table import read_index
from gagru.features import audio
from gagru.features.registry import feature_set
from gagru.features.store import write_frames, write_functionals
from gagru.task.errors import InputError, Problems
from gagru.task.progress import follow


def extract_features(index: Path, root: Path, speaker: str, name: str, settings: Mapping, out: Path) -> int:
    """Describe a speaker's utterances, in the index's order, one in memory at a time but for what a row group holds.

    Parameters
    ----------
    index : the speaker's utterances, or `index.parquet` of the whole corpus
    root : the corpus's folder, or the manifest
    name, settings : the feature set, see `gagru.features.registry`, and its settings; one whose values come from files
        reads no audio
    out : the Parquet file to write

    Returns
    -------
    How many utterances were described. One outside the task that is silent or too short is left out, and printed. So
    is what is doubtful about the samples, such as a silent channel, with how many utterances that concerns.

    Raises
    ------
    InputError : lists the utterances that cannot be read and those of the task that cannot be described
    """
    module = feature_set(name)
    table = read_index(index)
    table = table.filter(pc.equal(table["speaker"], speaker))
    if module.ROWS != "utterance" and settings.get("utterances") != "all":
        table = table.filter(pc.is_valid(table["emotion"]))
    if table.num_rows == 0:
        raise InputError(f"{index}: speaker {speaker} has no utterances; correct the corpus's `speakers:`")
    described, doubtful, problems = [], [], Problems(f"{name} of speaker {speaker}")

    def warn(doubt: str) -> None:
        doubtful.append(doubt)
        print(f"Warning: {doubt}", flush=True)

    def utterances() -> Iterator[tuple[str, np.ndarray]]:
        describe = _describe_by(module, folder(root), name, settings, warn)
        for row in follow(table.to_pylist(), "utterances"):
            try:
                values = describe(row)
            except audio.Undescribable as error:
                if row["emotion"] is not None:
                    problems.add(f"{error}; take it out, or give it a label outside the four emotions")
                else:
                    print(f"{error}; left out, it is outside the task", flush=True)
            except InputError as error:
                problems.add(str(error))
            else:
                if values is not None:
                    described.append(row["utterance"])
                    yield row["utterance"], values
        problems.raise_if_any()

    write = write_functionals if module.ROWS == "utterance" else write_frames
    write(out, module.columns(settings), utterances())
    if doubtful:
        print(f"{name} of speaker {speaker}: {len(described)} utterances, warnings: {len(doubtful)}", flush=True)
    return len(described)


def _describe_by(module: ModuleType, root: Path, name: str, settings: Mapping, warn) -> Callable:
    """What turns a row of the index into values; None where the values come from files, and it has none."""
    if hasattr(module, "lookup"):
        lookup = module.lookup(settings)
        return lambda row: lookup(row["utterance"])
    extractor = module.extractor(settings)
    return lambda row: _describe(row, root, name, extractor, warn)


def _describe(row: dict, root: Path, name: str, extractor, warn) -> np.ndarray:
    """The values of one utterance, all finite. Raises `InputError`, or `Undescribable` where there are none."""
    path = root / row["path"]
    values = extractor(audio.read(path, row["offset"], row["duration"], row.get("channel"), warn))
    if values.size == 0:
        raise audio.Undescribable(f"{path}: {1000 * row['duration']:.3g} ms of audio are too short for {name}")
    if not np.isfinite(values).all():
        raise InputError(
            f"{path}: {name} of utterance {row['utterance']} are NaN or infinite; listen to the file, then mend it or "
            "take the utterance out"
        )
    return values
