"""Writing files so that each appears whole or not at all."""

import errno
import json
import os
import shutil
import tempfile
import zlib
from contextlib import contextmanager
from pathlib import Path

from gagru.task.errors import InputError

REMEDY = "delete it and run snakemake again"
# What the system answers to writing -> what to do about it.
NOT_WRITABLE = {
    getattr(errno, name): what
    for names, what in {
        "ENOSPC": "make room on the disk",
        "EDQUOT": "your quota of the disk is used up: remove something of yours",
        "EFBIG": "allow larger files (`ulimit -f`)",
        "EROFS": "mount the disk so that it can be written",
        "EACCES EPERM": "get the right to write in that folder",
        "EIO": "the disk or its connection fails: see to it",
        "ENOTDIR EISDIR EEXIST": "a file lies where a folder must be, or a folder where a file must be: move it away",
        "ENAMETOOLONG": "this disk wants shorter names",
    }.items()
    for name in names.split()
    if hasattr(errno, name)
}
# Of the folders that hold what is being written.
PREFIX = ".writing-"


@contextmanager
def whole(path):
    """Yield a path beside `path` to write to; it takes the place of `path` only if the block succeeds.

    The temporary file lies in the same folder, so the final rename is atomic (POSIX `rename`).
    What was at `path` before is untouched when the block raises. Raises `InputError` where the disk is full or may not
    be written to.
    """
    path, folder = Path(path), None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = tempfile.mkdtemp(prefix=PREFIX, dir=path.parent)
        temporary = Path(folder) / path.name
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        if error.errno not in NOT_WRITABLE:
            raise
        raise InputError(
            f"{path}: cannot be written ({os.strerror(error.errno)}); {remedy(error)}, and try again"
        ) from error
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def remedy(error: OSError) -> str:
    """What to do about a file that cannot be written."""
    return NOT_WRITABLE.get(error.errno, "see to the folder and its permissions")


def check_writable(folder) -> None:
    """Raise `InputError` where no file can be made in `folder`."""
    path = Path(folder) / ".writable"
    write_text(path, "")
    path.unlink()


def write_text(path, text: str) -> None:
    """Write `text` (UTF-8) to `path`, whole or not at all."""
    with whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(path, value) -> None:
    """Write `value` as indented JSON with sorted keys, whole or not at all."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n")


def write_checked_json(path, value: dict) -> None:
    """Write `value` as `write_json` does, with a checksum of it (CRC-32 of its JSON) as one more key."""
    write_json(path, value | {"checksum": _checksum(value)})


def read_checked_json(path) -> dict:
    """Read what `write_checked_json` wrote; `InputError` where it is missing, damaged or was altered."""
    try:
        value = json.loads(Path(path).read_text(encoding="utf-8"))
        checksum = value.pop("checksum")
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file; run snakemake again") from error
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{path}: truncated or damaged; {REMEDY}") from error
    if checksum != _checksum(value):
        raise InputError(f"{path}: altered since it was written; {REMEDY}")
    return value


def _checksum(value: dict) -> str:
    return f"{zlib.crc32(json.dumps(value, sort_keys=True).encode()):08x}"
