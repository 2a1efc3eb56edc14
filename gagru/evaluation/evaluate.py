"""From the predictions of all folds to the figures of one system, one corpus and one seed."""

import csv
import io
from collections import Counter
from dataclasses import asdict

import numpy as np

from gagru.evaluation.intervals import Bootstrap, percentile_intervals
from gagru.storage.files import write_checked_json, write_text
from gagru.storage.parquet import read_parquet
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import Problems
from gagru.task.metrics import METRICS, compute_metrics, count_confusion, name_metrics


def evaluate(predictions, index, bootstrap: Bootstrap) -> dict:
    """Pool the test predictions of every fold and return what `metrics.json` holds.

    predictions : one Parquet file a fold; index : the corpus's utterance table
    Beside the `summary` that is whether the corpus has `dialogs`.
    Raises `InputError` listing every utterance that is missing, tested twice, unknown or out of step with the index.
    """
    rows = read_parquet(index, ["utterance", "speaker", "emotion", "dialog"]).to_pylist()
    task = {row["utterance"]: row for row in rows if row["emotion"]}
    tested = _checked(predictions, index, task)
    speakers = sorted({row["speaker"] for row in tested})
    confusions = [
        count_confusion(*zip(*((r["emotion"], r["predicted"]) for r in tested if r["speaker"] == speaker), strict=True))
        for speaker in speakers
    ]
    dialogs = any(row["dialog"] is not None for row in rows)
    return summary(dict(zip(speakers, confusions, strict=True)), bootstrap) | {"dialogs": dialogs}


def summary(speakers: dict, bootstrap: Bootstrap) -> dict:
    """Pooled figures with intervals, and fold figures beside them, from each speaker's (4, 4) counts.

    A fold is named by the one speaker it tests, so a speaker's counts are a fold's. Counts summed over seeds give the
    mean over seeds of every figure, since each seed tests the same utterances.
    """
    confusions = np.array(list(speakers.values()))
    low, high, draws = percentile_intervals(confusions, bootstrap)
    pooled, low, high = name_metrics(compute_metrics(confusions.sum(axis=0))), name_metrics(low), name_metrics(high)
    each = [
        {"fold": speaker, "utterances": int(counts.sum()), **name_metrics(compute_metrics(counts))}
        for speaker, counts in zip(speakers, confusions, strict=True)
    ]
    return {
        "emotions": list(EMOTIONS),
        "utterances": int(confusions.sum()),
        "pooled": {name: {"value": pooled[name], "low": low[name], "high": high[name]} for name in METRICS},
        "confusion": confusions.sum(axis=0).tolist(),
        "folds": {"mean": _over(each, _mean), "deviation": _over(each, _deviation), "each": each},
        "speakers": {speaker: counts.tolist() for speaker, counts in zip(speakers, confusions, strict=True)},
        "intervals": {
            "method": "percentile bootstrap over speakers",
            **asdict(bootstrap),
            "draws_used": dict(zip(METRICS, draws.tolist(), strict=True)),
        },
    }


def write_evaluation(metrics: dict, out_metrics, out_confusion) -> None:
    """Write `metrics.json` and the pooled `confusion.csv` (true emotions in rows)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["emotion", *EMOTIONS])
    writer.writerows([emotion, *row] for emotion, row in zip(EMOTIONS, metrics["confusion"], strict=True))
    write_text(out_confusion, text.getvalue())
    write_checked_json(out_metrics, metrics)


def _checked(predictions, index, task: dict) -> list[dict]:
    """All predictions, after checking that they test every utterance of the task exactly once."""
    problems = Problems("Predictions do not match the corpus; make the folds' predictions again")
    tested = []
    for path in predictions:
        rows = read_parquet(path, ["utterance", "speaker", "emotion", "predicted"]).to_pylist()
        if len({row["speaker"] for row in rows}) != 1:
            problems.add(f"{path}: a fold's predictions must be of exactly one test speaker")
        names = [row["utterance"] for row in rows]
        _note(problems, f"{path}: not in the task of {index}", [n for n in names if n not in task])
        known = [row for row in rows if row["utterance"] in task]
        wrong = [r["utterance"] for r in known if any(r[k] != task[r["utterance"]][k] for k in ("speaker", "emotion"))]
        _note(problems, f"{path}: speaker or emotion differs from {index}", wrong)
        outside = [r["utterance"] for r in known if r["predicted"] not in EMOTIONS]
        _note(problems, f"{path}: predicted is not one of {', '.join(EMOTIONS)}", outside)
        tested += known
    times = Counter(row["utterance"] for row in tested)
    _note(problems, "tested more than once", [name for name, count in times.items() if count > 1])
    _note(problems, f"in {index} but never tested", [name for name in task if name not in times])
    problems.raise_if_any()
    return tested


def _note(problems: Problems, what: str, utterances: list[str]) -> None:
    if utterances:
        more = f" and {len(utterances) - 5} more" if len(utterances) > 5 else ""
        problems.add(f"{what}: {', '.join(utterances[:5])}{more}")


def _over(each: list[dict], statistic) -> dict:
    """A statistic of every figure over the folds that have it."""
    return {name: statistic([fold[name] for fold in each if fold[name] is not None]) for name in METRICS}


def _mean(values: list[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _deviation(values: list[float]) -> float | None:
    """Sample standard deviation (n - 1); None for fewer than two values."""
    return float(np.std(values, ddof=1)) if len(values) > 1 else None
