"""Features that were made elsewhere: what is found, what is checked, and what the systems are given."""

import numpy as np
import pyarrow as pa
import pytest

from gagru.corpora.table import INDEX_SCHEMA, write_index
from gagru.features.extract import extract_features
from gagru.features.given import index_given, read_table
from gagru.features.store import read_features
from gagru.task.errors import InputError

ROWS = [("u1", "wav/a.wav", "A", "anger"), ("u2", "wav/b.flac", "A", "sadness"), ("u3", "wav/c.wav", "B", None)]


class Given:
    """An index of three utterances, the third outside the task, and a folder for `.npy` files."""

    def __init__(self, root):
        self.root, self.folder, self.table = root, root / "npy", root / "own_features.csv"
        self.index = root / "index.parquet"
        self.rows = ROWS

    def write(self, **arrays):
        columns = {name: [None] * len(self.rows) for name in INDEX_SCHEMA.names}
        columns |= dict(zip(("utterance", "path", "speaker", "emotion"), zip(*self.rows, strict=True), strict=True))
        write_index(pa.table(columns, schema=INDEX_SCHEMA), self.index)
        self.folder.mkdir(exist_ok=True)
        for name, array in arrays.items():
            path = self.folder / f"{name.replace('__', '/')}.npy"
            path.parent.mkdir(exist_ok=True)
            np.save(path, array)
        return self

    def check(self):
        return index_given(self.index, self.folder, self.table)

    def problems(self):
        with pytest.raises(InputError) as raised:
            self.check()
        assert not self.table.exists()
        return str(raised.value)

    def extract(self, name, **settings):
        out = self.root / f"{name}.parquet"
        settings |= {"table": str(self.table), "folder": str(self.folder)}
        extract_features(self.index, self.root, "A", name, settings, out)
        return read_features(out)


@pytest.fixture
def given(tmp_path):
    return Given(tmp_path)


def frames(rows, seed, columns=3):
    return np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)


def test_frames_reach_the_systems_as_they_are(given):
    arrays = {"u1": frames(7, 1), "u2": frames(4, 2)}
    assert given.write(**arrays).check() == "2 utterances, 4 to 7 frames of 3 features"
    features = given.extract("own")
    assert (features.columns, features.frames) == (["own_0", "own_1", "own_2"], True)
    for name, values in features.items():
        np.testing.assert_array_equal(values, arrays[name])


def test_systems_of_functionals_hear_the_mean(given):
    arrays = {"u1": frames(7, 1), "u2": frames(4, 2)}
    given.write(**arrays).check()
    features = given.extract("own_mean")
    assert not features.frames
    for name, values in features.items():
        np.testing.assert_allclose(values, arrays[name].mean(axis=0), rtol=1e-6)


def test_vectors_are_heard_as_they_are_or_as_one_frame(given):
    arrays = {"u1": np.arange(3.0), "u2": np.arange(3, 6)}
    assert given.write(**arrays).check() == "2 utterances, vectors of 3 features"
    np.testing.assert_array_equal(given.extract("own_mean").values, [[0, 1, 2], [3, 4, 5]])
    assert given.extract("own").lengths.tolist() == [1, 1]


def test_files_are_named_by_utterance_or_by_audio(given):
    given.write(wav__a=frames(2, 1))
    np.save(given.folder / "wav" / "b.flac.npy", frames(2, 2))
    given.check()
    assert {name: found.file for name, found in read_table(given.table).items()} == {
        "u1": "wav/a.npy",
        "u2": "wav/b.flac.npy",
    }


def test_what_is_outside_the_task_may_have_a_file(given):
    given.write(u1=frames(2, 1), u2=frames(2, 2), u3=frames(2, 3), other=frames(2, 4)).check()
    assert list(read_table(given.table)) == ["u1", "u2", "u3"]
    assert given.check().endswith("; .npy files of no utterance: 1")


def test_half_precision_and_whole_numbers_are_taken(given):
    given.write(u1=frames(2, 1).astype(np.float16), u2=np.ones((2, 3), np.int64)).check()
    assert given.extract("own").values.dtype == np.float32


def test_every_utterance_of_the_task_has_a_file(given):
    message = given.write(u1=frames(2, 1)).problems()
    assert "no file for 1 of 2 utterances of the task: u2.npy" in message
    assert "the first may also be called wav/b.npy or wav/b.flac.npy" in message


def test_two_files_for_one_utterance(given):
    given.write(u1=frames(2, 1), wav__a=frames(2, 1), u2=frames(2, 2))
    assert "utterance u1 has the files u1.npy and wav/a.npy; keep one" in given.problems()


def test_audio_that_several_utterances_lie_in_names_no_file(given):
    given.rows = [*ROWS, ("u4", "wav/a.wav", "A", "anger")]
    message = given.write(wav__a=frames(2, 1), u2=frames(2, 2), u4=frames(2, 3)).problems()
    assert "wav/a.npy: is named by audio that 2 utterances lie in; name files by utterance, as u1.npy" in message


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (frames(2, 1, columns=4), "(2, 4) in u1.npy and (2, 3) in u2.npy; all have to have the same D"),
        (np.ones(3), "(3,) in u1.npy and (2, 3) in u2.npy; all have to have the same number of dim"),
        (np.ones((1, 2, 3)), "u1.npy: has the shape (1, 2, 3), and has to have (T, D) or (D,), none of them 0; take"),
        (np.ones((0, 3)), "u1.npy: has the shape (0, 3)"),
        (np.array([[1, np.nan, 2]]), "u1.npy: holds NaN"),
        (np.array([[1, 1e300, 2]]), "u1.npy: holds NaN, or infinite or very large numbers"),
        (np.array([["a", "b", "c"]]), "u1.npy: holds <U1, no real numbers"),
        (np.ones((2, 3), complex), "u1.npy: holds complex128, no real numbers"),
        (np.array([{}], object), "u1.npy: is no .npy file of numbers"),
    ],
)
def test_files_that_cannot_be_heard(given, array, message):
    assert message in given.write(u1=array, u2=frames(2, 2)).problems()


@pytest.mark.parametrize("content", [b"", b"text", b"\x93NUMPY"])
def test_files_that_are_none(given, content):
    given.write(u2=frames(2, 2))
    (given.folder / "u1.npy").write_bytes(content)
    assert "u1.npy: is no .npy file of numbers" in given.problems()


def test_all_is_listed_at_once(given):
    message = given.write(u1=np.ones((1, 2, 3))).problems()
    assert "2 problems" in message


def test_a_file_that_changed_since_it_was_listed(given):
    given.write(u1=frames(2, 1), u2=frames(2, 2)).check()
    np.save(given.folder / "u1.npy", frames(2, 9))
    with pytest.raises(InputError, match=r"u1\.npy: missing, or changed while the workflow ran"):
        given.extract("own")


def test_no_folder(given):
    given.write()
    given.folder.rmdir()
    assert "no such folder; name the one that holds the .npy files as `own_features`" in given.problems()


@pytest.mark.parametrize("content", ["", "utterance,file\nu1,u1.npy\n", "utterance,file,rows,columns,digest\n"])
def test_a_damaged_table(given, content):
    given.table.write_text(content)
    with pytest.raises(InputError, match="missing, truncated or damaged"):
        read_table(given.table)
