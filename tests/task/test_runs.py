from pathlib import Path

import pytest

from gagru.task.errors import InputError
from gagru.task.runs import Run, parse_run


def test_a_run_names_corpus_system_seed_and_path():
    assert parse_run("msp_improv/ga_gru:12=a=b/c:d e.parquet") == Run(
        "msp_improv", "ga_gru", 12, Path("a=b/c:d e.parquet")
    )


def test_what_a_run_is_written_as_is_read_as_the_same():
    run = Run("urdu", "svm", 0, Path("results/urdu/svm/seed0"))
    assert str(run) == "urdu/svm:0=results/urdu/svm/seed0"
    assert parse_run(str(run)) == run


@pytest.mark.parametrize("text", ["svm:0=path", "iemocap/svm=path", "iemocap/svm:0", "iemocap/svm:first=path", ""])
def test_another_form_is_refused_with_the_right_one(text):
    with pytest.raises(InputError, match="write CORPUS/SYSTEM:SEED=PATH"):
        parse_run(text)


def test_an_unknown_system_is_refused_with_those_there_are():
    with pytest.raises(InputError, match="iemocap/lstm:0=x: unknown system lstm; choose from svm, dnn"):
        parse_run("iemocap/lstm:0=x")
