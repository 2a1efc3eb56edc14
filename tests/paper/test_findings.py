import pytest

from gagru.paper.findings import compare


@pytest.mark.parametrize(
    ("value", "printed", "slack", "verdict"),
    [
        (57.466, "57.47", 0.0, "agrees"),
        (57.477, "57.47", 0.0, "disagrees"),
        (57.477, "57.47", 0.005, "agrees"),
        (57.481, "57.47", 0.005, "disagrees"),
        (63.803, "63.8", 0.0, "agrees"),
        (61.67, "61.7", 0.0, "agrees to the decimals printed"),
        (61.64, "61.7", 0.0, "disagrees"),
        (1.36, "1.1", 0.0, "disagrees"),
        (5531, "5531", 0.0, "agrees"),
    ],
)
def test_comparison_with_a_printed_value(value, printed, slack, verdict):
    assert compare(value, printed, slack) == verdict
