"""Errors that a user can mend: they are shown as they read, without a traceback."""


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
