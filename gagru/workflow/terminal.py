"""Lines that stay at the bottom of a terminal while everything else scrolls above them."""

import os
import shutil
from typing import TextIO

SAVE, RESTORE, CLEAR = "\0337", "\0338", "\033[2K"
LEAST = 6  # lines of a terminal that can spare some


def has_terminal(stream: TextIO) -> bool:
    """Whether `stream` is a terminal on which lines can be kept."""
    return stream.isatty() and os.environ.get("TERM", "dumb") != "dumb" and os.name == "posix"


class BottomLines:
    """The last lines of the terminal, taken out of what scrolls (DECSTBM of the VT100, as `apt` uses it).

    So whatever jobs print themselves stays whole, whichever process prints it.

    count : of the lines
    """

    def __init__(self, stream: TextIO, count: int):
        self.stream, self.count = stream, count
        self.height = 0  # of the terminal, when the lines were last taken

    def show(self, *texts: str) -> None:
        """Write a text into each of the lines, cut to the width of the terminal."""
        columns, height = self.measure()
        if height < LEAST:
            return
        if height != self.height:  # the first time, or the window has another size
            # The cursor leaves the last lines, which scrolls the rest up if it was there.
            newlines, upwards = self.count * "\n", f"\033[{self.count}A"
            self._write(f"{newlines}{SAVE}\033[1;{height - self.count}r{RESTORE}{upwards}")
            self.height = height
        self._fill([text[: columns - 1] for text in texts])

    def close(self) -> None:
        """Give the lines back."""
        if self.height:
            self._fill(self.count * [""])
            self._write(f"{SAVE}\033[r{RESTORE}")
            self.height = 0

    def measure(self) -> tuple[int, int]:
        """Columns and lines of the terminal."""
        try:
            return os.get_terminal_size(self.stream.fileno())
        except (OSError, ValueError):
            return shutil.get_terminal_size()

    def _fill(self, texts: list[str]) -> None:
        first = self.height - self.count + 1
        lines = [f"\033[{first + number};1H{CLEAR}{text}" for number, text in enumerate(texts)]
        self._write(f"{SAVE}{''.join(lines)}{RESTORE}")

    def _write(self, text: str) -> None:
        """At once, so that nothing of another process comes between."""
        self.stream.write(text)
        self.stream.flush()
