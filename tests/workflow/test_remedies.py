"""What a message says to do is done; then it works."""

import shutil

import pytest
from bad_corpus import Corpus
from bad_input import functionals, half
from running import Workflow

from gagru.data.folds import make_folds
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError


@pytest.fixture
def copied(finished, tmp_path):
    """A workflow that has run to its end, to be spoiled."""
    shutil.copytree(finished.folder, tmp_path / "copied")
    return Workflow(tmp_path / "copied")


@pytest.mark.parametrize(
    ("file", "target"),
    [
        ("features/egemaps/Ses01F.parquet", "svm/seed0/metrics.json"),
        ("normalised/egemaps/Ses01F.parquet", "svm/seed0/metrics.json"),
        ("index.parquet", "folds.csv"),
    ],
)
def test_a_damaged_file_that_is_deleted_is_made_again(copied, file, target):
    path, target = (copied.folder / "results" / "iemocap" / name for name in (file, target))
    before = target.read_bytes()
    path.write_bytes(half(path.read_bytes()))
    arguments = [f"results/iemocap/{target.relative_to(copied.folder / 'results' / 'iemocap')}"]
    arguments += ["--configfile", str(copied.folder / "mine.yaml")]
    done = copied(*arguments)
    assert done.returncode != 0
    assert f"{file}: truncated or damaged; delete it and run snakemake again" in done.stdout + done.stderr
    path.unlink()
    done = copied(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert target.read_bytes() == before


def test_features_of_which_one_is_missing_are_made_again(tmp_path):
    corpus = Corpus(tmp_path / "corpus").make()
    functionals(lambda values: values[1:])(corpus)
    corpus.normalise_features("egemaps")
    said = corpus.train_fold()
    assert "no features for 1 utterances of fold A, such as B_" in said
    assert "delete B.parquet there and in the folder of features as extracted" in said
    for kind in ("features", "normalised"):
        corpus.file("egemaps", kind=kind).unlink()
    assert [corpus.extract_features("egemaps"), corpus.normalise_features("egemaps"), corpus.train_fold()] == 3 * [None]


def table(**emotions: str):
    """Rows of the utterance table: two utterances of each letter in a speaker's word."""
    letters = {emotion[0]: emotion for emotion in EMOTIONS}
    return [
        {"utterance": f"{speaker}{letter}{take}", "speaker": speaker, "emotion": letters[letter]}
        for speaker, word in emotions.items()
        for letter in word
        for take in (1, 2)
    ]


def test_who_alone_has_an_emotion_and_validates_validates_no_longer_with_random():
    rows = table(A="hnsa", B="hna", C="hna", D="hnsa")
    sessions = dict.fromkeys("ABCD")
    with pytest.raises(InputError, match=r"fold D: .*only A has such utterances, .*: set `validation: random`"):
        make_folds(rows, sessions, "rotate", 0.5, 0)
    make_folds(rows, sessions, "random", 0.5, 0)


def test_an_emotion_of_one_speaker_alone_is_no_question_of_the_validation():
    rows = table(A="hnsa", B="hna", C="hna", D="hna")
    for validation in ("rotate", "random"):
        with pytest.raises(InputError, match=r"fold A: .*; nobody but A has sadness: add utterances of other speakers"):
            make_folds(rows, dict.fromkeys("ABCD"), validation, 0.5, 0)
    make_folds(rows + table(B="s", C="s"), dict.fromkeys("ABCD"), "rotate", 0.5, 0)
