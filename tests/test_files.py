import json
import os

import pytest

from gagru.files import whole, write_json, write_text


def test_a_file_appears_whole_in_a_folder_that_did_not_exist(tmp_path):
    write_text(tmp_path / "a" / "b" / "c.txt", "Größe\nzwei\n")
    assert (tmp_path / "a" / "b" / "c.txt").read_bytes() == "Größe\nzwei\n".encode()
    assert os.listdir(tmp_path / "a" / "b") == ["c.txt"]


def write_half(path, before):
    with whole(path) as temporary:
        temporary.write_text("half")
        assert (path.read_text() if path.exists() else None) == before
        raise RuntimeError("half")


@pytest.mark.parametrize("before", [None, "old"])
def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path, before):
    path = tmp_path / "c.txt"
    if before:
        path.write_text(before)
    with pytest.raises(RuntimeError, match="half"):
        write_half(path, before)
    assert os.listdir(tmp_path) == (["c.txt"] if before else [])
    assert (path.read_text() if path.exists() else None) == before


def test_a_block_that_writes_nothing_is_an_error_and_leaves_nothing(tmp_path):
    with pytest.raises(FileNotFoundError), whole(tmp_path / "c.txt"):
        pass
    assert os.listdir(tmp_path) == []


def test_the_temporary_file_has_the_final_name_and_lies_beside_it(tmp_path):
    with whole(tmp_path / "c.parquet") as temporary:
        assert temporary.name == "c.parquet"
        assert temporary.parent.parent == tmp_path
        temporary.touch()


def test_a_folder_can_be_written_whole(tmp_path):
    with whole(tmp_path / "corpus") as temporary:
        temporary.mkdir()
        (temporary / "a.wav").touch()
    assert os.listdir(tmp_path / "corpus") == ["a.wav"]


def test_json_has_sorted_keys_plain_characters_and_the_same_bytes(tmp_path):
    write_json(tmp_path / "a.json", {"b": [1.5, None], "a": "ä"})
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == '{\n  "a": "ä",\n  "b": [\n    1.5,\n    null\n  ]\n}\n'
    write_json(tmp_path / "b.json", {"a": "ä", "b": [1.5, None]})
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert json.loads((tmp_path / "a.json").read_bytes()) == {"a": "ä", "b": [1.5, None]}


def test_json_never_holds_nan(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "a.json", {"loss": float("nan")})
    assert os.listdir(tmp_path) == []
