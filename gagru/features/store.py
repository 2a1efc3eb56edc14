"""Features of a speaker's utterances as Parquet.

Columns: `utterance`, then `frame` where there is a row a frame, then the feature set's columns as float32. An utterance
lies in one row group. The file's metadata hold the versions of what it was made with, and a checksum of everything that
is read back, so a damaged or altered file is recognised. Values are not compressed: 16 % at most can be saved (zstd
after splitting bytes), for twice the time to read. Frame numbers are stored as their differences, next to nothing.
"""

import json
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gagru.storage.files import whole
from gagru.storage.parquet import to_arrow, to_numpy
from gagru.storage.versions import merged, versions
from gagru.task.errors import InputError

CHECKSUM, VERSIONS, STATISTICS = b"gagru.crc32", b"gagru.versions", b"gagru.statistics"
# What has a part in the values of one feature set or another, from decoding on. Python itself is not among them: the
# files are the same bytes with each.
PACKAGES = ("kaldi-native-fbank", "numpy", "opensmile", "pyarrow", "scipy", "soundfile", "soxr")
# A row group ends with the utterance that brings it to so many values (16 MB) or rows. Rows matter where columns are
# few, as in a waveform: there a group is an utterance or two, which can be read by themselves.
GROUP = 2**22
GROUP_ROWS = 2**16
REMEDY = "delete it and run snakemake again"
ENCODING = {"compression": "none", "use_dictionary": ["utterance"], "write_statistics": False}
FRAME_ENCODING = {"column_encoding": {"frame": "DELTA_BINARY_PACKED"}}


@dataclass(frozen=True)
class Features:
    """Features of some utterances.

    Attributes
    ----------
    columns : names of the d columns
    utterances : names of the utterances, in the order of the file
    lengths : rows of each utterance; all 1 for functionals
    values : (sum of `lengths`, d) float32, C-contiguous, the utterances' rows one after the other
    frames : whether there is a row a frame; else a row an utterance
    """

    columns: list[str]
    utterances: list[str]
    lengths: np.ndarray
    values: np.ndarray
    frames: bool

    def items(self) -> Iterator[tuple[str, np.ndarray]]:
        """Each utterance and its values, (n, d) with a row a frame, else (d,), as views of `values`."""
        ends = np.cumsum(self.lengths)
        parts = map(self.values.__getitem__, map(slice, ends - self.lengths, ends)) if self.frames else self.values
        return zip(self.utterances, parts, strict=True)


def write_frames(
    path, columns: list[str], utterances: Iterable[tuple[str, np.ndarray]], before=None, statistics=None
) -> None:
    """Write pairs of an utterance and its (n, d) values, one after the other, whole or not at all.

    `before` : versions of what made the values that these were made from, see `made_with`
    `statistics` : what they were normalised by, as JSON can hold it, see `normalised_by`
    """
    schema = [("utterance", pa.string()), ("frame", pa.int32())]
    _write(path, pa.schema(schema + [(name, pa.float32()) for name in columns]), utterances, before, statistics)


def write_functionals(
    path, columns: list[str], utterances: Iterable[tuple[str, np.ndarray]], before=None, statistics=None
) -> None:
    """Write pairs of an utterance and its (d,) values, whole or not at all; the rest as in `write_frames`."""
    schema = [("utterance", pa.string())]
    rows = ((utterance, values[None]) for utterance, values in utterances)
    _write(path, pa.schema(schema + [(name, pa.float32()) for name in columns]), rows, before, statistics)


def made_with(path) -> dict[str, str]:
    """The versions of what made a feature file, and what it was made from: of `PACKAGES`, those that were there."""
    return json.loads((pq.read_metadata(path).metadata or {}).get(VERSIONS, b"{}"))


def normalised_by(path) -> dict | None:
    """The statistics that the writer of a feature file gave; None where it gave none. `InputError` if altered."""
    written = (pq.read_metadata(path).metadata or {}).get(STATISTICS)
    if written is None:
        return None
    checksum, _, text = written.partition(b" ")
    if checksum != b"%08x" % zlib.crc32(text):
        raise InputError(f"{path}: altered since it was written; {REMEDY}")
    return json.loads(text)


class StoredUtterance:
    """An utterance's values that stay on disk: `np.asarray(utterance)` reads them, (n, d) float32; `len` is n."""

    def __init__(self, file: pq.ParquetFile, group: int, rows: slice, columns: list[str]):
        self._file, self._group, self._rows, self._columns = file, group, rows, columns

    def __len__(self) -> int:
        return self._rows.stop - self._rows.start

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        arrays = _row_group(self._file, self._group, self._columns)
        return np.stack([to_numpy(array)[self._rows] for array in arrays], axis=1, dtype=dtype)


@dataclass(frozen=True)
class StoredFeatures:
    """Features of some utterances, on disk.

    Attributes
    ----------
    columns : names of the d columns
    utterances : name -> values that stay on disk, in the order of the file
    """

    columns: list[str]
    utterances: dict[str, StoredUtterance]

    def items(self) -> Iterable[tuple[str, StoredUtterance]]:
        """Each utterance and its values."""
        return self.utterances.items()


def read_features(path) -> Features:
    """Read what `write_frames` or `write_functionals` wrote.

    Raises
    ------
    InputError : the file is missing, truncated, altered, not of this workflow, or has values that are no finite numbers
    """
    with _checked(path) as (file, check), file:
        values = np.empty((file.metadata.num_rows, len(check.columns)), np.float32)
        frames, row = "frame" in file.schema_arrow.names, 0
        for group in range(file.num_row_groups):
            names, lengths, arrays = _utterances(file, group, check.columns)
            block = values[row : row + sum(lengths)]
            block[:] = np.stack([to_numpy(array) for array in arrays]).T
            check.add(names, lengths, block)
            row += len(block)
    return Features(check.columns, check.utterances, np.array(check.lengths, int), values[:row], frames)


def open_features(path) -> StoredFeatures:
    """The utterances of a file that `write_frames` wrote, to be read one by one.

    The whole file is checked first, a row group in memory at a time. Raises what `read_features` raises.
    """
    stored = StoredFeatures([], {})
    with _checked(path) as (file, check):
        stored.columns.extend(check.columns)
        for group in range(file.num_row_groups):
            names, lengths, arrays = _utterances(file, group, check.columns)
            check.add(names, lengths, np.stack([to_numpy(array) for array in arrays], axis=1))
            ends = np.cumsum(lengths)
            for name, start, end in zip(names, (ends - lengths).tolist(), ends.tolist(), strict=True):
                stored.utterances[name] = StoredUtterance(file, group, slice(start, end), check.columns)
    return stored


class _Check:
    """What has been read of a file so far, to be held against the checksum in its metadata."""

    def __init__(self, path, columns: list[str]):
        self.path, self.columns = path, columns
        self.utterances, self.lengths, self.crc = [], [], 0

    def add(self, names: list[str], lengths: list[int], values: np.ndarray) -> None:
        """Take in a row group, its values (n, d) contiguous; `InputError` where they are no finite numbers."""
        if not np.isfinite(values).all():
            row, column = np.argwhere(~np.isfinite(values))[0]
            name = names[np.searchsorted(np.cumsum(lengths), row, side="right")]
            raise InputError(
                f"{self.path}: NaN or infinite values, first in {self.columns[column]} of utterance {name}; {REMEDY}"
            )
        self.utterances += names
        self.lengths += lengths
        self.crc = zlib.crc32(values, self.crc)

    def holds(self, checksum: bytes) -> bool:
        return _checksum(self.crc, self.columns, self.utterances, self.lengths) == checksum


@contextmanager
def _checked(path) -> Iterator[tuple[pq.ParquetFile, _Check]]:
    """A feature file and the check that the block puts all row groups through; `InputError` for whatever is wrong."""
    try:
        file = pq.ParquetFile(path, read_dictionary=["utterance"])
        checksum = (file.metadata.metadata or {}).get(CHECKSUM)
        if checksum is None:
            raise InputError(f"{path}: not a feature file of this workflow; {REMEDY}")
        check = _Check(path, [name for name in file.schema_arrow.names if name not in ("utterance", "frame")])
        yield file, check
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file; run snakemake again") from error
    # A damaged footer can announce impossible sizes, names and columns.
    except (OSError, ValueError, LookupError, MemoryError, OverflowError, pa.ArrowException) as error:
        raise InputError(f"{path}: truncated or damaged; {REMEDY}") from error
    if not check.holds(checksum):
        raise InputError(f"{path}: altered since it was written; {REMEDY}")


def _row_group(file: pq.ParquetFile, group: int, columns: list[str]) -> list[pa.Array]:
    """The columns of one row group. By one thread: jobs run side by side."""
    table = file.read_row_group(group, columns, use_threads=False).combine_chunks()
    return [column.chunk(0) for column in table.columns]


def _utterances(file: pq.ParquetFile, group: int, columns: list[str]) -> tuple[list[str], list[int], list[pa.Array]]:
    """A row group's utterances, their lengths and the columns; raises what Arrow and numpy raise for damage."""
    names, *arrays = _row_group(file, group, ["utterance", *columns])
    codes = to_numpy(names.indices)
    first = np.flatnonzero(np.diff(codes, prepend=-1))
    lengths = np.diff(first, append=len(codes)).tolist()
    every = names.dictionary.to_pylist()
    return [every[code] for code in codes[first]], lengths, arrays


def _write(path, schema: pa.Schema, utterances: Iterable[tuple[str, np.ndarray]], before, statistics) -> None:
    """Write pairs of an utterance and its (n, d) values."""
    notes = {VERSIONS: json.dumps(merged([before or {}, versions(PACKAGES)]))}
    if statistics is not None:
        text = json.dumps(statistics).encode()
        notes[STATISTICS] = b"%08x %s" % (zlib.crc32(text), text)
    columns = [name for name in schema.names if name not in ("utterance", "frame")]
    names, lengths, crc = [], [], 0
    encoding = ENCODING | (FRAME_ENCODING if "frame" in schema.names else {})
    with whole(path) as temporary, pq.ParquetWriter(temporary, schema, **encoding) as writer:
        for group in _row_groups(utterances):
            for utterance, values in group:
                names.append(utterance)
                lengths.append(len(values))
                crc = zlib.crc32(values, crc)
            # Arrow would split what has more than 2**20 rows.
            writer.write_batch(_batch(group, schema), row_group_size=sum(len(values) for _, values in group))
        writer.add_key_value_metadata({CHECKSUM: _checksum(crc, columns, names, lengths), **notes})


def _row_groups(utterances: Iterable[tuple[str, np.ndarray]]) -> Iterator[list[tuple[str, np.ndarray]]]:
    """The utterances, values contiguous float32, in lists of one row group each."""
    group, size, rows = [], 0, 0
    for utterance, values in utterances:
        group.append((utterance, np.ascontiguousarray(values, dtype=np.float32)))
        size += values.size
        rows += len(values)
        if size >= GROUP or rows >= GROUP_ROWS:
            yield group
            group, size, rows = [], 0, 0
    if group:
        yield group


def _batch(group: list[tuple[str, np.ndarray]], schema: pa.Schema) -> pa.RecordBatch:
    """One row group: the utterances' rows one after the other, turned into columns."""
    names, values = zip(*group, strict=True)
    lengths = [len(rows) for rows in values]
    codes = np.repeat(np.arange(len(names), dtype=np.int32), lengths)
    arrays = [pa.DictionaryArray.from_arrays(to_arrow(codes), to_arrow(names)).cast(pa.string())]
    if "frame" in schema.names:
        arrays.append(to_arrow(np.concatenate([np.arange(n, dtype=np.int32) for n in lengths])))
    arrays += [to_arrow(column) for column in np.ascontiguousarray(np.concatenate(values).T)]
    return pa.record_batch(arrays, schema=schema)


def _checksum(crc: int, columns: list[str], utterances: list[str], lengths: list[int]) -> bytes:
    """Of the values (whose own is `crc`), the names and the lengths; CRC-32 as in zip and PNG."""
    return b"%08x" % zlib.crc32(json.dumps([columns, utterances, lengths]).encode(), crc)
