"""What captions say of the speech."""

from gagru.report.speech import describe_speech

FOLDS = """fold,utterance,role
A,u1,test
A,u2,test
A,u3,validation
B,u3,test
B,u1,train
B,u2,train
"""


def test_speakers_and_utterances_are_those_tested(tmp_path):
    path = tmp_path / "folds.csv"
    path.write_text(FOLDS)
    assert describe_speech("emodb", False, path) == "EMO-DB (real speech): 2 speakers, 3 utterances"
    assert describe_speech("iemocap", True, path).startswith(
        "IEMOCAP (synthetic speech in its place): 2 speakers, 3 utter"
    )


def test_before_a_corpus_was_read_there_are_no_counts(tmp_path):
    assert describe_speech("mine", False, tmp_path / "folds.csv") == "mine (real speech)"
