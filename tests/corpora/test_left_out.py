import csv

import pytest

from gagru.corpora.left_out import LeftOut, describe_left_out, read_left_out, write_left_out
from gagru.task.errors import InputError


def collected():
    left_out = LeftOut()
    for i in range(3):
        left_out.add("label", "fear", f"x:{i}")
    left_out.add("label", "boredom", "x:9", 5)
    left_out.add("label", "anger", "x:8", 0)
    left_out.add("file", "=1+1", "-x\udcff.wav")
    return left_out.rows()


def test_counted_by_kind_and_value_with_the_first():
    assert collected() == [
        ("file", "'=1+1'", 1, r"'-x\udcff.wav'"),
        ("label", "boredom", 5, "x:9"),
        ("label", "fear", 3, "x:0"),
    ]


def test_lines_for_people():
    assert describe_left_out(collected()).splitlines()[:3] == [
        "left out:",
        r"  file ('=1+1'): 1, the first is '-x\udcff.wav'",
        "  label (boredom): 5, the first is x:9",
    ]
    assert describe_left_out([]) == "left out: nothing"


def test_written_and_read_back(tmp_path):
    path = tmp_path / "left_out.csv"
    write_left_out(path, collected())
    assert read_left_out(path) == collected()
    with path.open(newline="", encoding="utf-8") as file:
        assert next(csv.DictReader(file)) == {
            "what": "file",
            "value": "'=1+1'",
            "count": "1",
            "first": r"'-x\udcff.wav'",
        }
    write_left_out(path, [])
    assert path.read_text() == "what,value,count,first\n"
    assert read_left_out(path) == []


@pytest.mark.parametrize(
    "content", ["", "what,value\n", "what,value,count,first\na,b,many,c\n", "what,value,count,first\na,b\n"]
)
def test_damaged(tmp_path, content):
    path = tmp_path / "left_out.csv"
    path.write_text(content)
    with pytest.raises(InputError, match=r"left_out.csv: truncated or damaged; delete it and run snakemake again"):
        read_left_out(path)
