"""What the printed values say of the claims by themselves."""

import pytest

from gagru.paper.printed_claims import printed_margin, read_claims
from gagru.task.errors import InputError

PAPER = read_claims()


def printed(corpus, measure, against):
    claim = next(c for c in PAPER if (c.corpus, c.measure, c.against) == (corpus, measure, against))
    return printed_margin(claim, 0.95)


@pytest.mark.parametrize(
    ("corpus", "measure", "against", "value", "word"),
    [
        ("iemocap", "UA", "bigru_att", 1.36, "undecided"),
        ("iemocap", "UA", "svm", 4.42, "supported"),
        ("iemocap", "UA", "mdnn", 1.10, ""),
        ("iemocap", "UA", "every other", 1.00, "undecided"),
        ("iemocap", "Sadness", "bigru_att", 4.62, "supported"),
        ("msp_improv", "UA", "bigru_att", 5.22, "supported"),
        ("msp_improv", "UA", "baseline", 16.07, ""),
        ("both", "gain", "iemocap", 3.86, "supported"),
    ],
)
def test_margins_of_the_printed_tables(corpus, measure, against, value, word):
    found = printed(corpus, measure, against)
    assert (round(found.value, 2), found.verdict) == (value, word)
    assert (found.interval is None) == (word == "" or against == "every other")


def test_a_misprint_is_shown_and_the_repaired_margin_decides():
    found = printed("msp_improv", "Neutrality", "bigru_att")
    assert round(found.value, 2) == 5.33
    assert found.remark.startswith("Misprint: with the recalls repaired it is -2.16 (-4.5 to +0.2)")
    assert found.verdict == "undecided"
    assert "not give UA 57.47" in printed("msp_improv", "UA", "asrnn").remark
    assert printed("msp_improv", "Sadness", "bigru_att").remark == ""


def test_text_and_protocol_are_remarked_on():
    assert printed("iemocap", "UA", "bigru_att").remark == "The text says 1.1, its table gives 1.36."
    assert "CMN's value is not comparable: only session 5" in printed("iemocap", "UA", "cmn").remark
    assert printed("iemocap", "UA", "svm").remark == ""


def test_a_file_without_a_column_is_refused(tmp_path):
    (tmp_path / "claims.csv").write_text("corpus,section\niemocap,4\n")
    with pytest.raises(InputError, match=r"claims\.csv: needs the columns corpus, section"):
        read_claims(tmp_path / "claims.csv")
