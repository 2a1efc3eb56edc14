"""Figure 1 against networks of PyTorch's own."""

import pytest
from torch import nn

from gagru.analysis.architecture import architecture
from gagru.figures.figure1 import draw_figure1


@pytest.fixture
def settings():
    return {
        "features": "lld",
        "hidden": 24,
        "layers": 3,
        "dropout": 0.1,
        "attention": {"size": 5, "init_std": 0.1},
        "graph": {"normalise": "row", "propagate": "frames"},
    }


def count(*modules):
    return sum(parameter.numel() for module in modules for parameter in module.parameters())


def test_parameters_of_each_block(settings):
    found = architecture(settings, {})
    gru, attention = nn.GRU(78, 24, num_layers=3, bidirectional=True), nn.Linear(24, 5)
    classifier = nn.Linear(24, 4)
    first, later = nn.GRU(78, 24, bidirectional=True), nn.GRU(48, 24, bidirectional=True)
    assert found.gru_parameters == [count(first), count(later), count(later)]
    assert found.attention_parameters == count(attention) + 5
    assert found.classifier_parameters == count(classifier)
    assert found.parameters == count(gru, attention, classifier) + 5
    assert found.parameters == sum(found.gru_parameters) + found.attention_parameters + found.classifier_parameters
    assert (found.inputs, found.hidden, found.attention, found.classes) == (78, 24, 5, 4)


def test_parameters_at_the_papers_settings(settings):
    found = architecture({**settings, "hidden": 256, "layers": 2, "attention": {"size": 16, "init_std": 0.1}}, {})
    # a layer has 2 directions of 3 gates: weights of inputs and of 256 states, and two biases
    assert found.gru_parameters == [2 * 3 * 256 * (78 + 256 + 2), 2 * 3 * 256 * (512 + 256 + 2)]
    assert found.parameters == 516_096 + 1_182_720 + 256 * 16 + 16 + 16 + 256 * 4 + 4


def test_the_inputs_are_those_of_the_feature_set(settings):
    found = architecture({**settings, "features": "log_mel"}, {"bands": 40})
    assert found.inputs == 40
    first = nn.GRU(40, 24, bidirectional=True)
    assert found.gru_parameters[0] == count(first)


def test_the_example_obeys_the_settings(settings):
    rows = architecture(settings, {})
    assert rows.edges.sum(axis=1) == pytest.approx([1] * 9)
    assert rows.modulated == pytest.approx(rows.alpha * rows.edges.sum(axis=0))
    columns = architecture({**settings, "graph": {"normalise": "column", "propagate": "attention"}}, {})
    assert columns.edges.sum(axis=0) == pytest.approx([1] * 9)
    assert columns.modulated == pytest.approx(columns.alpha @ columns.edges)


def test_the_figure_is_the_same_every_time_and_has_no_date(settings, tmp_path):
    normalisation = {"method": "speaker", "downsample": 5}
    for name in "ab":
        draw_figure1(settings, normalisation, tmp_path / f"{name}.pdf", tmp_path / f"{name}.png", "Small demo settings")
    pdf, png = ((tmp_path / f"a.{kind}").read_bytes() for kind in ("pdf", "png"))
    assert pdf == (tmp_path / "b.pdf").read_bytes()
    assert png == (tmp_path / "b.png").read_bytes()
    assert b"CreationDate" not in pdf
    assert b"tEXt" not in png
