"""Any corpus, described by a CSV file with a header and a row an utterance (UTF-8, commas).

Columns `path, speaker, emotion`, and optionally `utterance, gender, session, dialog, turn, offset, duration, channel`;
further columns are not used. Paths are relative to the CSV file's folder and stay below it. `offset` and `duration` (s)
cut a segment out of the file, `channel` (1 is the first, in stereo the left one) takes one channel in place of the mean
of all. An emotion other than happiness, neutrality, sadness and anger is outside the task. Where
`utterance` is empty or absent, the id is the path without its suffix, each character outside `[A-Za-z0-9._-]`, the
slash too, replaced by "_", as is a "-" at its beginning. The "root" of such a corpus is the CSV file itself.

Words and columns that seem to be meant for known ones are errors, see `columns`. Empty rows are left out.
"""

import csv
import os
import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from gagru.corpora import tree
from gagru.corpora.columns import OPTIONAL, REQUIRED, check_columns, meant_emotion
from gagru.corpora.left_out import LeftOut
from gagru.corpora.repeats import Repeats
from gagru.corpora.spelling import check_names, is_missing
from gagru.corpora.utterance import SPEAKER, SPEAKER_RULE, UTTERANCE, Utterance, name_utterance
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError, Problems

BACKSLASHES = "has back-slashes between folders; write them as '/', and the path from the manifest's folder on"
SECONDS = re.compile(r"((\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?)?", re.ASCII)


class Row(NamedTuple):
    """A row of the manifest that is not empty: its line, its cells by column, and whether it has one for each."""

    line: int
    cells: dict[str, str]
    complete: bool


class Sheet(NamedTuple):
    """A manifest: the names of its columns, its rows, and the lines of the empty ones."""

    columns: list[str]
    rows: list[Row]
    empty: list[int]


def sessions(root: Path) -> dict[str, str | None]:
    """The speakers with an utterance of the four emotions, sorted, and their sessions from the CSV's columns alone.

    A speaker's session is None where the column is absent or empty, or names more than one. `InputError` where the
    words of the manifest cannot be what they seem, or an emotion has no utterance.
    """
    found, problems, repeats = defaultdict(set), Problems(str(root)), Repeats()
    rows = [row for row in _load(root).rows if row.complete]
    for row in rows:
        for problem in _wrong_words(row.cells):
            repeats.add(f"line {row.line}", problem)
        if row.cells["emotion"] in EMOTIONS:
            found[row.cells["speaker"]].add(row.cells["session"] or None)
    repeats.report(problems)
    for kind in ("speaker", "session", "dialog"):
        check_names(kind, ((name, f"line {row.line}") for row in rows if (name := row.cells[kind])), problems)
    problems.raise_if_any()
    _check_emotions(root, Counter(row.cells["emotion"] for row in rows))
    return {speaker: names.pop() if len(names) == 1 else None for speaker, names in sorted(found.items())}


def read(root: Path, problems: Problems, left_out: LeftOut | None = None) -> list[Utterance]:
    """An utterance for every row that is not empty. `InputError` if the file is not such a CSV file."""
    folder, names, repeats = os.path.realpath(root.parent), tree.Names(root.parent), Repeats()
    sheet, utterances = _load(root), []
    for row in sheet.rows:
        source = f"{root.name}:{row.line}"
        try:
            path = names.find(str(PurePosixPath(row.cells["path"]))) if row.complete else ""
            wrong = _wrong(row, folder, path)
        except InputError as error:
            wrong = {str(error): ""}
        for problem, like in wrong.items():
            repeats.add(source, problem, like)
        if not wrong:
            utterances.append(_utterance(row.cells, path, source))
    repeats.report(problems)
    if left_out:
        _note_left_out(root, sheet, utterances, left_out)
    return utterances


def check_counts(utterances: list[Utterance], problems: Problems) -> None:
    """Nothing to compare with: the file says itself what there is."""


def _load(root: Path) -> Sheet:
    sheet = Sheet([], [], [])
    try:
        with root.open("rb") as file:
            tree.check_encoding(root, file.read(4))
        with root.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text, strict=True)
            rows = map(_stripped, reader)
            for cells in rows:
                if any(cells):
                    sheet.columns.extend(cells)
                    break
                if cells:
                    sheet.empty.append(reader.line_num)
            problems = Problems(str(root))
            check_columns(sheet.columns, reader.line_num or 1, problems)
            problems.raise_if_any()
            absent = dict.fromkeys(OPTIONAL, "")
            for cells in rows:
                if any(cells):
                    row = absent | dict(zip(sheet.columns, cells, strict=False))
                    sheet.rows.append(Row(reader.line_num, row, complete=len(cells) == len(sheet.columns)))
                elif cells:
                    sheet.empty.append(reader.line_num)
    except OSError as error:
        raise InputError(f"{root}: cannot be read ({error.strerror}); name the manifest, a CSV file") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{root}: is not UTF-8 text ({error.reason}); save it as CSV in UTF-8") from error
    except csv.Error as error:
        raise InputError(f"{root}:{reader.line_num}: is not CSV ({error}); mend the quotes there") from error
    return sheet


def _stripped(cells: list[str]) -> list[str]:
    return [cell.strip() for cell in cells]


def _check_emotions(root: Path, words: Counter) -> None:
    """Raise `InputError` where one of the four emotions does not occur."""
    if missing := [emotion for emotion in EMOTIONS if not words[emotion]]:
        there = ", ".join(f"{tree.shown(word)} ({count})" for word, count in words.most_common(12)) or "no row"
        raise InputError(
            f"{root}: no utterance has the emotion {' or '.join(missing)}. The task is to tell {', '.join(EMOTIONS)} "
            "apart, so spelled, and a corpus needs utterances of all four; there is no setting for fewer. "
            f"There is: {there}"
        )


def _wrong_words(cells: dict[str, str]) -> list[str]:
    """What is wrong with the names and labels of a row, which is known without looking for its audio."""
    found = [_wrong_speaker(cells["speaker"]), _wrong_emotion(cells["emotion"])]
    for column in ("utterance", "session", "dialog"):
        if cells[column] and is_missing(cells[column]):
            found.append(
                f"{column} {tree.shown(cells[column])} would be a name; leave the cell empty where there is none"
            )
    return [problem for problem in found if problem]


@cache
def _wrong_emotion(word: str) -> str | None:
    if not word:
        return "emotion '' must not be empty; any word but the four emotions is outside the task"
    if known := meant_emotion(word):
        return (
            f"emotion {tree.shown(word)} is not one of the four, {known!r} is; write {known!r} where that is meant, "
            "and 'other' where it is not"
        )
    return None


@cache
def _wrong_speaker(name: str) -> str | None:
    if not name or is_missing(name):
        return f"speaker {tree.shown(name)} names nobody; write who speaks, or take the row out"
    if not SPEAKER.fullmatch(name):
        return f"speaker {tree.shown(name)} {SPEAKER_RULE}"
    return None


def _wrong(row: Row, folder: str, path: str) -> dict[str, str]:
    """What is wrong with a row, remedies included -> what it has in common with other rows, where that is not all."""
    if not row.complete:
        return {"more or fewer cells than the header has columns; quote cells that hold a comma": ""}
    cells = row.cells
    wrong = dict.fromkeys(_wrong_words(cells), "")
    if problem := _wrong_path(cells["path"], path, folder):
        wrong = {problem: BACKSLASHES if BACKSLASHES in problem else "", **wrong}
    checks = {
        "utterance": (
            UTTERANCE.fullmatch(cells["utterance"] or "empty"),
            "must consist of A-Z, a-z, 0-9, '.', '_' and '-', and not begin with '-'",
        ),
        "gender": (cells["gender"] in ("", "F", "M"), "must be F, M or empty"),
        "turn": (re.fullmatch(r"\d{0,9}", cells["turn"], re.ASCII), "must be a whole number or empty"),
        "offset": (SECONDS.fullmatch(cells["offset"]), "must be a number of seconds from 0, or empty"),
        "duration": (
            SECONDS.fullmatch(cells["duration"]) and float(cells["duration"] or 1) > 0,
            "must be a number of seconds above 0, or empty",
        ),
        "channel": (
            re.fullmatch(r"([1-9]\d{0,3})?", cells["channel"], re.ASCII),
            "must be a channel's number, 1 the first (in stereo the left one), or empty for the mean of all",
        ),
    }
    for column, (right, remedy) in checks.items():
        if not right:
            wrong[f"{column} {tree.shown(cells[column])} {remedy}"] = ""
    return wrong


def _wrong_path(written: str, path: str, folder: str) -> str | None:
    """written : in the manifest; path : as it was found below `folder`"""
    if "\\" in written and not os.path.lexists(os.path.join(folder, path)):
        return f"path {tree.shown(written)} {BACKSLASHES}"
    if not tree.is_below(path, folder):
        return f"path {tree.shown(written)} must be relative to the manifest, and lie below its folder, links followed"
    return None


def _note_left_out(root: Path, sheet: Sheet, utterances: list[Utterance], left_out: LeftOut) -> None:
    for i, column in enumerate(sheet.columns):
        if column not in REQUIRED + OPTIONAL:
            filled = [row.line for row in sheet.rows if row.cells.get(column)]
            left_out.add(
                "cell of a column that is not used",
                column or f"column {i + 1}, without a name",
                f"{root.name}:{(filled or [1])[0]}",
                len(filled),
            )
    if sheet.empty:
        left_out.add("empty row of the manifest", "", f"{root.name}:{sheet.empty[0]}", len(sheet.empty))
    # The folder that holds all audio named; who keeps a manifest above other folders too does not mean them.
    paths = [u.path for u in utterances]
    below = os.path.commonpath(map(os.path.dirname, paths)) if paths else ""
    there = tree.listing(root.parent / below, follow_links=False)
    found = {os.path.join(below, name) for name in there.files} - {root.name}
    left_out.add_files(found, paths)
    left_out.add("hidden file", "", below or root.parent.name, there.hidden)


def _utterance(row: dict[str, str], path: str, source: str) -> Utterance:
    """path : as it was found; the id is made from it as it is written."""
    return Utterance(
        utterance=row["utterance"] or name_utterance(str(PurePosixPath(row["path"]).with_suffix(""))),
        path=path,
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
