"""Run times: from benchmark files as Snakemake writes them, and from the trainings' own."""

import csv

import pandas as pd
import pytest

from gagru.experiment.run_times import FORMATS, read_jobs, summarise_jobs, training_jobs
from gagru.experiment.trainings import read_trainings
from gagru.report.run_times import render_run_times
from gagru.storage.tables import write_csv
from gagru.task.errors import InputError

FOLDS = {"iemocap": ["A", "B"]}
JOB = ["corpus", "step", "of", "seconds", "memory"]


@pytest.fixture
def trainings(write_training):
    write_training("iemocap", "ga_gru", 0, "A", seconds=60.0, memory=500.0)
    run = write_training("iemocap", "ga_gru", 0, "B", seconds=30.0, memory=700.0)
    return read_trainings([run], FOLDS)


@pytest.fixture
def benchmarks(write_benchmark, tmp_path):
    write_benchmark("iemocap/index_corpus.tsv", 0.4, "NA")
    write_benchmark("iemocap/extract_features/lld/A.tsv", 2.0, 100.0)
    write_benchmark("iemocap/extract_features/lld/B.tsv", 5.0, 90.0)
    write_benchmark("iemocap/ga_gru/seed0/A.tsv", 61.0, 510.0)
    write_benchmark("iemocap/ga_gru/seed0/B.tsv", 31.0, 710.0)
    write_benchmark("iemocap/ga_gru/seed0/evaluate_system.tsv", 1.0, 50.0)
    write_benchmark("table1.tsv", 0.5, "-")
    # of other settings
    write_benchmark("iemocap/svm/seed0/A.tsv", 1000, 1000)
    write_benchmark("emodb/index_corpus.tsv", 1000, 1000)
    write_benchmark("table2.tsv", 1000, 1000)
    return tmp_path / "benchmarks"


def page(jobs, trainings):
    """The page as the program makes it."""
    return render_run_times(summarise_jobs(jobs.assign(corpus="")), summarise_jobs(training_jobs(trainings)))


def test_jobs_are_those_of_what_was_run_in_the_order_of_the_work(benchmarks, trainings):
    summaries = summarise_jobs(read_jobs(benchmarks, trainings, ["results/table1.csv", "results/figure1.pdf"]))
    assert summaries.astype(object).fillna("none").to_numpy().tolist() == [
        ["iemocap", "index_corpus", "", 1, 0.4, 0.4, 0.4, "none"],
        ["iemocap", "extract_features", "lld", 2, 7.0, 3.5, 5.0, 100.0],
        ["iemocap", "train_fold", "ga_gru", 2, 92.0, 46.0, 61.0, 710.0],
        ["iemocap", "evaluate_system", "ga_gru", 1, 1.0, 1.0, 1.0, 50.0],
        ["", "table1", "", 1, 0.5, 0.5, 0.5, "none"],
    ]


def test_the_page(benchmarks, trainings):
    lines = page(read_jobs(benchmarks, trainings, ["results/table1.csv"]), trainings).splitlines()
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    assert ["IEMOCAP", "GA-GRU", "2", "1 min 30 s", "45.0 s", "1 min 00 s", "700 MB"] in found
    assert ["training, GA-GRU", "2", "1 min 32 s", "46.0 s", "1 min 01 s", "710 MB"] in found
    assert ["utterance table", "1", "0.4 s", "0.4 s", "0.4 s", ""] in found
    assert any(line.startswith("7 jobs took 1 min 41 s together") for line in lines)  # 100.9 s


def test_the_page_adds_up_corpora(trainings):
    jobs = pd.DataFrame([(corpus, "make_folds", "", 1.0, 10.0) for corpus in ("iemocap", "msp_improv")], columns=JOB)
    assert "| folds | 2 | 2.0 s |" in " ".join(page(jobs, trainings).split())


def test_the_csv_file(benchmarks, trainings, tmp_path):
    write_csv(tmp_path / "run_times.csv", summarise_jobs(read_jobs(benchmarks, trainings, [])), FORMATS)
    with open(tmp_path / "run_times.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["corpus", "step", "of", "jobs", "total_s", "median_s", "longest_s", "peak_memory_mb"]
    assert list(rows[1].values()) == ["iemocap", "extract_features", "lld", "2", "7.0", "3.5", "5.0", "100.0"]
    assert rows[0]["peak_memory_mb"] == ""


def test_without_benchmark_files_the_trainings_are_left(trainings, tmp_path):
    jobs = read_jobs(tmp_path / "nowhere", trainings, ["results/table1.csv"])
    assert jobs.empty
    assert "GA-GRU" in page(jobs, trainings)


@pytest.mark.parametrize("content", ["", "s\tmax_rss\n", "s\tmax_rss\nx\t1\n", "nothing\n1\n"])
def test_a_damaged_file_is_named(benchmarks, trainings, content):
    (benchmarks / "iemocap/index_corpus.tsv").write_text(content)
    with pytest.raises(InputError, match=r"iemocap/index_corpus\.tsv: truncated or damaged"):
        read_jobs(benchmarks, trainings, [])
