import numpy as np
import pytest

from gagru.data.dataset import FoldFiles, read_fold
from gagru.features.normalise import Statistics, write_statistics
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError


@pytest.mark.parametrize("kind", ["egemaps", "lld"])
def test_the_parts_of_a_fold_have_the_values_that_were_written(corpus, kind):
    parts = read_fold(FoldFiles(corpus.index, corpus.folds, getattr(corpus, kind)), "A")
    assert {role: part.utterance for role, part in parts.items()} == {
        "train": corpus.of("CD"),
        "validation": corpus.of("B"),
        "test": corpus.of("A"),
    }
    written = corpus.functionals if kind == "egemaps" else corpus.steps
    for part in parts.values():
        assert part.speaker == [corpus.rows[u][0] for u in part.utterance]
        assert [EMOTIONS[code] for code in part.emotion] == [corpus.rows[u][1] for u in part.utterance]
        for utterance, values in zip(part.utterance, part.features, strict=True):
            assert values.dtype == np.float32
            np.testing.assert_array_equal(values, written[utterance])


def test_only_the_parts_asked_for_are_read(corpus):
    (corpus.lld / "C.parquet").unlink()
    parts = read_fold(FoldFiles(corpus.index, corpus.folds, corpus.lld), "A", only=("test",))
    assert parts.keys() == {"test"}
    with pytest.raises(InputError, match=r"C\.parquet"):
        read_fold(FoldFiles(corpus.index, corpus.folds, corpus.lld), "A")


def test_statistics_of_the_fold_are_applied(corpus, tmp_path):
    mean, std = np.array([1.0, 0, 0, 0, 0, -2]), np.array([2.0, 1, 1, 1, 0, 0.5])
    path = tmp_path / "A.json"
    write_statistics(path, Statistics([f"c{i}" for i in range(6)], mean, std, 9))
    part = read_fold(FoldFiles(corpus.index, corpus.folds, corpus.lld, path), "A")["train"]
    for utterance, values in zip(part.utterance, part.features, strict=True):
        raw = corpus.steps[utterance].astype(np.float64)
        expected = [(raw[:, 0] - 1) / 2, raw[:, 1], raw[:, 2], raw[:, 3], 0 * raw[:, 4], (raw[:, 5] + 2) * 2]
        np.testing.assert_allclose(values, np.stack(expected, axis=1), rtol=1e-6, atol=1e-6)
        assert values.dtype == np.float32


@pytest.mark.parametrize("with_statistics", [False, True])
def test_lazy_parts_read_the_same_values_when_they_are_asked_for(corpus, tmp_path, with_statistics):
    statistics = tmp_path / "A.json" if with_statistics else None
    if statistics:
        columns = [f"c{i}" for i in range(6)]
        write_statistics(statistics, Statistics(columns, np.arange(6.0), np.array([0, 1, 2, 3, 0.5, 0.1]), 9))
    files = FoldFiles(corpus.index, corpus.folds, corpus.lld, statistics)
    lazy, whole = (read_fold(files, "A", lazy=lazy) for lazy in (True, False))
    assert lazy.keys() == whole.keys()
    for role, part in whole.items():
        assert (lazy[role].utterance, lazy[role].columns) == (part.utterance, part.columns)
        assert not any(isinstance(values, np.ndarray) for values in lazy[role].features)
        assert [len(values) for values in lazy[role].features] == [len(values) for values in part.features]
        for stored, values in zip(lazy[role].features, part.features, strict=True):
            np.testing.assert_array_equal(np.asarray(stored), values, strict=True)
        assert lazy[role].digest() == part.digest()
    taken = lazy["train"].take(np.array([3, 0, 3])) + lazy["test"]
    np.testing.assert_array_equal(np.asarray(taken.features[2]), whole["train"].features[3])
    np.testing.assert_array_equal(np.asarray(taken.features[3]), whole["test"].features[0])


def test_a_lazy_part_of_a_damaged_file_is_refused_before_anything_is_read(corpus):
    path = corpus.lld / "C.parquet"
    data = bytearray(path.read_bytes())
    data[data.index(np.ascontiguousarray(corpus.steps["Canger0"][:, 2]).tobytes())] ^= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"C\.parquet: altered"):
        read_fold(FoldFiles(corpus.index, corpus.folds, corpus.lld), "A", lazy=True)


def test_parts_are_taken_from_and_joined(corpus):
    parts = read_fold(FoldFiles(corpus.index, corpus.folds, corpus.egemaps), "A")
    train, held = parts["train"], parts["validation"]
    taken = train.take(np.array([3, 0, 3]))
    assert taken.utterance == [train.utterance[i] for i in (3, 0, 3)]
    assert taken.emotion.tolist() == [train.emotion[i] for i in (3, 0, 3)]
    assert all(a is train.features[i] for a, i in zip(taken.features, (3, 0, 3), strict=True))
    both = train + held
    assert len(both) == len(train) + len(held) == 48
    assert both.utterance == corpus.of("CD") + corpus.of("B")
    assert both.emotion[32:].tolist() == held.emotion.tolist()


def test_a_fold_that_does_not_exist_is_named(corpus):
    with pytest.raises(InputError, match=r"folds\.csv: has no fold 'E'"):
        read_fold(FoldFiles(corpus.index, corpus.folds, corpus.lld), "E")


@pytest.mark.parametrize("stranger", ["Eanger0", "ANone0"], ids=["unknown", "outside the task"])
def test_an_utterance_that_the_index_does_not_have_in_the_task_is_named(corpus, stranger):
    corpus.folds.write_text(corpus.folds.read_text() + f"A,{stranger},train\n")
    with pytest.raises(InputError, match=rf"folds\.csv: {stranger} .*index\.parquet.*run snakemake again"):
        read_fold(FoldFiles(corpus.index, corpus.folds, corpus.lld), "A")


def test_a_fold_that_lost_rows_or_whose_rows_were_altered_is_named(corpus):
    written = corpus.folds.read_text()
    for old, new in (
        (f"A,{corpus.of('B')[3]},validation\n", ""),
        (f"A,{corpus.of('C')[0]},train\n", 2 * f"A,{corpus.of('C')[0]},train\n"),
        (f"A,{corpus.of('A')[0]},test", f"A,{corpus.of('A')[0]},train"),
        (f"A,{corpus.of('C')[0]},train", f"A,{corpus.of('C')[0]},test"),
    ):
        assert old in written
        corpus.folds.write_text(written.replace(old, new))
        with pytest.raises(InputError, match=r"folds\.csv: fold A was cut off or altered; delete it and run snakemake"):
            read_fold(FoldFiles(corpus.index, corpus.folds, corpus.lld), "A", only=("test",))
        read_fold(FoldFiles(corpus.index, corpus.folds, corpus.lld), "B", only=("test",))


def test_utterances_without_features_are_named(corpus):
    (corpus.lld / "C.parquet").replace(corpus.lld / "B.parquet")
    with pytest.raises(InputError, match="lld: no features for 16 utterances of fold A, such as Banger0"):
        read_fold(FoldFiles(corpus.index, corpus.folds, corpus.lld), "A", only=("validation",))


@pytest.mark.parametrize("name", ["index", "folds"])
def test_a_missing_file_is_named(corpus, name):
    getattr(corpus, name).unlink()
    with pytest.raises(InputError, match=name):
        read_fold(FoldFiles(corpus.index, corpus.folds, corpus.lld), "A")
