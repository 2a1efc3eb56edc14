"""What is said about how far a computation is."""

import logging

import pytest

from gagru.task import progress
from gagru.task.progress import PROGRESS, follow, write_duration


def said(caplog, items, times, monkeypatch):
    """The items that come out, and what was said while the clock showed `times`."""
    clock = iter(times)
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with caplog.at_level(logging.INFO, PROGRESS.name):
        return list(follow(items, "utterances")), [record.getMessage() for record in caplog.records]


def test_a_line_every_few_seconds_says_what_is_done_and_what_is_left(caplog, monkeypatch):
    items, lines = said(caplog, "abcdef", [0, 2, 5.1, 6, 10.5, 12, 16], monkeypatch)
    assert items == list("abcdef")
    # 2 of 6 took 5.1 s, so 4 take 10.2 s; 4 took 10.5 s, so 2 take 5.2 s; and after the last there is nothing to say
    assert lines == ["2 of 6 utterances, about 10.2 s left", "4 of 6 utterances, about 5.2 s left"]


def test_nothing_is_said_of_what_takes_no_time(caplog, monkeypatch):
    assert said(caplog, "abc", [0, 1, 2, 3], monkeypatch) == (["a", "b", "c"], [])


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.04, "0.0 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 00 s"),
        (3599.4, "59 min 59 s"),
        (3599.6, "1 h 00 min"),
        (11040, "3 h 04 min"),
    ],
)
def test_durations(seconds, words):
    assert write_duration(seconds) == words
