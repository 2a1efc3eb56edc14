"""Figure 3: where in an utterance the attention lies, before and after the graph."""

import pandas as pd
from matplotlib.lines import Line2D

from gagru.analysis.profiles import WEIGHTS
from gagru.figures.style import BLUE, DOUBLE, YELLOW, figure
from gagru.task.corpora import printed
from gagru.task.emotions import EMOTIONS

STYLES = {"original": "solid", "graph": (0, (4, 1.6))}
LABELS = {"original": "Original attention", "graph": "Modulated by the graph"}


def draw_figure3(table: pd.DataFrame, out_pdf, out_png, note: str = "", over_utterances: str = "mean") -> None:
    """Draw the table of `figure3.csv`: a panel an emotion, a colour a corpus, dashed after the graph.

    over_utterances : whether its weights are the `mean` over utterances or their `sum`
    """
    scale, kept = (1000, "Mean weight kept") if over_utterances == "mean" else (1, "Sum of the weights kept")
    unit = " (×10⁻³)" if scale == 1000 else ""
    corpora = table["corpus"].unique()
    with figure(DOUBLE, 3.9, out_pdf, out_png, note) as drawing:
        panels = drawing.subplots(2, 2, sharex=True, sharey=True)
        for panel, emotion, letter in zip(panels.flat, EMOTIONS, "abcd", strict=True):
            shown = table[table["emotion"] == emotion]
            for (corpus, kind), line in shown.groupby(["corpus", "weights"], sort=False):
                panel.plot(line["time"], scale * line["weight"], color=colour(corpus), linestyle=STYLES[kind])
            panel.set_title(f"({letter}) {emotion.capitalize()}")
        panels[0, 0].set(xlim=(0, 1), ylim=(0, None))
        panels[0, 0].locator_params(axis="y", integer=True)
        bins = table["time"].nunique()
        for panel in panels[1]:
            panel.set_xlabel("Time (share of the utterance)")
        for panel in panels[:, 0]:
            panel.set_ylabel(f"{kept} in 1/{bins}\nof the utterance{unit}")
        keys = [Line2D([], [], color=colour(corpus), label=printed(corpus)) for corpus in corpora]
        keys += [Line2D([], [], color="black", linestyle=STYLES[kind], label=LABELS[kind]) for kind in WEIGHTS]
        drawing.legend(handles=keys, loc="outside upper center", ncols=4, handlelength=2.6, columnspacing=1.8)


def colour(corpus: str) -> str:
    """The paper's blue for IEMOCAP and yellow for MSP-IMPROV; any other corpus has a figure of its own, in blue."""
    return YELLOW if corpus == "msp_improv" else BLUE
