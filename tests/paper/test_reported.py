import pytest

from gagru.paper.reported import TABLES, read_reported, read_table
from gagru.task.errors import InputError
from gagru.task.systems import SYSTEMS


def test_table_1_names_the_nine_systems_in_their_order():
    printed = list(read_table(TABLES["iemocap"]))
    assert len(printed) == 9
    assert printed == list(SYSTEMS)[:9]


def test_values_are_kept_as_printed():
    table = read_reported("msp_improv")
    assert table["ga_gru"].values == {
        "Happiness": "52.43",
        "Neutrality": "59.83",
        "Sadness": "52.54",
        "Anger": "65.15",
        "WA": "56.21",
        "UA": "57.47",
    }
    assert table["svm"].recalls == (47.09, 45.1, 61.13, 57.95)
    assert table["baseline"].recalls is None


def test_protocols_follow_from_the_values():
    protocols = {(c, s): column.protocol for c in TABLES for s, column in read_reported(c).items()}
    quoted = {key for key, protocol in protocols.items() if protocol == "quoted from its own paper"}
    assert quoted == {
        *(("iemocap", system) for system in ("mdnn", "cnn_lstm_dnn", "asrnn", "cvae_lstm")),
        *(("msp_improv", system) for system in ("baseline", "cnn_lstm_dnn", "asrnn")),
    }
    assert "session 5" in protocols["iemocap", "cmn"]
    others = {protocol for key, protocol in protocols.items() if key not in quoted | {("iemocap", "cmn")}}
    assert others == {"leave one person out (the paper)"}


def test_a_corpus_that_the_paper_does_not_have():
    assert read_reported("emodb") == {}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("GA-GRU", "GAGRU", "printed names"),
        ("WA,", "Accuracy,", "printed names"),
        ("53.73", "153.73", "row Happiness"),
        ("53.73", "n/a", "row Happiness"),
        (",53.73", "", "row Happiness"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, old, new, message):
    path = tmp_path / "table.csv"
    path.write_text(TABLES["iemocap"].read_text().replace(old, new))
    with pytest.raises(InputError, match=message):
        read_table(path)


@pytest.mark.parametrize(
    ("content", "message"), [(b"", "printed names"), (b"\xff", "cannot be read"), (None, "No such")]
)
def test_a_missing_or_empty_file_is_refused(tmp_path, content, message):
    path = tmp_path / "table.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_table(path)
