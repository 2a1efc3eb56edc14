"""What has become of the jobs of a run so far, and how long the rest may take."""

import re
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from gagru.task.progress import write_duration

# A line of `gagru.task.progress` in a log: the first words say how far a job is.
TOLD = re.compile(r"^\d\d:\d\d:\d\d (epoch )?(\d+) of (?:at most )?(\d+)( \w+)?", re.MULTILINE)
END = 4096  # bytes of a log that are looked at
# Steps whose jobs take as long as their system or feature set makes them. All others are short.
LONG = ("train_fold", "extract_features")


class Job(NamedTuple):
    """A job of Snakemake's: its rule, its wildcards, and its log."""

    rule: str
    wildcards: dict[str, str]
    log: str | None

    @property
    def kind(self) -> tuple[str, ...]:
        """What jobs share that take about as long: the rule, the place, and the system or the feature set."""
        return (
            self.rule,
            *(value for name, value in self.wildcards.items() if name not in ("seed", "fold", "speaker")),
        )

    def describe(self) -> str:
        """The job in a few words, as in `emodb ga_gru seed 0 03`; of most jobs the rule says what they are."""
        words = [f"seed {value}" if name == "seed" else value for name, value in self.wildcards.items()]
        return " ".join(words if self.rule in LONG else [self.rule, *words])


class Tally:
    """The jobs of a run: which are done, running and failed, and what those that are done took.

    Parameters
    ----------
    jobs : number -> job, of all that are to be run
    lanes : how many jobs run side by side; None where that is not known, then as many as were seen to
    clock : the time, in seconds
    """

    def __init__(self, jobs: dict[int, Job], lanes: int | None = None, clock: Callable[[], float] = time.monotonic):
        self.jobs, self.lanes, self.clock = jobs, lanes, clock
        self.started: dict[int, float] = {}  # of those that run, in the order in which they began
        self.done: set[int] = set()
        self.failed: set[int] = set()
        self.most = 1  # that ran side by side
        self.took: dict[tuple[str, ...], list[float]] = defaultdict(list)

    def start(self, number: int, job: Job) -> None:
        """A job begins, perhaps once more. One that was not foreseen counts from now on."""
        self.jobs.setdefault(number, job)
        self.failed.discard(number)
        self.started[number] = self.clock()
        self.most = max(self.most, len(self.started))

    def finish(self, number: int) -> None:
        """A job is done."""
        if number in self.started:
            self.took[self.jobs[number].kind].append(self.clock() - self.started.pop(number))
        self.done.add(number)

    def fail(self, number: int) -> None:
        """A job has failed."""
        self.started.pop(number, None)
        self.failed.add(number)

    def estimate_left(self) -> tuple[float | None, bool]:
        """Seconds that the rest takes if each job takes as long as those of its kind did; and whether that is all.

        None where nothing of what is left was measured yet. A short job counts like the short ones before it.
        """
        short = [seconds for kind, times in self.took.items() if kind[0] not in LONG for seconds in times]
        jobs = {number: job for number, job in self.jobs.items() if number not in self.done | self.failed}
        known, now = [], self.clock()
        for number, job in jobs.items():
            times = self.took.get(job.kind, [] if job.rule in LONG else short)
            if times:
                passed = now - self.started.get(number, now)
                known.append(max(0.0, statistics.fmean(times) - passed))
        if not known:
            return None, False
        lanes = min(self.lanes or self.most, len(jobs))
        return max(sum(known) / lanes, max(known)), len(known) == len(jobs)

    def describe(self) -> str:
        """How many jobs are done and have failed, and the time left."""
        parts = [f"{len(self.done)} of {len(self.jobs)} jobs"]
        if self.failed:
            parts.append(f"{len(self.failed)} failed")
        seconds, complete = self.estimate_left()
        if seconds is not None and len(self.done) < len(self.jobs):
            parts.append(f"{'about' if complete else 'more than'} {write_duration(seconds)} left")
        return ", ".join(parts)

    def describe_running(self, width: int | None = None) -> str:
        """Which jobs are running and how far they are by their logs, the oldest first.

        width : characters that there are; jobs that find no room are counted
        """
        running = [self.jobs[number] for number in self.started]
        words = [f"{job.describe()} {read_progress(job.log)}".rstrip() for job in running]
        for shown in range(len(words), 0, -1):
            more = f" and {len(words) - shown} more" if shown < len(words) else ""
            text = f"running: {', '.join(words[:shown])}{more}"
            if width is None or len(text) <= width:
                return text
        return f"running: {len(words)}"


def read_progress(log: str | None) -> str:
    """How far a job is by its log, as in `epoch 3/100` or `12/53 utterances`; nothing where it does not say."""
    try:
        with Path(log or "").open("rb") as file:
            file.seek(max(0, Path(log).stat().st_size - END))
            told = TOLD.findall(file.read().decode("utf-8", errors="replace"))
    except OSError:
        return ""
    return "{}{}/{}{}".format(*told[-1]) if told else ""


def list_jobs(jobs: Iterable, number: Callable) -> dict[int, Job]:
    """Snakemake's jobs by their `number`."""
    return {number(job): Job(job.rule.name, dict(job.wildcards_dict), next(map(str, job.log), None)) for job in jobs}
