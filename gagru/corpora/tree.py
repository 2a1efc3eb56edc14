"""Looking into a corpus's folders and label files.

Names are found as a file system finds them that does not tell upper from lower case: a corpus that was copied by way of
one can have `Wav/03a01Fa.WAV` where its labels say `wav/03a01Fa.wav`.
"""

import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from gagru.task.errors import InputError

BOM = b"\xef\xbb\xbf"  # the byte-order mark in UTF-8
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Listing(NamedTuple):
    """The files below a folder: their paths relative to it, with forward slashes, and how many entries are hidden."""

    files: list[str]
    hidden: int


def wrong_layout(root: Path, expected: str) -> InputError:
    """The error for a root that is missing or is not laid out as its reader expects."""
    what = "the layout is not the expected one" if root.is_dir() else "no such folder"
    return InputError(f"{root}: {what}; {expected}")


def same_name(name: str) -> str:
    """What a file's name has in common with those that differ in case or Unicode form."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def files(folder: Path, suffix: str) -> list[Path]:
    """The files in `folder` (not below it) whose names end in `suffix`, in any case, in order of their names.

    Names beginning with "." are left out: macOS leaves `._name.wav` and `._name.txt` beside the real files.
    """
    found = (folder / name for name in _entries(folder) if name.casefold().endswith(suffix) and name[0] != ".")
    return [path for path in found if path.is_file()]


def folder(root: Path, *names: str) -> Path:
    """The folder `root`/`names`, whatever the case of its names.

    Raises `InputError` where two folders differ only in that: what the other holds would not be read.
    """
    for name in names:
        alike = [root / other for other in _entries(root) if same_name(other) == same_name(name)]
        different = {path.resolve(): path for path in alike if path.is_dir()}
        if len(different) > 1:
            both = " and ".join(path.name for path in different.values())
            raise InputError(f"{root}: holds the folders {both}; put all that is in them into one, {name}")
        root = next(iter(different.values()), root / name)
    return root


class Names:
    """Finds paths below `root` as they are spelled there."""

    def __init__(self, root: Path):
        self.root = root
        self.spellings: dict[str, dict[str, list[str]]] = {}

    def find(self, path: str) -> str:
        """`path` itself where it is there, or else the one that differs from it in case or Unicode form alone.

        `path` has forward slashes, and so has what is returned; it is `path` where there is none.

        Raises
        ------
        InputError : where there are several, without the line that asks, which the caller adds
        """
        found = ""
        for step in path.split("/"):
            alike = self._alike(found, step)
            if len(alike) > 1:
                both = " and ".join(os.path.join(found, name) for name in alike)
                raise InputError(
                    f"{both} are both there, and neither is {shown(path)} exactly; name one of them exactly"
                )
            if not alike:
                return path
            found = os.path.join(found, alike[0])
        return found

    def holds(self, path: str) -> bool:
        """Whether there is a file or folder at exactly this path."""
        folder, _, name = path.rpartition("/")
        return self._alike(folder, name) == [name]

    def _alike(self, folder: str, name: str) -> list[str]:
        """The entries of a folder that are called `name`: exactly so, or if there is none, in another case or form."""
        if folder not in self.spellings:
            spellings = self.spellings[folder] = defaultdict(list)
            for entry in _entries(self.root / folder):
                spellings[same_name(entry)].append(entry)
        alike = self.spellings[folder].get(same_name(name), [])
        return [name] if name in alike else alike


def listing(folder: Path, follow_links: bool = True) -> Listing:
    """All files below `folder`, in order; hidden folders are not entered, a folder that links lead to once."""
    found, hidden, seen = [], 0, set()
    for where, folders, names in os.walk(folder, followlinks=follow_links):
        real = os.path.realpath(where)
        hidden += sum(name.startswith(".") for name in (*folders, *names)) if real not in seen else 0
        folders[:] = [] if real in seen else sorted(name for name in folders if not name.startswith("."))
        if real not in seen:
            below = os.path.relpath(where, folder)
            found += [os.path.normpath(os.path.join(below, name)) for name in names if not name.startswith(".")]
        seen.add(real)
    return Listing(sorted(found), hidden)


def is_below(path: str, folder: str) -> bool:
    """Whether the file lies below `folder` (a real path), also when symbolic links on its way are followed."""
    parts = PurePosixPath(path).parts
    if not parts or "\0" in path or parts[0] == "/" or ".." in parts:
        return False
    return os.path.realpath(os.path.join(folder, path)).startswith(os.path.join(folder, ""))


def shown(text: str) -> str:
    """Text of a label file as a message shows it: in quotes, on one line, and not without end."""
    text = text.strip()
    return repr(text if len(text) <= 80 else f"{text[:77]}...")


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a label file with their numbers, from 1. Latin-1, so that no byte is an error.

    A byte-order mark is no part of a line. `InputError` for UTF-16.
    """
    try:
        with path.open("rb") as file:
            check_encoding(path, file.read(4))
        # Not str.splitlines: it also splits at characters that Latin-1 text may hold, such as 0x85.
        with path.open(encoding="latin-1") as text:
            mark = BOM.decode("latin-1")
            yield from ((number, line.removeprefix(mark)) for number, line in enumerate(text, start=1))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the copy and its permissions") from error


def check_encoding(path: Path, start: bytes) -> None:
    """Raise `InputError` where a file's first bytes are those of UTF-16 text, with a byte-order mark or without."""
    written = [byte != 0 for byte in start[:4]]
    if start.startswith(UTF_16) or written in ([True, False] * 2, [False, True] * 2):
        raise InputError(
            f"{path}: is UTF-16 text; save it in UTF-8 (in Excel as `CSV UTF-8`, in Windows' editor as UTF-8)"
        )


def _entries(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:  # what is missing or no folder holds nothing
        return []
