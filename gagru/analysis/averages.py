"""From the edges and profiles of utterances to the numbers that Figures 2 and 3 draw."""

import csv
import io
from collections import defaultdict
from itertools import product

import numpy as np
import pyarrow as pa

from gagru.analysis.edges import CHANCE, PAIRS
from gagru.analysis.profiles import WEIGHTS
from gagru.storage.files import write_text
from gagru.storage.parquet import read_parquet
from gagru.task.emotions import EMOTIONS
from gagru.task.runs import Run

FIGURE2 = ("corpus", "emotion", "pair", "share", "chance", "utterances")
FIGURE3 = ("corpus", "emotion", "weights", "time", "weight")


def average_edges(runs: list[Run]) -> list[tuple]:
    """Rows of `figure2.csv` from `edges.parquet` files: mean share of each pair, a corpus and emotion.

    An utterance counts once, with its mean over seeds. Utterances without edges are not among `utterances`.
    """
    return [
        (corpus, emotion, pair, f"{mean:.6f}", f"{CHANCE[pair]:.6f}", count)
        for (corpus, emotion, pair), (mean, count) in _means(runs, "pair", PAIRS, "share").items()
    ]


def average_profiles(runs: list[Run]) -> list[tuple]:
    """Rows of `figure3.csv` from `profiles.parquet` files: mean weight of each bin, whose centre is `time` (0 to 1)."""
    return [
        (corpus, emotion, kind, f"{(bin + 0.5) / len(mean):.6g}", f"{weight:.8f}")
        for (corpus, emotion, kind), (mean, _) in _means(runs, "weights", WEIGHTS, "profile").items()
        for bin, weight in enumerate(mean)
    ]


def write_rows(path, columns: tuple[str, ...], rows: list[tuple]) -> None:
    """Write `rows` as CSV, whole or not at all."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    write_text(path, text.getvalue())


def _means(runs, key, order, value) -> dict[tuple, tuple]:
    """(corpus, emotion, key) -> (mean over utterances, their number), each utterance as its mean over seeds.

    The corpora come as given, the emotions in their order, the keys in `order`; what has no utterance is left out.
    """
    seeds = defaultdict(list)
    for run in sorted(runs):
        for utterance, emotion, kind, values in _read(run.path, key, value):
            seeds[run.corpus, emotion, kind, utterance].append(values)
    groups = defaultdict(list)
    for (*group, _), values in sorted(seeds.items()):
        groups[tuple(group)].append(np.mean(values, axis=0))
    corpora = dict.fromkeys(run.corpus for run in runs)
    ordered = [group for group in product(corpora, EMOTIONS, order) if group in groups]
    return {group: (np.mean(groups[group], axis=0), len(groups[group])) for group in ordered}


def _read(path, key, value):
    """(utterance, emotion, key, value) of each row; the value a float, or (bins,) where the column holds lists."""
    table = read_parquet(path, ["utterance", "emotion", key, value])
    values = table[value].combine_chunks()
    if pa.types.is_list(values.type):
        values = values.flatten().to_numpy().reshape(len(table), -1).astype(np.float64)
    names = [table[name].to_pylist() for name in ("utterance", "emotion", key)]
    return zip(*names, np.asarray(values), strict=True)
