"""Features to what the systems are trained on: z-scores, and the mean of every few frames.

Statistics are computed in float64, block by block (Chan, Golub, LeVeque: Algorithms for computing the sample variance,
The American Statistician 37(3), 1983). The deviation is the population's (divided by n). A constant column becomes 0.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow.compute as pc

from gagru.corpora.table import read_index
from gagru.features.store import (
    Features,
    StoredUtterance,
    made_with,
    normalised_by,
    read_features,
    write_frames,
    write_functionals,
)
from gagru.storage.files import read_checked_json, write_checked_json
from gagru.task.errors import InputError


@dataclass(frozen=True)
class Statistics:
    """Mean and deviation of each of d columns.

    Attributes
    ----------
    columns : d names
    mean, std : (d,) float64; `std` is exactly 0 where a column is constant
    rows : over how many rows
    """

    columns: list[str]
    mean: np.ndarray
    std: np.ndarray
    rows: int

    def as_json(self) -> dict:
        """What JSON can hold."""
        return asdict(self) | {"mean": self.mean.tolist(), "std": self.std.tolist()}

    @classmethod
    def from_json(cls, fields: Mapping) -> "Statistics":
        """What `as_json` gave."""
        return cls(**{**fields, **{name: np.array(fields[name], dtype=np.float64) for name in ("mean", "std")}})


def normalise_features(features: Path, index: Path, settings: Mapping, out: Path) -> int:
    """Normalise and down-sample one speaker's features; all utterances of the file are kept.

    Parameters
    ----------
    features : the speaker's file, as extracted
    index : the speaker's utterances, or `index.parquet` of the whole corpus: what is in the task
    settings :
        `method` : `speaker` takes statistics over the speaker's own utterances. `training_speakers` and `none` leave
        the values as they are: the statistics of a fold are applied when the file is read, see `apply_statistics`.
        `statistics_over` : `task`, the utterances of the four emotions, or `all` in the file
        `max_frames` : how many frames to keep, from the first on, or `all`, as where it is not given
        `downsample` : how many frames to average, 1 where it is not given
        `remainder` : what becomes of the last, shorter group, see `downsample`
    out : the file to write

    Returns
    -------
    How many utterances were written.
    """
    stored = read_features(features)
    statistics = _speaker_statistics(stored, features, index, settings) if settings["method"] == "speaker" else None
    write = write_frames if stored.frames else write_functionals
    values = ((utterance, normalise(values, statistics, settings)) for utterance, values in stored.items())
    write(out, stored.columns, values, made_with(features), statistics and statistics.as_json())
    return len(stored.utterances)


def normalise(values: np.ndarray, statistics: Statistics | None, settings: Mapping) -> np.ndarray:
    """One utterance's z-scores, if there are statistics, of its first frames, then the mean of every few, as float32.

    values : (n, d) with a row a frame, or (d,)
    settings : `max_frames`, `downsample` and `remainder`, as for `normalise_features`
    """
    values = values.astype(np.float64)
    if statistics:
        values = _z_score(values, statistics)
    if values.ndim == 2 and settings.get("max_frames", "all") != "all":
        values = values[: settings["max_frames"]]
    frames = settings.get("downsample", 1)
    if values.ndim == 2 and frames > 1:
        values = downsample(values, frames, settings.get("remainder", "average"))
    return values.astype(np.float32)


def downsample(values: np.ndarray, frames: int, remainder: str = "average") -> np.ndarray:
    """The mean of every `frames` rows of (n, d).

    `remainder` : the last, shorter group is averaged over what is there (`average`), or left out (`drop`) unless it is
    all there is
    """
    if remainder == "drop" and len(values) > frames:
        values = values[: len(values) // frames * frames]
    starts = np.arange(0, len(values), frames)
    counts = np.diff(starts, append=len(values))
    return np.add.reduceat(values, starts, axis=0) / counts[:, None]


def training_statistics(features: Iterable[Path], utterances: Set[str]) -> Statistics:
    """Statistics over the rows of `utterances`, the training part of a fold, in the speakers' extracted files.

    One file is in memory at a time. Raises `InputError` where an utterance is in none of them.
    """
    missing, columns, moments = set(utterances), [], Moments()
    for path in features:
        stored = read_features(path)
        columns = columns or stored.columns
        if stored.columns != columns:
            raise InputError(f"{path}: other columns than the other speakers' files; delete it and run snakemake again")
        moments.add(stored, utterances)
        missing -= set(stored.utterances)
    if missing:
        raise InputError(
            f"no features for {len(missing)} utterances of the training part, such as {min(missing)}; delete the "
            "speakers' feature files and run snakemake again"
        )
    return moments.statistics(columns)


def pool_statistics(parts: Sequence[Statistics]) -> Statistics:
    """Statistics over all the rows that those of `parts`, of the same columns, were taken over."""
    rows = sum(part.rows for part in parts)
    mean = sum(part.mean * (part.rows / rows) for part in parts)
    variance = sum((part.std**2 + (part.mean - mean) ** 2) * (part.rows / rows) for part in parts)
    constant = np.all([(part.std == 0) & (part.mean == parts[0].mean) for part in parts], axis=0)
    return Statistics(parts[0].columns, mean, np.where(constant, 0.0, np.sqrt(variance)), rows)


def speaker_statistics(features: Path, speakers: Iterable[str]) -> Statistics:
    """Statistics over what these speakers' were taken over, from the normalised files in the folder `features`."""
    return pool_statistics(
        [Statistics.from_json(normalised_by(Path(features) / f"{speaker}.parquet")) for speaker in sorted(speakers)]
    )


def apply_statistics(values: np.ndarray, statistics: Statistics) -> np.ndarray:
    """The z-scores of (n, d) or (d,) values, as float32.

    Values that were down-sampled before give the same as values down-sampled after: the z-score is affine.
    """
    return _z_score(values.astype(np.float64), statistics).astype(np.float32)


@dataclass(frozen=True)
class StandardisedUtterance:
    """An utterance that stays on disk, like `gagru.features.store.StoredUtterance`, with the statistics to apply."""

    stored: StoredUtterance
    statistics: Statistics

    def __len__(self) -> int:
        return len(self.stored)

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        return apply_statistics(np.asarray(self.stored), self.statistics).astype(dtype or np.float32, copy=False)


def write_statistics(path, statistics: Statistics) -> None:
    """Write statistics as JSON."""
    write_checked_json(path, statistics.as_json())


def read_statistics(path) -> Statistics:
    """Read what `write_statistics` wrote; `InputError` where it is missing or damaged."""
    return Statistics.from_json(read_checked_json(path))


def statistics_of(columns: list[str], utterances: Iterable[np.ndarray]) -> Statistics:
    """Statistics over the rows of utterances, each (n, d) or (d,)."""
    moments = Moments()
    for values in utterances:
        moments.add_rows(values)
    return moments.statistics(columns)


def _speaker_statistics(stored: Features, path: Path, index: Path, settings: Mapping) -> Statistics:
    """Statistics over the speaker's own utterances; `InputError` where there are too few to say anything."""
    wanted = set(stored.utterances)
    if settings["statistics_over"] == "task":
        table = read_index(index, ["utterance", "emotion"])
        wanted.intersection_update(table["utterance"].filter(pc.is_valid(table["emotion"])).to_pylist())
    needed = 1 if stored.frames else 2
    if len(wanted) < needed:
        raise InputError(
            f"{path}: a z-score needs at least {needed} utterances of the speaker, and here is {len(wanted)}; take the "
            "speaker out of the corpus, or set `normalisation: {method: training_speakers}`"
        )
    return statistics_of(stored.columns, (values for utterance, values in stored.items() if utterance in wanted))


def _z_score(values: np.ndarray, statistics: Statistics) -> np.ndarray:
    return (values - statistics.mean) / np.where(statistics.std > 0, statistics.std, np.inf)


class Moments:
    """What mean and deviation are made of, added to utterance by utterance."""

    def __init__(self):
        self.rows, self.mean, self.squares, self.low, self.high = 0, 0.0, 0.0, np.inf, -np.inf

    def add(self, features: Features, utterances: Set[str]) -> None:
        """Take in the rows of those of `utterances` that are in `features`."""
        for utterance, values in features.items():
            if utterance in utterances:
                self.add_rows(values)

    def add_rows(self, values: np.ndarray) -> None:
        """Take in an utterance's rows (n, d), or its one row (d,)."""
        block = np.atleast_2d(values).astype(np.float64)
        rows = self.rows + len(block)
        mean = block.mean(axis=0)
        shift = mean - self.mean
        self.squares += ((block - mean) ** 2).sum(axis=0) + shift**2 * (self.rows * len(block) / rows)
        self.mean += shift * (len(block) / rows)
        self.low, self.high = np.minimum(self.low, block.min(axis=0)), np.maximum(self.high, block.max(axis=0))
        self.rows = rows

    def statistics(self, columns: list[str]) -> Statistics:
        # Sums round: by them alone a constant column could have a deviation above 0.
        std = np.where(self.low == self.high, 0.0, np.sqrt(self.squares / self.rows))
        return Statistics(columns, self.mean, std, self.rows)
