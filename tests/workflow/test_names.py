"""Names of speakers as long, as repetitive and as many as they come."""

import random
import string

import pytest
from bad_corpus import EMOTIONS, noise, wav
from snakemake.io import PeriodicityDetector

from gagru.task.errors import InputError
from gagru.workflow.names import MOST_SPEAKERS, check_speakers, fault


def letters(number: int, seed: int = 0) -> str:
    return "".join(random.Random(seed).choices(string.ascii_lowercase, k=number))


@pytest.mark.parametrize("times", [1, 2, 19, 20, 21, 99, 100, 101, 120])
@pytest.mark.parametrize("what", ["a", "ab", "x-1"])
@pytest.mark.parametrize("before", ["", "b", "-"])
def test_a_name_is_refused_as_repeating_where_snakemake_would(before, what, times):
    name = (before + what * times)[-247:]
    assert (fault(name) is not None) == (PeriodicityDetector().is_periodic(name) is not None)


@pytest.mark.parametrize("name", ["a", "Ses01F", "03", letters(100), "anna-anna-anna"])
def test_ordinary_names_are_not(name):
    assert fault(name) is None


def test_the_longest_name_names_a_file_and_one_longer_does_not(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    longest = next(number for number in range(300, 0, -1) if fault(letters(number)) is None)
    (tmp_path / f"{letters(longest)}.parquet").write_text("")
    with pytest.raises(OSError, match="File name too long"):
        (tmp_path / f"{letters(longest + 1)}.parquet").write_text("")


def test_several_names_are_listed_and_not_without_end():
    names = [letters(250, seed) for seed in range(5)]
    with pytest.raises(InputError, match=r"corpora\.mine: speaker '.{37}\.\.\.' is 250 letters .*; and 2 more"):
        check_speakers("mine", names)


def corpus(folder, names: list[str]):
    """Settings of a manifest with an utterance of each speaker; its audio is there."""
    rows = []
    for number, name in enumerate(names):
        (folder / f"{number}.wav").write_bytes(wav(noise(0.04, seed=number)))
        rows.append(f"{number}.wav,{name},{EMOTIONS[number % 4]}\n")
    (folder / "mine.csv").write_text("path,speaker,emotion\n" + "".join(rows))
    entry = f"{{reader: manifest, root: {folder}/mine.csv, validation: rotate}}"
    return f"run: {{corpora: [mine]}}\ncorpora: {{mine: {entry}}}"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([letters(250), "b", "c"], "is 250 letters long, and files are named by it; shorten it to"),
        (["b", "c", 20 * "ab"], "repeats itself 20 times or more"),
        ([f"s{number}" for number in range(6500)], "6500 speakers are too many to plan for, as each is a fold: 1000"),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_is_refused_in_one_line(names, message, workflow, tmp_path):
    manifest = tmp_path / "mine.csv"
    rows = [f"{name}.wav,{name},{emotion}\n" for name in names for emotion in EMOTIONS]
    manifest.write_text("path,speaker,emotion\n" + "".join(rows))
    mine = f"{{reader: manifest, root: {manifest}, validation: rotate}}"
    done = workflow("--dry-run", "--configfile", workflow.configure(f"corpora: {{mine: {mine}}}"))
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "Traceback" not in said
    assert "The configuration cannot be used: 1 problem" in said
    assert message in said


def test_as_many_speakers_as_may_be_are_indexed_and_divided(workflow, tmp_path):
    # Their names alone are longer than the 128 kB that a command line takes.
    names = sorted(f"{number:04d}-{letters(130, number)}" for number in range(MOST_SPEAKERS))
    done = workflow("results/mine/folds.csv", "--configfile", workflow.configure(corpus(tmp_path, names)))
    assert done.returncode == 0, done.stdout + done.stderr
    rows = (workflow.folder / "results" / "mine" / "folds.csv").read_text().splitlines()[1:]
    assert len(rows) == MOST_SPEAKERS**2
    tested = [row.split(",")[0] for row in rows if row.endswith(",test")]
    assert tested == names
