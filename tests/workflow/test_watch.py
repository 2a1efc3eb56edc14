"""When a corpus is read to see whether it changed, and when what was last seen stands for it."""

import pytest

from gagru.corpora.fingerprint import take_fingerprint
from gagru.workflow import watch
from tests.corpora import trees


@pytest.fixture
def entry(tmp_path, monkeypatch):
    """The entry of a small EMO-DB in the configuration; nothing was read of it yet."""
    monkeypatch.chdir(tmp_path)
    watch.read_fingerprint.cache_clear()
    trees.emodb_small(tmp_path / "emodb")
    return {"reader": "emodb", "root": str(tmp_path / "emodb"), "speaker_rule": "actor"}


@pytest.fixture
def seen(entry):
    """The fingerprint, as the process that plans found it; another process begins."""
    found = watch.watch_corpus(entry, planning=True), watch.watch_speaker(entry, "03", planning=True)
    watch.read_fingerprint.cache_clear()
    return found


def change(entry, tmp_path):
    (tmp_path / "emodb/wav/03a01Fa.wav").write_bytes(trees.wav_bytes(3200))


def test_who_plans_reads_the_corpus(entry, tmp_path):
    found = take_fingerprint("emodb", tmp_path / "emodb")
    assert watch.watch_corpus(entry, planning=True) == found.whole
    assert watch.watch_speaker(entry, "03", planning=True) == found.speakers["actor"]["03"]


def test_who_plans_reads_it_once(entry, tmp_path):
    before = watch.watch_corpus(entry, planning=True)
    change(entry, tmp_path)
    assert watch.watch_corpus(entry, planning=True) == before


def test_a_job_takes_what_the_plan_was_made_with(entry, seen, tmp_path):
    change(entry, tmp_path)
    found = watch.watch_corpus(entry, planning=False), watch.watch_speaker(entry, "03", planning=False)
    assert found == seen


def test_the_next_plan_sees_the_change(entry, seen, tmp_path):
    change(entry, tmp_path)
    found = watch.watch_corpus(entry, planning=True), watch.watch_speaker(entry, "03", planning=True)
    assert found[0] != seen[0]
    assert found[1] != seen[1]


@pytest.mark.parametrize("mounted", [True, False], ids=["an empty folder", "no folder"])
def test_a_corpus_that_is_not_there_is_what_it_was(entry, seen, tmp_path, mounted):
    (tmp_path / "emodb").rename(tmp_path / "elsewhere")
    if mounted:
        (tmp_path / "emodb").mkdir()
    found = watch.watch_corpus(entry, planning=True), watch.watch_speaker(entry, "03", planning=True)
    assert found == seen


def test_a_corpus_that_was_never_there_is_nothing_and_warned_of_once(entry, capsys):
    absent = entry | {"root": "no/such/folder"}
    assert (watch.watch_corpus(absent, planning=True), watch.watch_speaker(absent, "03", planning=True)) == ("", "")
    assert capsys.readouterr().err.count("no/such/folder: there is nothing") == 1
    watch.watch_corpus(absent, planning=False)  # a job of a cluster has nothing to add
    assert capsys.readouterr().err == ""


def test_a_folder_that_the_reader_cannot_read_is_warned_of(entry, tmp_path, capsys):
    inner = entry | {"root": str(tmp_path / "emodb" / "wav")}
    watch.watch_corpus(inner, planning=True)
    assert f"{tmp_path}/emodb/wav: the layout is not the expected one" in capsys.readouterr().err


def test_a_demo_is_made_and_not_watched():
    demo = {"reader": "iemocap", "root": "demo", "speaker_rule": "actor"}
    assert (watch.watch_corpus(demo, planning=True), watch.watch_speaker(demo, "Ses01F", planning=True)) == ("", "")
