"""Databases that the package audformat wrote itself, in tables of files and of segments, as CSV and as Parquet."""

import json
from collections import Counter

import audformat
import pandas as pd
import pytest
import trees

from gagru.corpora.audformat import configure
from gagru.corpora.index import build_index
from gagru.corpora.left_out import LeftOut
from gagru.task.errors import InputError, Problems

FILES = [f"wav/{speaker}_{word}.wav" for speaker in ("s1", "s2", "s3") for word in ("joy", "calm", "sad", "rage")]
WORDS = {"joy": "happiness", "calm": "neutrality", "sad": "sadness", "rage": "anger"}
CODES = {emotion: [word] for word, emotion in WORDS.items()} | {"other": ["fear"]}
OPTIONS = {
    "emotion": {"tables": ["emotion"], "column": "word"},
    "speaker": {"tables": ["files"], "column": "who"},
    "emotions": CODES,
}


def make(root, segmented=False, storage="csv", **changes):
    """A database of twelve files; where it is `segmented`, the emotions are those of a part of each file."""
    db = audformat.Database("mine", source="here", usage="research")
    db.schemes["emotion"] = audformat.Scheme(labels=[*WORDS, "fear"])
    db.schemes["speaker"] = audformat.Scheme(labels={"s1": {"gender": "female"}, "s2": {"gender": "male"}, "s3": {}})
    db["files"] = audformat.Table(audformat.filewise_index(FILES))
    db["files"]["who"] = audformat.Column(scheme_id="speaker")
    db["files"]["who"].set([name[4:6] for name in FILES])
    index = audformat.filewise_index(FILES)
    if segmented:
        ends = pd.to_timedelta([0.75] * 11 + [None], unit="s")
        index = audformat.segmented_index(FILES, pd.to_timedelta([0.25] * 12, unit="s"), ends)
    db["emotion"] = audformat.Table(index)
    db["emotion"]["word"] = audformat.Column(scheme_id="emotion")
    db["emotion"]["word"].set([changes.get(name, name[7:-4]) for name in FILES])
    db.save(root, storage_format=storage)
    for name in FILES:
        trees.write(root / name, trees.wav_bytes(16_000, name=name))
    return root


def read(root, options=OPTIONS):
    problems, left_out = Problems("database"), LeftOut()
    return {u.utterance: u for u in configure(options).read(root, problems, left_out)}, problems.found, left_out.rows()


@pytest.fixture(params=["csv", "parquet"])
def storage(request):
    return request.param


def test_tables_of_files(tmp_path, storage):
    utterances, problems, _ = read(make(tmp_path, storage=storage))
    assert problems == []
    assert len(utterances) == 12
    u = utterances["wav_s2_rage"]
    assert (u.path, u.speaker, u.gender, u.raw_label, u.emotion) == ("wav/s2_rage.wav", "s2", "M", "rage", "anger")
    assert (u.offset, u.duration) == (0, None)
    assert {u.speaker: u.gender for u in utterances.values()} == {"s1": "F", "s2": "M", "s3": None}
    assert configure(OPTIONS).sessions(tmp_path) == {"s1": None, "s2": None, "s3": None}


def test_tables_of_segments(tmp_path, storage):
    root = make(tmp_path, segmented=True, storage=storage)
    utterances, problems, _ = read(root)
    assert problems == []
    u = utterances["wav_s1_joy_250-750"]
    assert (u.path, u.speaker, u.offset, u.duration) == ("wav/s1_joy.wav", "s1", 0.25, 0.5)
    u = utterances["wav_s3_rage_250"]
    assert (u.offset, u.duration) == (0.25, None)


def test_it_can_be_indexed(tmp_path, storage):
    root = make(tmp_path, segmented=True, storage=storage)
    table = build_index("audformat", root, ["s1", "s2", "s3"], left_out=LeftOut(), options=json.dumps(OPTIONS))
    assert sorted(set(table["duration"].to_pylist())) == [0.5, 0.75]
    assert Counter(table["emotion"].to_pylist()) == dict.fromkeys(WORDS.values(), 3)


def test_several_tables_and_speakers_told_by_segment(tmp_path):
    db = audformat.Database("mine", source="here", usage="research")
    for table, files in (("emotion.train", FILES[:8]), ("emotion.test", FILES[8:])):
        db[table] = audformat.Table(audformat.segmented_index(files, ["0s"] * len(files), ["1s"] * len(files)))
        db[table]["word"] = audformat.Column()
        db[table]["word"].set([name[7:-4] for name in files])
        db[table]["who"] = audformat.Column()
        db[table]["who"].set([name[4:6] for name in files])
    db.save(tmp_path)
    tables = {"tables": ["emotion.train", "emotion.test"]}
    options = OPTIONS | {"emotion": tables | {"column": "word"}, "speaker": tables | {"column": "who"}}
    utterances, problems, _ = read(tmp_path, options)
    assert problems == []
    assert utterances["wav_s3_calm_0-1000"].speaker == "s3"
    assert len(utterances) == 12


def test_rows_without_a_word_and_words_outside(tmp_path):
    utterances, problems, rows = read(make(tmp_path, **{FILES[0]: None, FILES[1]: "fear"}))
    assert problems == []
    assert utterances["wav_s1_calm"].emotion is None
    assert ("row without an emotion", "", 1, "db.emotion:2") in rows
    assert ("audio without a label", ".wav", 1, FILES[0]) in rows


def test_a_word_without_a_meaning_is_named_with_its_line(tmp_path):
    codes = {emotion: words for emotion, words in CODES.items() if emotion != "other"}
    (problem,) = read(make(tmp_path, **{FILES[1]: "fear"}), OPTIONS | {"emotions": codes})[1]
    assert problem.startswith("db.emotion:3: the word 'fear' is none of joy, calm, sad, rage; list it under")


def test_a_file_without_a_speaker(tmp_path):
    root = make(tmp_path)
    path = root / "db.files.csv"
    path.write_text(path.read_text().replace("wav/s1_joy.wav,s1\n", ""))
    (problem,) = read(root)[1]
    assert problem.startswith("db.emotion:2: nobody speaks here: wav/s1_joy.wav has no row with a speaker in files")


def test_files_stay_in_the_database(tmp_path):
    root = make(tmp_path / "db")
    trees.write(tmp_path / "outside.wav", b"-")
    path = root / "db.emotion.csv"
    path.write_text(path.read_text().replace("wav/s1_joy.wav", "../outside.wav"))
    assert "db.emotion:2: file '../outside.wav' does not lie in the database" in read(root)[1][0]


def test_pickled_tables_are_not_read(tmp_path):
    with pytest.raises(InputError, match=r"is pickled, and to read it is to run what is in it; save it as text"):
        read(make(tmp_path, storage="pkl"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"emotion": {"tables": ["emo"], "column": "word"}},
            "there is no table 'emo' for the emotion; there are emotion, ",
        ),
        (
            {"speaker": {"tables": ["files"], "column": "x"}},
            "table 'files' has no column 'x' for the speaker; it has who",
        ),
        ({"emotion": None}, "`audformat.emotion` says where the database tells the emotion: give its `tables`"),
        ({"speaker": {"tables": ["files"]}}, "`audformat.speaker` says where"),
        ({"emotions": {"anger": ["rage"]}}, "`audformat.emotions` has no code for happiness"),
    ],
)
def test_what_is_not_there(tmp_path, options, message):
    root = make(tmp_path)
    with pytest.raises(InputError) as raised:
        read(root, OPTIONS | options)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("db.yaml", "", "names no tables"),
        ("db.yaml", "tables: [", "cannot be read as YAML"),
        ("db.yaml", None, "the layout is not the expected one; the root of a database in audformat"),
        ("db.emotion.csv", None, "db.emotion: the table is not there; save it as text"),
        ("db.emotion.csv", "file,start,end,word\nx.wav,1 days,soon,joy\n", "row 2 of table 'emotion' cannot be read"),
    ],
)
def test_damaged_databases(tmp_path, name, content, message):
    root = make(tmp_path, segmented=True)
    (root / name).unlink() if content is None else (root / name).write_text(content)
    with pytest.raises(InputError) as raised:
        read(root)
    assert message in str(raised.value)


def test_damaged_parquet(tmp_path):
    root = make(tmp_path, storage="parquet")
    (root / "db.emotion.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="cannot be read as Parquet; save the database again"):
        read(root)
