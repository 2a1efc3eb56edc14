"""Figures as files: what they show, what they hold besides, and that they come out the same every time."""

import os
import re
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from matplotlib.image import imread

from gagru.figures.figure2 import draw_figure2
from gagru.figures.figure3 import draw_figure3
from gagru.storage.tables import read_csv

ROOT = Path(__file__).parents[2]
FIGURES = [("figure2", draw_figure2), ("figure3", draw_figure3)]


def run(name, files, folder):
    """Run the program of a figure in a process of its own, with other hashes of strings than any other."""
    option = {"figure2": "--edges", "figure3": "--profiles"}[name]
    outputs = [word for kind in ("csv", "pdf", "png") for word in (f"--out-{kind}", str(folder / f"{name}.{kind}"))]
    command = [sys.executable, str(ROOT / "workflow_scripts" / f"{name}.py"), option, *files, *outputs]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)


def everything(pdf):
    """The bytes of a PDF, and those of its streams unpacked."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return pdf + b"".join(zlib.decompressobj().decompress(stream) for stream in streams if stream[:1] == b"x")


@pytest.fixture
def files(edge_files, profile_files):
    return {"figure2": edge_files, "figure3": profile_files}


@pytest.mark.parametrize(("name", "draw"), FIGURES)
def test_a_figure_comes_from_its_csv_alone_and_always_the_same(files, name, draw, tmp_path):
    done = run(name, files[name], tmp_path / "run")
    assert (done.returncode, done.stderr) == (0, "")
    assert "iemocap" in done.stdout
    alone = tmp_path / "alone"
    alone.mkdir()
    (tmp_path / "run" / f"{name}.csv").rename(alone / "x.csv")
    for path in tmp_path.glob("*.parquet"):
        path.unlink()
    draw(read_csv(alone / "x.csv"), alone / "x.pdf", alone / "x.png")
    pdf, png = (tmp_path / "run" / f"{name}.{kind}" for kind in ("pdf", "png"))
    assert (alone / "x.pdf").read_bytes() == pdf.read_bytes()
    assert (alone / "x.png").read_bytes() == png.read_bytes()

    content = everything(pdf.read_bytes())
    assert b"CreationDate" not in content
    assert b"ModDate" not in content
    assert b"/FontFile2" in content  # the font is embedded, as TrueType
    assert b"/Type3" not in content
    assert b"tEXt" not in png.read_bytes()
    assert b"tIME" not in png.read_bytes()


CSV = """corpus,emotion,pair,share,chance,utterances
emodb,anger,FF,0.3,0.111111,2
emodb,anger,MM,0.1,0.111111,2
emodb,anger,BB,0.1,0.111111,2
emodb,anger,FM,0.2,0.222222,2
emodb,anger,FB,0.2,0.222222,2
emodb,anger,MB,0.1,0.222222,2
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """Draw Figure 2 from a CSV's text and return its pixels, (height, width, 3) from 0 to 1."""

    def pixels(text, note=""):
        folder = tmp_path_factory.mktemp("image")
        (folder / "figure2.csv").write_text(text)
        draw_figure2(read_csv(folder / "figure2.csv"), folder / "figure2.pdf", folder / "figure2.png", note)
        return imread(folder / "figure2.png")[..., :3]

    return pixels


@pytest.fixture(scope="module")
def plain(image):
    return image(CSV)


def test_another_share_is_another_figure(image, plain):
    def orange(pixels):  # the bars of anger, #D55E00
        return (abs(pixels - [213 / 255, 94 / 255, 0]).max(axis=2) < 0.01).sum()

    # all bars together are 1.0 high before and 0.8 after; hatching takes the same part of each
    assert orange(image(CSV.replace("FB,0.2", "FB,0.0"))) == pytest.approx(0.8 * orange(plain), rel=0.03)


def test_one_corpus_takes_one_column(plain):
    assert plain.shape[1] == 3.5 * 300


def test_a_note_stands_at_the_foot(image, plain):
    noted = image(CSV, "Synthetic demo speech")
    foot = noted[plain.shape[0] :]
    assert len(foot) > 50  # room is made for it
    assert (foot[..., 0] > foot[..., 1] + 0.2).sum() > 500  # and it is written there, in dark red


def test_a_missing_file_leaves_nothing_behind(tmp_path):
    done = run("figure3", [f"iemocap/ga_gru:0={tmp_path / 'profiles.parquet'}"], tmp_path / "run")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "profiles.parquet" in done.stderr
    assert not list(tmp_path.iterdir())
