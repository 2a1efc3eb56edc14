"""Writing files so that each appears whole or not at all."""

import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

# Of the folders that hold what is being written.
PREFIX = ".writing-"


@contextmanager
def whole(path):
    """Yield a path beside `path` to write to; it takes the place of `path` only if the block succeeds.

    The temporary file lies in the same folder, so the final rename is atomic (POSIX `rename`).
    What was at `path` before is untouched when the block raises.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = tempfile.mkdtemp(prefix=PREFIX, dir=path.parent)
    try:
        temporary = Path(folder) / path.name
        yield temporary
        os.replace(temporary, path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_text(path, text: str) -> None:
    """Write `text` (UTF-8) to `path`, whole or not at all."""
    with whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(path, value) -> None:
    """Write `value` as indented JSON with sorted keys, whole or not at all."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n")
