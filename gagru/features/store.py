"""Features of a speaker's utterances as Parquet.

Columns: `utterance`, then `frame` where there is a row a frame, then the feature set's columns as float32. An utterance
lies in one row group. The file's metadata hold a checksum of everything that is read back, so a damaged or altered
file is recognised. Values are not compressed: 16 % at most can be saved (zstd after splitting bytes), for twice the
time to read.
"""

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gagru.errors import InputError
from gagru.files import whole

CHECKSUM = b"gagru.crc32"
# Values in a row group: 16 MB.
GROUP = 2**22
REMEDY = "delete it and run snakemake again"
ENCODING = {"compression": "none", "use_dictionary": ["utterance"], "write_statistics": False}


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


def write_frames(path, columns: list[str], utterances: Iterable[tuple[str, np.ndarray]]) -> None:
    """Write pairs of an utterance and its (n, d) values, one after the other, whole or not at all."""
    schema = [("utterance", pa.string()), ("frame", pa.int32())]
    _write(path, pa.schema(schema + [(name, pa.float32()) for name in columns]), utterances)


def write_functionals(path, columns: list[str], utterances: Iterable[tuple[str, np.ndarray]]) -> None:
    """Write pairs of an utterance and its (d,) values, whole or not at all."""
    schema = [("utterance", pa.string())]
    rows = ((utterance, values[None]) for utterance, values in utterances)
    _write(path, pa.schema(schema + [(name, pa.float32()) for name in columns]), rows)


def read_features(path) -> Features:
    """Read what `write_frames` or `write_functionals` wrote.

    Raises
    ------
    InputError : the file is missing, truncated, altered, not of this workflow, or has values that are no finite numbers
    """
    try:
        with pq.ParquetFile(path, read_dictionary=["utterance"]) as file:
            checksum = (file.metadata.metadata or {}).get(CHECKSUM)
            if checksum is None:
                raise InputError(f"{path}: not a feature file of this workflow; {REMEDY}")
            features = _read(file)
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file; run snakemake again") from error
    # A damaged footer can announce impossible sizes, names and columns.
    except (OSError, ValueError, LookupError, MemoryError, OverflowError, pa.ArrowException) as error:
        raise InputError(f"{path}: truncated or damaged; {REMEDY}") from error
    if not np.isfinite(features.values).all():
        row, column = np.argwhere(~np.isfinite(features.values))[0]
        utterance = features.utterances[np.searchsorted(np.cumsum(features.lengths), row, side="right")]
        raise InputError(
            f"{path}: NaN or infinite values, first in {features.columns[column]} of utterance {utterance}; {REMEDY}"
        )
    crc = zlib.crc32(features.values)
    if _checksum(crc, features.columns, features.utterances, features.lengths.tolist()) != checksum:
        raise InputError(f"{path}: altered since it was written; {REMEDY}")
    return features


def _write(path, schema: pa.Schema, utterances: Iterable[tuple[str, np.ndarray]]) -> None:
    """Write pairs of an utterance and its (n, d) values, a row group whenever `GROUP` values have come together."""
    columns = [name for name in schema.names if name not in ("utterance", "frame")]
    names, lengths, crc = [], [], 0
    group, size = [], 0
    with whole(path) as temporary, pq.ParquetWriter(temporary, schema, **ENCODING) as writer:
        for utterance, values in utterances:
            values = np.ascontiguousarray(values, dtype=np.float32)
            names.append(utterance)
            lengths.append(len(values))
            crc = zlib.crc32(values, crc)
            group.append((utterance, values))
            size += values.size
            if size >= GROUP:
                writer.write_batch(_batch(group, schema))
                group, size = [], 0
        if group:
            writer.write_batch(_batch(group, schema))
        writer.add_key_value_metadata({CHECKSUM: _checksum(crc, columns, names, lengths)})


def _batch(group: list[tuple[str, np.ndarray]], schema: pa.Schema) -> pa.RecordBatch:
    """One row group: the utterances' rows one after the other, turned into columns."""
    names, values = zip(*group, strict=True)
    lengths = [len(rows) for rows in values]
    codes = np.repeat(np.arange(len(names), dtype=np.int32), lengths)
    arrays = [pa.DictionaryArray.from_arrays(codes, pa.array(names, pa.string())).cast(pa.string())]
    if "frame" in schema.names:
        arrays.append(pa.array(np.concatenate([np.arange(n, dtype=np.int32) for n in lengths])))
    arrays += [pa.array(column) for column in np.ascontiguousarray(np.concatenate(values).T)]
    return pa.record_batch(arrays, schema=schema)


def _read(file: pq.ParquetFile) -> Features:
    """Everything in `file`; raises what Arrow or numpy raise where it is not as `_write` writes."""
    names = file.schema_arrow.names
    columns = [name for name in names if name not in ("utterance", "frame")]
    values = np.empty((file.metadata.num_rows, len(columns)), np.float32)
    utterances, starts, row = [], [], 0
    for group in range(file.num_row_groups):
        # One thread: jobs run side by side.
        table = file.read_row_group(group, ["utterance", *columns], use_threads=False).combine_chunks()
        arrays = [column.chunk(0) for column in table.columns]
        codes = arrays[0].indices.to_numpy()
        first = np.flatnonzero(np.diff(codes, prepend=-1))
        utterances += arrays[0].dictionary.take(pa.array(codes[first])).to_pylist()
        starts += (row + first).tolist()
        values[row : row + len(codes)] = np.stack([array.to_numpy() for array in arrays[1:]]).T
        row += len(codes)
    return Features(columns, utterances, np.diff(starts, append=row), values, "frame" in names)


def _checksum(crc: int, columns: list[str], utterances: list[str], lengths: list[int]) -> bytes:
    """Of the values (whose own is `crc`), the names and the lengths; CRC-32 as in zip and PNG."""
    return b"%08x" % zlib.crc32(json.dumps([columns, utterances, lengths]).encode(), crc)
