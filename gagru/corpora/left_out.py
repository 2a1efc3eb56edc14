"""What a corpus holds and the utterance table does not, `left_out.csv`: counted by kind, with the first of each."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from gagru.corpora import tree
from gagru.storage.files import REMEDY, write_text
from gagru.task.errors import InputError

TRAP = "trap: "  # the beginning of what misleads, which stands first
Row = tuple[str, str, int, str]
COLUMNS = ("what", "value", "count", "first")
AUDIO = (
    ".wav .wave .w64 .rf64 .flac .ogg .oga .opus .mp3 .mp2 .aif .aiff .aifc .au .snd .sph .nist .caf .voc .raw .pcm "
    ".m4a .mp4 .aac .wma .webm .amr .3gp"
)
# A spreadsheet takes a cell that begins so for a formula.
FORMULA = ("=", "+", "-", "@")


class LeftOut:
    """Counts what is left out while a corpus is read."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str], list] = {}

    def add(self, what: str, value: str, first: str, count: int = 1) -> None:
        """Count something of a kind: what it is, its value (a label, a suffix, a column), and where it is."""
        if count:
            self.counts.setdefault((what, value), [0, first])[0] += count

    def add_files(self, files: Iterable[str], used: Iterable[str]) -> None:
        """Count the files (paths) that are not among the `used`, by suffix."""
        for path in sorted(set(files).difference(used)):
            what = "audio without a label" if is_audio(path) else "file that is not audio"
            self.add(what, PurePosixPath(path).suffix.casefold(), path)

    def values(self, what: str) -> list[str]:
        """The values that were counted of a kind, in their order."""
        return [value for kind, value in self.counts if kind == what]

    def rows(self) -> list[Row]:
        """(what, value, count, first), traps first, then by `what` and count, as text that is safe to show."""
        found = [(what, value, count, first) for (what, value), (count, first) in self.counts.items()]
        found.sort(key=lambda row: (not row[0].startswith(TRAP), row[0], -row[2], row[1]))
        return [(what, _cell(value), count, _cell(first)) for what, value, count, first in found]


def is_audio(path: str) -> bool:
    """Whether a file is audio by its suffix."""
    return PurePosixPath(path).suffix.casefold() in AUDIO.split()


def describe_left_out(rows: list[Row]) -> str:
    """The rows as lines for people."""
    if not rows:
        return "left out: nothing"
    lines = (f"  {what}{value and f' ({value})'}: {count}, the first is {first}" for what, value, count, first in rows)
    return "\n".join(["left out:", *lines])


def write_left_out(path: Path, rows: list[Row]) -> None:
    """Write the rows as CSV, whole or not at all."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([COLUMNS, *rows])
    write_text(path, text.getvalue())


def read_left_out(path: Path) -> list[Row]:
    """Read what `write_left_out` wrote; `InputError` where it is not such a file."""
    try:
        with open(path, encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
            if tuple(header) != COLUMNS:
                raise ValueError("wrong columns")
            return [(what, value, int(count), first) for what, value, count, first in rows]
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file; run snakemake again") from error
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(f"{path}: truncated or damaged; {REMEDY}") from error


def _cell(text: str) -> str:
    plain = text.isprintable() and len(text) <= 200 and not text.startswith(FORMULA)
    return text if plain else tree.shown(text)
