"""Every pair of systems on one corpus: how far apart they are, and whether that could be chance."""

import csv
import io
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gagru.evaluation.intervals import Bootstrap
from gagru.evaluation.paired import differences, holm, mcnemar
from gagru.storage.files import write_text
from gagru.storage.parquet import read_parquet
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError
from gagru.task.metrics import METRICS, compute_metrics
from gagru.task.systems import SYSTEMS

ORDER = ("UA", "WA", *EMOTIONS)


class Predictions(NamedTuple):
    """What systems predicted for the same N utterances, as codes into `speakers` and `EMOTIONS`.

    predicted : system -> seed -> (N,), seeds in the order in which they were run
    """

    speakers: list[str]
    speaker: np.ndarray
    emotion: np.ndarray
    predicted: dict[str, dict[int, np.ndarray]]


class Comparison(NamedTuple):
    """One pair and figure: a line of `comparisons_{corpus}.csv`. Figures and differences as fractions, NaN for none.

    over_seeds : deviation of the difference over seeds (n - 1)
    p_flip, p_mcnemar : of the sign-flip test over speakers (mean over seeds) and of McNemar's test (first seed; not of
        UA, which no utterance has); `_holm`: corrected over the pairs
    only_first, only_second : utterances, of those that the figure counts, that one of the two systems alone got right
    """

    first: str
    second: str
    figure: str
    first_value: float
    second_value: float
    difference: float
    low: float
    high: float
    over_seeds: float
    p_flip: float
    p_flip_holm: float
    only_first: float
    only_second: float
    p_mcnemar: float
    p_mcnemar_holm: float
    utterances: int
    speakers: int
    first_seeds: int
    second_seeds: int


PER_CENT = ("first_value", "second_value", "difference", "low", "high", "over_seeds")


def read_predictions(folders: dict[tuple[str, int], Path], folds: list[str]) -> Predictions:
    """Read `{folder}/{fold}/predictions.parquet` of every system and seed.

    Raises `InputError` for a file that cannot be read, and where systems were not tested on the same utterances.
    """
    tested, predicted = None, {}
    for (system, seed), folder in folders.items():
        rows = sorted(row for fold in folds for row in _rows(Path(folder) / fold / "predictions.parquet"))
        tested = tested or [row[:3] for row in rows]
        if [row[:3] for row in rows] != tested:
            raise InputError(f"{folder}: other utterances than {next(iter(folders.values()))}; make the folds again")
        predicted.setdefault(system, {})[seed] = np.array([EMOTIONS.index(row[3]) for row in rows])
    speakers = sorted({speaker for _, speaker, _ in tested or ()})
    speaker = np.array([speakers.index(speaker) for _, speaker, _ in tested or ()], dtype=int)
    emotion = np.array([EMOTIONS.index(emotion) for *_, emotion in tested or ()], dtype=int)
    return Predictions(speakers, speaker, emotion, predicted)


def compare(predictions: Predictions, bootstrap: Bootstrap) -> list[Comparison]:
    """All pairs in all figures, GA-GRU against BiGRU+Att first, then GA-GRU against the others."""
    systems = [name for name in dict.fromkeys(["ga_gru", "bigru_att", *SYSTEMS]) if name in predictions.predicted]
    pairs = [_pair(predictions, *pair, bootstrap) for pair in combinations(systems, 2)]
    corrected = list(zip(*map(_corrected, zip(*pairs, strict=True)), strict=True))
    return [comparison for pair in corrected for comparison in pair]


def speaker_confusions(predictions: Predictions, predicted) -> np.ndarray:
    """The counts of each speaker: (speakers, 4, 4), true emotions in rows."""
    n = len(EMOTIONS)
    cells = (predictions.speaker * n + predictions.emotion) * n + predicted
    return np.bincount(cells, minlength=len(predictions.speakers) * n * n).reshape(-1, n, n)


def write_comparisons(corpus: str, comparisons: list[Comparison], path) -> None:
    """Write the CSV file: figures and differences in per cent with two decimals, p-values with four digits."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["corpus", *Comparison._fields])
    for comparison in comparisons:
        cells = comparison._asdict()
        writer.writerow([corpus, *(_cell(name, value) for name, value in cells.items())])
    write_text(path, text.getvalue())


def _rows(path) -> list[tuple[str, ...]]:
    table = read_parquet(path, ["utterance", "speaker", "emotion", "predicted"])
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def _pair(predictions: Predictions, first: str, second: str, bootstrap: Bootstrap) -> list[Comparison]:
    """One pair in all figures; nothing corrected yet."""
    one, two = (list(predictions.predicted[system].values()) for system in (first, second))
    counts, others = ([speaker_confusions(predictions, seed) for seed in system] for system in (one, two))
    found = differences(sum(counts), sum(others), bootstrap)
    values = [compute_metrics(sum(system).sum(axis=0)) for system in (counts, others)]
    spread = _over_seeds(counts, others)
    right, other_right = (system[0] == predictions.emotion for system in (one, two))
    pair = []
    for figure in ORDER:
        i = METRICS.index(figure)
        counted = predictions.emotion == i if figure in EMOTIONS else np.ones(len(right), dtype=bool)
        only = [int((counted & a & ~b).sum()) for a, b in ((right, other_right), (other_right, right))]
        measured = (values[0][i], values[1][i], found.value[i], found.low[i], found.high[i], spread[i])
        tests = (found.p[i], np.nan, *only, mcnemar(*only), np.nan)
        if figure == "UA":
            tests = (found.p[i], *[np.nan] * 5)
        sizes = (int(counted.sum()), len(predictions.speakers), len(one), len(two))
        pair.append(Comparison(first, second, figure, *map(float, measured), *tests, *sizes))
    return pair


def _over_seeds(counts: list, others: list) -> np.ndarray:
    """The deviation of the differences over seeds; a system that ran once is compared with every seed of the other."""
    runs = max(len(counts), len(others))
    if runs == 1:
        return np.full(len(METRICS), np.nan)
    one, two = (
        np.array([compute_metrics(c.sum(axis=0)) for c in (s * runs if len(s) == 1 else s)]) for s in (counts, others)
    )
    return (one - two).std(axis=0, ddof=1)


def _corrected(comparisons: tuple[Comparison, ...]) -> list[Comparison]:
    """The pairs in one figure, their p-values corrected as one family."""
    flip, mcnemar = (holm([getattr(c, name) for c in comparisons]) for name in ("p_flip", "p_mcnemar"))
    return [
        comparison._replace(p_flip_holm=float(flip[i]), p_mcnemar_holm=float(mcnemar[i]))
        for i, comparison in enumerate(comparisons)
    ]


def _cell(name: str, value) -> str:
    if isinstance(value, float) and np.isnan(value):
        return ""
    if name in PER_CENT:
        return f"{100 * value:.2f}"
    return f"{value:.4g}" if name.startswith("p_") else str(value)
