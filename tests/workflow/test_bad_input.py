"""Bad input through the programs' command lines and through Snakemake: the table of docs/bad_input.md, line by line.

Each case is one message, a non-zero exit and no file that was not there before, or works.
"""

import pytest
from bad_corpus import Corpus
from bad_input import PAGE, WORKS, Case, cases, configuration_outcomes, line, outcome
from running import ROOT

CASES = list(cases())
DOCUMENTED = PAGE.read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return Corpus(tmp_path_factory.mktemp("good") / "corpus").make()


@pytest.fixture(scope="module")
def configurations(tmp_path_factory):
    return list(configuration_outcomes(tmp_path_factory.mktemp("configurations")))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.group}: {case.what}")
def test_says_what_the_table_says(case, good, tmp_path):
    assert line(case.group, case.what, *outcome(case, good.copy(tmp_path / "corpus"))) in DOCUMENTED


def test_configurations_get_the_messages_of_the_table(configurations):
    assert [line(*row) for row in configurations if line(*row) not in DOCUMENTED] == []


def test_the_table_holds_every_case_and_no_other(configurations):
    found = [f"| {case.group} | {case.what} | " for case in CASES] + [
        f"| {row[0]} | {row[1]} | " for row in configurations
    ]
    rows = [row for row in DOCUMENTED if row.startswith("| ")][2:]
    assert len(set(found)) == len(found) == len(rows) >= 40
    assert all(row.startswith(start) for row, start in zip(rows, found, strict=True))


def test_what_was_not_spoiled_works(good, tmp_path):
    programs = ("index_corpus", "make_folds", "training_statistics", "train_fold svm", "train_fold ga_gru")
    programs += ("evaluate_system", "table", "analyse_attention", "figure2", "figure3")
    case = Case("nothing", "at all", lambda corpus: None, programs)
    assert outcome(case, good.copy(tmp_path / "corpus")) == ("figure3", WORKS)


def test_a_failing_job_shows_its_message_and_leaves_nothing(good, workflow, tmp_path):
    corpus = good.copy(tmp_path / "Ärger & co")
    corpus.audio.write_bytes(corpus.audio.read_bytes()[:4000])
    mine = f"mine: {{reader: manifest, root: '{corpus.manifest}', validation: rotate}}"
    run = workflow(
        "--configfile", workflow.configure(f"run: {{corpora: [mine], systems: [svm]}}\ncorpora: {{{mine}}}\n")
    )
    said = run.stdout + run.stderr
    assert run.returncode != 0
    assert "B_sadness_1.wav (manifest.csv:14): the audio file is truncated" in said
    assert "Traceback" not in said
    assert "completed successfully" not in said  # the program's exit status is the job's
    assert [path for path in (workflow.folder / "results" / "mine").rglob("*") if path.is_file()] == []
    assert not (workflow.folder / "results" / "table_mine.csv").exists()


@pytest.mark.parametrize("name", ["iemocap", "msp_improv"])
def test_a_missing_licensed_corpus_is_named(name, workflow):
    paper = str(ROOT / "config/paper.yaml")
    run = workflow(f"results/{name}/index.parquet", "--configfile", paper, "--config", f"{name}=/nowhere/corpus")
    assert run.returncode != 0
    assert "/nowhere/corpus: no such folder" in run.stdout + run.stderr
    assert not (workflow.folder / f"results/{name}/index.parquet").exists()
