"""What a run shows of its progress, on a terminal and without one."""

import fcntl
import logging
import os
import pty
import re
import struct
import subprocess
import termios

import pytest
from snakemake.logging import logger
from snakemake_interface_logger_plugins.common import LogEvent

from gagru.workflow.display import Listener, PlainLines
from gagru.workflow.tally import Tally

ESCAPE = re.compile(r"\x1b(\[[0-9;]*[A-Za-z]|[78])")


def on_terminal(command, rows=24, columns=100):
    """Exit status of a command, and what it wrote to a terminal of its own."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    environment = {**os.environ, "TERM": "xterm"}
    said = b""
    with subprocess.Popen(command, stdin=its, stdout=its, stderr=its, env=environment) as process:
        os.close(its)
        while True:
            try:
                said += os.read(ours, 65536)
            except OSError:  # the last process that held the terminal has ended
                break
    os.close(ours)
    return process.returncode, said.decode().replace("\r\n", "\n")


def test_a_terminal_has_one_bar_and_gets_its_last_line_back(workflow):
    status, said = on_terminal(workflow.command("results/audit.csv"))
    assert status == 0, said
    assert "\x1b[23;1H\x1b[2K[--------------------] 0 of 1 jobs\x1b[24;1H\x1b[2Krunning: audit\x1b8" in said
    assert said.endswith("\x1b7\x1b[23;1H\x1b[2K\x1b[24;1H\x1b[2K\x1b8\x1b7\x1b[r\x1b8")
    # what Snakemake says of a job is in the bar; what the job says is above it
    assert "results/audit.csv: " in said
    assert not re.search("Finished jobid|Select jobs|Execute 1 jobs|steps|rule audit", said)


def test_without_a_terminal_snakemake_speaks_as_it_does(workflow):
    run = workflow("results/audit.csv")
    assert run.returncode == 0
    assert "1 of 1 steps (100%) done" in run.stderr
    assert not ESCAPE.search(run.stdout + run.stderr)


@pytest.mark.parametrize(
    "arguments", [("--quiet",), ("--quiet", "progress"), ("--dry-run",), ("--summary",)], ids=" ".join
)
def test_no_bar_where_none_is_wanted(workflow, arguments):
    status, said = on_terminal(workflow.command("results/audit.csv", *arguments))
    assert status == 0, said
    assert "0 of 1 jobs" not in said
    assert "\x1b7" not in said


def test_the_error_of_a_job_is_seen_above_the_bar(workflow):
    corpus = workflow.folder / "corpus"
    corpus.mkdir()
    emotions = ("happiness", "neutrality", "sadness", "anger")
    rows = [f"{name}.wav,{name},{emotion}" for name, emotion in zip("abcd", emotions, strict=True)]
    for name in "abcd":
        (corpus / f"{name}.wav").write_text("this is text")
    (corpus / "mine.csv").write_text("\n".join(["path,speaker,emotion", *rows]))
    entry = f"{{reader: manifest, root: '{corpus}/mine.csv', validation: rotate}}"
    path = workflow.configure(f"run: {{corpora: [mine]}}\ncorpora:\n  mine: {entry}\n")
    command = workflow.command("results/mine/index.parquet", "--quiet", "rules", "--configfile", path)
    status, said = on_terminal(command)
    assert status == 1
    assert "running: index_corpus mine\x1b8" in said
    assert re.search(r"(\n|\x1b8)Error: ", said), said
    assert "0 of 1 jobs, 1 failed\x1b" in said
    assert said.endswith("\x1b[r\x1b8")


def record(event, **values):
    made = logging.LogRecord("snakemake", logging.INFO, __file__, 1, "", (), None)
    vars(made).update(event=event, **values)
    return made


def test_jobs_are_counted_by_what_snakemake_tells_its_logger(caplog):
    listener = Listener(Tally({}), PlainLines(), every=60)
    for number, system in enumerate(("svm", "dnn", "ga_gru")):
        wildcards = {"place": "emodb", "system": system, "seed": "0", "fold": "03"}
        listener.handle(record(LogEvent.JOB_INFO, jobid=number, rule_name="train_fold", wildcards=wildcards, log=[]))
    listener.handle(record(LogEvent.JOB_FINISHED, job_id=0))
    listener.handle(record(LogEvent.JOB_ERROR, jobid=1))
    listener.handle(record(None))
    with caplog.at_level(logging.INFO, logger.name):
        listener.show()
        listener.close()
        listener.show()
    assert [message.getMessage() for message in caplog.records] == [
        "1 of 3 jobs, 1 failed; running: emodb ga_gru seed 0 03"
    ]


def test_a_display_that_fails_is_left_alone():
    class Gone:
        shown = 0

        def __call__(self, tally):
            self.shown += 1
            raise OSError("the terminal is gone")

    gone = Gone()
    listener = Listener(Tally({}), gone, every=60)
    listener.show()
    listener.show()
    assert gone.shown == 1
