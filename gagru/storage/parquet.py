"""Tables as Parquet files that tell when they were damaged or altered.

A file's metadata hold a checksum of every column (CRC-32, as in zip and PNG), and reading compares them. They are of
the values, not of the bytes, so they do not depend on how Arrow encodes them. Feature files, which are large, have one
checksum of all that they hold, see `gagru.features.store`.
"""

import json
import zlib
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gagru.storage.files import REMEDY, whole
from gagru.task.errors import InputError

CHECKSUM = b"gagru.crc32"
# What Arrow and numpy raise for a damaged file: its footer can announce impossible sizes, names and columns.
DAMAGE = (OSError, ValueError, LookupError, MemoryError, OverflowError, pa.ArrowException)


def write_parquet(path, table: pa.Table, **encoding) -> None:
    """Write `table` with its checksums, whole or not at all; `encoding` is for `pyarrow.parquet.write_table`."""
    table = table.replace_schema_metadata({CHECKSUM: json.dumps(_checksums(table))})
    with whole(path) as temporary:
        pq.write_table(table, temporary, **encoding)


def read_parquet(path, columns: list[str] | None = None) -> pa.Table:
    """Read what `write_parquet` wrote, or only `columns` of it, in their order.

    Raises
    ------
    InputError : the file is missing, truncated, altered, not of this workflow, or without one of the columns
    """
    try:
        # Not pq.read_table: it imports half a second's worth, and takes folders such as `corpus=x` for a partition.
        with pq.ParquetFile(path) as file:
            written = (file.metadata.metadata or {}).get(CHECKSUM)
            if written is None:
                raise InputError(f"{path}: not a file of this workflow; {REMEDY}")
            table = file.read(columns)
        table = table.select(columns or table.column_names)
        expected = json.loads(written)
        if columns:
            expected = {name: expected[name] for name in columns}
        intact = _checksums(table) == expected
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file; run snakemake again") from error
    except DAMAGE as error:
        raise InputError(f"{path}: truncated or damaged; {REMEDY}") from error
    if not intact:
        raise InputError(f"{path}: altered since it was written; {REMEDY}")
    return table.replace_schema_metadata()


def recorded_checksum(path) -> str:
    """The checksum that a file's metadata hold, of a table or of features; nothing where they hold none."""
    return ((pq.read_metadata(path).metadata or {}).get(CHECKSUM) or b"").decode()


def to_arrow(values: Sequence[str] | np.ndarray) -> pa.Array:
    """Texts or numbers, none missing, as a column: what `pa.array` gives.

    That imports pandas to tell data frames, which takes a training job as long as all else that Arrow does for it.
    """
    if isinstance(values, np.ndarray):
        values = np.ascontiguousarray(values)
        buffers = [None, pa.py_buffer(values)]
        return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), buffers)
    texts = [value.encode() for value in values]
    ends = np.cumsum([0, *map(len, texts)], dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), len(texts), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(texts))])


def to_numpy(column: pa.Array) -> np.ndarray:
    """A column of numbers, none missing, without a copy; unlike `Array.to_numpy` without pandas, see `to_arrow`."""
    return np.from_dlpack(column)


def _checksums(table: pa.Table) -> dict[str, str]:
    """Of each column by name. A column holds text, numbers, or lists of numbers without nulls."""
    return {name: f"{_checksum(table[name]):08x}" for name in table.column_names}


def _checksum(column: pa.ChunkedArray) -> int:
    if pa.types.is_list(column.type):  # in bulk: attention profiles are a million numbers
        lists = column.combine_chunks()
        return zlib.crc32(lists.flatten().to_numpy(), zlib.crc32(lists.value_lengths().to_numpy()))
    return zlib.crc32(json.dumps(column.to_pylist()).encode())
