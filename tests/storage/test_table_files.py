"""Data frames as CSV and Markdown, read back by other means."""

import csv

import pandas as pd
import pytest
from markdown_it import MarkdownIt
from pandas.testing import assert_frame_equal

from gagru.storage.tables import per_cent, read_csv, to_markdown, write_csv

TABLE = pd.DataFrame(
    {
        "corpus": ["iemocap", "none"],
        "name": ['a, "b"', ""],
        "ua": [0.63801, None],
        "p": [0.001953125, 1.0],
        "seed": pd.array([0, None], dtype="Int64"),
    }
)


def test_numbers_are_written_as_asked_for_and_what_is_missing_is_empty(tmp_path):
    write_csv(tmp_path / "t.csv", TABLE, {"ua": per_cent, "p": "{:.4g}".format})
    with open(tmp_path / "t.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["corpus", "name", "ua", "p", "seed"],
        ["iemocap", 'a, "b"', "63.80", "0.001953", "0"],
        ["none", "", "", "1", ""],
    ]
    assert b"\r" not in (tmp_path / "t.csv").read_bytes()


def test_what_is_written_is_read_again_and_only_an_empty_cell_is_missing(tmp_path):
    table = TABLE.drop(columns=["name", "seed"])
    write_csv(tmp_path / "t.csv", table)
    assert_frame_equal(read_csv(tmp_path / "t.csv"), table)


def test_a_table_without_rows_keeps_its_header(tmp_path):
    write_csv(tmp_path / "t.csv", TABLE.iloc[:0], {"ua": per_cent})
    assert (tmp_path / "t.csv").read_text() == "corpus,name,ua,p,seed\n"
    assert to_markdown(TABLE.iloc[:0].astype(str)).startswith("| corpus ")


@pytest.fixture
def cells():
    """The cells that a Markdown parser sees, and to which side their columns are set."""

    def parse(text):
        tokens = MarkdownIt("commonmark").enable("table").parse(text)
        sides = [str(token.attrs.get("style")) for token in tokens if token.type == "th_open"]
        return [token.content for token in tokens if token.type == "inline"], sides

    return parse


def test_markdown_shows_every_cell_as_it_is(cells):
    table = pd.DataFrame([["A | B", "63.80"], ["", "1e-3"]], columns=["System", "UA | p"])
    text = to_markdown(table, right=["UA | p"])
    assert cells(text) == (
        ["System", "UA | p", "A | B", "63.80", "", "1e-3"],
        ["text-align:left", "text-align:right"],
    )
    assert len({len(line) for line in text.splitlines()}) == 1  # aligned, so readable unrendered


def test_what_rounds_to_nothing_has_no_sign():
    assert [per_cent(fraction) for fraction in (-1e-17, -0.00004, -0.0001, 0.6380)] == [
        "0.00",
        "0.00",
        "-0.01",
        "63.80",
    ]
