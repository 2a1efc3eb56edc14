"""From the predictions of all folds to the metrics of one run: one system, one corpus and one seed."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gagru.evaluation.predictions import count_predictions, read_predictions, to_confusions
from gagru.evaluation.speaker_parts import metric_intervals
from gagru.storage.parquet import read_parquet
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import Problems
from gagru.task.metrics import METRICS, compute_metrics, name_metrics
from gagru.task.runs import Run

METHOD = "Student's t over speakers"


def evaluate(run: Run, folds: Sequence[str], index, level: float) -> dict:
    """Pool the test predictions of every fold and return what `metrics.json` holds.

    run : its path is the folder of the folds; index : path of the corpus's utterance table; level : of
        the intervals
    Beside what `summarise` gives that is whether the corpus has `dialogs`.
    Raises `InputError` listing every utterance that is missing, tested twice, unknown or out of step with the index.
    """
    predictions = read_predictions([run], folds)
    utterances = read_parquet(index, ["utterance", "speaker", "emotion", "dialog"]).to_pandas()
    _check_against(utterances, index, predictions, run)
    counts = count_predictions(predictions)
    speakers = counts.index.get_level_values("speaker")
    dialogs = bool(utterances["dialog"].notna().any())
    return summarise(dict(zip(speakers, to_confusions(counts), strict=True)), level) | {"dialogs": dialogs}


def summarise(speakers: dict[str, np.ndarray], level: float) -> dict:
    """Pooled metrics with intervals, and the folds' metrics beside them, from each speaker's (4, 4) counts.

    A fold is named by the one speaker it tests, so a speaker's counts are a fold's. Counts summed over seeds give the
    mean over seeds of every metric, since each seed tests the same utterances.
    """
    confusions = np.array(list(speakers.values()))
    pooled, low, high = map(name_metrics, metric_intervals(confusions, level))
    each = [
        {"fold": speaker, "utterances": int(counts.sum()), **name_metrics(compute_metrics(counts))}
        for speaker, counts in zip(speakers, confusions, strict=True)
    ]
    return {
        "emotions": list(EMOTIONS),
        "utterances": int(confusions.sum()),
        "pooled": {name: {"value": pooled[name], "low": low[name], "high": high[name]} for name in METRICS},
        "confusion": confusions.sum(axis=0).tolist(),
        "folds": {"mean": _over_folds(each, _mean), "deviation": _over_folds(each, _deviation), "each": each},
        "speakers": {speaker: counts.tolist() for speaker, counts in zip(speakers, confusions, strict=True)},
        "intervals": {"method": METHOD, "level": level},
    }


def confusion_table(metrics: dict) -> pd.DataFrame:
    """The pooled confusion matrix of what `metrics.json` holds: a row a true emotion, a column a predicted one."""
    table = pd.DataFrame(metrics["confusion"], columns=metrics["emotions"])
    table.insert(0, "emotion", metrics["emotions"])
    return table


def _check_against(utterances: pd.DataFrame, index, predictions: pd.DataFrame, run: Run) -> None:
    """Raise `InputError` unless the predictions test every utterance of the task exactly once."""
    problems = Problems("Predictions do not match the corpus; make the folds' predictions again")
    task = utterances[utterances["emotion"].notna()].set_index("utterance")
    for fold, rows in predictions.groupby("fold", sort=False):
        path = run.path / fold / "predictions.parquet"
        if rows["speaker"].nunique() != 1:
            problems.add(f"{path}: a fold's predictions must be of exactly one test speaker")
        in_task = rows["utterance"].isin(task.index)
        _note(problems, f"{path}: not in the task of {index}", rows[~in_task])
        rows = rows[in_task]
        truth = task.loc[rows["utterance"], ["speaker", "emotion"]].to_numpy()
        wrong = (rows[["speaker", "emotion"]].to_numpy() != truth).any(axis=1)
        _note(problems, f"{path}: speaker or emotion differs from {index}", rows[wrong])
        outside = rows[~rows["predicted"].isin(EMOTIONS)]
        _note(problems, f"{path}: predicted is not one of {', '.join(EMOTIONS)}", outside)
    tested = predictions["utterance"]
    again = predictions[tested.duplicated() & tested.isin(task.index)]
    _note(problems, "tested more than once", again.drop_duplicates("utterance"))
    _note(problems, f"in {index} but never tested", task[~task.index.isin(tested)].reset_index())
    problems.raise_if_any()


def _note(problems: Problems, what: str, rows: pd.DataFrame) -> None:
    utterances = rows["utterance"].tolist()
    if utterances:
        more = f" and {len(utterances) - 5} more" if len(utterances) > 5 else ""
        problems.add(f"{what}: {', '.join(utterances[:5])}{more}")


def _over_folds(each: list[dict], statistic) -> dict:
    """A statistic of every metric over the folds that have it."""
    return {name: statistic([fold[name] for fold in each if fold[name] is not None]) for name in METRICS}


def _mean(values: list[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _deviation(values: list[float]) -> float | None:
    """Sample standard deviation (n - 1); None for fewer than two values."""
    return float(np.std(values, ddof=1)) if len(values) > 1 else None
