"""Figure 2: which parts of an utterance the graph's edges join."""

import pandas as pd
from matplotlib.patches import Patch

from gagru.analysis.edges import PAIRS
from gagru.figures.style import DOUBLE, EMOTION_COLOURS, EMOTION_HATCHES, SINGLE, figure
from gagru.task.corpora import printed
from gagru.task.emotions import EMOTIONS

BAR = 0.19  # of the distance between two pairs


def draw_figure2(table: pd.DataFrame, out_pdf, out_png, note: str = "") -> None:
    """Draw the table of `figure2.csv`: a panel a corpus, a group of bars a pair of parts, a bar an emotion."""
    corpora = table["corpus"].unique()
    width, height, columns = (SINGLE, 2.7, 3) if len(corpora) == 1 else (DOUBLE, 2.5, 5)
    with figure(width, height, out_pdf, out_png, note) as drawing:
        panels = drawing.subplots(1, len(corpora), sharey=True, squeeze=False)[0]
        for panel, corpus, letter in zip(panels, corpora, "abcdefgh", strict=False):
            draw_panel(panel, table[table["corpus"] == corpus])
            if len(corpora) > 1:
                panel.set_title(f"({letter}) {panel.get_title()}")
        panels[0].set_ylabel("Share of strongest edges (%)")
        keys = [Patch(**look(emotion), label=emotion.capitalize()) for emotion in present_emotions(table)]
        keys.append(panels[0].plot([], [], color="black", linewidth=1.2, label="Chance")[0])
        drawing.legend(handles=keys, loc="outside upper center", ncols=columns, columnspacing=1.4)


def draw_panel(panel, table: pd.DataFrame) -> None:
    """One corpus: bars of its emotions, and a line at the chance level across each group."""
    emotions = present_emotions(table)
    for row in table.itertuples():
        middle = list(PAIRS).index(row.pair) + BAR * (emotions.index(row.emotion) - (len(emotions) - 1) / 2)
        panel.bar(middle, 100 * row.share, 0.9 * BAR, **look(row.emotion))
    half = BAR * len(emotions) / 2 + 0.04
    chance = 100 * table.groupby("pair")["chance"].first()
    for middle, pair in enumerate(PAIRS):
        panel.hlines(chance[pair], middle - half, middle + half, color="black", linewidth=1.2, zorder=3)
    panel.set_xticks(range(len(PAIRS)), PAIRS)
    panel.tick_params(axis="x", length=0)
    panel.set_xlabel("Parts joined (F front, M middle, B back third)")
    utterances = table.groupby("emotion")["utterances"].last().sum()
    panel.set_title(f"{printed(table['corpus'].iloc[0])}, {utterances:,} utterances")


def present_emotions(table: pd.DataFrame) -> list[str]:
    """The emotions of a table, in their order: a corpus may lack one."""
    return [emotion for emotion in EMOTIONS if (table["emotion"] == emotion).any()]


def look(emotion: str) -> dict:
    """Colour and hatch of an emotion's bars."""
    fill = {"facecolor": EMOTION_COLOURS[emotion], "hatch": EMOTION_HATCHES[emotion]}
    return {**fill, "edgecolor": "white", "linewidth": 0}
