"""How far a long computation is: lines to the logger `gagru.progress`, which nobody sees unless they want to.

The workflow's programs show them with the time of day (`gagru.workflow.program`), in their logs alone.
"""

import logging
import time
from collections.abc import Iterator, Sequence

PROGRESS = logging.getLogger("gagru.progress")


def follow(items: Sequence, what: str, every: float = 5.0) -> Iterator:
    """The items; every few seconds a line says how many of them were worked on, and how long the rest may take.

    Parameters
    ----------
    what : the items are called, in the plural
    every : seconds from line to line; no line comes while an item is worked on
    """
    start = said = time.monotonic()
    for done, item in enumerate(items):
        now = time.monotonic()
        if done and now - said >= every:
            said, left = now, (len(items) - done) * (now - start) / done
            PROGRESS.info(f"{done} of {len(items)} {what}, about {write_duration(left)} left")
        yield item


def write_duration(seconds: float) -> str:
    """In words.

    >>> [write_duration(seconds) for seconds in (3.21, 725, 11_040)]
    ['3.2 s', '12 min 05 s', '3 h 04 min']
    """
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
