"""Problems that many lines of a file share."""

from gagru.task.errors import Problems


class Repeats:
    """Collects problems, each of which is told once, with its first line and the number of its lines."""

    def __init__(self) -> None:
        self.found: dict[str, list] = {}

    def add(self, place: str, problem: str, like: str = "") -> None:
        """Note a problem of the line at `place`; those with the same `like`, or the same words, are told as one."""
        self.found.setdefault(like or problem, [place, problem, 0])[2] += 1

    def report(self, problems: Problems, what: str = "lines") -> None:
        """Add each to `problems`, in the order of their first lines; `what` are these."""
        for place, problem, count in self.found.values():
            more = f" ({count} {what}, of which this is the first)" if count > 1 else ""
            problems.add(f"{place}: {problem}{more}")
