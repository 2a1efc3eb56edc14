"""How a run shows how far it is: a bar at the bottom of a terminal, or a plain line every minute where there is none.

Snakemake's own plugins for this have to be installed and asked for by name. This one listens to Snakemake's logger from
within the Snakefile, so that it is there in every clone, under every profile, and can be missing nowhere.
"""

import logging
import threading

from snakemake.logging import logger
from snakemake.settings.enums import Quietness
from snakemake_interface_logger_plugins.common import LogEvent

from gagru.workflow.tally import Job, Tally, list_jobs
from gagru.workflow.terminal import BottomLines, has_terminal

REFRESH, MINUTE = 1.0, 60.0
WIDTH = 20  # of the bar
# What the bar says instead.
SPARED = {LogEvent.JOB_INFO, LogEvent.GROUP_INFO, LogEvent.JOB_STARTED, LogEvent.JOB_FINISHED, LogEvent.PROGRESS}
SELECTING = "Select jobs to execute..."


def show_progress(workflow) -> None:
    """Show how far the run of Snakemake's `workflow` is, from now until its logger is closed.

    Nothing is shown where `--quiet` keeps progress back, or where a plugin writes to the terminal instead of Snakemake.
    """
    settings = workflow.output_settings
    stream = next((handler for handler in logger.handlers if handler.name == "DefaultStreamHandler"), None)
    if stream is None or {Quietness.ALL, Quietness.PROGRESS} & set(settings.quiet or ()):
        return
    jobs = list_jobs(workflow.dag.needrun_jobs(), workflow.dag.jobid)
    tally = Tally(jobs, workflow.cores if workflow.local_exec else None)
    if has_terminal(stream.stream):
        if not (settings.verbose or settings.printshellcmds):
            stream.addFilter(is_not_spared)
        Listener(tally, Bar(stream.stream), REFRESH).listen()
    else:
        Listener(tally, PlainLines(), MINUTE).listen()


def is_not_spared(record: logging.LogRecord) -> bool:
    """Whether a message of Snakemake's says more than the bar does."""
    return getattr(record, "event", None) not in SPARED and record.msg != SELECTING


class Listener(logging.Handler):
    """Counts jobs by what Snakemake's logger is told, and has a display show the count every few seconds.

    Parameters
    ----------
    display : a `Bar` or `PlainLines`
    every : seconds
    """

    def __init__(self, tally: Tally, display, every: float):
        super().__init__()
        self.tally, self.display = tally, display
        self.every = every
        self.ended = threading.Event()

    def listen(self) -> None:
        """From now on, until Snakemake closes its logger."""
        logger.addHandler(self)
        threading.Thread(target=self._refresh, daemon=True).start()

    def _refresh(self) -> None:
        while not self.ended.wait(self.every):
            self.show()

    def show(self) -> None:
        """Have it shown now. Where that fails, as when a terminal is closed, it is not shown any more."""
        with self.lock:
            if self.ended.is_set():
                return
            try:
                text = self.display(self.tally)
            except OSError:
                self.ended.set()
                return
        if text:  # outside the lock: it comes back to `emit`
            logger.info(text)

    def emit(self, record: logging.LogRecord) -> None:
        """Note what becomes of a job."""
        event = getattr(record, "event", None)
        if event == LogEvent.JOB_INFO:
            log = next(iter(record.log), None)
            self.tally.start(record.jobid, Job(record.rule_name, dict(record.wildcards), log))
        elif event == LogEvent.JOB_FINISHED:
            self.tally.finish(record.job_id)
        elif event == LogEvent.JOB_ERROR:
            self.tally.fail(record.jobid)
        else:
            return
        if self.display.AT_ONCE:
            self.show()

    def close(self) -> None:
        """Show nothing any more."""
        with self.lock:
            if not self.ended.is_set():
                self.ended.set()
                self.display.close()
        super().close()


class Bar:
    """Shows a tally at the bottom of a terminal."""

    AT_ONCE = True  # whenever something has changed

    def __init__(self, stream):
        self.lines = BottomLines(stream, count=2)

    def __call__(self, tally: Tally) -> None:
        done = WIDTH * len(tally.done) // max(1, len(tally.jobs))
        columns, _ = self.lines.measure()
        self.lines.show(f"[{'#' * done}{'-' * (WIDTH - done)}] {tally.describe()}", tally.describe_running(columns - 1))

    def close(self) -> None:
        """Give the lines back to the terminal."""
        self.lines.close()


class PlainLines:
    """Gives a tally as a line, for Snakemake to print and to keep."""

    AT_ONCE = False

    def __call__(self, tally: Tally) -> str:
        return f"{tally.describe()}; {tally.describe_running()}"

    def close(self) -> None:
        """Nothing is left behind."""
