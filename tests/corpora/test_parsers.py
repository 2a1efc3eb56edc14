"""What the readers make of label files and manifests of any content: what was written, or errors of ours only."""

import csv
import os
import random
import re
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
import trees
from hypothesis import given, settings
from hypothesis import strategies as st

from gagru.corpora import audio, emodb, iemocap, manifest, msp_improv
from gagru.corpora.index import build_index
from gagru.corpora.left_out import LeftOut
from gagru.features.audio import read as read_audio
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError, Problems

FORMULA = ("=", "+", "-", "@", "\t", "\r")
quick = settings(deadline=None, derandomize=True, max_examples=60)


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    """Where the examples of a test lie, each in a folder of its own."""
    tempfile.tempdir = str(tmp_path_factory.mktemp("examples"))
    yield
    tempfile.tempdir = None


def read(reader, root):
    problems = Problems("corpus")
    return {u.utterance: u for u in reader.read(root, problems, LeftOut())}, problems.found


# IEMOCAP

times = st.floats(0, 9999, width=32)
turns = st.dictionaries(
    st.tuples(st.sampled_from("FM"), st.integers(0, 999)),
    st.tuples(st.sampled_from(sorted(iemocap.LABELS)), times, times),
    min_size=1,
    max_size=8,
)
dialogs = st.from_regex(r"Ses0[1-5][FM]_(impro[0-9]{2}[ab]?|script0[0-9]_[0-9][ab]?)", fullmatch=True)


@quick
@given(dialogs, turns)
def test_iemocap_label_files_are_read_as_written(dialog, turns):
    root = Path(tempfile.mkdtemp())
    trees.iemocap_dialog(root, dialog, [(f"{who}{n:03}", *rest) for (who, n), rest in turns.items()])
    utterances, problems = read(iemocap, root)
    assert problems == []
    assert {
        (u.speaker, u.turn): (u.raw_label, u.emotion, f"{u.start:.4f}", f"{u.end:.4f}") for u in utterances.values()
    } == {
        (f"{dialog[:5]}{who}", n): (label, iemocap.LABELS[label], f"{start:.4f}", f"{end:.4f}")
        for (who, n), (label, start, end) in turns.items()
    }
    assert all((root / u.path).is_file() for u in utterances.values())


lines = st.one_of(
    st.text(st.characters(codec="latin-1"), max_size=60),
    st.text(st.characters(codec="latin-1"), max_size=60).map("[6.2901 - 8.2357]\t{}".format),
    st.lists(
        st.sampled_from(["[6.2901 - 8.2357]", "\t", "Ses01F_impro01_F000", "neu", "[1, 1, 1]", "\x00", "../"])
    ).map("".join),
)


@quick
@given(st.lists(lines, max_size=6))
def test_iemocap_takes_any_line_or_names_it(content):
    root = Path(tempfile.mkdtemp())
    trees.write(root / "Session1/dialog/EmoEvaluation/Ses01F_impro01.txt", "\n".join(content))
    (root / "Session1/sentences/wav").mkdir(parents=True)
    utterances, problems = read(iemocap, root)
    assert all("Session1/dialog/EmoEvaluation/Ses01F_impro01.txt" in problem for problem in problems)
    assert all(inside(root, u.path) and u.speaker in iemocap.EXPECTED for u in utterances.values())


def inside(root, path) -> bool:
    return os.path.normpath(root / path).startswith(f"{root}{os.sep}")


# MSP-IMPROV

clips = st.builds(
    "S{:02}{}-{}{:02}-{}-{}{}{:02}".format,
    st.integers(1, 20),
    st.sampled_from("AHSN"),
    st.sampled_from("FM"),
    st.integers(1, 6),
    st.sampled_from("PRST"),
    st.sampled_from("FM"),
    st.sampled_from("FM"),
    st.integers(1, 99),
)
blank = st.sampled_from(["", " ", "  ", "\t"])


@quick
@given(
    st.dictionaries(clips, st.tuples(st.sampled_from("AHSNOX"), blank, blank), min_size=1, max_size=6), st.booleans()
)
def test_msp_improv_evaluation_files_are_read_as_written(labels, windows):
    root = Path(tempfile.mkdtemp())
    text = ""
    for clip, (label, before, after) in labels.items():
        text += f"UTD-IMPROV-{clip}.avi{before};{after}{label}{before}; A:NaN; V:2.3;\nWORKER1; Happy; A:2.0;\n\n"
        trees.write(root / f"MSP-IMPROV-{clip}.wav", b"-")
    trees.write(root / "Evalution.txt", text.replace("\n", "\r\n" if windows else "\n"))
    utterances, problems = read(msp_improv, root)
    assert problems == []
    assert {
        name.removeprefix("MSP-IMPROV-"): (u.raw_label, u.speaker, u.scenario) for name, u in utterances.items()
    } == {clip: (label, clip.split("-")[1], clip.split("-")[2]) for clip, (label, *_) in labels.items()}


clip_lines = st.one_of(
    st.text(st.characters(codec="latin-1"), max_size=60),
    st.lists(st.sampled_from(["UTD-IMPROV-", "S01A-F02-R-FF01", ".avi", ";", " ", "A", "Q", "../", "\x00"])).map(
        "".join
    ),
)


@quick
@given(st.lists(clip_lines, max_size=6))
def test_msp_improv_takes_any_line_or_names_it(content):
    root = Path(tempfile.mkdtemp())
    trees.write(root / "Evalution.txt", "\n".join(content))
    trees.write(root / "MSP-IMPROV-S01A-F02-R-FF01.wav", b"-")
    utterances, problems = read(msp_improv, root)
    assert all(problem.startswith("Evalution.txt:") for problem in problems)
    assert all(inside(root, u.path) and u.speaker in msp_improv.sessions(root) for u in utterances.values())


# EMO-DB

names = st.one_of(
    st.from_regex(r"(03|08|16|04)[ab][0-9]{2}[A-Z][a-z]", fullmatch=True),
    st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=30),
).filter(lambda name: not name.startswith("."))


@quick
@given(st.sets(names, min_size=1, max_size=6))
def test_emodb_names_are_read_or_named(names):
    root = Path(tempfile.mkdtemp())
    for name in names:
        trees.write(root / "wav" / f"{name}.wav", b"-")
    utterances, problems = read(emodb, root)
    told = [re.search(r"\((\d+) files, of which", problem) for problem in problems]
    assert len(utterances) + sum(int(found[1]) if found else 1 for found in told) == len(names)
    for name, u in utterances.items():
        assert name in names
        assert (u.speaker, u.raw_label, u.emotion) == (name[:2], name[5], emodb.LABELS[name[5]])
        assert name.isascii()


# Manifests

cells = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["a.wav", "../x.wav", "/x.wav", "A", "B-1", "-A", "anger", "sadness", "=1", "+1", "@x", "1", "0.5", "1e3"]
    ),
)
COLUMNS = (*manifest.REQUIRED, *manifest.OPTIONAL)


def write_rows(rows) -> Path:
    path = Path(tempfile.mkdtemp()) / "manifest.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


@settings(quick, max_examples=200)
@given(st.lists(st.lists(cells, min_size=len(COLUMNS), max_size=len(COLUMNS)), max_size=4))
def test_manifests_are_read_or_their_rows_named(rows):
    path = write_rows([COLUMNS, *rows])
    try:
        speakers = manifest.sessions(path)
    except InputError:
        speakers = {}
    utterances, problems = read(manifest, path)
    assert all(problem.startswith("manifest.csv:") for problem in problems)
    for u in utterances.values():
        assert not u.utterance.startswith(FORMULA)
        assert not u.speaker.startswith(FORMULA)
        assert inside(path.parent, u.path)
        assert u.offset >= 0
        assert u.duration is None or u.duration > 0
        assert u.emotion is None or u.emotion == u.raw_label
    assert not any(speaker.startswith(FORMULA) for speaker in speakers)


good_rows = st.builds(
    lambda *cells: [*cells],
    st.from_regex(r"[a-z é]{1,8}(/[a-z]{1,4})?\.wav", fullmatch=True).filter(lambda path: path.strip() == path),
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,6}", fullmatch=True).filter(str.isascii),
    st.sampled_from([*EMOTIONS, "boredom"]),
    st.sampled_from(["", "F", "M"]),
    st.integers(0, 99).map(str),
    st.floats(0, 1e4).map(repr).filter(lambda text: text == "0.0" or float(text) > 1e-90),
)


@quick
@given(st.lists(good_rows, min_size=1, max_size=6, unique_by=lambda row: row[0]))
def test_manifests_are_read_as_written(rows):
    header = ["path", "speaker", "emotion", "gender", "turn", "offset", "utterance"]
    path = write_rows([header, *([*row, f"u{i}"] for i, row in enumerate(rows))])
    utterances, problems = read(manifest, path)
    assert problems == []
    assert [
        [u.path, u.speaker, u.raw_label, u.gender or "", str(u.turn), repr(u.offset)] for u in utterances.values()
    ] == rows


@settings(quick, max_examples=200)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_for_a_manifest(content):
    path = Path(tempfile.mkdtemp()) / "manifest.csv"
    path.write_bytes(content)
    for function in (manifest.sessions, lambda path: manifest.read(path, Problems("manifest"), LeftOut())):
        with suppress(InputError):
            function(path)


# Fuzzing: files that were right, until somebody's disk, editor or download was at them.

WORDS = [
    b"\t",
    b"\n",
    b"\r\n",
    b";",
    b",",
    b'"',
    b"\x00",
    b"\xff",
    b"../",
    b"=",
    b"1e999",
    b"-",
    b"nan",
    b".avi",
    b"[",
    b"]",
]


def mutated(data: bytes, draw: random.Random) -> bytes:
    """`data` with a few pieces cut, repeated, moved, overwritten or put in."""
    for _ in range(draw.randint(1, 4)):
        start, length = draw.randint(0, len(data)), draw.choice([1, 1, 4, 20, 300])
        end = min(len(data), start + length)
        piece = draw.choice([draw.choice(WORDS), draw.randbytes(draw.choice([1, 2, 8])), 3 * data[start:end], b""])
        data = draw.choice([data[:start], data[:start] + piece + data[start:], data[:start] + piece + data[end:]])
    return data


CORPORA = {
    "iemocap": (
        trees.iemocap_small,
        "Session1/dialog/EmoEvaluation/Ses01F_impro01.txt",
        "Ses01F Ses01M Ses03F Ses03M Ses05F",
    ),
    "msp_improv": (trees.msp_improv_small, "Evalution.txt", "F01 M01 F02 M02"),
    "manifest": (trees.manifest_small, "manifest.csv", "S-1 S-2"),
}


def fuzz(reader: str, root: Path, seeds) -> tuple[int, int]:
    """How many mutated label files were read, and how many refused with an error of ours."""
    make, label_file, speakers = CORPORA[reader]
    make(root)
    path, refused = root / label_file, 0
    right = path.read_bytes()
    for seed in seeds:
        path.write_bytes(mutated(right, random.Random(seed)))
        try:
            table = build_index(reader, path if reader == "manifest" else root, speakers.split(), False)
            assert all(inside(root, p) for p in table["path"].to_pylist())
        except InputError:
            refused += 1
    return len(seeds) - refused, refused


@pytest.mark.parametrize("reader", CORPORA)
def test_spoiled_label_files_end_in_errors_of_ours_only(reader, tmp_path):
    read, refused = fuzz(reader, tmp_path, range(150))
    assert read >= 2
    assert refused > 20


@pytest.mark.long
@pytest.mark.parametrize("reader", CORPORA)
def test_many_spoiled_label_files_end_in_errors_of_ours_only(reader, tmp_path):
    assert sum(fuzz(reader, tmp_path, range(1000, 21_000))) == 20_000


def fuzz_audio(path: Path, seeds) -> int:
    """How many mutated wave files were refused with an error of ours."""
    right, refused = trees.wav_bytes(1600), 0
    for seed in seeds:
        draw = random.Random(seed)
        data = bytearray(right)
        for _ in range(draw.randint(1, 3)):
            data[draw.randint(0, 47)] = draw.randint(0, 255)
        path.write_bytes(data[: draw.choice([len(data), draw.randint(0, len(data))])])
        try:
            rate, frames, _ = audio.header(path)
            read_audio(path, 0, frames / rate)
        except InputError:
            refused += 1
    return refused


def test_spoiled_audio_ends_in_errors_of_ours_only(tmp_path):
    assert 50 < fuzz_audio(tmp_path / "a.wav", range(200)) < 200


@pytest.mark.long
def test_much_spoiled_audio_ends_in_errors_of_ours_only(tmp_path):
    assert fuzz_audio(tmp_path / "a.wav", range(1000, 21_000)) > 5000
