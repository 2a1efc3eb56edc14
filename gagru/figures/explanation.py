"""The picture of what models attend to in one recording."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from gagru.features.audio import SAMPLE_RATE
from gagru.figures.style import BLUE, DOUBLE, EMOTION_COLOURS, YELLOW, picture
from gagru.predict.explanation import Explained

PARTS = ("beginning", "middle", "end")
# Of the spectrogram: samples of a window, and from one to the next.
WINDOW, HOP = 512, 160
FLOOR = 60  # dB below the loudest


def draw_explanation(explained: Explained, out: Path, title: str) -> None:
    """Draw the spectrogram, the attention before and after the graph, the graph, and the class probabilities.

    out : .png, .pdf or .svg, by its suffix
    title : above the picture
    """
    graph = explained.edges is not None
    with picture(DOUBLE, 4.2 if graph else 3.2, out) as drawing:
        grid = drawing.add_gridspec(3 if graph else 2, 2, width_ratios=(2.1, 1))
        panels = [drawing.add_subplot(grid[row, 0]) for row in range(3 if graph else 2)]
        for panel in panels[1:]:
            panel.sharex(panels[0])
        _draw_spectrogram(panels[0], explained)
        _draw_attention(panels[1], explained)
        if graph:
            _draw_moved(panels[2], explained)
            _draw_graph(drawing.add_subplot(grid[:2, 1]), explained)
        _draw_probabilities(drawing.add_subplot(grid[2 if graph else slice(0, 2), 1]), explained)
        for panel in panels[:-1]:
            panel.tick_params(labelbottom=False)
        panels[-1].set_xlabel("Time (s)")
        panels[0].set_xlim(explained.prediction["start"], explained.prediction["end"])
        drawing.suptitle(title, fontsize=8.5)


def _draw_spectrogram(panel: Axes, explained: Explained) -> None:
    samples = np.pad(explained.samples, (0, max(0, WINDOW - len(explained.samples))))
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP] * np.hanning(WINDOW)
    power = 20 * np.log10(np.abs(np.fft.rfft(frames)) + 1e-10)
    start, end = explained.prediction["start"], explained.prediction["end"]
    panel.imshow(
        power.T,
        origin="lower",
        aspect="auto",
        cmap="Greys",
        vmin=power.max() - FLOOR,
        extent=(start, end, 0, SAMPLE_RATE / 2000),
    )
    panel.set_ylabel("Frequency (kHz)")


def _draw_attention(panel: Axes, explained: Explained) -> None:
    steps = explained.steps
    highest = steps["attention"].max()
    panel.stairs(100 * steps["attention"], _borders(steps), baseline=None, color=BLUE, label="attention")
    if explained.edges is not None:
        after = steps["attention"] + steps["moved"]
        highest = max(highest, after.max())
        panel.stairs(100 * after, _borders(steps), baseline=None, color=YELLOW, label="after the graph")
    panel.set_ylim(0, 135 * highest)  # room for the legend
    panel.set_ylabel("Share of the\nweight (%)")
    panel.legend(loc="upper right", ncols=2)


def _draw_moved(panel: Axes, explained: Explained) -> None:
    """Where the graph moved weight to, and from, in percentage points."""
    moved = 100 * explained.steps["moved"].to_numpy()
    for values, colour in ((np.maximum(moved, 0), YELLOW), (np.minimum(moved, 0), BLUE)):
        panel.stairs(values, _borders(explained.steps), fill=True, color=colour)
    panel.axhline(0, color="black", linewidth=0.6)
    panel.set_ylabel("Moved by the\ngraph (points)")


def _draw_graph(panel: Axes, explained: Explained) -> None:
    """The graph as an image, and in it how much each third takes from each."""
    start, end = explained.prediction["start"], explained.prediction["end"]
    edges = explained.edges
    highest = np.percentile(edges, 99) or None  # a few strong edges would leave the rest white
    panel.imshow(edges, cmap="Greys", vmin=0, vmax=highest, extent=(start, end, end, start), aspect="equal")
    for third in (1, 2):
        border = start + (end - start) * third / 3
        panel.axhline(border, color=BLUE, linewidth=0.8)
        panel.axvline(border, color=BLUE, linewidth=0.8)
    centres = start + (end - start) * (np.arange(3) + 0.5) / 3
    for row, y in enumerate(centres):
        for column, x in enumerate(centres):
            if np.isfinite(share := explained.thirds[row, column]):
                look = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.5}
                panel.text(x, y, f"{100 * share:.0f} %", ha="center", va="center", bbox=look)
    panel.set_xticks(centres, PARTS)
    panel.set_yticks(centres, PARTS, rotation=90, va="center")
    panel.tick_params(length=0)
    panel.set_title("Graph: rows take from columns")


def _draw_probabilities(panel: Axes, explained: Explained) -> None:
    values = explained.probabilities
    names = list(values)[::-1]
    bars = panel.barh(names, [100 * values[name] for name in names], color=[EMOTION_COLOURS[name] for name in names])
    panel.bar_label(bars, fmt="%.0f", padding=2)
    panel.set_xlim(0, 110)
    panel.set_xticks([0, 50, 100])
    panel.set_xlabel("Probability (%)")


def _borders(steps) -> np.ndarray:
    return np.append(steps["start"].to_numpy(), steps["end"].iloc[-1])
