"""docs/results.md names the columns of every table: those of a workflow that has run to its end."""

import re
from pathlib import PurePosixPath

import pandas as pd
import pytest

from gagru.task.choices import CHOICES
from gagru.workflow.sources import ROOT

PAGE = (ROOT / "docs/results.md").read_text(encoding="utf-8")


def read_page():
    """File of the page -> (names of its columns, whether others follow)."""
    part = PAGE.split("## The columns")[1].split("\n## ")[0]
    columns = {}
    for files, cells in re.findall(r"^\| (`.+?) \| (.+) \|$", part, re.MULTILINE):
        plain = re.sub(r"\([^()]*\)", "", cells)
        columns[files] = re.findall(r"`([^`]+)`", plain), bool(re.search(r"then (a column|the version)", plain))
    return columns


DESCRIBED = read_page()
FILES = {
    "index.parquet": "results/iemocap/index.parquet",
    "index/{speaker}.parquet": "results/iemocap/index/Ses01F.parquet",
    "left_out.csv": "results/iemocap/left_out.csv",
    "folds.csv": "results/iemocap/folds.csv",
    "features/{feature_set}": "results/iemocap/features/lld/Ses01F.parquet",
    "normalised/": "results/iemocap/normalised/lld/Ses01F.parquet",
    "predictions.parquet": "results/iemocap/svm/seed0/Ses01F/predictions.parquet",
    "history.csv": "results/iemocap/ga_gru/seed0/Ses01F/history.csv",
    "confusion.csv": "results/iemocap/ga_gru/seed0/confusion.csv",
    "edges.parquet": "results/iemocap/ga_gru/seed0/edges.parquet",
    "profiles.parquet": "results/iemocap/ga_gru/seed0/profiles.parquet",
    "`table1.csv`": "results/table1.csv",
    "long/{table}.csv": "results/long/table1.csv",
    "comparisons_{corpus}.csv": "results/comparisons_iemocap.csv",
    "claims.csv": "results/claims.csv",
    "check.csv": "results/check.csv",
    "audit.csv": "results/audit.csv",
    "figure2.csv": "results/figure2.csv",
    "figure3.csv": "results/figure3.csv",
    "provenance.csv": "results/provenance.csv",
    "run_times.csv": "results/benchmarks/run_times.csv",
}


def describe(file):
    return next(described for files, described in DESCRIBED.items() if file in files)


@pytest.mark.parametrize("file", FILES)
def test_a_file_has_the_columns_that_the_page_names(file, finished):
    path = finished.folder / FILES[file]
    read = pd.read_parquet if path.suffix == ".parquet" else pd.read_csv
    names, more = describe(file)
    found = list(read(path).columns)
    assert (found[: len(names)] if more else found) == names
    assert more == (len(found) > len(names))


def test_the_page_names_the_columns_of_every_table(finished):
    described = {PurePosixPath(name).name for files in DESCRIBED for name in re.findall(r"`([^`]+)`", files)}
    made = {path.name for path in finished.folder.glob("results/**/*.csv") if "demo" not in path.parts}
    assert {re.sub("iemocap", "{corpus}", name) for name in made} - described == set()


def test_the_page_names_the_open_choices():
    names, _ = describe("choices_{corpus}.csv")
    assert names[4 : 4 + len(CHOICES)] == list(CHOICES)
