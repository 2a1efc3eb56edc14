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
    """Utterance -> what was said before it, as words: an utterance is in brackets where another speaker said it."""
    found = earlier_utterances(table(rows), {row[0] for row in rows} - set(without), limit)
    return {name: " ".join(said if own else f"({said})" for said, own in before) for name, before in found.items()}


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
        "M0": "",
        "F0": "(M0)",
        "M1": "M0 (F0)",
        "F1": "(M0) F0 (M1)",
        "F2": "(M0) F0 (M1) F1",
        "M2": "M0 (F0) M1 (F1) (F2)",
    }
    assert histories(DIALOG) == expected
    assert histories(DIALOG[::-1]) == expected


def test_without_starts_a_dialog_goes_by_turns():
    rows = [("a", "F", "d", 3, None), ("b", "M", "d", 1, None), ("c", "F", "d", 12, None), ("e", "F", "d", 2, None)]
    assert histories(rows) == {"a": "(b) e", "b": "", "c": "(b) e a", "e": "(b)"}


def test_where_one_start_is_missing_the_whole_dialog_goes_by_turns():
    rows = [("a", "F", "d", 2, 1.0), ("b", "M", "d", 1, 5.0), ("c", "M", "d", 3, None)]
    assert histories(rows) == {"a": "(b)", "b": "", "c": "b (a)"}


def test_the_latest_of_all_speakers_together_are_kept_oldest_first():
    rows = [(f"{speaker}{i}", speaker, "d", 2 * i + (speaker == "M"), None) for i in range(5) for speaker in "FM"]
    found = histories(rows, limit=4)
    assert found["M4"] == "M2 (F3) M3 (F4)"
    assert found["F1"] == "F0 (M0)"


def test_one_speaker_can_fill_the_limit():
    rows = [
        ("M0", "M", "d", 0, None),
        *((f"F{i}", "F", "d", i, None) for i in range(1, 45)),
        ("M45", "M", "d", 45, None),
    ]
    assert histories(rows)["M45"] == " ".join(f"(F{i})" for i in range(5, 45))


def test_what_has_no_features_is_in_no_history_but_may_have_one():
    found = histories(DIALOG, without=("M1", "F1"))
    assert found["M2"] == "M0 (F0) (F2)"
    assert found["F1"] == "(M0) F0"


def test_what_has_no_features_does_not_count_towards_the_limit():
    assert histories(DIALOG, limit=2, without=("F2",))["M2"] == "M1 (F1)"


@pytest.mark.parametrize("column", ["turn", "start"])
def test_what_is_at_the_same_time_is_not_earlier(column):
    places = [1, 1, 1, 2]
    rows = [(u, s, "d", place, None) for u, s, place in zip("abcd", "FMFM", places, strict=True)]
    if column == "start":
        rows = [(u, s, d, turn, float(turn)) for u, s, d, turn, _ in rows]
    assert histories(rows) == {"a": "", "b": "", "c": "", "d": "(a) b (c)"}


def test_dialogs_are_apart_and_so_are_dialogs_of_one_name_in_two_sessions():
    rows = [("a", "F", "d", 1, None), ("b", "F", "e", 2, None), ("c", "F", "d", 3, None)]
    assert histories(rows)["c"] == "a"
    two = table(rows).set_column(7, "session", pa.array(["s", "s", "t"]))
    assert earlier_utterances(two, set("abc"), 40)["c"] == []


@pytest.mark.parametrize("rows", [[("a", "F", None, 1, 1.0), ("b", "M", None, 2, 2.0)], [("a", "F", "d", None, None)]])
def test_without_a_dialog_or_a_place_in_it_there_is_no_history(rows):
    assert histories(rows) == {row[0]: "" for row in rows}


def test_an_utterance_without_a_place_is_in_no_history():
    rows = [("a", "F", "d", None, None), ("b", "F", "d", 1, None), ("c", "M", "d", 2, None)]
    assert histories(rows) == {"a": "", "b": "", "c": "(b)"}


def test_everybody_else_is_one_history():
    rows = [(f"{s}{i}", s, "d", i, None) for i, s in enumerate("FMXFMX")]
    assert histories(rows)["X5"] == "(F0) (M1) X2 (F3) (M4)"


def test_no_label_is_looked_at():
    labelled = table(DIALOG)
    for name in ("emotion", "raw_label"):
        column = labelled.schema.get_field_index(name)
        labelled = labelled.set_column(column, name, pa.array(["anger", None, "sadness", None, "anger", "neutrality"]))
    names = {row[0] for row in DIALOG}
    assert earlier_utterances(labelled, names, 40) == earlier_utterances(table(DIALOG), names, 40)


@pytest.fixture
def dialogs(corpus):
    """The corpus, with a dialog a session that goes through its utterances in the order of their names, reversed."""
    rows = read_index(corpus.index).to_pylist()
    for turn, row in enumerate(reversed(rows)):
        row.update(turn=turn, dialog="AB" if row["speaker"] in "AB" else "CD")
    write_index(pa.Table.from_pylist(rows, INDEX_SCHEMA), corpus.index)
    return corpus


def before(corpus, utterance, speakers):
    """Names of what `speakers` said before, as the dialogs go."""
    said = [name for name in sorted(corpus.rows, reverse=True) if corpus.rows[name][0] in speakers]
    return [name for name in said if name > utterance]


def test_parts_have_the_features_of_what_was_said_before(dialogs):
    parts = read_fold(FoldFiles(dialogs.index, dialogs.folds, dialogs.egemaps), "A", history=5)
    outside = 0
    for part in parts.values():
        assert len(part.history) == len(part)
        for utterance, speaker, (values, own) in zip(part.utterance, part.speaker, part.history, strict=True):
            expected = before(dialogs, utterance, "AB" if speaker in "AB" else "CD")[-5:]
            assert (values.dtype, values.shape, own.dtype) == (np.float32, (len(expected), 6), bool)
            assert own.tolist() == [dialogs.rows[name][0] == speaker for name in expected]
            for name, row in zip(expected, values, strict=True):
                np.testing.assert_array_equal(row, dialogs.functionals[name])
                outside += dialogs.rows[name][1] is None
    assert outside >= 5


def test_a_history_reaches_to_speakers_who_are_not_in_the_parts_that_are_read(dialogs):
    test = read_fold(FoldFiles(dialogs.index, dialogs.folds, dialogs.egemaps), "A", only=("test",), history=99)["test"]
    first = test.utterance.index(min(test.utterance))
    values, own = test.history[first]
    expected = before(dialogs, test.utterance[first], "AB")
    np.testing.assert_array_equal(values, [dialogs.functionals[name] for name in expected])
    assert (own.sum(), (~own).sum()) == (15, 17)  # the name that comes first, so that is said last, is ANone0


def test_a_history_has_the_statistics_of_the_fold_applied(dialogs, tmp_path):
    mean, std = np.arange(6.0), np.array([2.0, 1, 1, 1, 4, 0.5])
    write_statistics(tmp_path / "A.json", Statistics([f"c{i}" for i in range(6)], mean, std, 9))
    files = FoldFiles(dialogs.index, dialogs.folds, dialogs.egemaps)
    plain, shifted = (
        read_fold(files._replace(statistics=path), "A", history=3)["train"] for path in (None, tmp_path / "A.json")
    )
    for (raw, _), (found, _) in zip(plain.history, shifted.history, strict=True):
        np.testing.assert_allclose(found, (raw - mean) / std, rtol=1e-5, atol=1e-5)


def test_a_history_goes_with_its_utterance(dialogs):
    parts = read_fold(FoldFiles(dialogs.index, dialogs.folds, dialogs.egemaps), "A", history=3)
    train, held = parts["train"], parts["validation"]
    taken = train.take(np.array([3, 0, 3]))
    assert [said is train.history[i] for said, i in zip(taken.history, (3, 0, 3), strict=True)] == [True] * 3
    assert (train + held).history == train.history + held.history
    assert len(train.history) == 32


def test_another_history_is_other_data(dialogs):
    part = read_fold(FoldFiles(dialogs.index, dialogs.folds, dialogs.egemaps), "A", history=3)["train"]
    (values, own), *rest = part.history
    assert len(own)
    moved = [(values, ~own), *rest]  # the same numbers, of other speakers
    digests = {replace(part, history=history).digest() for history in (part.history, moved, rest, None)}
    assert len(digests) == 4


def test_without_dialogs_histories_are_empty_and_without_asking_there_are_none(corpus):
    files = FoldFiles(corpus.index, corpus.folds, corpus.egemaps)
    empty = read_fold(files, "A", history=3)["test"].history
    assert {(values.shape, own.shape) for values, own in empty} == {((0, 6), (0,))}
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
