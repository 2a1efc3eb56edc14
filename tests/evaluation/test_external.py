"""Predictions of systems that were trained elsewhere: what is read, what is refused."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import scipy.special

from gagru.corpora.table import INDEX_SCHEMA, write_index
from gagru.evaluation.external import import_predictions, split_predictions
from gagru.storage.parquet import read_parquet
from gagru.task.errors import InputError

EMOTIONS = ["happiness", "neutrality", "sadness", "anger"]
DESCRIPTION = {"printed": "WavLM (external)", "protocol": "Five sessions."}


@pytest.fixture
def run(tmp_path):
    """Reads the lines of a CSV file for a corpus of a1 to a4 and b1 in the task, and x1 outside."""
    names = ["a1", "a2", "a3", "a4", "b1", "x1"]
    columns = dict.fromkeys(INDEX_SCHEMA.names, [None] * 6)
    columns |= {"utterance": names, "speaker": [*"aaaab", "a"], "emotion": [*EMOTIONS, "anger", None]}
    write_index(pa.table(columns, schema=INDEX_SCHEMA), tmp_path / "index.parquet")

    def read(*lines, header="utterance,predicted"):
        path, out = tmp_path / "wavlm.csv", tmp_path / "external.parquet"
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        said = import_predictions(path, tmp_path / "index.parquet", DESCRIPTION, out, tmp_path / "external.json")
        return read_parquet(out).to_pandas(), said

    read.folder = tmp_path
    return read


ALL = ("b1,anger", "a1,happiness", "a2,anger", "a3,sadness", "a4,anger")


def test_predictions_in_any_order(run):
    table, said = run(*ALL)
    assert said == "5 predictions, without probabilities"
    assert table[["utterance", "speaker", "emotion", "predicted"]].to_numpy().tolist() == [
        ["a1", "a", "happiness", "happiness"],
        ["a2", "a", "neutrality", "anger"],
        ["a3", "a", "sadness", "sadness"],
        ["a4", "a", "anger", "anger"],
        ["b1", "b", "anger", "anger"],
    ]
    assert table["p_anger"].isna().all()
    assert json.loads((run.folder / "external.json").read_text()) == DESCRIPTION


def test_one_fold(run):
    run(*ALL)
    split_predictions(run.folder / "external.parquet", "b", run.folder / "b.parquet")
    assert read_parquet(run.folder / "b.parquet")["utterance"].to_pylist() == ["b1"]


def test_logits_become_probabilities_and_the_largest_is_predicted(run):
    logits = np.random.default_rng(0).normal(size=(5, 4)) * 50
    lines = [f"{n},{','.join(map(str, row))}" for n, row in zip(("a1", "a2", "a3", "a4", "b1"), logits, strict=True)]
    table, said = run(*lines, header="utterance," + ",".join(f"logit_{emotion}" for emotion in EMOTIONS))
    assert said == "5 predictions, with probabilities"
    expected = scipy.special.softmax(logits, axis=1)
    np.testing.assert_allclose(table[[f"p_{emotion}" for emotion in EMOTIONS]], expected, atol=1e-6)
    assert table["predicted"].tolist() == [EMOTIONS[i] for i in logits.argmax(axis=1)]


def test_probabilities_and_what_is_outside_the_task(run):
    header = "utterance,predicted," + ",".join(f"p_{emotion}" for emotion in EMOTIONS)
    table, said = run(*(f"{line},0.1,0.2,0.3,0.4" for line in (*ALL, "x1,anger")), header=header)
    assert said == "5 predictions, with probabilities; 1 utterances outside the four emotions are not used"
    assert table["p_sadness"].tolist() == [pytest.approx(0.3)] * 5


@pytest.mark.parametrize(
    ("lines", "messages"),
    [
        (ALL[:3], ["2 utterances no prediction: a3, a4; add them"]),
        ((*ALL, "a1,anger"), ["1 utterances predicted more than once: a1; keep one of each"]),
        ((*ALL, "c1,anger"), ["1 utterances not in the corpus: c1; names are those of index.parquet"]),
        (
            (*ALL[1:], "b1,angry"),
            ["1 predictions that are none of the four emotions, first in line 6", "'angry' for"],
        ),
        (("a1,anger", "a1,anger", "c1,rage"), ["4 problems"]),
    ],
)
def test_what_does_not_fit_is_listed(run, lines, messages):
    with pytest.raises(InputError) as raised:
        run(*lines)
    assert [message for message in messages if message not in str(raised.value)] == []
    assert not (run.folder / "external.parquet").exists()


@pytest.mark.parametrize(
    ("header", "line", "message"),
    [
        ("name,predicted", "a1,anger", "needs the columns `utterance`, and `predicted` or all of logit_happiness"),
        ("utterance", "a1", "needs the columns"),
        ("utterance,predicted,p_anger", "a1,anger,1", "has p_anger, but not all of p_happiness"),
        ("utterance,predicted,p_happiness,p_neutrality,p_sadness,p_anger", "a1,anger,1,1,0,0", "with a sum of 1"),
        ("utterance,logit_happiness,logit_neutrality,logit_sadness,logit_anger", "a1,1,nan,0,0", "no finite numbers"),
        ("utterance,predicted", 'a1,"', "is not CSV"),
    ],
)
def test_what_cannot_be_read(run, header, line, message):
    with pytest.raises(InputError) as raised:
        run(line, header=header)
    assert message in str(raised.value)


def test_no_file(run):
    with pytest.raises(InputError, match=r"nowhere\.csv: cannot be read \(No such file or directory\)"):
        import_predictions(run.folder / "nowhere.csv", run.folder / "index.parquet", {}, run.folder, run.folder)


def test_pandas_itself_writes_such_files(run):
    table = pd.DataFrame([line.split(",") for line in ALL], columns=["utterance", "predicted"])
    assert run(*table.to_csv(index=False).splitlines()[1:])[1].startswith("5 predictions")
