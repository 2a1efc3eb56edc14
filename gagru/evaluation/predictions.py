"""Test predictions as one table, and the counts by speaker that every metric is made of."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd

from gagru.storage.parquet import read_parquet
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError
from gagru.task.runs import Run

RUN = ["corpus", "system", "seed"]
UTTERANCE = ["speaker", "utterance", "emotion"]
STORED = [*UTTERANCE, "predicted", *(f"p_{emotion}" for emotion in EMOTIONS)]
CELLS = pd.MultiIndex.from_tuples(product(EMOTIONS, EMOTIONS), names=["emotion", "predicted"])


def read_predictions(runs: Sequence[Run], folds: Sequence[str]) -> pd.DataFrame:
    """The test predictions of runs, a row an utterance and run, in the order of the runs and folds.

    runs : of one corpus; their paths are the folders of the folds, each with its `predictions.parquet`

    Columns: corpus, system, seed, fold, speaker, utterance, emotion (the true one), predicted, and the probabilities
    p_happiness to p_anger, which are NaN where the system gives none.

    Raises `InputError` for a file that cannot be read, and where the runs were not tested on the same utterances.
    """
    predictions = pd.concat([_read_fold(run, fold) for run in runs for fold in folds], ignore_index=True)
    tested = None
    for run in runs:
        rows = _rows_of(predictions, run)[UTTERANCE].sort_values(UTTERANCE, ignore_index=True)
        tested = rows if tested is None else tested
        if not rows.equals(tested):
            raise InputError(f"{run.path}: other utterances than {runs[0].path}; make the folds again")
    return predictions


def count_predictions(predictions: pd.DataFrame) -> pd.DataFrame:
    """How often each emotion was taken for each: a row a corpus, system, seed and speaker, sorted.

    The 16 columns `CELLS` are named by the true and the predicted emotion. Emotions outside the four are not counted.
    """
    sizes = predictions.groupby([*RUN, "speaker", "emotion", "predicted"]).size()
    return sizes.unstack(["emotion", "predicted"], fill_value=0).reindex(columns=CELLS, fill_value=0)


def to_confusions(counts: pd.DataFrame) -> np.ndarray:
    """The rows of a table of counts as confusion matrices: (rows, 4, 4), true emotions first."""
    return counts[CELLS].to_numpy().reshape(-1, len(EMOTIONS), len(EMOTIONS))


def _read_fold(run: Run, fold: str) -> pd.DataFrame:
    table = read_parquet(run.path / fold / "predictions.parquet", STORED).to_pandas()
    for position, (name, value) in enumerate([*zip(RUN, run[:3], strict=True), ("fold", fold)]):
        table.insert(position, name, value)
    return table


def _rows_of(predictions: pd.DataFrame, run: Run) -> pd.DataFrame:
    return predictions[(predictions[RUN] == list(run[:3])).all(axis=1)]
