from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gagru.corpora.table import INDEX_SCHEMA, read_index, write_index
from gagru.data.dataset import FoldFiles, read_fold
from gagru.data.history import earlier_utterances
from gagru.experiment.job import FoldTraining, train_fold
from gagru.features.normalise import Statistics, write_statistics
from gagru.systems.loading import load
from gagru.task.emotions import EMOTIONS


def table(rows):
    """An index of rows (utterance, speaker, dialog, turn, start), in session s."""
    names = ("utterance", "speaker", "dialog", "turn", "start")
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) | {"session": "s"} for row in rows], INDEX_SCHEMA)


def histories(rows, limit=40, without=()):
    return earlier_utterances(table(rows), {row[0] for row in rows} - set(without), limit)


# As in IEMOCAP: each speaker's turns are numbered from 0, and the woman's are listed first.
DIALOG = [
    ("F0", "F", "d", 0, 1.0),
    ("F1", "F", "d", 1, 6.5),
    ("F2", "F", "d", 2, 7.0),
    ("M0", "M", "d", 0, 0.5),
    ("M1", "M", "d", 1, 3.0),
    ("M2", "M", "d", 2, 8.0),
]


def test_a_dialog_goes_by_start_times_and_not_by_the_turns_or_rows():
    expected = {
        "M0": ([], []),
        "F0": ([], ["M0"]),
        "M1": (["M0"], ["F0"]),
        "F1": (["F0"], ["M0", "M1"]),
        "F2": (["F0", "F1"], ["M0", "M1"]),
        "M2": (["M0", "M1"], ["F0", "F1", "F2"]),
    }
    assert histories(DIALOG) == expected
    assert histories(DIALOG[::-1]) == expected


def test_without_starts_a_dialog_goes_by_turns():
    rows = [("a", "F", "d", 3, None), ("b", "M", "d", 1, None), ("c", "F", "d", 12, None), ("e", "F", "d", 2, None)]
    assert histories(rows) == {"a": (["e"], ["b"]), "b": ([], []), "c": (["e", "a"], ["b"]), "e": ([], ["b"])}


def test_where_one_start_is_missing_the_whole_dialog_goes_by_turns():
    rows = [("a", "F", "d", 2, 1.0), ("b", "M", "d", 1, 5.0), ("c", "M", "d", 3, None)]
    assert histories(rows) == {"a": ([], ["b"]), "b": ([], []), "c": (["b"], ["a"])}


def test_the_latest_are_kept_oldest_first():
    rows = [(f"{speaker}{i}", speaker, "d", 2 * i + (speaker == "M"), None) for i in range(5) for speaker in "FM"]
    found = histories(rows, limit=2)
    assert found["M4"] == (["M2", "M3"], ["F3", "F4"])
    assert found["F1"] == (["F0"], ["M0"])


def test_what_has_no_features_is_in_no_history_but_may_have_one():
    found = histories(DIALOG, without=("M1", "F1"))
    assert found["M2"] == (["M0"], ["F0", "F2"])
    assert found["F1"] == (["F0"], ["M0"])


def test_what_has_no_features_does_not_count_towards_the_limit():
    assert histories(DIALOG, limit=1, without=("F2",))["M2"] == (["M1"], ["F1"])


@pytest.mark.parametrize("column", ["turn", "start"])
def test_what_is_at_the_same_time_is_not_earlier(column):
    places = [1, 1, 1, 2]
    rows = [(u, s, "d", place, None) for u, s, place in zip("abcd", "FMFM", places, strict=True)]
    if column == "start":
        rows = [(u, s, d, turn, float(turn)) for u, s, d, turn, _ in rows]
    assert histories(rows) == {"a": ([], []), "b": ([], []), "c": ([], []), "d": (["b"], ["a", "c"])}


def test_dialogs_are_apart_and_so_are_dialogs_of_one_name_in_two_sessions():
    rows = [("a", "F", "d", 1, None), ("b", "F", "e", 2, None), ("c", "F", "d", 3, None)]
    assert histories(rows)["c"] == (["a"], [])
    two = table(rows).set_column(7, "session", pa.array(["s", "s", "t"]))
    assert earlier_utterances(two, set("abc"), 40)["c"] == ([], [])


@pytest.mark.parametrize("rows", [[("a", "F", None, 1, 1.0), ("b", "M", None, 2, 2.0)], [("a", "F", "d", None, None)]])
def test_without_a_dialog_or_a_place_in_it_there_is_no_history(rows):
    assert histories(rows) == {row[0]: ([], []) for row in rows}


def test_an_utterance_without_a_place_is_in_no_history():
    rows = [("a", "F", "d", None, None), ("b", "F", "d", 1, None), ("c", "M", "d", 2, None)]
    assert histories(rows) == {"a": ([], []), "b": ([], []), "c": ([], ["b"])}


def test_everybody_else_is_one_history():
    rows = [(f"{s}{i}", s, "d", i, None) for i, s in enumerate("FMXFMX")]
    assert histories(rows)["X5"] == (["X2"], ["F0", "M1", "F3", "M4"])


def test_no_label_is_looked_at():
    labelled = table(DIALOG)
    for name in ("emotion", "raw_label"):
        column = labelled.schema.get_field_index(name)
        labelled = labelled.set_column(column, name, pa.array(["anger", None, "sadness", None, "anger", "neutrality"]))
    assert earlier_utterances(labelled, {row[0] for row in DIALOG}, 40) == histories(DIALOG)


@pytest.fixture
def dialogs(corpus):
    """The corpus, with a dialog a session that goes through its utterances in the order of their names, reversed."""
    rows = read_index(corpus.index).to_pylist()
    for turn, row in enumerate(reversed(rows)):
        row.update(turn=turn, dialog="AB" if row["speaker"] in "AB" else "CD")
    write_index(pa.Table.from_pylist(rows, INDEX_SCHEMA), corpus.index)
    return corpus


def before(corpus, utterance, speakers):
    """The functionals of what `speakers` said before, as the dialogs go."""
    said = [name for name in sorted(corpus.rows, reverse=True) if corpus.rows[name][0] in speakers]
    return [corpus.functionals[name] for name in said if name > utterance]


def test_parts_have_the_features_of_what_was_said_before(dialogs):
    parts = read_fold(FoldFiles(dialogs.index, dialogs.folds, dialogs.egemaps), "A", history=5)
    outside = 0
    for part in parts.values():
        assert len(part.history) == len(part)
        for utterance, speaker, said in zip(part.utterance, part.speaker, part.history, strict=True):
            partner = {"A": "B", "B": "A", "C": "D", "D": "C"}[speaker]
            for who, found in zip((speaker, partner), said, strict=True):
                expected = before(dialogs, utterance, who)[-5:]
                assert found.dtype == np.float32
                assert found.shape == (len(expected), 6)
                if len(expected):
                    np.testing.assert_array_equal(found, expected)
                outside += any(np.array_equal(row, dialogs.functionals[f"{who}None0"]) for row in found)
    assert outside > 10


def test_a_history_reaches_to_speakers_who_are_not_in_the_parts_that_are_read(dialogs):
    test = read_fold(FoldFiles(dialogs.index, dialogs.folds, dialogs.egemaps), "A", only=("test",), history=99)["test"]
    first = test.utterance.index(min(test.utterance))
    own, others = test.history[first]
    np.testing.assert_array_equal(own, before(dialogs, test.utterance[first], "A"))
    np.testing.assert_array_equal(others, before(dialogs, test.utterance[first], "B"))
    assert (len(own), len(others)) == (15, 17)  # the name that comes first, so that is said last, is ANone0


def test_a_history_has_the_statistics_of_the_fold_applied(dialogs, tmp_path):
    mean, std = np.arange(6.0), np.array([2.0, 1, 1, 1, 4, 0.5])
    write_statistics(tmp_path / "A.json", Statistics([f"c{i}" for i in range(6)], mean, std, 9))
    files = FoldFiles(dialogs.index, dialogs.folds, dialogs.egemaps)
    plain, shifted = (
        read_fold(files._replace(statistics=path), "A", history=3)["train"] for path in (None, tmp_path / "A.json")
    )
    for raw, found in zip(plain.history, shifted.history, strict=True):
        for side in (0, 1):
            np.testing.assert_allclose(found[side], (raw[side] - mean) / std, rtol=1e-5, atol=1e-5)


def test_a_history_goes_with_its_utterance(dialogs):
    parts = read_fold(FoldFiles(dialogs.index, dialogs.folds, dialogs.egemaps), "A", history=3)
    train, held = parts["train"], parts["validation"]
    taken = train.take(np.array([3, 0, 3]))
    assert [said is train.history[i] for said, i in zip(taken.history, (3, 0, 3), strict=True)] == [True] * 3
    assert (train + held).history == train.history + held.history
    assert len(train.history) == 32


def test_another_history_is_other_data(dialogs):
    part = read_fold(FoldFiles(dialogs.index, dialogs.folds, dialogs.egemaps), "A", history=3)["train"]
    (own, others), *rest = part.history
    moved = [(np.concatenate([own, others]), others[:0]), *rest]  # the same numbers in the same order
    digests = {replace(part, history=history).digest() for history in (part.history, moved, rest, None)}
    assert len(digests) == 4


def test_without_dialogs_histories_are_empty_and_without_asking_there_are_none(corpus):
    files = FoldFiles(corpus.index, corpus.folds, corpus.egemaps)
    empty = read_fold(files, "A", history=3)["test"].history
    assert {array.shape for pair in empty for array in pair} == {(0, 6)}
    assert read_fold(files, "A")["test"].history is None


def test_a_training_job_gives_its_system_as_much_history_as_is_set(dialogs, tmp_path):
    settings = {"units": 4, "history": 2, "hops": 3, "dropout": 0.3, "lr": 1e-2, "weight_decay": 1e-3, "clip_norm": 40}
    settings |= {"batch_size": 16, "max_epochs": 2, "patience": 2, "stop_on": "ua"}
    job = {"settings": settings, "validation": "partner", "upsample": ["anger"], "device": "cpu", "threads": 1}
    files = FoldFiles(dialogs.index, dialogs.folds, dialogs.egemaps)
    train_fold(FoldTraining("cmn", 0, "A", job), files, tmp_path, lambda line: None)
    rows = pq.read_table(tmp_path / "predictions.parquet").to_pylist()
    written = np.array([[row[f"p_{emotion}"] for emotion in EMOTIONS] for row in rows])
    system = load(tmp_path)
    difference = {}
    for limit in (1, 2, 40):
        part = read_fold(files, "A", history=limit)["test"]
        assert [row["utterance"] for row in rows] == part.utterance
        difference[limit] = np.abs(system.predict(part).probability - written).max()
    assert difference[2] < 1e-6
    assert min(difference[1], difference[40]) > 1e-3
