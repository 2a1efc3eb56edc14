"""Predictions as a database in audformat (https://audeering.github.io/audformat/), which its package writes."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from gagru.corpora.table import read_index
from gagru.storage.files import whole
from gagru.storage.parquet import read_parquet
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError

TABLE = "predictions"
SEGMENT = ("file", "start", "end")
MOST_SECONDS = 1e9  # pandas counts times in nanoseconds


def read_predictions(path: Path, index: Path | None) -> pd.DataFrame:
    """Predictions with `file`, `start` and `end` (s) as their first columns.

    Parameters
    ----------
    path : a table that `gagru predict` wrote, CSV or Parquet; or the folder of a seed or a fold
    index : for a folder, `index.parquet` of the corpus, which says where the utterances lie

    Raises `InputError` where it is neither, or an utterance is not in the index.
    """
    if path.is_dir():
        return _read_folds(path, index)
    try:
        table = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path}: cannot be read ({error}); name a table of `gagru predict`, or a seed's folder"
        ) from error
    if missing := [name for name in SEGMENT if name not in table]:
        raise InputError(f"{path}: has no column {', '.join(missing)}; name a table that `gagru predict` wrote")
    if table.empty:
        raise InputError(f"{path}: holds no predictions; name a table of `gagru predict` that has some")
    table = table.reset_index(drop=True)
    _check_values(path, table)
    return table[[*SEGMENT, *(name for name in table if name not in SEGMENT)]]


def _check_values(path: Path, table: pd.DataFrame) -> None:
    """Raise `InputError` for what a database cannot hold: times that are none, a segment twice, chances above 1."""
    wrong = []
    for name in [*SEGMENT[1:], *(name for name in table if str(name).startswith("p_"))]:
        values = pd.to_numeric(table[name], errors="coerce")
        most = MOST_SECONDS if name in SEGMENT else 1
        fits = values.between(0, most) | (table[name].isna() & (name not in SEGMENT))
        wrong += [(row + 1, f"{name} is {table[name][row]}") for row in fits.index[~fits]]
    if not wrong:
        backwards = table.index[table["end"].astype(float) < table["start"].astype(float)]
        wrong = [(row + 1, "end is before start") for row in backwards]
    if wrong:
        row, what = min(wrong)
        raise InputError(f"{path}: row {row}: {what}; name a table that `gagru predict` wrote")
    if (twice := table.duplicated(list(SEGMENT))).any():
        file, start, end = table.loc[twice.idxmax(), list(SEGMENT)]
        raise InputError(
            f"{path}: {file} from {start} to {end} s is there {table.duplicated(list(SEGMENT), keep=False).sum()} "
            "times, and a table of audformat holds a segment once; leave one of them, such as one channel"
        )


def write_database(table: pd.DataFrame, out: Path, name: str) -> None:
    """Write a database with one table of segments, `predictions`, whole or not at all.

    Parameters
    ----------
    table : see `read_predictions`. Columns of the four emotions, and probabilities, get a scheme; others get none.
    out : its folder, which must not be there, or be empty
    name : of the database

    Raises `InputError` where the package audformat is not installed, and where something is at `out`.
    """
    try:
        import audformat
    except ImportError as error:
        raise InputError("audformat is not installed: pip install 'gagru[audformat]'") from error
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out}: is there already; name a folder that is not")
    database = audformat.Database(name, usage="research", description="Emotions predicted by gagru.")
    database.schemes["emotion"] = audformat.Scheme(labels=list(EMOTIONS))
    database.schemes["probability"] = audformat.Scheme("float", minimum=0, maximum=1)
    starts, ends = (pd.to_timedelta(table[column], unit="s") for column in SEGMENT[1:])
    database[TABLE] = audformat.Table(audformat.segmented_index(table["file"], starts, ends))
    for column in table.columns[len(SEGMENT) :]:
        database[TABLE][column] = audformat.Column(scheme_id=_scheme(table[column]))
        database[TABLE][column].set(table[column].to_numpy())
    with whole(out) as temporary:
        database.save(str(temporary), storage_format="csv")
        if out.is_dir():
            out.rmdir()


def _scheme(column: pd.Series) -> str | None:
    if column.name.startswith("p_"):
        return "probability"
    words = column.dropna()
    return "emotion" if len(words) and words.isin(EMOTIONS).all() else None


def _read_folds(path: Path, index: Path | None) -> pd.DataFrame:
    files = _list_folds(path)
    if index is None:
        raise InputError(f"{path}: holds predictions of utterances; give the corpus's index.parquet after --index")
    table = pd.concat([read_parquet(file).to_pandas() for file in files], ignore_index=True)
    places = read_index(index, ["utterance", "path", "offset", "duration"]).to_pandas().set_index("utterance")
    if strangers := sorted(set(table["utterance"]) - set(places.index)):
        raise InputError(f"{index}: has no utterance {strangers[0]}; give the index of the corpus that was predicted")
    places = places.loc[table["utterance"]].reset_index(drop=True)
    segments = {"file": places["path"], "start": places["offset"], "end": places["offset"] + places["duration"]}
    return pd.concat([pd.DataFrame(segments), table], axis=1)


def _list_folds(path: Path) -> Sequence[Path]:
    files = [path / "predictions.parquet"] if (path / "predictions.parquet").is_file() else []
    files = files or sorted(path.glob("*/predictions.parquet"))
    if not files:
        raise InputError(f"{path}: holds no predictions; name the folder of a seed, as results/emodb/ga_gru/seed0")
    return files
