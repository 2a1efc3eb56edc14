"""The utterance table on disk, `index.parquet`: its columns, writing and reading. All that is trained depends on this
file, so it holds nothing of how a corpus is read."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from gagru.errors import InputError
from gagru.files import whole

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


def write_index(table: pa.Table, path: Path) -> None:
    """Write an index as Parquet, whole or not at all."""
    with whole(path) as temporary:
        pq.write_table(table, temporary)


def read_index(path: Path) -> pa.Table:
    """Read an index; `InputError` if the file is missing, damaged or not an index."""
    try:
        # Not pq.read_table: it takes folders such as `corpus=x` for a partitioned data set.
        table = pq.ParquetFile(path).read()
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: cannot be read ({error}); delete it and run the workflow again") from error
    if not table.schema.equals(INDEX_SCHEMA):
        raise InputError(f"{path}: not the columns of an index; delete it and run the workflow again")
    return table
