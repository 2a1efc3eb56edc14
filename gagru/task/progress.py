"""How far a long computation is: lines to the logger `gagru.progress`, which nobody sees unless they want to.

The workflow's programs show them with the time of day (`gagru.workflow.program`), in their logs alone.
"""

import logging
import time
from collections.abc import Iterator, Sequence

PROGRESS = logging.getLogger("gagru.progress")


class Counter:
    """Says every few seconds how many items were worked on, and how long the rest may take.

    Parameters
    ----------
    total : how many there are
    what : they are called, in the plural
    every : seconds from line to line; no line comes while an item is worked on
    """

    def __init__(self, total: int, what: str, every: float = 5.0):
        self.total, self.what, self.every, self.done = total, what, every, 0
        self.start = self.said = time.monotonic()

    def count(self) -> None:
        """One more was worked on."""
        self.done += 1
        now, rest = time.monotonic(), self.total - self.done
        if rest and now - self.said >= self.every:
            self.said, left = now, rest * (now - self.start) / self.done
            PROGRESS.info(f"{self.done} of {self.total} {self.what}, about {write_duration(left)} left")


def follow(items: Sequence, what: str) -> Iterator:
    """The items, counted by a `Counter`; `what` they are called, in the plural."""
    counter = Counter(len(items), what)
    for item in items:
        yield item
        counter.count()


def write_duration(seconds: float) -> str:
    """In words.

    >>> [write_duration(seconds) for seconds in (3.21, 725, 11_040)]
    ['3.2 s', '12 min 05 s', '3 h 04 min']
    """
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
