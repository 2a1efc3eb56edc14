"""A database in audformat (https://audeering.github.io/audformat/): a folder with `db.yaml` and a file for each table.

The configuration names the tables and the columns of emotion and speaker, and what the words for emotions mean. Tables
of files and of segments are read, from CSV or Parquet. Where the speakers' scheme has genders, these are read too.
Pickled tables are not: to read one is to run what is in it.
"""

import csv
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from gagru.corpora import tree
from gagru.corpora.filenames import GENDERS, read_codes
from gagru.corpora.left_out import LeftOut
from gagru.corpora.repeats import Repeats
from gagru.corpora.spelling import is_missing
from gagru.corpora.utterance import SPEAKER, SPEAKER_RULE, Utterance, name_utterance
from gagru.task.errors import InputError, Problems

HEADER = "db.yaml"
LAYOUT = f"the root of a database in audformat is the folder that holds {HEADER}"
# As pandas writes a time: `0 days 00:00:01.500000`.
TIME = re.compile(r"(\d+) days(?: (\d+):(\d\d):(\d\d(?:\.\d+)?))?", re.ASCII)


class Segment(NamedTuple):
    """What a row of a table is about: a file, and its part from `start` to `end` (s); None is the end of the file."""

    file: str
    start: float = 0.0
    end: float | None = None


class Source(NamedTuple):
    """Where something is told: in a column of these tables."""

    tables: list[str]
    column: str


@dataclass(frozen=True)
class Database:
    """A reader of the databases that are like this one.

    Attributes
    ----------
    emotion, speaker : where they are told
    emotions : word -> emotion of the four, None for one outside
    """

    emotion: Source
    speaker: Source
    emotions: Mapping[str, str | None]

    def sessions(self, root: Path) -> dict[str, str | None]:
        """The speakers with an utterance of the four emotions, sorted; audformat knows no sessions."""
        return dict.fromkeys(sorted({u.speaker for u in self.read(root, Problems("")) if u.emotion}))

    def read(self, root: Path, problems: Problems, left_out: LeftOut | None = None) -> list[Utterance]:
        """An utterance for every row of the emotions' tables that has a word. `InputError` where there is no such."""
        header = _read_header(root)
        speakers = {segment: word for segment, word, _ in _rows(root, header, "speaker", self.speaker) if word}
        genders = _read_genders(header, self.speaker)
        names, wrong, utterances = tree.Names(root), Repeats(), []
        for segment, word, place in _rows(root, header, "emotion", self.emotion):
            if not word:
                if left_out:
                    left_out.add("row without an emotion", "", place)
                continue
            speaker = speakers.get(segment) or speakers.get(Segment(segment.file))
            path = names.find(segment.file)
            if problem := self._wrong(root, segment, path, word, speaker):
                wrong.add(place, problem)
            else:
                utterances.append(_utterance(segment, path, word, self.emotions[word], speaker, genders, place))
        wrong.report(problems)
        if left_out:
            below = tree.listing(root)
            left_out.add_files(below.files, [u.path for u in utterances])
            left_out.add("hidden file", "", root.name, below.hidden)
        return utterances

    def check_counts(self, utterances: list[Utterance], problems: Problems) -> None:
        """Nothing to compare with: the database says itself what there is."""

    def _wrong(self, root: Path, segment: Segment, path: str, word: str, speaker: str | None) -> str | None:
        if not tree.is_below(path, os.path.realpath(root)):
            return f"file {tree.shown(segment.file)} does not lie in the database; make its files' paths relative"
        if word not in self.emotions:
            return (
                f"the word {tree.shown(word)} is none of {', '.join(self.emotions)}; list it under "
                "`audformat.emotions`, as `other` if it is none of the four"
            )
        if not speaker or is_missing(speaker):
            return (
                f"nobody speaks here: {segment.file} has no row with a speaker in {' or '.join(self.speaker.tables)}; "
                "name the table that has one under `audformat.speaker.tables`, or complete it"
            )
        if not SPEAKER.fullmatch(speaker):
            return f"speaker {tree.shown(speaker)} {SPEAKER_RULE}; rename the speaker in the database"
        return None


def configure(options: Mapping) -> Database:
    """The reader of a database as the configuration describes it.

    options : `emotion` and `speaker`, each with `tables` and `column`; `emotions`, see `filenames.read_codes`

    Raises `InputError` where something is not told.
    """
    sources = {}
    for what in ("emotion", "speaker"):
        told = options.get(what) or {}
        if not told.get("tables") or not told.get("column"):
            raise InputError(
                f"`audformat.{what}` says where the database tells the {what}: give its `tables` and its `column`"
            )
        sources[what] = Source(told["tables"], told["column"])
    return Database(sources["emotion"], sources["speaker"], read_codes("audformat", options.get("emotions")))


check_counts = Database.check_counts


def _read_header(root: Path) -> dict:
    import yaml

    path = root / HEADER
    if not path.is_file():
        raise tree.wrong_layout(root, LAYOUT)
    try:
        header = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{path}: cannot be read as YAML; copy the database again") from error
    if not isinstance(header, dict) or not isinstance(header.get("tables"), dict):
        raise InputError(f"{path}: names no tables; it is not the header of a database in audformat")
    return header


def _rows(root: Path, header: dict, what: str, source: Source) -> Iterator[tuple[Segment, str, str]]:
    """Of the tables of a source: what each row is about, its word, and its file and line."""
    for table in source.tables:
        if table not in header["tables"]:
            known = ", ".join(header["tables"]) or "none"
            raise InputError(f"{root / HEADER}: there is no table {table!r} for the {what}; there are {known}")
        columns = header["tables"][table].get("columns") or {}
        if source.column not in columns:
            known = ", ".join(columns) or "none"
            raise InputError(
                f"{root / HEADER}: table {table!r} has no column {source.column!r} for the {what}; it has {known}"
            )
        segmented = header["tables"][table].get("type") == "segmented"
        for number, row in _read_table(root, table):
            try:
                times = (_seconds(row["start"]) or 0.0, _seconds(row["end"])) if segmented else ()
                yield Segment(row["file"], *times), row[source.column] or "", f"db.{table}:{number}"
            except (KeyError, ValueError) as error:
                raise InputError(
                    f"{root}: row {number} of table {table!r} cannot be read ({error}); save the database again"
                ) from error


def _read_table(root: Path, table: str) -> Iterator[tuple[int, dict]]:
    """The rows of a table with their numbers: lines of the CSV file, or rows of the Parquet file, from 1."""
    base = root / f"db.{table}"
    comma, parquet, pickled = (Path(f"{base}.{suffix}") for suffix in ("csv", "parquet", "pkl"))
    if comma.is_file():
        try:
            with comma.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file)
                for row in reader:
                    yield reader.line_num, row
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise InputError(f"{comma}: cannot be read as CSV ({error}); save the database again") from error
    elif parquet.is_file():
        yield from _read_parquet(parquet)
    else:
        why = "is pickled, and to read it is to run what is in it" if pickled.is_file() else "is not there"
        raise InputError(
            f"{base}: the table {why}; save it as text: "
            'audformat.Database.load(folder).save(folder, storage_format="csv")'
        )


def _read_parquet(path: Path) -> Iterator[tuple[int, dict]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        read = pq.read_table(path)
        times = [i for i, field in enumerate(read.schema) if pa.types.is_duration(field.type)]
        for i in times:
            read = read.set_column(i, read.schema.names[i], read.column(i).cast(pa.int64()))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InputError(f"{path}: cannot be read as Parquet; save the database again") from error
    for number, row in enumerate(read.to_pylist(), start=1):
        texts = {name: None if value is None else str(value) for name, value in row.items()}
        for name in (read.schema.names[i] for i in times):
            texts[name] = None if row[name] is None else row[name] / 1e9
        yield number, texts


def _seconds(time: str | float | None) -> float | None:
    """A time of a table in seconds; None where there is none.

    >>> _seconds("0 days 00:01:01.500000"), _seconds("")
    (61.5, None)
    """
    if time is None or isinstance(time, float):
        return time
    if not time or is_missing(time):
        return None
    found = TIME.fullmatch(time)
    if not found:
        raise ValueError(f"{time!r} is no time")
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _read_genders(header: dict, speaker: Source) -> dict[str, str]:
    """Speaker -> F or M, where the scheme of the speakers' column says so."""
    found = defaultdict(str)
    for table in speaker.tables:
        scheme = (header["tables"][table]["columns"][speaker.column] or {}).get("scheme_id")
        labels = ((header.get("schemes") or {}).get(scheme) or {}).get("labels")
        for name, said in labels.items() if isinstance(labels, dict) else ():
            gender = said.get("gender") if isinstance(said, dict) else None
            if str(gender).casefold() in GENDERS:
                found[str(name)] = GENDERS[str(gender).casefold()]
    return found


def _utterance(segment: Segment, path: str, word: str, emotion, speaker: str, genders: dict, place: str) -> Utterance:
    name = name_utterance(str(PurePosixPath(segment.file).with_suffix("")))
    if segment.start or segment.end is not None:
        end = "" if segment.end is None else f"-{1000 * segment.end:.0f}"
        name += f"_{1000 * segment.start:.0f}{end}"
    return Utterance(
        utterance=name,
        path=path,
        speaker=speaker,
        gender=genders.get(speaker),
        offset=segment.start,
        duration=None if segment.end is None else segment.end - segment.start,
        raw_label=word,
        emotion=emotion,
        source=place,
    )
