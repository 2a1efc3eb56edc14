"""Errors that a user can mend: they are shown as they read, without a traceback."""

from collections.abc import Sequence

# Lines that are shown where there is much to say.
MENTIONED = 50


class InputError(Exception):
    """Something the user gave is wrong; the message names the file or key and what to do."""


class Problems:
    """Everything that is wrong with an input, collected so that it can be listed at once."""

    def __init__(self, subject: str):
        self.subject = subject
        self.found: list[str] = []

    def add(self, problem: str) -> None:
        """Note one problem; it should name the file (and line) and the remedy."""
        self.found.append(problem)

    def raise_if_any(self) -> None:
        """Raise `InputError` with every problem noted so far, if there is one."""
        if self.found:
            count = "1 problem" if len(self.found) == 1 else f"{len(self.found)} problems"
            raise InputError("\n".join([f"{self.subject}: {count}", *(f"  - {p}" for p in self.found)]))


def mention(lines: Sequence[str], more: str = "more") -> list[str]:
    """The lines; of very many the first ones, and how many more there are.

    >>> mention(["a", "b"])
    ['a', 'b']
    >>> mention(["a"] * 60, "more remarks")[-1]
    'and 10 more remarks'
    """
    rest = len(lines) - MENTIONED
    return list(lines) if rest <= 0 else [*lines[:MENTIONED], f"and {rest} {more}"]
