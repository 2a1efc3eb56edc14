"""What a fingerprint tells apart, and what it does not mind."""

import os
import shutil

import pytest
import trees

from gagru.corpora.fingerprint import take_fingerprint

LABELS = "Session1/dialog/EmoEvaluation/Ses01F_impro01.txt"
AUDIO = "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav"


@pytest.fixture
def iemocap(tmp_path):
    trees.iemocap_small(tmp_path / "IEMOCAP")
    return tmp_path / "IEMOCAP"


@pytest.fixture
def changes(iemocap):
    """The speakers whose digests are others after something is done, and whether that of the whole is."""
    before = take_fingerprint("iemocap", iemocap)

    def after(rule="actor"):
        now = take_fingerprint("iemocap", iemocap)
        old, new = before.speakers[rule], now.speakers[rule]
        return {name for name in old.keys() | new if old.get(name) != new.get(name)}, before.whole != now.whole

    return after


def later(path):
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))


def test_nothing_changed(changes):
    assert changes() == (set(), False)


def test_audio_that_was_written_a_nanosecond_later_is_its_speakers(iemocap, changes):
    later(iemocap / AUDIO)
    assert changes() == ({"Ses01F"}, True)


def test_audio_of_another_size_and_the_same_time(iemocap, changes):
    path = iemocap / AUDIO
    stat = path.stat()
    path.write_bytes(path.read_bytes() + b"\0\0")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert changes() == ({"Ses01F"}, True)


def test_missing_audio(iemocap, changes):
    (iemocap / AUDIO).unlink()
    assert changes() == ({"Ses01F"}, True)


def test_a_label_is_its_speakers_whatever_the_files_time(iemocap, changes):
    path = iemocap / LABELS
    stat = path.stat()
    path.write_bytes(path.read_bytes().replace(b"Ses01F_impro01_F000\tneu", b"Ses01F_impro01_F000\tang"))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert changes() == ({"Ses01F"}, True)


def test_a_label_file_of_the_same_labels(iemocap, changes):
    path = iemocap / LABELS
    path.write_bytes(b"% a header that is a line longer\n" + path.read_bytes())
    assert changes() == (set(), False)


def test_a_label_that_cannot_be_read_is_of_the_whole(iemocap, changes):
    path = iemocap / LABELS
    path.write_bytes(path.read_bytes() + b"[1.0 - 2.0]\tSes01F_impro01_M999\tbored\t[1, 1, 1]\n")
    assert changes() == (set(), True)


def test_speakers_by_another_rule(iemocap, changes):
    later(iemocap / AUDIO.replace("_F000", "_M000"))
    assert changes() == ({"Ses01M"}, True)
    assert changes("dialog") == ({"Ses01F"}, True)  # who wears the markers


def test_what_macos_leaves_is_no_part_of_a_corpus(iemocap, changes):
    hidden = (iemocap / AUDIO).with_name("._another.wav")
    hidden.write_bytes(b"\0")
    assert changes() == (set(), False)


def test_a_corpus_that_was_moved_is_the_same(iemocap, tmp_path):
    before = take_fingerprint("iemocap", iemocap)
    shutil.move(iemocap, tmp_path / "elsewhere")
    assert take_fingerprint("iemocap", tmp_path / "elsewhere") == before


def test_more_files_are_more_utterances(tmp_path):
    trees.emodb_small(tmp_path)
    before = take_fingerprint("emodb", tmp_path)
    (tmp_path / "wav" / "16b10Wb.wav").write_bytes(trees.wav_bytes(1600))
    after = take_fingerprint("emodb", tmp_path)
    assert {
        name for name in after.speakers["actor"] if before.speakers["actor"][name] != after.speakers["actor"][name]
    } == {"16"}


def test_another_layout_has_a_fingerprint_of_its_own(tmp_path):
    found = take_fingerprint("emodb", tmp_path)
    assert found.speakers == {"actor": {}}
    trees.emodb_small(tmp_path)
    assert take_fingerprint("emodb", tmp_path).whole != found.whole
