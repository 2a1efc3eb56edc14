import json

import pytest

from gagru.evaluation.evaluate import confusion_table, evaluate
from gagru.storage.tables import write_csv
from gagru.task.errors import InputError


def test_pooled_metrics_by_hand(corpus):
    metrics = corpus.evaluate()
    values = {name: metric["value"] for name, metric in metrics["pooled"].items()}
    assert values == pytest.approx(
        {"happiness": 2 / 3, "neutrality": 2 / 3, "sadness": 1.0, "anger": 0.5, "WA": 0.7, "UA": 17 / 24}
    )
    assert metrics["utterances"] == 10
    assert metrics["confusion"] == [[2, 0, 0, 1], [0, 2, 1, 0], [0, 0, 2, 0], [0, 1, 0, 1]]
    assert all(f["low"] <= f["value"] <= f["high"] for f in metrics["pooled"].values())


def test_metrics_of_the_folds_stand_beside_the_pooled_ones(corpus):
    folds = corpus.evaluate()["folds"]
    assert [(fold["fold"], fold["utterances"], fold["WA"]) for fold in folds["each"]] == [("A", 5, 0.8), ("B", 5, 0.6)]
    assert folds["mean"]["UA"] == pytest.approx((3.5 / 4 + 2.5 / 4) / 2)
    assert folds["deviation"]["WA"] == pytest.approx(0.1 * 2**0.5)  # n - 1
    assert folds["deviation"]["happiness"] == pytest.approx(0.25 * 2**0.5)


def test_a_class_absent_from_a_fold_counts_in_neither_mean_nor_deviation(corpus):
    corpus.folds["B"] = [row for row in corpus.folds["B"] if row["emotion"] != "anger"]
    corpus.folds["A"].append({**corpus.folds["A"][4], "utterance": "u9", "predicted": "anger"})
    corpus.write_index()
    folds = corpus.evaluate()["folds"]
    assert folds["each"][1]["anger"] is None
    assert folds["each"][1]["UA"] == pytest.approx((1 + 0.5 + 1) / 3)
    assert folds["mean"]["anger"] == 1.0
    assert folds["deviation"]["anger"] is None


def test_the_order_of_the_folds_does_not_matter(corpus):
    assert corpus.evaluate("AB") == corpus.evaluate("BA")


def test_speakers_counts_are_kept_for_paired_comparisons(corpus):
    metrics = corpus.evaluate()
    assert metrics["speakers"]["B"] == [[1, 0, 0, 0], [0, 1, 1, 0], [0, 0, 1, 0], [0, 1, 0, 0]]
    assert metrics["intervals"] == {"method": "Student's t over speakers", "level": 0.95}


def test_it_is_the_same_again(corpus):
    assert json.dumps(corpus.evaluate()) == json.dumps(corpus.evaluate())


def test_the_confusion_matrix_as_a_file(corpus, tmp_path):
    write_csv(tmp_path / "confusion.csv", confusion_table(corpus.evaluate()))
    assert (tmp_path / "confusion.csv").read_text() == (
        "emotion,happiness,neutrality,sadness,anger\n"
        "happiness,2,0,0,1\nneutrality,0,2,1,0\nsadness,0,0,2,0\nanger,0,1,0,1\n"
    )


def missing(corpus):
    del corpus.folds["A"][2]


def twice(corpus):
    corpus.folds["B"].append(corpus.folds["B"][3])


def unknown(corpus):
    corpus.folds["A"].append({**corpus.folds["A"][0], "utterance": "ghost"})


def outside_the_task(corpus):
    corpus.folds["A"].append({**corpus.folds["A"][0], "utterance": "other"})


def other_label(corpus):
    corpus.folds["A"][1]["emotion"] = "sadness"


def other_speaker(corpus):
    corpus.folds["A"][1]["speaker"] = "B"


def not_an_emotion(corpus):
    corpus.folds["B"][0]["predicted"] = "joy"


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (missing, r"never tested: u2$"),
        (twice, r"more than once: u8$"),
        (unknown, r"A/predictions.parquet: not in the task of .*index.parquet: ghost$"),
        (outside_the_task, r"not in the task of .*: other$"),
        (other_label, r"A/predictions.parquet: speaker or emotion differs from .*: u1$"),
        (other_speaker, r"A/predictions.parquet: a fold's predictions must be of exactly one test speaker"),
        (not_an_emotion, r"B/predictions.parquet: predicted is not one of .*: u5$"),
    ],
)
def test_predictions_that_do_not_match_the_index_are_refused(corpus, spoil, message):
    spoil(corpus)
    with pytest.raises(InputError, match=f"(?m){message}"):
        corpus.evaluate()


def test_everything_wrong_is_listed_at_once(corpus):
    missing(corpus)
    twice(corpus)
    with pytest.raises(InputError, match="2 problems"):
        corpus.evaluate()


def test_an_unreadable_file_is_named(corpus):
    run = corpus.write_predictions()
    (run.path / "B" / "predictions.parquet").write_bytes(b"no Parquet")
    with pytest.raises(InputError, match=r"B/predictions\.parquet: truncated or damaged"):
        evaluate(run, ["A", "B"], corpus.index, 0.95)


def test_a_corpus_is_asked_whether_it_has_dialogs(corpus):
    assert corpus.evaluate()["dialogs"] is True
    corpus.dialog = None
    corpus.write_index()
    assert corpus.evaluate()["dialogs"] is False
