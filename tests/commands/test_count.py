"""What a command shows while it works on many files."""

import io

import pytest

from gagru.commands import count
from gagru.task.progress import PROGRESS


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def shown(monkeypatch):
    """What three files, counted, put on this standard error."""

    def shown(stderr, every):
        monkeypatch.setattr(count, "EVERY", every)
        monkeypatch.setattr("sys.stderr", stderr)
        with count.count_files(3) as tell:
            for _ in range(3):
                tell()
        return stderr.getvalue()

    return shown


def test_plain_lines_where_there_is_no_terminal(shown):
    lines = shown(io.StringIO(), every=0).splitlines()
    assert [line.partition(",")[0] for line in lines] == ["1 of 3 files", "2 of 3 files"]
    assert all(line.endswith(" left") for line in lines)
    assert shown(io.StringIO(), every=60) == ""


def test_a_bar_on_a_terminal(shown):
    bar = shown(Terminal(), every=0)
    assert "3/3" in bar
    assert "of 3 files" not in bar


def test_nothing_stays_behind_in_the_logger(shown):
    before, level = list(PROGRESS.handlers), PROGRESS.level
    shown(io.StringIO(), every=0)
    assert PROGRESS.handlers == before
    assert PROGRESS.level == level
