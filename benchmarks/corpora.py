"""A corpus of any size with IEMOCAP's speakers, classes and lengths, as feature files: training without audio.

Features are normal noise around a mean that depends a little on the emotion, so that there is something to learn. Every
utterance's are drawn from its own number, so a corpus is the beginning of every larger one's noise.

    python -m benchmarks.corpora FOLDER [--size 1]
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.lengths import STEP, durations
from gagru.corpora.table import INDEX_SCHEMA, write_index
from gagru.data.folds import make_folds, write_folds
from gagru.features.store import write_frames, write_functionals
from gagru.task.emotions import EMOTIONS

UTTERANCES = 5531
SHARES = np.array([1636, 1708, 1084, 1103]) / UTTERANCES  # of the emotions, in the order of EMOTIONS
# Speaker -> session.
SESSIONS = {f"Ses{session:02}{gender}": str(session) for session in range(1, 6) for gender in "FM"}
COLUMNS = [f"lld{i:02}" for i in range(78)]
FUNCTIONALS = [f"functional{i:02}" for i in range(88)]
FRAME = 0.01  # s
SIGNAL = 0.3  # standard deviation of an emotion's mean in a column, where the noise's is 1


def rows(size: float) -> list[dict]:
    """The utterance table of a corpus of `size` times IEMOCAP's utterances, as dictionaries."""
    count = round(size * UTTERANCES)
    emotions = np.random.default_rng(1).choice(EMOTIONS, count, p=SHARES)
    speakers = list(SESSIONS)
    return [
        {
            "utterance": f"{speakers[i % 10]}_{i:06}",
            "path": "none",
            "offset": 0.0,
            "duration": duration,
            "speaker": speakers[i % 10],
            "session": SESSIONS[speakers[i % 10]],
            "emotion": emotion,
        }
        for i, (duration, emotion) in enumerate(zip(durations(count, seed=0).tolist(), emotions.tolist(), strict=True))
    ]


def frames(table: list[dict], step: float) -> Iterator[tuple[str, np.ndarray]]:
    """Each utterance of `table` and its (n, 78) values, a row every `step` seconds."""
    return drawn(table, lambda row: (int(np.ceil(row["duration"] / step)), len(COLUMNS)))


def functionals(table: list[dict]) -> Iterator[tuple[str, np.ndarray]]:
    """Each utterance of `table` and its (88,) values."""
    return drawn(table, lambda row: (len(FUNCTIONALS),))


def drawn(table: list[dict], shape) -> Iterator[tuple[str, np.ndarray]]:
    """Each utterance of `table` and values of the shape that `shape` gives for its row."""
    means = SIGNAL * np.random.default_rng(2).standard_normal((len(EMOTIONS), 88), dtype=np.float32)
    for row in table:
        number = int(row["utterance"].rpartition("_")[2])
        noise = np.random.default_rng([3, number]).standard_normal(shape(row), dtype=np.float32)
        yield row["utterance"], noise + means[EMOTIONS.index(row["emotion"]), : noise.shape[-1]]


def write_corpus(folder: Path, size: float) -> None:
    """Write a corpus as the workflow would leave it: `index.parquet`, `folds.csv`, `features/`, `normalised/`.

    Of the extracted features, only the first speaker's LLDs are written: normalising is a job a speaker.
    """
    table = rows(size)
    write_index(pa.Table.from_pylist(table, schema=INDEX_SCHEMA), folder / "index.parquet")
    write_folds(folder / "folds.csv", make_folds(table, SESSIONS, "partner", share=0.1, seed=0))
    for i, speaker in enumerate(SESSIONS):
        own = [row for row in table if row["speaker"] == speaker]
        write_frames(folder / "normalised" / "lld" / f"{speaker}.parquet", COLUMNS, frames(own, STEP))
        write_functionals(folder / "normalised" / "egemaps" / f"{speaker}.parquet", FUNCTIONALS, functionals(own))
        if i == 0:
            write_frames(folder / "features" / "lld" / f"{speaker}.parquet", COLUMNS, frames(own, FRAME))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=float, default=1, help="utterances, in multiples of IEMOCAP's 5531")
    args = parser.parse_args()
    write_corpus(args.folder, args.size)


if __name__ == "__main__":
    main()
