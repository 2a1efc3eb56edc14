from importlib.metadata import version

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from gagru.features import store
from gagru.features.store import made_with, open_features, read_features, write_frames, write_functionals
from gagru.task.errors import InputError

COLUMNS = ["loudness", "mfcc[1]", "F0"]


def frames(lengths, seed=0):
    generator = np.random.default_rng(seed)
    return [(f"Ses01_{i}", generator.standard_normal((n, 3), dtype=np.float32)) for i, n in enumerate(lengths)]


def assert_same(features, utterances):
    assert features.utterances == [utterance for utterance, _ in utterances]
    for (_, read), (_, written) in zip(features.items(), utterances, strict=True):
        np.testing.assert_array_equal(read, written)


@pytest.mark.parametrize("group", [1, 20, 2**22], ids=["a group an utterance", "some groups", "one group"])
def test_frames_are_read_as_written(tmp_path, monkeypatch, group):
    monkeypatch.setattr(store, "GROUP", group)
    utterances = frames([3, 1, 7, 2])
    write_frames(tmp_path / "a.parquet", COLUMNS, iter(utterances))
    features = read_features(tmp_path / "a.parquet")
    assert_same(features, utterances)
    assert features.columns == COLUMNS
    assert features.lengths.tolist() == [3, 1, 7, 2]
    assert features.values.shape == (13, 3)
    assert features.values.flags.c_contiguous
    assert features.values.dtype == np.float32
    assert features.frames


@pytest.mark.parametrize("rows", [1, 5, 2**16], ids=["a group an utterance", "some groups", "one group"])
def test_stored_utterances_are_read_as_written_in_any_order(tmp_path, monkeypatch, rows):
    monkeypatch.setattr(store, "GROUP_ROWS", rows)
    utterances = frames([3, 1, 7, 2])
    write_frames(tmp_path / "a.parquet", COLUMNS, utterances)
    stored = open_features(tmp_path / "a.parquet")
    assert stored.columns == COLUMNS
    names_and_lengths = [(name, len(utterance)) for name, utterance in stored.items()]
    assert names_and_lengths == [("Ses01_0", 3), ("Ses01_1", 1), ("Ses01_2", 7), ("Ses01_3", 2)]
    for name, written in [*reversed(utterances), *utterances]:
        np.testing.assert_array_equal(np.asarray(stored.utterances[name]), written, strict=True)


def test_a_waveform_is_stored_in_little_more_than_its_samples_and_read_in_parts(tmp_path):
    # The first is longer than what Arrow makes a row group of by itself.
    lengths = [2**20 + 1, 40_000, 30_000, 30_000, 40_000]
    utterances = [(f"u{i}", np.linspace(-1, i, n, dtype=np.float32)[:, None]) for i, n in enumerate(lengths)]
    path = tmp_path / "a.parquet"
    write_frames(path, ["sample"], utterances)
    assert path.stat().st_size < 1.02 * 4 * sum(lengths)
    metadata = pq.read_metadata(path)
    assert [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)] == [2**20 + 1, 70_000, 70_000]
    stored = open_features(path)
    for name, written in utterances:
        np.testing.assert_array_equal(np.asarray(stored.utterances[name]), written)
    assert_same(read_features(path), utterances)


def test_functionals_are_read_as_written(tmp_path):
    utterances = [(name, values[0]) for name, values in frames([1] * 5)]
    write_functionals(tmp_path / "a.parquet", COLUMNS, utterances)
    features = read_features(tmp_path / "a.parquet")
    assert_same(features, utterances)
    assert features.values.shape == (5, 3)
    assert not features.frames


def test_no_utterances_at_all(tmp_path):
    write_frames(tmp_path / "a.parquet", COLUMNS, [])
    assert list(read_features(tmp_path / "a.parquet").items()) == []


def test_others_read_the_file_as_a_plain_table(tmp_path):
    utterances = frames([2, 3])
    write_frames(tmp_path / "a.parquet", COLUMNS, utterances)
    table = pd.read_parquet(tmp_path / "a.parquet")
    assert list(table.columns) == ["utterance", "frame", *COLUMNS]
    assert table["utterance"].tolist() == ["Ses01_0"] * 2 + ["Ses01_1"] * 3
    assert table["frame"].tolist() == [0, 1, 0, 1, 2]
    assert [str(kind) for kind in table.dtypes[1:]] == ["int32"] + ["float32"] * 3
    np.testing.assert_array_equal(table[COLUMNS], np.concatenate([values for _, values in utterances]))


def test_same_values_give_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_frames(tmp_path / f"{name}.parquet", COLUMNS, frames([5, 9]))
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_a_failure_while_writing_leaves_what_was_there(tmp_path):
    def interrupted():
        yield from frames([5])
        raise InputError("damaged audio")

    path = tmp_path / "a.parquet"
    write_frames(path, COLUMNS, frames([2]))
    before = path.read_bytes()
    with pytest.raises(InputError, match="damaged audio"):
        write_frames(path, COLUMNS, interrupted())
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.parquet"]


def truncated(path):
    path.write_bytes(path.read_bytes()[:-200])


def emptied(path):
    path.write_bytes(b"")


def not_parquet(path):
    path.write_text("utterance,frame\n")


def flipped_bit(path):
    data = bytearray(path.read_bytes())
    values = frames([40])[0][1][:, 1].tobytes()
    data[data.index(values) + 17] ^= 1
    path.write_bytes(data)


def rewritten(path, change):
    """Changed by a program that keeps the file's metadata."""
    metadata = pq.read_metadata(path).metadata
    pq.write_table(change(pq.read_table(path)).replace_schema_metadata(metadata), path)


def renamed_column(path):
    rewritten(path, lambda table: table.rename_columns({"F0": "F1"}))


def renamed_utterance(path):
    rewritten(path, lambda table: table.set_column(0, "utterance", [["Ses01_9"] * len(table)]))


def lost_rows(path):
    rewritten(path, lambda table: table.slice(0, len(table) - 1))


def foreign(path):
    pd.DataFrame({"utterance": ["a"], "F0": [1.0]}).to_parquet(path)


def missing(path):
    path.unlink()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (truncated, "truncated or damaged"),
        (emptied, "truncated or damaged"),
        (not_parquet, "truncated or damaged"),
        (flipped_bit, "altered"),
        (renamed_column, "altered"),
        (renamed_utterance, "altered"),
        (lost_rows, "altered"),
        (foreign, "not a feature file of this workflow"),
        (missing, "no such file"),
    ],
)
@pytest.mark.parametrize("read", [read_features, open_features])
def test_damage_is_recognised(tmp_path, damage, message, read):
    path = tmp_path / "03.parquet"
    write_frames(path, COLUMNS, frames([40]))
    read(path)
    damage(path)
    with pytest.raises(InputError, match=f"03.parquet: .*({message}).*run snakemake again"):
        read(path)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("read", [read_features, open_features])
@pytest.mark.parametrize("rows", [1, 8, 2**16])
def test_values_that_are_no_finite_numbers_are_recognised(tmp_path, monkeypatch, bad, read, rows):
    monkeypatch.setattr(store, "GROUP_ROWS", rows)
    utterances = frames([4, 6, 5])
    utterances[1][1][2, 1] = bad
    write_frames(tmp_path / "03.parquet", COLUMNS, utterances)
    with pytest.raises(
        InputError, match=r"03.parquet: NaN or infinite values, first in mfcc\[1\] of utterance Ses01_1"
    ):
        read(tmp_path / "03.parquet")


@pytest.mark.parametrize("where", np.linspace(0, 0.999, 40))
def test_a_changed_byte_is_never_read_as_other_values(tmp_path, where):
    path = tmp_path / "03.parquet"
    utterances = frames([20, 30])
    write_frames(path, COLUMNS, utterances)
    data = bytearray(path.read_bytes())
    data[int(where * len(data))] ^= 255
    path.write_bytes(data)
    try:
        features = read_features(path)
    except InputError:
        return
    # A byte that means nothing to the values.
    assert_same(features, utterances)


def test_versions_of_what_made_a_file_and_what_it_was_made_from(tmp_path):
    write_functionals(tmp_path / "extracted", ["a"], [("u", np.zeros(1))])
    found = made_with(tmp_path / "extracted")
    assert found["opensmile"] == version("opensmile")
    assert found["numpy"] == np.__version__
    older = {"opensmile": "2.5.0", "numpy": np.__version__}
    write_functionals(tmp_path / "normalised", ["a"], [("u", np.zeros(1))], older)
    assert made_with(tmp_path / "normalised") == {**found, "opensmile": f"2.5.0, {version('opensmile')}"}
