"""How all figures look: sizes of a two-column page, matplotlib's own font, colours that the colour-blind can tell."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import wrap

from matplotlib import style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure

from gagru.storage.files import whole

SINGLE, DOUBLE = 3.5, 7.16  # inches: the widths of one column and of the page, as in the journals of the IEEE
NOTE_LINE = 0.12  # inches: the height of a line of a figure's note; a character is half as wide

# Okabe and Ito (https://jfly.uni-koeln.de/color/); a hatch says the same without colour.
EMOTION_COLOURS = {"happiness": "#E69F00", "neutrality": "#999999", "sadness": "#0072B2", "anger": "#D55E00"}
EMOTION_HATCHES = {"happiness": "", "neutrality": "....", "sadness": "/////", "anger": "xxxxx"}
# The paper's blue and yellow, in Paul Tol's high-contrast pair (https://personal.sron.nl/~pault/), safe in grey too.
BLUE, YELLOW = "#004488", "#DDAA33"

SETTINGS = {
    "font.family": "DejaVu Sans",
    "font.size": 7.5,
    "axes.titlesize": 8,
    "axes.labelsize": 7.5,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7,
    "legend.fontsize": 7.5,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "hatch.linewidth": 0.5,
    "lines.linewidth": 1.1,
    "legend.frameon": False,
    "pdf.fonttype": 42,  # whole TrueType outlines, which journals ask for, instead of Type 3
    "savefig.dpi": 300,
}
NOTE_LOOK = {
    "fontsize": 7,
    "linespacing": 1.1,
    "color": "#882255",
    "bbox": {"boxstyle": "round,pad=0.25", "facecolor": "#FBEFF4", "edgecolor": "#882255", "linewidth": 0.5},
}


@contextmanager
def figure(width: float, height: float, out_pdf, out_png, note: str = "") -> Iterator[Figure]:
    """Yield a figure of `width` x `height` inches to draw on, then write it as PDF and as PNG (300 dpi).

    `note`, a warning about the data, is printed at the figure's foot, which grows for it. The files hold no date, so
    the same figure has the same bytes.
    """
    lines = wrap(note, int(width / (NOTE_LINE / 2)) - 4)
    foot = NOTE_LINE * (len(lines) + 1) if lines else 0
    with style.context(["default", SETTINGS]):
        drawing = Figure((width, height + foot), layout="constrained")
        drawing.get_layout_engine().set(rect=(0, foot / (height + foot), 1, height / (height + foot)))
        if lines:
            drawing.text(0.5, foot / 2 / (height + foot), "\n".join(lines), ha="center", va="center", **NOTE_LOOK)
        yield drawing
        _save(drawing, FigureCanvasPdf, out_pdf, {"CreationDate": None})
        _save(drawing, FigureCanvasAgg, out_png, {"Software": None})


@contextmanager
def picture(width: float, height: float, out: Path) -> Iterator[Figure]:
    """Yield a figure of `width` x `height` inches to draw on, then write it as its suffix says, .png, .pdf or .svg."""
    with style.context(["default", SETTINGS]):
        drawing = Figure((width, height), layout="constrained")
        yield drawing
        dates = {".pdf": "CreationDate", ".svg": "Date", ".png": "Software"}
        with whole(out) as temporary:
            drawing.savefig(temporary, metadata={dates[out.suffix]: None})


def _save(drawing, canvas, path, metadata) -> None:
    canvas(drawing)
    with whole(Path(path)) as temporary:
        drawing.savefig(temporary, metadata=metadata)
