"""Figure 3: where in an utterance the attention lies, before and after the graph."""

from collections import defaultdict

from matplotlib.lines import Line2D

from gagru.analysis.profiles import WEIGHTS
from gagru.figures.style import BLUE, DOUBLE, YELLOW, figure, read_rows
from gagru.task.corpora import printed
from gagru.task.emotions import EMOTIONS

STYLES = {"original": "solid", "graph": (0, (4, 1.6))}
LABELS = {"original": "Original attention", "graph": "Modulated by the graph"}


def draw_figure3(path, out_pdf, out_png, note: str = "") -> None:
    """Draw `figure3.csv` at `path`: a panel an emotion, a colour a corpus, solid before and dashed after the graph."""
    rows = read_rows(path)
    corpora = list(dict.fromkeys(row["corpus"] for row in rows))
    lines = defaultdict(list)
    for row in rows:
        lines[row["emotion"], row["corpus"], row["weights"]].append((float(row["time"]), 1000 * float(row["weight"])))
    with figure(DOUBLE, 3.9, out_pdf, out_png, note) as drawing:
        panels = drawing.subplots(2, 2, sharex=True, sharey=True)
        for panel, emotion, letter in zip(panels.flat, EMOTIONS, "abcd", strict=True):
            for (shown, corpus, kind), points in lines.items():
                if shown == emotion:
                    panel.plot(*zip(*points, strict=True), color=colour(corpus), linestyle=STYLES[kind])
            panel.set_title(f"({letter}) {emotion.capitalize()}")
        panels[0, 0].set(xlim=(0, 1), ylim=(0, None))
        panels[0, 0].locator_params(axis="y", integer=True)
        bins = len({row["time"] for row in rows})
        for panel in panels[1]:
            panel.set_xlabel("Time (share of the utterance)")
        for panel in panels[:, 0]:
            panel.set_ylabel(f"Mean weight kept in 1/{bins}\nof the utterance (×10⁻³)")
        keys = [Line2D([], [], color=colour(corpus), label=printed(corpus)) for corpus in corpora]
        keys += [Line2D([], [], color="black", linestyle=STYLES[kind], label=LABELS[kind]) for kind in WEIGHTS]
        drawing.legend(handles=keys, loc="outside upper center", ncols=4, handlelength=2.6, columnspacing=1.8)


def colour(corpus: str) -> str:
    """The paper's blue for IEMOCAP and yellow for MSP-IMPROV; any other corpus has a figure of its own, in blue."""
    return YELLOW if corpus == "msp_improv" else BLUE
