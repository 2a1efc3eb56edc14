"""Looking into a corpus's folders and label files."""

from collections.abc import Iterator
from pathlib import Path

from gagru.task.errors import InputError


def wrong_layout(root: Path, expected: str) -> InputError:
    """The error for a root that is missing or is not laid out as its reader expects."""
    what = "the layout is not the expected one" if root.is_dir() else "no such folder"
    return InputError(f"{root}: {what}; {expected}")


def files(folder: Path, suffix: str) -> list[Path]:
    """The files in `folder` (not below it) whose names end in `suffix`, in order of their names.

    Names beginning with "." are left out: macOS leaves `._name.wav` and `._name.txt` beside the real files.
    """
    return sorted(p for p in folder.glob(f"*{suffix}") if not p.name.startswith(".") and p.is_file())


def shown(text: str) -> str:
    """Text of a label file as a message shows it: in quotes, on one line, and not without end."""
    text = text.strip()
    return repr(text if len(text) <= 80 else f"{text[:77]}...")


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a label file with their numbers, from 1. Latin-1, so that no byte is an error."""
    try:
        # Not str.splitlines: it also splits at characters that Latin-1 text may hold, such as 0x85.
        with path.open(encoding="latin-1") as text:
            yield from enumerate(text, start=1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the copy and its permissions") from error
