"""Any corpus, described by a CSV file with a header and a row an utterance (UTF-8, commas).

Columns `path, speaker, emotion`, and optionally `utterance, gender, session, dialog, turn, offset, duration, channel`;
further columns are ignored. Paths are relative to the CSV file's folder and stay below it. `offset` and `duration` (s)
cut a segment out of the file, `channel` (1 is the first, in stereo the left one) takes one channel in place of the mean
of all. An emotion other than happiness, neutrality, sadness and anger is outside the task. Where
`utterance` is empty or absent, the id is the path without its suffix, each character outside `[A-Za-z0-9._-]`, the
slash too, replaced by "_", as is a "-" at its beginning. The "root" of such a corpus is the CSV file itself.
"""

import csv
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from gagru.corpora import tree
from gagru.corpora.utterance import Utterance
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError, Problems

REQUIRED = ("path", "speaker", "emotion")
OPTIONAL = ("utterance", "gender", "session", "dialog", "turn", "offset", "duration", "channel")
# Neither begins with "-": names stand in commands, where that is an option, and in CSV files, where a spreadsheet takes
# a cell that begins so (or with "=", "+", "@", which no name may hold) for a formula.
SPEAKER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
UTTERANCE = re.compile(r"([A-Za-z0-9._][A-Za-z0-9._-]*)?")
SPEAKER_RULE = "must consist of A-Z, a-z, 0-9 and '-', and not begin with '-'"
SECONDS = re.compile(r"((\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?)?", re.ASCII)


def sessions(root: Path) -> dict[str, str | None]:
    """The speakers with an utterance of the four emotions, sorted, and their sessions from the CSV's columns alone.

    A speaker's session is None where the column is absent or empty, or names more than one.
    """
    found, problems = defaultdict(set), Problems(str(root))
    for line, row in _rows(root):
        if row and row["emotion"] in EMOTIONS:
            found[row["speaker"]].add(row["session"] or None)
            if not SPEAKER.fullmatch(row["speaker"]):
                problems.add(f"line {line}: speaker {tree.shown(row['speaker'])} {SPEAKER_RULE}")
    problems.raise_if_any()
    if not found:
        raise InputError(f"{root}: no utterance has one of the emotions {', '.join(EMOTIONS)}; so they are spelled")
    return {speaker: names.pop() if len(names) == 1 else None for speaker, names in sorted(found.items())}


def read(root: Path, problems: Problems) -> list[Utterance]:
    """An utterance for every row. `InputError` if the file is not such a CSV file."""
    folder = os.path.realpath(root.parent)
    utterances = []
    for line, row in _rows(root):
        source = f"{root.name}:{line}"
        wrong = _wrong(row, folder)
        for problem in wrong:
            problems.add(f"{source}: {problem}")
        if not wrong:
            utterances.append(_utterance(row, source))
    return utterances


def check_counts(utterances: list[Utterance], problems: Problems) -> None:
    """Nothing to compare with: the file says itself what there is."""


def _rows(root: Path) -> Iterator[tuple[int, dict[str, str] | None]]:
    """Line number and cells of every row, absent columns empty; None for a row of more or fewer cells than columns."""
    try:
        with root.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text, strict=True)
            columns = [name.strip() for name in next(reader, [])]
            _check_columns(root, columns)
            absent = dict.fromkeys(OPTIONAL, "")
            for cells in filter(None, reader):
                complete = len(cells) == len(columns)
                row = absent | dict(zip(columns, map(str.strip, cells), strict=True)) if complete else None
                yield reader.line_num, row
    except OSError as error:
        raise InputError(f"{root}: cannot be read ({error.strerror}); name the manifest, a CSV file") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{root}: is not UTF-8 text ({error.reason}); save it as CSV in UTF-8") from error
    except csv.Error as error:
        raise InputError(f"{root}:{reader.line_num}: is not CSV ({error}); mend the quotes there") from error


def _check_columns(root: Path, columns: list[str]) -> None:
    if missing := [name for name in REQUIRED if name not in columns]:
        there = ", ".join(repr(name) for name in columns) or "nothing"
        raise InputError(f"{root}:1: no column {', '.join(missing)}; add it (separated by commas). There is {there}")
    if twice := sorted({name for name in columns if name in REQUIRED + OPTIONAL and columns.count(name) > 1}):
        raise InputError(f"{root}:1: more than one column {', '.join(twice)}; keep one")


def _wrong(row: dict[str, str] | None, folder: str) -> list[str]:
    """What is wrong with a row, remedies included."""
    if row is None:
        return ["more or fewer cells than the header has columns; quote cells that hold a comma"]
    checks = {
        "path": (
            _inside(row["path"], folder),
            "must be relative to the manifest, and lie below its folder, links followed",
        ),
        "speaker": (SPEAKER.fullmatch(row["speaker"]), SPEAKER_RULE),
        "emotion": (row["emotion"], "must not be empty; any word but the four emotions is outside the task"),
        "utterance": (
            UTTERANCE.fullmatch(row["utterance"]),
            "must consist of A-Z, a-z, 0-9, '.', '_' and '-', and not begin with '-'",
        ),
        "gender": (row["gender"] in ("", "F", "M"), "must be F, M or empty"),
        "turn": (re.fullmatch(r"\d{0,9}", row["turn"], re.ASCII), "must be a whole number or empty"),
        "offset": (SECONDS.fullmatch(row["offset"]), "must be a number of seconds from 0, or empty"),
        "duration": (
            SECONDS.fullmatch(row["duration"]) and float(row["duration"] or 1) > 0,
            "must be a number of seconds above 0, or empty",
        ),
        "channel": (
            re.fullmatch(r"([1-9]\d{0,3})?", row["channel"], re.ASCII),
            "must be a channel's number, 1 the first (in stereo the left one), or empty for the mean of all",
        ),
    }
    return [f"{column} {tree.shown(row[column])} {remedy}" for column, (right, remedy) in checks.items() if not right]


def _inside(path: str, folder: str) -> bool:
    """Whether the file lies below `folder` (a real path), also when symbolic links on its way are followed."""
    parts = PurePosixPath(path).parts
    if not parts or "\0" in path or parts[0] == "/" or ".." in parts:
        return False
    return os.path.realpath(os.path.join(folder, path)).startswith(os.path.join(folder, ""))


def _utterance(row: dict[str, str], source: str) -> Utterance:
    path = PurePosixPath(row["path"])
    return Utterance(
        utterance=row["utterance"] or re.sub(r"^-|[^A-Za-z0-9._-]", "_", str(path.with_suffix(""))),
        path=str(path),
        speaker=row["speaker"],
        gender=row["gender"] or None,
        session=row["session"] or None,
        dialog=row["dialog"] or None,
        turn=int(row["turn"]) if row["turn"] else None,
        offset=float(row["offset"] or 0),
        duration=float(row["duration"]) if row["duration"] else None,
        channel=int(row["channel"]) if row["channel"] else None,
        raw_label=row["emotion"],
        emotion=row["emotion"] if row["emotion"] in EMOTIONS else None,
        source=source,
    )
