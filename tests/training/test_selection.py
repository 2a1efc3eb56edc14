"""Which of several trainings of a fold is kept: by the validation part alone."""

import json
from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gagru.corpora.table import read_index, write_index
from gagru.data.dataset import FoldFiles, read_fold
from gagru.experiment.job import FoldTraining, fold_seed, train_fold
from gagru.experiment.selection import FILES, choose_candidate, copy_chosen, describe_refit
from gagru.storage.files import write_checked_json
from gagru.systems.dnn import DNN
from gagru.systems.loading import load
from gagru.task.errors import InputError

HEAD = "epoch,train_loss,validation_loss,validation_wa,validation_ua,best\n"
NETWORK = {"upsample": [], "device": "cpu", "threads": 1}
SETTINGS = {
    "dnn": {"hidden": [8], "dropout": 0.1, "batch_size": 16, "max_epochs": 4, "patience": 2, "stop_on": "ua"},
    "svm": {"class_weight": "balanced", "train_on": "training"},
}
GRIDS = {
    "dnn": [{"lr": lr, "class_weight": weights} for lr, weights in product([1e-2, 1e-4], ["none", "balanced"])],
    "svm": [{"C": 0.01}, {"C": 1.0}],
}


def history(folder, name, *rows):
    """A history by hand: of each epoch validation loss, UA, whether it is the best."""
    path = folder / f"{name}.csv"
    lines = [f"{i},1.0,{loss},0.5,{ua},{best}\n" for i, (loss, ua, best) in enumerate(rows, 1)]
    path.write_text(HEAD + "".join(lines))
    return path


@pytest.mark.parametrize(
    ("results", "chosen"),
    [  # of each candidate its epochs
        ([[(0.9, 0.5, 1)], [(0.5, 0.4, 1)], [(2.0, 0.6, 1)]], 2),  # UA first
        ([[(0.9, 0.5, 1)], [(0.5, 0.5, 1)], [(0.7, 0.5, 1)]], 1),  # of equal ones the lower loss
        ([[(0.9, 0.4, 1)], [(0.5, 0.5, 1)], [(0.5, 0.5, 1)]], 1),  # of equal ones the first
        ([[(0.9, 0.9, 0), (0.2, 0.5, 1)], [(0.9, 0.6, 1)]], 1),  # the epoch that is kept, which `loss` may have chosen
        ([[("", 0.5, 1)], [("", 0.6, 1)], [("", 0.6, 1)]], 1),  # a system without a loss
    ],
)
def test_validation_ua_then_loss_then_order_decides(tmp_path, results, chosen):
    histories = [history(tmp_path, i, *rows) for i, rows in enumerate(results)]
    candidates = [{"lr": i} for i in range(len(results))]
    found = choose_candidate(candidates, histories, refit=False)
    assert (found["chosen"], found["budget"], found["refit"]) == (chosen, len(results), False)
    assert [candidate["settings"] for candidate in found["candidates"]] == candidates
    best = [next((i, *row) for i, row in enumerate(rows, 1) if row[2]) for rows in results]
    for candidate, (epoch, loss, ua, _) in zip(found["candidates"], best, strict=True):
        assert (candidate["epoch"], candidate["validation_ua"]) == (epoch, ua)
        assert candidate["validation_loss"] == (None if loss == "" else loss)


@pytest.mark.parametrize("text", [HEAD, HEAD + "1,1.0,0.5,0.5,,1\n", HEAD + "1,1.0,0.5", "epoch\n1\n"])
def test_a_history_without_a_validation_result_is_named(tmp_path, text):
    path = tmp_path / "history.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=r"history.csv: has no best epoch with a validation result"):
        choose_candidate([{}], [path], refit=False)


def jobs(system):
    network = {} if system == "svm" else NETWORK
    return [{"settings": SETTINGS[system] | c, "validation": "partner", **network} for c in GRIDS[system]]


def select(corpus, folder, system):
    """Train every candidate on the fold of A, and choose."""
    files, folders = FoldFiles(corpus.index, corpus.folds, corpus.egemaps), []
    for number, job in enumerate(jobs(system)):
        folders.append(folder / str(number))
        train_fold(FoldTraining(system, 0, "A", job), files, folders[-1], lambda line: None)
    selection = choose_candidate(GRIDS[system], [path / "history.csv" for path in folders], refit=False)
    write_checked_json(folder / "selection.json", selection)
    copy_chosen(selection, folders, folder / "selected")
    return selection, folders


def permute_labels(corpus, speaker):
    """Another emotion for every utterance of a speaker in the index."""
    table = read_index(corpus.index)
    order = ["happiness", "neutrality", "sadness", "anger"]
    labels = [
        order[(order.index(row["emotion"]) + 1) % 4] if row["speaker"] == speaker and row["emotion"] else row["emotion"]
        for row in table.to_pylist()
    ]
    write_index(table.set_column(table.column_names.index("emotion"), "emotion", pa.array(labels)), corpus.index)


@pytest.mark.parametrize("system", ["dnn", "svm"])
def test_no_label_of_the_test_fold_changes_what_is_chosen(corpus, tmp_path, system):
    select(corpus, tmp_path / "before", system)
    permute_labels(corpus, "A")
    select(corpus, tmp_path / "after", system)
    before, after = (tmp_path / name for name in ("before", "after"))
    assert (before / "selection.json").read_bytes() == (after / "selection.json").read_bytes()
    for name in ("history.csv", "model.safetensors"):
        assert (before / "selected" / name).read_bytes() == (after / "selected" / name).read_bytes()
    tested = [pq.read_table(folder / "selected/predictions.parquet") for folder in (before, after)]
    assert tested[0]["predicted"] == tested[1]["predicted"]
    assert tested[0]["emotion"] != tested[1]["emotion"]
    # That of the one who validates does.
    permute_labels(corpus, "B")
    assert select(corpus, tmp_path / "other", system)[0] != json.loads((after / "selection.json").read_text())


def test_the_results_of_the_chosen_one_are_copied(corpus, tmp_path):
    selection, folders = select(corpus, tmp_path, "dnn")
    assert sorted(path.name for path in (tmp_path / "selected").iterdir()) == sorted(FILES)
    for name in FILES:
        copied = (tmp_path / "selected" / name).read_bytes()
        assert copied == (folders[selection["chosen"]] / name).read_bytes()
    rates = [candidate["validation_ua"] for candidate in selection["candidates"]]
    assert rates[selection["chosen"]] == max(rates)


def test_the_chosen_one_is_refitted_on_both_parts_for_the_epochs_that_were_best(corpus, tmp_path):
    selection, _ = select(corpus, tmp_path, "dnn")
    job = describe_refit(selection, jobs("dnn"))
    chosen = selection["candidates"][selection["chosen"]]
    assert job["settings"] == SETTINGS["dnn"] | chosen["settings"] | {"max_epochs": chosen["epoch"]}
    files = FoldFiles(corpus.index, corpus.folds, corpus.egemaps)
    train_fold(FoldTraining("dnn", 0, "A", job), files, tmp_path / "refitted", lambda line: None)
    rows = (tmp_path / "refitted/history.csv").read_text().splitlines()[1:]
    assert len(rows) == chosen["epoch"]
    assert all(row.split(",")[2:5] == ["", "", ""] for row in rows)
    assert [row.split(",")[5] for row in rows] == ["0"] * (len(rows) - 1) + ["1"]

    parts = read_fold(files, "A")
    both = parts["train"] + parts["validation"]
    by_hand = DNN(job["settings"])
    by_hand.fit(both, None, fold_seed(0, "A"), lambda line: None)
    np.testing.assert_array_equal(
        load(tmp_path / "refitted").predict(parts["test"]).probability, by_hand.predict(parts["test"]).probability
    )


def test_under_oracle_the_validation_part_is_the_test_speakers_and_is_not_trained_on(corpus, tmp_path):
    corpus.write_folds({"A": "A"})
    job = {"settings": SETTINGS["dnn"] | GRIDS["dnn"][0] | {"max_epochs": 1}, "validation": "oracle", **NETWORK}
    fitted = []
    fit = DNN.fit
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DNN, "fit", lambda self, train, *others: fitted.append(train) or fit(self, train, *others))
        files = FoldFiles(corpus.index, corpus.folds, corpus.egemaps)
        train_fold(FoldTraining("dnn", 0, "A", job | {"refit": True}), files, tmp_path / "out", lambda line: None)
    assert "A" not in fitted[0].speaker


def test_the_svm_is_refitted_on_both_parts():
    selection = {"chosen": 1, "candidates": [{"epoch": 1}, {"epoch": 1}]}
    assert describe_refit(selection, jobs("svm"))["settings"] == SETTINGS["svm"] | {"C": 1.0, "train_on": "both"}
