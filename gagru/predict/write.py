"""Predictions as files."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa

from gagru.storage.files import check_writable, write_text
from gagru.storage.parquet import write_parquet
from gagru.task.errors import InputError

SUFFIXES = (".csv", ".parquet")


def check_output(path: Path, suffixes: Sequence[str] = SUFFIXES) -> None:
    """Raise `InputError` where a file of one of these kinds cannot be written to `path`, before time is spent on it."""
    if path.suffix not in suffixes:
        raise InputError(f"{path}: is written as {' or '.join(suffixes)}; name such a file")
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file")
    folder = path.parent
    while not folder.exists():  # it is made when there is something to write
        folder = folder.parent
    try:
        check_writable(folder)
    except OSError as error:  # what `check_writable` knows no remedy for
        raise InputError(f"{path}: cannot be written ({error.strerror}); name a file elsewhere") from error


def write_predictions(path: Path, table: pd.DataFrame) -> None:
    """Write what `gagru.predict.model.Model.predict` returned, whole or not at all."""
    if path.suffix == ".parquet":
        write_parquet(path, pa.Table.from_pandas(table, preserve_index=False))
    else:
        write_text(path, to_csv(table))


def to_csv(table: pd.DataFrame) -> str:
    """Seconds to the millisecond, probabilities to six digits; what is missing is an empty cell."""
    probabilities = {name: 6 for name in table if name.startswith("p_")}
    rounded = table.round({"start": 3, "end": 3, "agreement": 4, **probabilities})
    return rounded.to_csv(index=False, lineterminator="\n")
