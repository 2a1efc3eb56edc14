import errno
import json
import os

import pytest

from gagru.storage.files import read_checked_json, whole, write_checked_json, write_json, write_text
from gagru.task.errors import InputError


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


def test_checked_json_is_read_as_written(tmp_path):
    value = {"mean": [0.1, 1e-300], "columns": ["ä", "b"], "fold": None, "speakers": {"B": [[1, 2]], "A": []}}
    write_checked_json(tmp_path / "a.json", value)
    assert read_checked_json(tmp_path / "a.json") == value


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: None, "there is no such file; run snakemake again"),
        (lambda text: text[: len(text) // 2], "truncated or damaged; delete it and run snakemake again"),
        (lambda text: "", "truncated or damaged"),
        (lambda text: "[1]", "truncated or damaged"),
        (lambda text: "{}", "truncated or damaged"),
        (lambda text: 100_000 * "[", "truncated or damaged"),
        (lambda text: text.replace("0.25", "0.35"), "altered since it was written; delete it and run snakemake again"),
        (lambda text: text.replace("UA", "WA"), "altered since it was written"),
    ],
)
def test_damage_to_checked_json_is_recognised(tmp_path, damage, message):
    path = tmp_path / "a.json"
    write_checked_json(path, {"UA": 0.25})
    text = damage(path.read_text())
    path.write_text(text) if text is not None else path.unlink()
    with pytest.raises(InputError, match=f"a.json: {message}"):
        read_checked_json(path)


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (errno.ENOSPC, "make room on the disk"),
        (errno.EDQUOT, "your quota"),
        (errno.EROFS, "mount the disk so that it can be written"),
        (errno.EACCES, "get the right to write"),
        (errno.ENAMETOOLONG, "this disk wants shorter names"),
    ],
)
def test_a_disk_that_takes_nothing_is_named_and_nothing_is_left(tmp_path, code, remedy):
    def write():
        with whole(tmp_path / "c.txt") as temporary:
            temporary.write_text("half")
            raise OSError(code, "said by the system")

    with pytest.raises(InputError, match=rf"c\.txt: cannot be written \({os.strerror(code)}\); {remedy}"):
        write()
    assert os.listdir(tmp_path) == []
