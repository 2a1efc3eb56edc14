"""A line that stays at the bottom of a terminal while everything else scrolls above it."""

import os
import shutil
from typing import TextIO

SAVE, RESTORE = "\0337", "\0338"
LEAST = 4  # lines of a terminal that can spare one


def has_terminal(stream: TextIO) -> bool:
    """Whether `stream` is a terminal on which a line can be kept."""
    return stream.isatty() and os.environ.get("TERM", "dumb") != "dumb" and os.name == "posix"


class BottomLine:
    """The last line of the terminal, taken out of what scrolls (DECSTBM of the VT100, as `apt` uses it).

    So whatever jobs print themselves stays whole, whichever process prints it.
    """

    def __init__(self, stream: TextIO):
        self.stream = stream
        self.lines = 0  # of the terminal, as the line was last taken

    def show(self, text: str) -> None:
        """Write `text`, cut to the width of the terminal, into the line."""
        columns, lines = self.measure()
        if lines < LEAST:
            return
        if lines != self.lines:  # the first time, or the window has another size
            # The cursor leaves the last line, which scrolls the rest up by one if it was there.
            self._write(f"\n{SAVE}\033[1;{lines - 1}r{RESTORE}\033[1A")
            self.lines = lines
        self._write(f"{SAVE}\033[{lines};1H\033[2K{text[: columns - 1]}{RESTORE}")

    def close(self) -> None:
        """Give the line back."""
        if self.lines:
            self._write(f"{SAVE}\033[{self.lines};1H\033[2K\033[r{RESTORE}")
            self.lines = 0

    def measure(self) -> tuple[int, int]:
        """Columns and lines of the terminal."""
        try:
            return os.get_terminal_size(self.stream.fileno())
        except (OSError, ValueError):
            return shutil.get_terminal_size()

    def _write(self, text: str) -> None:
        """At once, so that nothing of another process comes between."""
        self.stream.write(text)
        self.stream.flush()
