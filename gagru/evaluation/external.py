"""Predictions of a system that was trained elsewhere: from its CSV file to the form that those made here have."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gagru.corpora.columns import meant_emotion
from gagru.corpora.table import read_index
from gagru.evaluation.predictions import STORED
from gagru.storage.cells import read_cells
from gagru.storage.files import write_text
from gagru.storage.parquet import read_parquet, write_parquet
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError, Problems

PROBABILITIES = [f"p_{emotion}" for emotion in EMOTIONS]
LOGITS = [f"logit_{emotion}" for emotion in EMOTIONS]
SCHEMA = pa.schema([(name, pa.float32() if name in PROBABILITIES else pa.string()) for name in STORED])
MOST = 5  # names that a message gives
ROUNDING = 0.01  # by which probabilities may miss a sum of 1


def import_predictions(path: Path, index: Path, description: Mapping, out: Path, out_description: Path) -> str:
    """Check the predictions of a CSV file, and write them as Parquet, with what is said of the system.

    Parameters
    ----------
    path : CSV, a row an utterance: `utterance`, and `predicted`, an emotion of the four, or `logit_*` of all four, or
        both; optionally their probabilities `p_*`. Logits become probabilities, and the largest is what is predicted.
    index : `index.parquet` of the corpus
    description : `printed` and `protocol` of the system, for `out_description`, JSON
    out : columns `STORED`, in the order of the index

    Returns
    -------
    What was read, in words. Raises `InputError` that lists utterances of the task that are missing or there twice,
    utterances that the corpus does not have, and cells that cannot be used.
    """
    given = _read(path)
    problems = Problems(str(path))
    known = read_index(index, ["utterance", "speaker", "emotion"]).to_pandas()
    task = known[known["emotion"].notna()].set_index("utterance")
    _check_utterances(given["utterance"], known["utterance"], task.index, problems)
    probability = _probabilities(given, problems)
    predicted = _predicted(given, probability, problems)
    problems.raise_if_any()
    table = pd.DataFrame({"utterance": given["utterance"], "predicted": predicted})
    for i, name in enumerate(PROBABILITIES):
        table[name] = np.nan if probability is None else probability[:, i]
    table = task.join(table.set_index("utterance"), how="left").reset_index()
    columns = [pa.array(table[field.name], field.type, from_pandas=True) for field in SCHEMA]
    write_parquet(out, pa.Table.from_arrays(columns, schema=SCHEMA))
    write_text(out_description, json.dumps(dict(description), indent=2, ensure_ascii=False) + "\n")
    outside = len(given) - len(task)
    kind = "with probabilities" if probability is not None else "without probabilities"
    more = f"; {outside} utterances outside the four emotions are not used" if outside else ""
    return f"{len(task)} predictions, {kind}{more}"


def split_predictions(table: Path, fold: str, out: Path) -> None:
    """Write the rows of the speaker that a fold tests."""
    read = read_parquet(table, STORED)
    write_parquet(out, read.filter(pc.equal(read["speaker"], fold)))


def _read(path: Path) -> pd.DataFrame:
    """The cells of the CSV file as text, without blanks around them; `InputError` where it lacks columns."""
    table = read_cells(path, "a CSV file of predictions")
    table.columns = [name.strip() for name in table.columns]
    there = ", ".join(table.columns)
    if "utterance" not in table or not ("predicted" in table or set(LOGITS) <= set(table)):
        raise InputError(
            f"{path}: needs the columns `utterance`, and `predicted` or all of {', '.join(LOGITS)}; there are {there}"
        )
    for names in (PROBABILITIES, LOGITS):
        if 0 < len(some := set(names) & set(table)) < len(names):
            raise InputError(
                f"{path}: has {', '.join(sorted(some))}, but not all of {', '.join(names)}; add the others"
            )
    return table.apply(lambda column: column.str.strip())


def _check_utterances(given: pd.Series, known: pd.Series, task: pd.Index, problems: Problems) -> None:
    for what, names, remedy in (
        ("no prediction", task[~task.isin(given)], "add them"),
        ("predicted more than once", given[given.duplicated()].drop_duplicates(), "keep one of each"),
        ("not in the corpus", given[~given.isin(known)], "names are those of index.parquet; correct or remove them"),
    ):
        if len(names):
            more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
            problems.add(f"{len(names)} utterances {what}: {', '.join(map(str, names[:MOST]))}{more}; {remedy}")


def _probabilities(given: pd.DataFrame, problems: Problems) -> np.ndarray | None:
    """(n, 4), in the order of `EMOTIONS`, or None where none are given; the cells that are wrong are added."""
    names = next((names for names in (PROBABILITIES, LOGITS) if set(names) <= set(given)), None)
    if names is None:
        return None
    values = given[names].apply(pd.to_numeric, errors="coerce").to_numpy(float)
    if names == LOGITS:
        wrong, what = ~np.isfinite(values).all(axis=1), "logits that are no finite numbers"
        exponents = np.exp(values - values.max(axis=1, keepdims=True))
        values = exponents / exponents.sum(axis=1, keepdims=True)
    else:
        inside = (values >= 0).all(axis=1) & (abs(values.sum(axis=1) - 1) <= ROUNDING)
        wrong, what = ~inside, "probabilities that are not from 0 to 1 with a sum of 1"
    _note(given, wrong, what, "correct them", problems)
    return values


def _predicted(given: pd.DataFrame, probability: np.ndarray | None, problems: Problems) -> list[str]:
    if "predicted" not in given:
        return [EMOTIONS[code] for code in np.nan_to_num(probability).argmax(axis=1)]
    words = given["predicted"]
    wrong = ~words.isin(EMOTIONS)
    meant = sorted({f"{word!r} for {known!r}" for word in words[wrong].unique() if (known := meant_emotion(word))})
    remedy = f"write the four as {', '.join(EMOTIONS)}" + (f"; there is {', '.join(meant)}" if meant else "")
    _note(given, wrong.to_numpy(), "predictions that are none of the four emotions", remedy, problems)
    return words.tolist()


def _note(given: pd.DataFrame, wrong: np.ndarray, what: str, remedy: str, problems: Problems) -> None:
    if wrong.any():
        lines = (np.flatnonzero(wrong) + 2)[:MOST]
        problems.add(f"{wrong.sum()} {what}, first in line {', '.join(map(str, lines))}; {remedy}")
