"""The utterance table on disk, `index.parquet`: its columns, writing and reading. All that is trained depends on this
file, so it holds nothing of how a corpus is read."""

from pathlib import Path

import pyarrow as pa

from gagru.storage.files import REMEDY
from gagru.storage.parquet import read_parquet, write_parquet
from gagru.task.errors import InputError

INDEX_SCHEMA = pa.schema(
    [
        ("utterance", pa.string()),
        ("path", pa.string()),
        ("offset", pa.float64()),
        ("duration", pa.float64()),
        ("sample_rate", pa.int32()),
        ("speaker", pa.string()),
        ("gender", pa.string()),
        ("session", pa.string()),
        ("dialog", pa.string()),
        ("turn", pa.int32()),
        ("start", pa.float64()),
        ("end", pa.float64()),
        ("scenario", pa.string()),
        ("raw_label", pa.string()),
        ("emotion", pa.string()),
    ]
)
# Only where a manifest chooses channels.
CHANNEL = pa.field("channel", pa.int32())


def write_index(table: pa.Table, path: Path) -> None:
    """Write an index as Parquet, whole or not at all."""
    write_parquet(path, table)


def read_index(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Read an index, or some columns of it; `InputError` if the file is missing, damaged or not an index."""
    table = read_parquet(path, columns)
    if not columns and table.schema not in (INDEX_SCHEMA, INDEX_SCHEMA.append(CHANNEL)):
        raise InputError(f"{path}: not the columns of an index; {REMEDY}")
    return table
