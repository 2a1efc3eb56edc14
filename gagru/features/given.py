"""Feature files that were made elsewhere: one `.npy` an utterance, found by its name, checked, and listed in a table.

The file of the utterance `03a01Fa`, whose audio is `wav/03a01Fa.wav`, is called `03a01Fa.npy`, `wav/03a01Fa.npy` or
`wav/03a01Fa.wav.npy`. The table, `own_features.csv`, has a row an utterance, and a digest of each file's content.
"""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

from gagru.corpora import tree
from gagru.corpora.table import read_index
from gagru.storage.files import REMEDY, write_text
from gagru.task.errors import InputError, Problems

SUFFIX = ".npy"
MOST = 5  # files that a message names


class Given(NamedTuple):
    """The file of an utterance.

    file : relative to the folder
    rows, columns : T and D; T is 0 where the file holds (D,)
    digest : of the file's content
    """

    file: str
    rows: int
    columns: int
    digest: str


def index_given(index: Path, folder: Path, out: Path) -> str:
    """Find and check the file of every utterance, and write the table of them.

    Parameters
    ----------
    index : `index.parquet`; an utterance in the task must have a file, another one may have
    folder : where the `.npy` files lie
    out : the table

    Returns
    -------
    What was found, in words.

    Raises
    ------
    InputError : lists the utterances without a file, or with several, and the files that hold something else than
        (T, D) or (D,) finite numbers, all of one kind and with one D
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; name the one that holds the .npy files as `own_features`")
    rows = read_index(index, ["utterance", "path", "emotion"]).to_pylist()
    there = {name for name in tree.listing(folder).files if name.endswith(SUFFIX)}
    problems, found = Problems(f"features of one's own in {folder}"), {}
    shared = Counter(name for row in rows for name in _names_by_path(row["path"]))
    missing = []
    for row in rows:
        names = list(dict.fromkeys([f"{row['utterance']}{SUFFIX}", *_names_by_path(row["path"])]))
        files = [name for name in names if name in there]
        if len(files) > 1:
            problems.add(f"utterance {row['utterance']} has the files {' and '.join(files)}; keep one")
        elif files and files[0] != names[0] and shared[files[0]] > 1:
            problems.add(
                f"{files[0]}: is named by audio that {shared[files[0]]} utterances lie in; name files by utterance, as "
                f"{names[0]}"
            )
        elif files:
            found[row["utterance"]] = files[0]
        elif row["emotion"]:
            missing.append(names)
    if missing:
        first = missing[0]
        problems.add(
            f"no file for {len(missing)} of {sum(bool(row['emotion']) for row in rows)} utterances of the task: "
            f"{_list(names[0] for names in missing)}. Make them; the first may also be called {' or '.join(first[1:])}"
        )
    table = _inspect(folder, found, problems)
    problems.raise_if_any()
    _write_table(out, table)
    return _describe(table, len(there) - len(table))


def read_table(path) -> dict[str, Given]:
    """Utterance -> its file, as `index_given` wrote them. `InputError` where the table is missing or damaged."""
    try:
        with open(path, encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        if header != ["utterance", *Given._fields] or not rows:
            raise ValueError("wrong columns")
        return {name: Given(found, int(n), int(d), digest) for name, found, n, d, digest in rows}
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: missing, truncated or damaged; {REMEDY}") from error


def read_given(folder, given: Given) -> np.ndarray:
    """The values of an utterance, (T, D) float32; `InputError` where the file is no longer the one of the table."""
    path = Path(folder) / given.file
    if not path.is_file() or _digest(path) != given.digest:
        raise InputError(f"{path}: missing, or changed while the workflow ran; run snakemake again")
    return np.atleast_2d(np.load(path, allow_pickle=False)).astype(np.float32)


def _names_by_path(path: str) -> list[str]:
    return [str(PurePosixPath(path).with_suffix(SUFFIX)), f"{path}{SUFFIX}"]


def _inspect(folder: Path, files: dict[str, str], problems: Problems) -> dict[str, Given]:
    """The table of the files, utterance -> file; what is wrong with them is added to the problems."""
    table = {}
    for utterance, name in files.items():
        try:
            shape = _shape(folder / name)
        except InputError as error:
            problems.add(f"{name}: {error}")
        else:
            rows, columns = shape if len(shape) == 2 else (0, *shape)
            table[utterance] = Given(name, rows, columns, _digest(folder / name))
    kinds = {"D": lambda given: given.columns, "number of dimensions": lambda given: given.rows > 0}
    for what, kind in kinds.items():
        groups = {kind(given): given for given in table.values()}
        if len(groups) > 1:
            shapes = " and ".join(f"{_text(given)} in {given.file}" for given in groups.values())
            problems.add(f"the files do not all have one shape: {shapes}; all have to have the same {what}")
            break
    return table


def _shape(path: Path) -> tuple[int, ...]:
    """The shape of a file that can be heard; `InputError` with what is wrong and what to do."""
    try:
        values = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"is no .npy file of numbers ({error}); write it with numpy.save(path, array)") from error
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "fiu":
        raise InputError(f"holds {getattr(values, 'dtype', 'several arrays')}, no real numbers; write one float array")
    if values.ndim not in (1, 2) or not values.size:
        first = "; take array[0]" if values.ndim == 3 and len(values) == 1 else ""
        raise InputError(f"has the shape {values.shape}, and has to have (T, D) or (D,), none of them 0{first}")
    with np.errstate(over="ignore"):
        finite = np.isfinite(np.asarray(values, np.float32)).all()
    if not finite:
        raise InputError("holds NaN, or infinite or very large numbers; make it anew, or take the utterance out")
    return values.shape


def _text(given: Given) -> str:
    return f"({given.rows}, {given.columns})" if given.rows else f"({given.columns},)"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def _list(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:MOST]) + (f" and {len(names) - MOST} more" if len(names) > MOST else "")


def _write_table(path: Path, table: dict[str, Given]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["utterance", *Given._fields])
    writer.writerows([utterance, *given] for utterance, given in table.items())
    write_text(path, text.getvalue())


def _describe(table: dict[str, Given], left: int) -> str:
    any_file = next(iter(table.values()))
    rows = [given.rows for given in table.values()]
    shape = f"{min(rows)} to {max(rows)} frames of" if any_file.rows else "vectors of"
    unused = f"; .npy files of no utterance: {left}" if left else ""
    return f"{len(table)} utterances, {shape} {any_file.columns} features{unused}"
