"""The page of the audit: what it says follows from the findings."""

import pytest

from gagru.paper.audit import audit
from gagru.paper.reported import TABLES
from gagru.report.audit import render_audit


@pytest.fixture
def corrected(tmp_path):
    """The findings where the SVM's WA on IEMOCAP is what its recalls give."""
    path = tmp_path / "table1.csv"
    path.write_text(TABLES["iemocap"].read_text().replace("56.88", "57.17"))
    return audit(TABLES | {"iemocap": path})


def test_what_does_not_agree_is_said_with_what_would_explain_it():
    page = render_audit(audit())
    assert "WA 56.88 disagrees: the recalls give 57.17" in page
    assert "40/144, 167/245, 222/384, 158/170" in page
    assert "59.83 / 52.34 / 52.54 / 65.15" in page
    assert "with the recalls repaired it is -2.16" in page
    assert "**SVM**" in page


def test_what_agrees_is_not_remarked_on(corrected):
    assert "**SVM**" not in render_audit(corrected)
