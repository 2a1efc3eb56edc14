"""Every kind of bad input, and what it is spoiled for: the table that docs/bad_input.md prints.

`make bad-input` writes that page anew.
"""

import itertools
import json
import re
import shutil
import struct
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import soundfile
from bad_corpus import EMOTIONS, Corpus, noise, wav
from running import Workflow

from gagru.features.store import read_features, write_functionals
from tests.corpora import trees

WORKS = "works"
BOM = b"\xef\xbb\xbf"  # the byte-order mark in UTF-8
PAGE = Path(__file__).parents[2] / "docs" / "bad_input.md"
HEAD = """\
# Bad input and what the workflow says

COUNTS Written by
`make bad-input`, and held to by `tests/workflow/test_bad_input.py`, which tries every line. Each goes
through the command line of the program named, or of Snakemake; a program that ends with a message leaves
no file behind.

A path in a manifest stays below the manifest's folder, also where links lead. The label files of the other
corpora hold no paths, only names of a fixed form, so that links within those corpora are followed: only who
owns the folder can set them. Names that a spreadsheet would take for a formula are refused, not quoted, so
that every CSV file can be read as it is by people and programs.

| Input | What is wrong with it | Program | What it says |
| --- | --- | --- | --- |"""


class Case(NamedTuple):
    """One kind of input.

    spoil : what is done to a corpus of which everything has been made
    programs : what is run then, one after the other, until one says what is wrong
    """

    group: str
    what: str
    spoil: Callable[[Corpus], object]
    programs: tuple[str, ...]


def outcome(case: Case, corpus: Corpus) -> tuple[str, str]:
    """The program that ended the case and what it said, or all of them and that they work."""
    case.spoil(corpus)
    for name in case.programs:
        program, *arguments = name.split()
        if said := getattr(corpus, program)(*arguments):
            return program, said
    return case.programs[-1].split()[0], WORKS


# Spoiling.


def audio(samples: np.ndarray, rate: int = 16_000, kind: str = "<i2") -> Callable[[Corpus], object]:
    return lambda c: c.audio.write_bytes(wav(samples, rate, kind))


def content(change: Callable[[bytes], bytes]) -> Callable[[Corpus], object]:
    return lambda c: c.audio.write_bytes(change(c.audio.read_bytes()))


def container(kind: str, subtype: str, change: Callable[[bytes], bytes] = bytes) -> Callable[[Corpus], object]:
    """Audio in another container, changed. Long enough for one that compresses to be cut."""

    def spoil(c):
        soundfile.write(c.audio, noise(2), 16_000, subtype, format=kind)
        c.audio.write_bytes(change(c.audio.read_bytes()))

    return spoil


def heard(*names: str, trained: str = "svm", options: list[str] | None = None) -> Callable[[Corpus], object]:
    """What the model `trained` is given, by names in the corpus's folder; a file of its own where none is named."""

    def spoil(c):
        c.trained, c.options = c.folder / trained, options or []
        c.heard = [c.folder / name for name in names] or c.heard

    return spoil


def announcing(size: int, riff: int | None = None) -> Callable[[Corpus], object]:
    """A wave file whose header announces `size` bytes of audio."""

    def change(data):
        return data[:4] + struct.pack("<I", riff or len(data) - 8) + data[8:40] + struct.pack("<I", size) + data[44:]

    return content(change)


def pair(*more: str) -> Callable[[Corpus], object]:
    """A file of two channels, and rows of the manifest that choose from them."""
    stereo = wav(noise(0.3, seed=99, channels=2))
    chosen = rows(*more, columns="utterance channel")
    return both(lambda c: (c.folder / "pair.wav").write_bytes(stereo), chosen)


def rows(*more: str, columns: str = "") -> Callable[[Corpus], object]:
    """Put rows at the end of the manifest, which gets further columns."""

    def spoil(c):
        c.columns += columns.split()
        c.rows = [[*row, *[""] * len(columns.split())] for row in c.rows] + [row.split(",") for row in more]

    return spoil


def kept(wanted) -> Callable[[Corpus], object]:
    return lambda c: c.keep(wanted)


def damaged(path: Callable[[Corpus], Path], change: Callable[[bytes], bytes | None]) -> Callable[[Corpus], object]:
    """Change the bytes of a file, or remove it where `change` gives None."""

    def spoil(c):
        data = change(path(c).read_bytes())
        path(c).write_bytes(data) if data is not None else path(c).unlink()

    return spoil


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def gone(data: bytes) -> None:
    return None


def rewritten(path: Callable[[Corpus], Path], change: Callable[[pa.Table], pa.Table]) -> Callable[[Corpus], object]:
    """Change a Parquet file by a program that keeps its metadata."""

    def spoil(c):
        with pq.ParquetFile(path(c)) as file:
            table, metadata = file.read(), file.metadata.metadata
        pq.write_table(change(table).replace_schema_metadata(metadata), path(c))

    return spoil


def set_first(column: str, value) -> Callable[[pa.Table], pa.Table]:
    def change(table):
        i = table.column_names.index(column)
        values = [value, *table[column].to_pylist()[1:]]
        return table.set_column(i, column, pa.array(values, table[column].type))

    return change


def functionals(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Corpus], object]:
    """Other values in speaker B's functionals, with a checksum that is right."""

    def spoil(c):
        stored = read_features(c.file("egemaps", kind="features"))
        changed = change(stored.values.copy())
        pairs = zip(stored.utterances, changed, strict=False)
        write_functionals(c.file("egemaps", kind="features"), stored.columns, pairs)

    return spoil


def put(value: float, at) -> Callable[[np.ndarray], np.ndarray]:
    def change(values):
        values[at] = value
        return values

    return change


def both(*steps) -> Callable[[Corpus], object]:
    return lambda c: [step(c) for step in steps]


def settings(**values) -> Callable[[Corpus], object]:
    return lambda c: [setattr(c, name, value) for name, value in values.items()]


def swapped(first: Callable[[Corpus], Path], second: Callable[[Corpus], Path]) -> Callable[[Corpus], object]:
    return lambda c: first(c).write_bytes(second(c).read_bytes())


def folder_swapped(c: Corpus) -> None:
    for name in ("model.json", "model.safetensors"):
        (c.model("A") / name).write_bytes((c.model("B") / name).read_bytes())


def audio_too(*more: str, columns: str = "") -> Callable[[Corpus], object]:
    """Rows at the end of the manifest, and audio for each, of another content and length."""
    spoil = rows(*more, columns=columns)

    def make(c):
        spoil(c)
        for seed, row in enumerate(more, start=100):
            path = c.folder / row.split(",")[0]
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(wav(noise(0.3 + seed / 1000, seed)))

    return make


def copied(name: str, row: str) -> Callable[[Corpus], object]:
    """A copy of an audio file of speaker A, with a row of its own."""
    return both(
        lambda c: (c.folder / name).write_bytes((c.folder / "A_anger_1.wav").read_bytes()), rows(f"{name},{row}")
    )


def renamed(old: str, new: str) -> Callable[[Corpus], object]:
    """Another name for a column."""
    return lambda c: c.columns.__setitem__(c.columns.index(old), new)


def relabelled(old: str, new: str) -> Callable[[Corpus], object]:
    """Another word for an emotion, in all rows."""
    return lambda c: [row.__setitem__(2, new) for row in c.rows if row[2] == old]


def encoded(encoding: str) -> Callable[[Corpus], object]:
    """The manifest in another encoding, and never written again."""

    def spoil(c):
        c.write()
        c.manifest.write_text(c.manifest.read_text(encoding="utf-8"), encoding=encoding)
        c.write = lambda: None

    return spoil


def renamed_file(old: str, new: str) -> Callable[[Corpus], object]:
    """Another name for a file, not for what the manifest calls it."""
    return lambda c: (c.folder / old).rename(c.folder / new)


def link_out(c: Corpus) -> None:
    outside = c.folder.with_name(f"{c.folder.name} elsewhere.wav")
    outside.write_bytes(c.audio.read_bytes())
    c.audio.unlink()
    c.audio.symlink_to(outside)


def tree(c: Corpus, reader: str, make, speakers: str) -> None:
    c.reader, c.root, c.speakers = reader, c.folder / reader, speakers.split()
    make(c.root)


def iemocap(old: bytes | None, new: bytes) -> Callable[[Corpus], object]:
    """A small IEMOCAP in which the first label file has `new` in place of `old`, or nothing else where that is None."""

    def spoil(c):
        tree(c, "iemocap", trees.iemocap_small, "Ses01F Ses01M Ses03F Ses03M Ses05F")
        path = c.root / "Session1" / "dialog" / "EmoEvaluation" / "Ses01F_impro01.txt"
        path.write_bytes(new if old is None else path.read_bytes().replace(old, new, 1))

    return spoil


def msp_improv(old: bytes, new: bytes) -> Callable[[Corpus], object]:
    """A small MSP-IMPROV whose label file has `new` in place of the first `old`."""

    def spoil(c):
        tree(c, "msp_improv", lambda root: trees.msp_improv_small(root, "Audio"), "F01 M01 F02 M02")
        path = c.root / "Evalution.txt"
        path.write_bytes(path.read_bytes().replace(old, new, 1))

    return spoil


def move_sessions(*names: str) -> Callable[[Corpus], object]:
    """The sessions of an IEMOCAP in one or more folders below its root."""

    def spoil(c):
        sessions = list(c.root.glob("Session*"))
        for name in names:
            for session in sessions:
                shutil.copytree(session, c.root / name / session.name)
        for session in sessions:
            shutil.rmtree(session)

    return spoil


def flatten_audio(*names: str) -> Callable[[Corpus], object]:
    """All audio of an IEMOCAP in each of these folders below its root, and none elsewhere."""

    def spoil(c):
        for path in list(c.root.glob("Session*/sentences/wav/*/[!.]*.wav")):
            for name in names:
                trees.write(c.root / name / path.name, path.read_bytes())
            path.unlink()

    return spoil


def capitals(c: Corpus) -> None:
    """The suffixes of all files in capitals."""
    for path in list(c.root.rglob("*")):
        if path.is_file():
            path.rename(path.with_suffix(path.suffix.upper()))


def emodb(name: str) -> Callable[[Corpus], object]:
    """A small EMO-DB with one more file."""

    def spoil(c):
        tree(c, "emodb", trees.emodb_small, "03 08 09 10 11 12 13 14 15 16")
        (c.root / "wav" / name).write_bytes(wav(noise(0.3)))

    return spoil


NAMES = r"(?P<speaker>[ABC])_(?P<emotion>[a-z]+)_[0-9]"


def named(name: str = "", **options) -> Callable[[Corpus], object]:
    """The corpus's folder, read by the names of its files, with a file more and options."""

    def spoil(c):
        c.reader, c.root, c.reader_options = "filenames", c.folder, {"pattern": NAMES, **options}
        for made in ("egemaps", "lld", "svm", "ga_gru", "results"):
            shutil.rmtree(c.folder / made, ignore_errors=True)
        if name:
            (c.folder / name).write_bytes(wav(noise(0.35)))

    return spoil


def database(name: str = "", change: Callable[[bytes], bytes | None] = bytes) -> Callable[[Corpus], object]:
    """The corpus's folder as a database in audformat, with a file of it changed."""

    def spoil(c):
        c.reader, c.root = "audformat", c.folder
        c.reader_options = {
            "emotion": {"tables": ["emotion"], "column": "word"},
            "speaker": {"tables": ["files"], "column": "who"},
        }
        columns = {"emotion": ("word", 2), "files": ("who", 1)}
        tables = "".join(
            f"  {t}: {{type: filewise, columns: {{{column}: {{}}}}}}\n" for t, (column, _) in columns.items()
        )
        (c.folder / "db.yaml").write_text(f"name: mine\ntables:\n{tables}")
        for table, (column, i) in columns.items():
            lines = [f"file,{column}", *(f"{row[0]},{row[i]}" for row in c.rows)]
            (c.folder / f"db.{table}.csv").write_text("\n".join(lines) + "\n")
        if name:
            damaged(lambda c: c.folder / name, change)(c)

    return spoil


def own(change: Callable[[np.ndarray], np.ndarray] = np.asarray, name: str = "") -> Callable[[Corpus], object]:
    """A file of frames for every utterance, those of one of them or of all changed."""

    def spoil(c):
        (c.folder / "npy").mkdir()
        for path, *_ in c.rows:
            stem = Path(path).stem
            frames = np.ones((3, 2), np.float32)
            np.save(c.folder / "npy" / f"{stem}.npy", change(frames) if name in ("", stem) else frames)

    return spoil


DESCRIBE = ("index_corpus", "extract_features egemaps", "extract_features lld")
DESCRIBE += ("normalise_features egemaps", "normalise_features lld")
DIVIDE = ("index_corpus", "make_folds")
TRAIN = (*DIVIDE, *(f"normalise_features egemaps {speaker}" for speaker in "ABC"), "train_fold svm")
EXPLAIN = ("analyse_attention",)


def cases() -> Iterator[Case]:
    """All of them but those that Snakemake itself is asked about."""

    def group(name, programs, found):
        return (Case(name, what, spoil, programs) for what, spoil in found.items())

    quiet, loud = noise(0.3), np.clip(8 * noise(0.3), -1, 1)
    yield from group("audio", DESCRIBE, {
        "8 bits": audio(quiet, kind="u1"),
        "stereo": audio(noise(0.3, channels=2)),
        "96 kHz": audio(noise(0.3, rate=96_000), 96_000),
        "clipped": audio(loud),
        "a header that says 44 Hz": content(lambda data: data[:24] + struct.pack("<I", 44) + data[28:]),
        "a header of no format": content(lambda data: data[:20] + b"\xff\xff" + data[22:]),
        "a header that ends early": content(lambda data: data[:20]),
        "no audio file at all": content(lambda data: 100 * b"this is no audio"),
        "0 bytes": content(lambda data: b""),
        "0 samples": audio(quiet[:0]),
        "truncated": content(half),
        "NaN samples": audio(np.where(np.arange(4800)[:, None] == 77, np.nan, quiet), kind="<f4"),
        "an infinite sample": audio(np.where(np.arange(4800)[:, None] == 77, np.inf, quiet), kind="<f4"),
        "silence": audio(0 * quiet),
        "10 ms": audio(noise(0.01)),
        "35 ms, which passes for audio but gives no frame": audio(noise(0.035)),
        "missing": lambda c: c.audio.unlink(),
        "a folder": lambda c: (c.audio.unlink(), c.audio.mkdir()),
        "two wrong at once": lambda c: (c.audio.unlink(), (c.folder / "C_anger_2.wav").write_bytes(b"")),
        "floating-point samples that reach 1.5": audio(3 * quiet, kind="<f4"),
        "floating-point samples that are 16-bit integers": audio(np.round(32767 * quiet), kind="<f4"),
        "floating-point samples 32768 times too small": audio(quiet / 32768, kind="<f4"),
        "a channel that is silent": audio(np.concatenate([quiet, 0 * quiet], axis=1)),
        "an antiphase pair": audio(np.concatenate([quiet, -quiet], axis=1)),
        "a header that announces 44 bytes too many": announcing(9644),
        "a header that announces half": announcing(4800),
        "a header of a program that wrote to a pipe": announcing(0xFFFFFFFF, 0xFFFFFFFF),
        "a header that was never completed": announcing(0),
        "two files in one": content(lambda data: 2 * data),
        "a chunk of text after the audio": content(lambda data: data + b"LIST\4\0\0\0INFO"),
        "GSM 6.10": container("WAV", "GSM610"),
        **{
            f"half of {name}": container(kind, subtype, half)
            for name, kind, subtype in (
                ("a FLAC file", "FLAC", "PCM_16"),
                ("an MP3 file", "MP3", "MPEG_LAYER_III"),
                ("an OGG file", "OGG", "VORBIS"),
                ("an Opus file", "OGG", "OPUS"),
                ("an AIFF file", "AIFF", "PCM_16"),
                ("an AU file", "AU", "PCM_16"),
                ("a NIST SPHERE file", "NIST", "PCM_16"),
                ("a W64 file", "W64", "PCM_16"),
                ("an RF64 file", "RF64", "PCM_16"),
                ("a CAF file", "CAF", "PCM_16"),
            )
        },
        "FLAC from a pipe": container(
            "FLAC", "PCM_16", lambda data: data[:21] + bytes([data[21] & 0xF0]) + bytes(4) + data[26:]
        ),
        "m4a": content(lambda data: b"\0\0\0\x20ftypM4A " + data),
        "a pointer of Git LFS": content(lambda data: b"version https://git-lfs.github.com/spec/v1\n"),
        "a speaker of silence": lambda c: [
            (c.folder / row[0]).write_bytes(wav(0 * quiet)) for row in c.rows if row[1] == "B"
        ],
    })  # fmt: skip
    yield Case("audio", "10 minutes", audio(noise(600)), ("index_corpus", *DESCRIBE[2:5:2]))
    yield from group("labels of IEMOCAP", ("index_corpus",), {
        "an unknown label": iemocap(b"\tneu\t", b"\tbored\t"),
        "no label": iemocap(b"\tneu\t[2.5000, 2.5000, 2.5000]\n", b"\n"),
        "an id that is a path": iemocap(b"Ses01F_impro01_F000", b"../../../../etc/passwd"),
        "a time that is no number": iemocap(b"6.2901 - 8.2357", b"6.2901 - later"),
        "a line without end": iemocap(b"\tneu\t", b"\t" + 9999 * b"x" + b"\t"),
        "an utterance twice": iemocap(b"Ses01F_impro01_F001", b"Ses01F_impro01_F000"),
        "a label in capitals": iemocap(b"\tneu\t", b"\tNEU\t"),
        "a byte-order mark and no header": iemocap(
            b"% [START_TIME",
            BOM + b"[0.5 - 1.5]\tSes01F_impro01_F009\tneu\t[1, 1, 1]\n%",
        ),
        "UTF-16": iemocap(None, "[0.5 - 1.5]\tSes01F_impro01_F000\tneu\n".encode("utf-16")),
        "a consensus line without brackets": iemocap(b"[6.2901 - 8.2357]", b"6.2901 - 8.2357"),
        "label files and audio with suffixes in capitals": both(iemocap(b"", b""), capitals),
        "an empty file": iemocap(None, b""),
        "a file of other bytes": iemocap(None, bytes(range(256)) * 9),
        "a partial copy": both(iemocap(b"", b""), settings(expected_counts=True)),
        "another folder": both(iemocap(b"", b""), lambda c: setattr(c, "root", c.root / "Session1")),
        "the folder above": both(iemocap(b"", b""), move_sessions("release")),
        "the folder above two copies": both(iemocap(b"", b""), move_sessions("old", "release")),
        "all audio in one folder": both(iemocap(b"", b""), flatten_audio("wav")),
        "all audio in each of two folders": both(iemocap(b"", b""), flatten_audio("denoised", "wav")),
        "no audio of a session": both(
            iemocap(b"", b""), lambda c: shutil.rmtree(c.root / "Session3" / "sentences" / "wav")
        ),
    })  # fmt: skip
    yield from group("labels of MSP-IMPROV", ("index_corpus",), {
        "an unknown label": msp_improv(b".avi; N;", b".avi; Q;"),
        "no label": msp_improv(b".avi; N;", b".avi;"),
        "a clip of no speaker": msp_improv(b"-F01-P-FM01.avi", b"-F07-P-FM01.avi"),
        "a clip that is a path": msp_improv(b"UTD-IMPROV-S01A", b"../UTD-IMPROV-S01A"),
        "a clip twice": msp_improv(b"S01A-M01-P-FM01", b"S01A-F01-P-FM01"),
        "a byte-order mark and an unknown label": msp_improv(
            b"UTD-IMPROV-S01A-F01-P-FM01.avi; N", BOM + b"UTD-IMPROV-S01A-F01-P-FM01.avi; Q"
        ),
        "a clip's name in capitals": msp_improv(b"UTD-IMPROV-S01A-F01-P-FM01.avi", b"UTD-IMPROV-S01A-F01-P-FM01.AVI"),
        "label file and audio with suffixes in capitals": both(msp_improv(b"", b""), capitals),
        "no label file": both(msp_improv(b"", b""), lambda c: (c.root / "Evalution.txt").unlink()),
        "two label files": both(
            msp_improv(b"", b""), lambda c: (c.root / "Audio" / "Evaluation.txt").write_text("other")
        ),
    })  # fmt: skip
    yield from group("names of EMO-DB", ("index_corpus",), {
        "an unknown emotion": emodb("03a01Za.wav"),
        "an unknown speaker": emodb("04a01Wa.wav"),
        "a copy": emodb("03a01Wa copy.wav"),
        "a suffix in capitals": emodb("03a01Wb.WAV"),
        "an utterance that is no WAV file": emodb("03a01Wb.flac"),
        "an utterance in two formats": both(
            emodb("03a01Wb.flac"), lambda c: (c.root / "wav" / "03a01Wb.wav").write_bytes(wav(noise(0.35)))
        ),
        "two folders that differ in case": both(
            emodb("03a01Wb.wav"), lambda c: trees.write(c.root / "Wav" / "08a01Wb.wav", wav(noise(0.3)))
        ),
        "all suffixes in capitals": both(emodb("03a01Wb.wav"), capitals),
        "no sadness": both(emodb("03a01Wb.wav"), lambda c: (c.root / "wav" / "03a01Ta.wav").unlink()),
    })  # fmt: skip
    yield from group("names of files", ("index_corpus",), {
        "one that the pattern does not match": named("click.wav"),
        "a code without a meaning": named("A_fear_1.wav"),
        "a code that is outside the four": named(
            "A_fear_1.wav", emotions={**{emotion: [emotion] for emotion in EMOTIONS}, "other": ["fear"]}
        ),
        "a pattern that is none": named(pattern="(?P<speaker>"),
        "a pattern without the emotion": named(pattern="(?P<speaker>[ABC]).*"),
        "a pattern with a group that nobody reads": named(pattern=f"{NAMES}(?P<take>.?)"),
        "a pattern by which two files are one utterance": both(
            named(), lambda c: trees.write(c.folder / "again" / "A_anger_1.wav", wav(noise(0.35)))
        ),
        "three emotions in the table": named(emotions={emotion: [emotion] for emotion in EMOTIONS[:3]}),
        "a code twice in the table": named(
            emotions={**{emotion: [emotion] for emotion in EMOTIONS}, "other": ["anger"]}
        ),
        "a folder without audio": both(named(), lambda c: setattr(c, "root", c.results)),
    })  # fmt: skip
    yield from group("database in audformat", ("index_corpus",), {
        "as it should be": database(),
        "no header": database("db.yaml", gone),
        "a header that names no tables": database("db.yaml", lambda data: b"name: mine\n"),
        "a table that the header does not name": database("db.yaml", lambda data: data.replace(b"emotion:", b"mood:")),
        "a table that is not there": database("db.emotion.csv", gone),
        "a pickled table": both(
            database("db.emotion.csv", gone), lambda c: (c.folder / "db.emotion.pkl").write_bytes(b"")
        ),
        "a column that is not there": database("db.yaml", lambda data: data.replace(b"{who", b"{speaker")),
        "a word without a meaning": database("db.emotion.csv", lambda data: data.replace(b",anger", b",rage", 1)),
        "a file without a speaker": database("db.files.csv", lambda data: data.replace(b"\nA_anger_1.wav,A", b"")),
        "a file outside": database("db.emotion.csv", lambda data: data.replace(b"A_anger_1", b"../A_anger_1")),
        "a row without a word": database("db.emotion.csv", lambda data: data.replace(b",anger", b",", 1)),
        "nothing told of it": both(database(), lambda c: c.reader_options.pop("speaker")),
    })  # fmt: skip
    yield from group("manifest", ("index_corpus",), {
        "a path outside": rows("../other.wav,A,anger"),
        "an absolute path": rows("/etc/passwd,A,anger"),
        "a link that leads outside": link_out,
        "an id that is a formula": rows("A_anger_1.wav,A,anger,=1+1", columns="utterance"),
        "an id that is an option": rows("A_anger_1.wav,A,anger,-x", columns="utterance"),
        "a speaker that is a formula": rows("A_anger_1.wav,@SUM(A1),anger"),
        "a speaker that is an option": rows("A_anger_1.wav,-x,anger"),
        "a cell too many": rows("A_anger_1.wav,A,anger,anger"),
        "a duration that is no number": rows("A_anger_1.wav,A,anger,1_0", columns="duration"),
        "a segment beyond the end": rows("A_anger_1.wav,A,anger,x,0.2,0.2", columns="utterance offset duration"),
        "an id twice": rows("A_anger_1.wav,A,anger,A_anger_2", columns="utterance"),
        "two channels, two utterances": pair("pair.wav,A,anger,left,1", "pair.wav,B,anger,right,2"),
        "one channel, two utterances": pair("pair.wav,A,anger,left,1", "pair.wav,B,anger,right,1"),
        "a channel, and the mean that holds it": pair("pair.wav,A,anger,left,1", "pair.wav,B,anger,mean,"),
        "a channel that the file does not have": pair("pair.wav,A,anger,left,3"),
        "channels counted from 0": pair("pair.wav,A,anger,left,0"),
        "audio of two utterances": rows("A_anger_1.wav,A,sadness,other", columns="utterance"),
        "emotions in capitals": relabelled("anger", "Anger"),
        "an emotion with a letter missing": relabelled("happiness", "hapiness"),
        "an emotion with two letters exchanged": relabelled("anger", "agner"),
        "`sad` for sadness": relabelled("sadness", "sad"),
        "`neutral` for neutrality": relabelled("neutrality", "neutral"),
        "a German word": relabelled("anger", "Wut"),
        "an emotion with a blank that does not show": relabelled("anger", "anger\u200b"),
        "an emotion outside the four": audio_too("fear.wav,A,fear"),
        "three emotions": relabelled("sadness", "melancholy"),
        "columns in capitals": both(renamed("path", "Path"), renamed("emotion", "EMOTION ")),
        "columns by other names": both(renamed("path", "file"), renamed("speaker", "spk"), renamed("emotion", "label")),
        "`start` and `end`": audio_too("x.wav,A,anger,0.1,0.2", columns="start end"),
        "`onset` beside `offset`": audio_too("x.wav,A,anger,0.1,0.2", columns="onset offset"),
        "`Offset`": audio_too("x.wav,A,anger,0.1", columns="Offset"),
        "a column with a unit": audio_too("x.wav,A,anger,100", columns="offset_ms"),
        "a column with a letter missing": audio_too("x.wav,A,anger,1", columns="duraton"),
        "a column that nobody reads": audio_too("x.wav,A,anger,hello", columns="text"),
        "rows of commas at the end, as Excel leaves them": rows(",,", ",,", " ,,"),
        "UTF-16": encoded("utf-16"),
        "a byte-order mark": encoded("utf-8-sig"),
        "semicolons": lambda c: (c.columns.__setitem__(slice(None), [";".join(c.columns)]), c.rows.clear()),
        "back-slashes": rows("wav\\x.wav,A,anger", "wav\\y.wav,A,anger"),
        "a suffix in capitals": renamed_file("A_anger_1.wav", "A_anger_1.WAV"),
        "a name in another case": renamed_file("A_anger_1.wav", "a_Anger_1.wav"),
        "two files that differ in case, and the manifest names a third": both(
            renamed_file("A_anger_1.wav", "A_ANGER_1.wav"),
            lambda c: (c.folder / "a_anger_1.wav").write_bytes(wav(noise(0.4))),
        ),
        "a name in another Unicode form": both(
            audio_too("\u00e4.wav,A,anger"), renamed_file("\u00e4.wav", "a\u0308.wav")
        ),
        "speakers `3` and `03`": audio_too("x.wav,3,anger", "y.wav,03,anger"),
        "speakers that differ in case": audio_too("x.wav,a,anger"),
        "speakers that differ in a hyphen": audio_too("x.wav,S-1,anger", "y.wav,S01,anger"),
        "speakers that keep their zeros": audio_too("x.wav,03,fear", "y.wav,08,fear"),
        "a speaker `nan`": audio_too("x.wav,nan,anger"),
        "no speaker": audio_too("x.wav,,anger"),
        "a speaker `N/A`, outside the task": audio_too("x.wav,N/A,fear"),
        "dialogs `nan`": audio_too("x.wav,A,anger,nan", "y.wav,A,anger,nan", columns="dialog"),
        "dialogs that differ in case": audio_too("x.wav,A,anger,d1", "y.wav,A,anger,D1", columns="dialog"),
        "a file of two speakers under two names": copied("copy.wav", "B,anger"),
        "a file with two labels under two names": copied("copy.wav", "A,sadness"),
        "a file under two names, nothing else different": copied("copy.wav", "A,anger"),
        "a segment twice, its times rounded": rows(
            "A_anger_1.wav,B,anger,x,0.001,0.298", columns="utterance offset duration"
        ),
        "a speaker more than configured": settings(speakers=["A", "B"]),
        "a speaker less than configured": settings(speakers=["A", "B", "C", "D"]),
    })  # fmt: skip
    yield from group("folds", DIVIDE, {
        "a class that one speaker alone has": kept(lambda speaker, emotion, _: speaker == "A" or emotion != "sadness"),
        "a speaker with one emotion, the others with all": both(
            kept(lambda speaker, emotion, _: speaker != "B" or emotion == "anger"), settings(validation="random")
        ),
        "as before, and too few others": kept(lambda speaker, emotion, _: speaker != "B" or emotion == "anger"),
        "two speakers with one emotion": kept(lambda speaker, emotion, _: speaker == "A" or emotion == "anger"),
        "two speakers in all, `random`": both(
            kept(lambda speaker, *_: speaker != "C"), settings(speakers=["A", "B"], validation="random")
        ),
        "two speakers in all, `rotate`": both(
            kept(lambda speaker, *_: speaker != "C"), settings(speakers=["A", "B"], validation="rotate")
        ),
        "nothing that `random` could hold out": both(
            kept(lambda speaker, emotion, path: speaker != "C" and path.endswith("1.wav")),
            settings(speakers=["A", "B"], validation="random"),
        ),
    })  # fmt: skip
    yield from group("a model that predicts", ("predict",), {
        "as it should be": lambda c: None,
        "another sample rate": audio(noise(0.3, rate=44_100), 44_100),
        "no such folder": heard(trained="nowhere"),
        "a folder without a model": heard(trained="features"),
        "a fold is missing": lambda c: shutil.rmtree(c.folder / "svm/B"),
        "weights are missing": damaged(lambda c: c.folder / "svm/B/model.safetensors", gone),
        "weights are altered": damaged(lambda c: c.folder / "svm/B/model.safetensors", lambda data: data[:-1] + b"!"),
        "model.json is altered": damaged(lambda c: c.folder / "svm/B/model.json", lambda d: d.replace(b"1.0", b"2.0")),
        "text instead of audio": content(lambda data: 100 * b"this is no audio"),
        "text among good files, left out": both(
            content(lambda data: 100 * b"this is no audio"), heard("B_sadness_1.wav", "A_anger_1.wav")
        ),
        "text among good files, `--strict`": both(
            content(lambda data: 100 * b"this is no audio"),
            heard("B_sadness_1.wav", "A_anger_1.wav", options=["--strict"]),
        ),
        "silence": audio(0 * quiet),
        "10 ms of audio": audio(noise(0.01)),
        "0 bytes of audio": content(lambda data: b""),
        "a file that is not there": heard("nowhere.wav"),
        "a folder without audio": heard("features"),
        "a manifest without paths": both(rows(columns="file"), heard("folds.csv")),
        "a column that the manifest lacks": heard("manifest.csv", options=["--speaker", "who"]),
        "a folder in the place of the predictions": lambda c: (c.folder / "predicted.csv").mkdir(),
    })  # fmt: skip
    one = kept(lambda speaker, emotion, path: speaker != "B" or path == "B_anger_1.wav")
    described = ("index_corpus", "extract_features egemaps", "normalise_features egemaps")
    yield from group("features", described, {
        "one utterance of a speaker": one,
        "one utterance of a speaker, statistics of the training speakers": both(
            one, settings(method="training_speakers")
        ),
    })  # fmt: skip
    yield from group("features", ("normalise_features egemaps",), {
        "NaN": functionals(put(np.nan, (3, 5))),
        "infinite": functionals(put(np.inf, (0, 87))),
        "a constant column": functionals(put(0.1, (slice(None), 5))),
        "truncated": damaged(lambda c: c.file("egemaps", kind="features"), half),
        "altered": rewritten(lambda c: c.file("egemaps", kind="features"), lambda table: table.slice(1)),
        "missing": damaged(lambda c: c.file("egemaps", kind="features"), gone),
    })  # fmt: skip
    yield from group("features of one's own", ("index_own_features",), {
        "as they should be": own(),
        "vectors": own(lambda frames: frames[0]),
        "an utterance without a file": both(own(), lambda c: (c.folder / "npy" / "A_anger_1.npy").unlink()),
        "an utterance with two files": both(
            own(), lambda c: (c.folder / "npy" / "A_anger_1.wav.npy").write_bytes(b"")
        ),
        "a batch of one": own(lambda frames: frames[None], "A_anger_1"),
        "another number of features": own(lambda frames: frames[:, 1:], "A_anger_1"),
        "a vector among frames": own(lambda frames: frames[0], "A_anger_1"),
        "NaN": own(lambda frames: frames * np.nan, "A_anger_1"),
        "text": own(lambda frames: frames.astype(str), "A_anger_1"),
        "no frame": own(lambda frames: frames[:0], "A_anger_1"),
        "a file cut off": both(own(), damaged(lambda c: c.folder / "npy" / "A_anger_1.npy", half)),
        "no folder": lambda c: None,
    })  # fmt: skip
    yield from group("features", ("train_fold svm",), {
        "an utterance without features": both(
            functionals(lambda values: values[1:]), lambda c: c.normalise_features("egemaps")
        ),
        "normalised features of another set": swapped(lambda c: c.file("egemaps"), lambda c: c.file("lld")),
        "normalised features truncated": damaged(lambda c: c.file("egemaps"), half),
    })  # fmt: skip
    by_fold = settings(method="training_speakers")
    statistics = lambda c: c.folder / "statistics" / "A.json"  # noqa: E731
    made = both(by_fold, lambda c: c.training_statistics())
    yield from group("statistics of a fold", ("train_fold svm",), {
        "missing": by_fold,
        "truncated": both(made, damaged(statistics, half)),
        "altered": both(made, damaged(statistics, lambda data: data.replace(b'"rows": ', b'"rows": 1'))),
    })  # fmt: skip
    yield from group("index.parquet", ("train_fold svm",), {
        "missing": damaged(lambda c: c.index, gone),
        "truncated": damaged(lambda c: c.index, half),
        "a label altered": rewritten(lambda c: c.index, set_first("emotion", "sadness")),
        "of another program": lambda c: pq.write_table(pa.table({"utterance": ["x"]}), c.index),
    })  # fmt: skip
    yield from group("index.parquet", ("extract_features egemaps",), {
        "audio that became shorter since": audio(noise(0.2)),
        "a path altered to lead outside": rewritten(lambda c: c.index, set_first("path", "../../etc/passwd")),
    })  # fmt: skip
    yield from group("folds.csv", ("train_fold svm",), {
        "missing": damaged(lambda c: c.folds, gone),
        "empty": damaged(lambda c: c.folds, lambda data: b""),
        "truncated within a row": damaged(lambda c: c.folds, lambda data: data[:400]),
        "truncated after a row": damaged(lambda c: c.folds, lambda data: b"\n".join(data.split(b"\n")[:20]) + b"\n"),
        "a test utterance trained on": damaged(
            lambda c: c.folds, lambda data: data.replace(b"A,A_anger_1,test", b"A,A_anger_1,train")
        ),
        "an utterance that the index does not have": damaged(
            lambda c: c.folds, lambda data: data.replace(b"A,A_anger_1,", b"A,A_anger_9,")
        ),
        "without the fold": damaged(lambda c: c.folds, lambda data: data.replace(b"\nA,", b"\nB,")),
    })  # fmt: skip
    weights, description = ((lambda c, name=name: c.model("A") / name) for name in ("model.safetensors", "model.json"))
    yield from group("models", EXPLAIN, {
        "weights missing": damaged(weights, gone),
        "weights truncated": damaged(weights, half),
        "one weight altered": damaged(weights, lambda data: data[:-1] + bytes([data[-1] ^ 1])),
        "weights of another fold": swapped(weights, lambda c: c.model("B") / "model.safetensors"),
        "model.json missing": damaged(description, gone),
        "model.json truncated": damaged(description, half),
        "model.json altered": damaged(description, lambda data: data.replace(b'"row"', b'"column"')),
        "the whole model of another fold": folder_swapped,
    })  # fmt: skip
    predictions = lambda c: c.model("A", "svm") / "predictions.parquet"  # noqa: E731
    yield from group("predictions.parquet", ("evaluate_system",), {
        "missing": damaged(predictions, gone),
        "truncated": damaged(predictions, half),
        "a prediction altered": rewritten(
            predictions, lambda t: set_first("predicted", EMOTIONS[t["predicted"][0].as_py() == EMOTIONS[0]])(t)
        ),
        "of another fold": swapped(predictions, lambda c: c.model("B", "svm") / "predictions.parquet"),
    })  # fmt: skip
    metrics = lambda c: c.metrics  # noqa: E731
    yield from group("metrics.json", ("table",), {
        "missing": damaged(metrics, gone),
        "truncated": damaged(metrics, half),
        "a figure altered": damaged(
            metrics, lambda data: data.replace(b'"utterances": 24', b'"utterances": 25')
        ),
    })  # fmt: skip
    left_out = lambda c: c.left_out  # noqa: E731
    yield from group("left_out.csv", ("table",), {
        "missing": damaged(left_out, gone),
        "truncated": damaged(left_out, lambda data: data[:9]),
    })  # fmt: skip
    yield from group("edges.parquet", ("figure2",), {
        "missing": damaged(lambda c: c.folder / "edges.parquet", gone),
        "truncated": damaged(lambda c: c.folder / "edges.parquet", half),
        "a share altered": rewritten(lambda c: c.folder / "edges.parquet", set_first("share", 0.5)),
    })  # fmt: skip
    yield from group("profiles.parquet", ("figure3",), {
        "truncated": damaged(lambda c: c.folder / "profiles.parquet", half),
        "rows lost": rewritten(lambda c: c.folder / "profiles.parquet", lambda table: table.slice(2)),
    })  # fmt: skip


# What Snakemake says, which lists everything wrong with a configuration at once: one run for each of the first two.
# Key -> what is wrong with it, and the YAML that gives it.
SCHEMA = {
    "external.untold": ("an external system without a protocol", {"iemocap": "x.csv"}),
    "corpora.misspelt": ("a key that is misspelt", {"reader": "emodb", "root": "x", "valdiation": "rotate"}),
    "corpora.unread.reader": ("a reader that does not exist", {"reader": "csv", "root": "x"}),
    "corpora.rootless": ("no root", {"reader": "emodb"}),
    "corpora.shouted.validation": (
        "a validation that does not exist",
        {"reader": "emodb", "root": "x", "validation": "ALL"},
    ),
    "corpora.dashed.speakers.0": (
        "a speaker that is an option",
        {"reader": "manifest", "root": "x", "speakers": ["-A", "B", "C"]},
    ),
    "corpora.Own": ("a corpus whose name has a capital", {"reader": "emodb", "root": "x"}),
    "corpora.words": ("text in place of settings", "emodb"),
    "systems.dnn.lr": ("a number with a comma", "0,001"),
    "systems.ga_gru.hidden": ("no units", 0),
    "systems.ga_gru.features": ("a feature set that the system cannot hear", "egemaps"),
    "run.seeds.0": ("a seed below 0", [-1]),
    "features.egemaps.version": ("a feature set of another name", "eGeMAPSv03"),
    "evaluation.level": ("a level above 1", 95),
    "training.device": ("a device that does not exist", "gpu"),
    "training.per_gpu": ("a GPU that no training may use", 0),
}  # fmt: skip


def manifest(*speakers: str) -> str:
    """A manifest of speakers with an utterance of each emotion."""
    rows = (f"{speaker}_{emotion}.wav,{speaker},{emotion}\n" for speaker in speakers for emotion in EMOTIONS)
    return "".join(["path,speaker,emotion\n", *rows])


PROTOCOL = {
    "corpora.demoless": ("no demo corpus of this reader", {"reader": "manifest", "root": "demo"}, ""),
    "corpora.gone": ("a manifest that is missing", {"reader": "manifest", "root": "gone.csv"}, None),
    "corpora.columns": (
        "a manifest without a column",
        {"reader": "manifest", "root": "columns.csv"},
        "path,speaker\n1.wav,A\n",
    ),
    "corpora.words": ("a manifest that is no text", {"reader": "manifest", "root": "words.csv"}, "\udcff\udcff\n"),
    "corpora.nothing": (
        "a manifest with nothing in the task",
        {"reader": "manifest", "root": "nothing.csv"},
        "path,speaker,emotion\n1.wav,A,fear\n",
    ),
    "corpora.spelling": (
        "a manifest with words that are nearly right",
        {"reader": "manifest", "root": "spelling.csv"},
        "path,speaker,emotion\n1.wav,A,Anger\n2.wav,03,hapiness\n3.wav,3,fear\n",
    ),
    "corpora.three": (
        "a manifest of three emotions",
        {"reader": "manifest", "root": "three.csv"},
        "path,speaker,emotion\n1.wav,A,anger\n2.wav,B,happiness\n3.wav,C,neutrality\n",
    ),
    "corpora.names": (
        "a manifest whose speakers cannot name files",
        {"reader": "manifest", "root": "names.csv"},
        "path,speaker,emotion\n1.wav,=A,anger\n2.wav,B/C,anger\n",
    ),
    "corpora.lengthy": (
        "a speaker whose name is longer than a file's may be",
        {"reader": "manifest", "root": "lengthy.csv", "validation": "rotate"},
        manifest(250 * "a", "B", "C"),
    ),
    "corpora.echo": (
        "a speaker whose name repeats itself twenty times",
        {"reader": "manifest", "root": "echo.csv", "validation": "rotate"},
        manifest(20 * "ab", "B", "C"),
    ),
    "corpora.crowd": (
        "6,500 speakers",
        {"reader": "manifest", "root": "crowd.csv", "validation": "rotate"},
        manifest(*(f"S{number}" for number in range(6500))),
    ),
    "corpora.two": (
        "two speakers in all, `rotate`",
        {"reader": "manifest", "root": "two.csv", "validation": "rotate"},
        manifest("A", "B"),
    ),
    "corpora.alone": (
        "no partners",
        {"reader": "emodb", "root": "emodb", "validation": "partner"},
        "",
    ),
    "corpora.braces": ("a path with braces", {"reader": "manifest", "root": "my {corpus}.csv"}, None),
    "run.corpora": ("a corpus that is not described", ["yours"], ""),
    "choices.corpora": ("choices on a corpus that is not described", ["theirs"], ""),
    "selection.corpora": ("a selection on a corpus that is not described", ["theirs"], ""),
    "corpora.partial": (
        "a part that the corpus has not",
        {"reader": "emodb", "root": "emodb", "validation": "rotate", "part": "improvised"},
        "",
    ),
    "corpora.unnamed": (
        "the reader `filenames` without a pattern",
        {"reader": "filenames", "root": ".", "validation": "rotate"},
        "",
    ),
    "corpora.unmatched": (
        "a pattern that no regular expression is",
        {"reader": "filenames", "root": ".", "filenames": {"pattern": "(?P<speaker>"}},
        "",
    ),
    "corpora.described": (
        "a pattern for another reader",
        {"reader": "emodb", "root": "x", "validation": "rotate", "filenames": {"pattern": "x"}},
        "",
    ),
    "corpora.unheard.own_features": (
        "a folder of one's own features that there is not",
        {"reader": "emodb", "root": "emodb", "validation": "rotate", "own_features": "npy"},
        "",
    ),
    "external.svm": (
        "an external system that is called as one of the workflow's",
        {"protocol": "Unknown.", "iemocap": "x.csv"},
        "",
    ),
    "external.lost.iemocap": ("predictions that are not there", {"protocol": "Unknown.", "iemocap": "lost.csv"}, ""),
    "external.strange.urdu": (
        "predictions for a corpus that is not described",
        {"protocol": "Unknown.", "urdu": "x.csv"},
        "",
    ),
    "corpora.misheard": (
        "speakers by a rule that the corpus has not",
        {"reader": "emodb", "root": "emodb", "validation": "rotate", "speaker_rule": "dialog"},
        "",
    ),
}  # fmt: skip


# Settings as they are typed, in a file and after --config: how a line of what is said begins -> what is wrong there.
TYPED = """\
run: {systems: [svm]}
corpora:
  no: {reader: emodb, root: x, validation: rotate}
  mine: {reader: emodb, root: 2024-08-01, validation: rotate, speakers: [03, 08], expected_counts: 1}
  yours: {reader: emodb, root: 2024_08, root: x}
systems:
  dnn: {lr: .nan, hidden: 64, batch_size: 010, patience: 2.5, max_epochs: }
  ga_gru: {hiden: 64}
run:
  seeds: [0]
"""
TYPED_WRONG = {
    "mine.yaml:9: the key `run`": "a key twice",
    "mine.yaml:5: the key `corpora.yours.root`": "a key of a corpus twice",
    "mine.yaml:3: YAML reads the key no": "a corpus named no",
    "corpora.mine.root": "a folder that YAML takes for a date",
    "corpora.mine.speakers.0": "a speaker whose zero YAML drops",
    "corpora.mine.expected_counts": "1 for true",
    "systems.dnn.lr": "a number that is none",
    "systems.dnn.hidden": "a number in place of a list",
    "systems.dnn.batch_size": "a number that YAML reads in base 8",
    "systems.dnn.patience": "half an epoch",
    "systems.dnn.max_epochs": "a key with nothing behind it",
    "systems.ga_gru": "a key with a letter missing",
}
COMMAND = ["iemocap=", "msp_improv=/a", "msp_improv=/b", "mine=/c", "run={seeds: [0}", "training={threads:2}"]
COMMAND += ["check={fail: perhaps}", "corpora={iemocap: {validation: Rotate}}"]
COMMAND_WRONG = {
    "--config: `msp_improv`": "a corpus twice",
    "--config run": "a block that is no YAML",
    "training (--config training)": "no space after a colon",
    "check.fail": "a word for true or false",
    "corpora.iemocap.root": "no path",
    "corpora.iemocap.validation": "a word with a capital",
    "top level": "a corpus that is not described",
}


# Files that are asked for below results/choices: what is wrong with the place, and its name.
PLACES = {
    "a value that a choice has not": "iemocap/validation=typo",
    "a choice that there is not": "iemocap/colour=red",
    "no choice at all": "iemocap/oracle",
    "a value that no grid has": "iemocap/lr=0.5",
    "a choice twice": "iemocap/validation=oracle,validation=random",
    "what the corpus has not": "msp_improv/speaker_rule=dialog",
    "a corpus that is not described": "urdu/validation=oracle",
}


def configuration_outcomes(folder: Path) -> Iterator[tuple[str, str, str, str]]:
    """The rows of the table that runs of Snakemake give."""
    yield from _asked(folder, "schema", {key: (what, value, "") for key, (what, value) in SCHEMA.items()})
    yield from _asked(folder, "protocol", PROTOCOL)
    typed, command = Workflow(folder / "typed"), Workflow(folder / "command")
    yield from _said(typed, TYPED_WRONG, "settings file", "--configfile", typed.configure(TYPED))
    yield from _said(command, COMMAND_WRONG, "command line", "--config", *COMMAND)
    asked = Workflow(folder / "places")
    for what, place in PLACES.items():
        run = asked(f"results/choices/{place}/svm/seed0/metrics.json", "--dry-run")
        assert run.returncode != 0
        yield "results asked for", what, "snakemake", re.search(rf"^results/choices/{place}: .*", run.stdout, re.M)[0]


def _said(workflow: Workflow, wrong: dict[str, str], group: str, *arguments: str):
    """What a run says of each of the things that are wrong, and of nothing else."""
    entries = _refused(workflow, *arguments)
    assert len(entries) == len(wrong), entries
    for start, what in wrong.items():
        yield group, what, "snakemake", next(entry for entry in entries if entry.startswith(start))


def _refused(workflow: Workflow, *arguments: str) -> list[str]:
    """The lines of a run that the configuration stops before anything is made."""
    run = workflow("--dry-run", *arguments)
    assert run.returncode != 0
    said = run.stdout + run.stderr
    assert "Traceback" not in said
    assert not (workflow.folder / "results").exists()
    return [entry.splitlines()[0] for entry in said.partition("cannot be used")[2].split("\n  - ")[1:]]


def _asked(folder: Path, name: str, wrong: dict) -> Iterator[tuple[str, str, str, str]]:
    workflow = Workflow(folder / name)
    given: dict = {}
    for key, (_, value, text) in wrong.items():
        *path, last = key.split(".")[: 2 if key.startswith(("corpora.", "external.")) else None]
        if last == "0":
            last = path.pop()
        block = given
        for step in path:
            block = block.setdefault(step, {})
        block[last] = value
        if text and isinstance(value, dict):
            (workflow.folder / value["root"]).write_text(text, encoding="utf-8", errors="surrogateescape")
    entries = _refused(workflow, "--configfile", workflow.configure(json.dumps(given)))
    for key, (what, *_) in wrong.items():
        name = key.removeprefix("corpora.")
        start = next(
            i
            for i, entry in enumerate(entries)
            if entry.startswith((f"{key}:", f"{key} (", f"{name}.csv")) or f"'{name}'" in entry
        )
        lines = [entries[start], *itertools.takewhile(lambda entry: entry.startswith("line "), entries[start + 1 :])]
        yield "configuration", what, "snakemake", "\n".join(lines)


def line(group: str, what: str, program: str, says: str) -> str:
    """One row of the page."""
    if len(says) > 600:
        says = f"{says[:400]} ... {says[-100:]}"
    says = says.replace("|", "\\|").replace("\n", "<br>")
    return f"| {group} | {what} | `{program}` | {says} |"


def page(outcomes: list[tuple[str, str, str, str]]) -> str:
    """docs/bad_input.md."""
    counts = f"{len(outcomes)} kinds of input, of which {sum(says == WORKS for *_, says in outcomes)} work."
    return "\n".join([HEAD.replace("COUNTS", counts), *(line(*row) for row in outcomes), ""])


def all_outcomes(folder: Path) -> list[tuple[str, str, str, str]]:
    """The whole table: group, what is wrong, the program that says so, and its words."""
    good = Corpus(folder / "good").make()
    found = []
    for number, case in enumerate(cases()):
        found.append((case.group, case.what, *outcome(case, good.copy(folder / str(number)))))
    return found + list(configuration_outcomes(folder))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        sys.stdout.write(page(all_outcomes(Path(made))))
