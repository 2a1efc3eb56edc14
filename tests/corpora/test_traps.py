"""What misleads in a corpus is noted with its numbers."""

import wave

import numpy as np
import pytest

from gagru.corpora.filenames import configure
from gagru.corpora.index import build_index
from gagru.corpora.left_out import LeftOut
from gagru.task.errors import Problems

EMOTIONS = ("happiness", "neutrality", "sadness", "anger")
PATTERN = r"(?P<speaker>[a-z]+)-(?P<emotion>[a-z]+)-(?P<text>[0-9]+)"
OPTIONS = f'{{"pattern": "{PATTERN}"}}'


def write(path, samples):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(np.asarray(samples, "<i2").tobytes())


def loud(seed, size=1600):
    return np.random.default_rng(seed).integers(1, 9000, size)


@pytest.fixture
def corpus(tmp_path):
    """Three speakers with the four emotions, a text for each speaker that is said in all four."""
    for number, speaker in enumerate(("anna", "bert", "cleo")):
        for emotion in EMOTIONS:
            write(tmp_path / f"{speaker}-{emotion}-{number}.wav", loud([number, EMOTIONS.index(emotion)]))
    return tmp_path


def traps(root):
    reader, left_out = configure({"pattern": PATTERN}), LeftOut()
    build_index("filenames", root, list(reader.sessions(root)), left_out=left_out, options=OPTIONS)
    return [row for row in left_out.rows() if row[0].startswith("trap")]


def test_a_corpus_without_traps(corpus):
    assert traps(corpus) == []


def test_a_speaker_with_a_single_emotion(corpus):
    for i in range(3):
        write(corpus / f"dora-anger-{i}.wav", loud(100 + i))
    ((what, value, count, first),) = traps(corpus)
    assert what == "trap: speaker in a single emotion, whose emotion a z-score per speaker erases"
    assert (value, count, first) == ("1 of 4 speakers, 3 of 15 utterances", 1, "dora-anger-0.wav")


def test_a_text_that_is_said_in_one_emotion_only(corpus):
    for speaker in ("anna", "bert"):
        write(corpus / f"{speaker}-sadness-77.wav", loud([7, len(speaker), ord(speaker[0])]))
    ((what, value, count, first),) = traps(corpus)
    assert what == "trap: text in a single emotion, which tells the emotion"
    assert (value, count, first) == ("1 of 4 texts, 2 of 14 utterances", 1, "anna-sadness-77.wav")


def test_files_with_the_same_audio(corpus):
    (corpus / "anna-anger-9.wav").write_bytes((corpus / "anna-anger-0.wav").read_bytes())
    found = [("trap: file with the audio of another", "1 of 13 utterances", 1, "anna-anger-9.wav")]
    assert traps(corpus) == found


def test_digital_silence_at_the_ends(corpus):
    # 12 files of 1,600 samples and one of 1,000: 300 + 100 zeros at its ends, and 50 within, which do not count.
    samples = np.concatenate([np.zeros(300), loud(5, 300), np.zeros(50), loud(6, 250), np.zeros(100)])
    write(corpus / "anna-anger-0.wav", samples)
    ((what, value, count, first),) = traps(corpus)
    assert what == "trap: sample that is exactly 0 at the beginning or the end of an utterance"
    assert (value, count, first) == (f"{400 / (11 * 1600 + 1000):.1%} of all samples", 400, "anna-anger-0.wav")


def test_traps_stand_first(corpus):
    left_out = LeftOut()
    left_out.add("a file", "", "x")
    left_out.add("trap: b", "", "y")
    assert [row[0] for row in left_out.rows()] == ["trap: b", "a file"]


def test_a_pattern_of_the_configuration_is_read_by_name(corpus):
    table = build_index("filenames", corpus, ["anna", "bert", "cleo"], left_out=LeftOut(), options=OPTIONS)
    problems = Problems("")
    assert table.num_rows == len(configure({"pattern": PATTERN}).read(corpus, problems)) == 12
