"""A corpus that changes after a run: what is made again, and what stays."""

import os
import re
import shutil
from collections import defaultdict

import numpy as np
import pyarrow.parquet as pq
import pytest
from bad_corpus import Corpus, noise, wav
from running import Workflow

from gagru.features.store import read_features
from tests.corpora import trees

SETTINGS = """
run: {{corpora: [mine], systems: [svm]}}
corpora: {{mine: {{reader: {}, root: '{}', validation: rotate}}}}
"""
METRICS = "results/mine/svm/seed0/metrics.json"
SPEAKERS = {"A", "B", "C"}


class Watched:
    """A corpus of one's own, and a workflow that makes `targets` of it."""

    def __init__(self, workflow: Workflow, settings: str, *targets: str):
        self.workflow, self.targets = workflow, targets
        self.settings = workflow.configure(settings)

    def run(self, *arguments: str) -> str:
        run = self.workflow(*self.targets, "--configfile", self.settings, *arguments)
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout + run.stderr

    def plan(self) -> dict[str, set[str]]:
        """What a dry run says is to be done: rule -> its speakers, or folds."""
        found = defaultdict(set)
        for rule, said in re.findall(r"^(?:local)?rule (\w+):\n((?: .*\n)*)", self.run("--dry-run"), re.MULTILINE):
            wildcards = dict(re.findall(r"(\w+)=([^,\n]*)", said.partition("wildcards: ")[2].partition("\n")[0]))
            found[rule].add(wildcards.get("speaker", wildcards.get("fold", "")))
        return dict(found)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A manifest of three speakers, and a support vector machine trained on it."""
    folder = tmp_path_factory.mktemp("watched")
    corpus = Corpus(folder / "corpus").audio_only()
    watched = Watched(Workflow(folder / "work"), SETTINGS.format("manifest", corpus.manifest), METRICS)
    watched.run()
    return corpus, watched


@pytest.fixture
def changing(made):
    """The same; the corpus's files, with their times, are put back afterwards, and then nothing is to be done."""
    corpus, watched = made
    kept = corpus.folder.with_name("kept")
    shutil.copytree(corpus.folder, kept)
    yield corpus, watched
    shutil.rmtree(corpus.folder)
    kept.rename(corpus.folder)
    assert watched.plan() == {}


def test_nothing_changed(made):
    assert made[1].plan() == {}


def everything_of(speakers: set[str]) -> dict[str, set[str]]:
    """What is planned where the utterances of some speakers are others: the rest of the features stay."""
    one_a_speaker = dict.fromkeys(("index_speaker", "extract_features", "normalise_features"), speakers)
    whole = {rule: {""} for rule in ("index_corpus", "make_folds", "evaluate_system")}
    return one_a_speaker | whole | {"train_fold": SPEAKERS}  # every fold has every speaker in it


def test_a_wav_is_replaced_by_one_of_its_size(changing):
    corpus, watched = changing
    size = corpus.audio.stat().st_size
    corpus.audio.write_bytes(wav(noise(0.3, seed=99)))
    assert corpus.audio.stat().st_size == size
    assert watched.plan() == everything_of({"B"})


def test_a_manifest_is_edited_and_keeps_its_time(changing):
    corpus, watched = changing
    before = corpus.manifest.stat()
    text = corpus.manifest.read_text()
    corpus.manifest.write_text(text.replace("C_sadness_1.wav,C,sadness", "C_sadness_1.wav,C,anger"))
    os.utime(corpus.manifest, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert watched.plan() == everything_of({"C"})


def test_a_manifest_is_written_anew_with_the_same_rows(changing):
    corpus, watched = changing
    corpus.manifest.write_text(corpus.manifest.read_text())
    assert watched.plan() == {}


def test_a_corpus_whose_disk_is_not_mounted_leaves_what_was_made_of_it(tmp_path):
    trees.emodb_small(tmp_path / "emodb")
    watched = Watched(
        Workflow(tmp_path / "work"), SETTINGS.format("emodb", tmp_path / "emodb"), "results/mine/index.parquet"
    )
    watched.run()
    (tmp_path / "emodb").rename(tmp_path / "elsewhere")
    assert watched.plan() == {}


def test_files_are_added_to_a_folder(tmp_path):
    trees.emodb_small(tmp_path / "emodb")
    targets = ["results/mine/index.parquet", *(f"results/mine/index/{speaker}.parquet" for speaker in ("03", "16"))]
    watched = Watched(Workflow(tmp_path / "work"), SETTINGS.format("emodb", tmp_path / "emodb"), *targets)
    watched.run()
    names = [
        f"03{text}W{take}.wav"
        for text in ["a01", "a02", "a04", "a05", "a07", "b01", "b02", "b03", "b09", "b10"]
        for take in "bcdefghi"
    ]
    for number, name in enumerate(names):
        (tmp_path / "emodb/wav" / name).write_bytes(trees.wav_bytes(1600 + number))
    assert watched.plan() == {"index_corpus": {""}, "index_speaker": {"03"}}
    watched.run()
    assert pq.read_table(tmp_path / "work/results/mine/index.parquet").num_rows == 16 + 80


def test_a_bad_file_that_is_replaced_by_a_good_one_is_read_to_its_end(tmp_path):
    corpus = Corpus(tmp_path / "corpus").audio_only()
    corpus.audio.write_bytes(wav(noise(0.2)))  # cut off, with a header to match
    features = "results/mine/normalised/lld/B.parquet"
    watched = Watched(Workflow(tmp_path / "work"), SETTINGS.format("manifest", corpus.manifest), features)
    watched.run()
    before = dict(read_features(tmp_path / "work" / features).items())["B_sadness_1"]
    corpus.audio.write_bytes(wav(noise(0.7)))
    watched.run()
    after = dict(read_features(tmp_path / "work" / features).items())["B_sadness_1"]
    rows = {row["utterance"]: row for row in pq.read_table(tmp_path / "work/results/mine/index/B.parquet").to_pylist()}
    assert rows["B_sadness_1"]["duration"] == pytest.approx(0.7)
    assert len(after) - len(before) == pytest.approx((0.7 - 0.2) / 0.05, abs=1)  # frames of 10 ms, five averaged
    assert np.isfinite(after).all()


def test_a_bad_file_costs_nothing_of_the_other_speakers(tmp_path):
    corpus = Corpus(tmp_path / "corpus").audio_only()
    targets = ["results/mine/index.parquet", *(f"results/mine/features/lld/{speaker}.parquet" for speaker in "ABC")]
    watched = Watched(Workflow(tmp_path / "work"), SETTINGS.format("manifest", corpus.manifest), *targets)
    watched.run()
    good = corpus.audio.read_bytes()
    corpus.audio.write_bytes(b"RIFF")
    run = watched.workflow(*targets, "--configfile", watched.settings)
    assert run.returncode == 1
    assert "B_sadness_1.wav (manifest.csv:14): the file cannot be read as audio" in run.stdout + run.stderr
    corpus.audio.write_bytes(good)
    assert watched.plan() == {"index_corpus": {""}, "index_speaker": {"B"}, "extract_features": {"B"}}
    watched.run()
    assert watched.plan() == {}
