"""The figure of the specification curve: drawn from its CSV alone, a mark where the numbers are."""

import io

import pandas as pd
from matplotlib.image import imread

from gagru.figures.choices import draw_choices, possible_values
from gagru.storage.tables import read_csv

HEADER = "corpus,first,second,rank,graph_normalise,graph_propagate,validation,stop_on,normalisation,statistics_over,"
HEADER += "remainder,max_frames,class_weight,egemaps,part,speaker_rule,name,first_ua,second_ua,difference,low,high,p,"
HEADER += "over_seeds,seeds,utterances,speakers\n"
ROW = "emodb,ga_gru,bigru_att,{},{},frames,{},ua,speaker,task,average,all,none,eGeMAPSv02,all,actor,{},80,78,{},{},{},"
ROW += ".1,,1,339,10\n"
LINES = [
    (1, "row", "oracle", "", 3, 1, 5),
    (2, "row", "rotate", "as configured", 1, -1, 3),
    (3, "column", "rotate", "eq. 5 as printed", 0, -2, 2),
]
CSV = HEADER + "".join(ROW.format(*line) for line in LINES)


def drawn(text, folder):
    folder.mkdir()
    (folder / "x.csv").write_text(text)
    draw_choices(read_csv(folder / "x.csv"), folder / "x.pdf", folder / "x.png")
    return (folder / "x.pdf").read_bytes(), imread(folder / "x.png")[..., :3]


def area(pixels, colour):
    wanted = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return (abs(pixels - wanted).max(axis=2) < 0.02).sum()


def test_it_is_the_same_each_time_and_another_for_other_numbers(tmp_path):
    pdf, pixels = drawn(CSV, tmp_path / "one")
    assert pdf == drawn(CSV, tmp_path / "two")[0]
    assert b"CreationDate" not in pdf
    other = drawn(CSV.replace("rotate,ua", "oracle,ua"), tmp_path / "three")[1]
    assert (other.shape != pixels.shape) or (other != pixels).any()


def test_the_named_specifications_stand_out_above_and_below(tmp_path):
    pixels = drawn(CSV, tmp_path / "named")[1]
    for colour in ("#D55E00", "#117733"):
        assert area(pixels, colour) > 500
    unnamed = drawn(CSV.replace("eq. 5 as printed", ""), tmp_path / "unnamed")[1]
    assert area(unnamed, "#117733") == 0


def test_only_choices_that_differ_are_shown_the_configured_value_first(tmp_path):
    table = pd.read_csv(io.StringIO(CSV))
    assert possible_values(table) == {"graph_normalise": ["row", "column"], "validation": ["rotate", "oracle"]}
