"""How many files a command has worked on, shown while it runs."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

from gagru.task.progress import PROGRESS, Counter

EVERY = 60  # s from line to line where there is no terminal


@contextmanager
def count_files(total: int) -> Iterator[Callable[[], object]]:
    """Yield what is to be called after each file: it moves a bar on a terminal, or writes a line every minute."""
    if sys.stderr.isatty():
        with tqdm(total=total, unit="file") as bar:
            yield bar.update
        return
    lines, level = logging.StreamHandler(), PROGRESS.level
    PROGRESS.addHandler(lines)
    PROGRESS.setLevel(logging.INFO)
    try:
        yield Counter(total, "files", EVERY).count
    finally:
        PROGRESS.setLevel(level)
        PROGRESS.removeHandler(lines)
