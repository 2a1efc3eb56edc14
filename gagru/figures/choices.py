"""The specification curve: the difference of two systems by rank, and below it the choices of each specification."""

import pandas as pd

from gagru.evaluation.specification_curve import AS_CONFIGURED, LABORATORYS, LITERAL_READING
from gagru.figures.style import BLUE, DOUBLE, figure
from gagru.task.choices import CHOICES
from gagru.task.corpora import printed
from gagru.task.systems import SYSTEMS

# Colour, marker.
NAMED = {AS_CONFIGURED: ("#D55E00", "s"), LITERAL_READING: ("#117733", "D"), LABORATORYS: ("#882255", "^")}
GREY = "#777777"
LINE = 0.135  # inches: the height of a choice's value
WIDEST = 60  # specifications that are drawn with a mark of full size


def draw_choices(table: pd.DataFrame, out_pdf, out_png, note: str = "") -> None:
    """Draw the table of `choices_{corpus}.csv`: a specification a row, differences in points of per cent."""
    values = possible_values(table)
    lines = sum(map(len, values.values())) + 0.6 * len(values)
    with figure(DOUBLE, 2.1 + LINE * (lines + 2), out_pdf, out_png, note) as drawing:
        top, bottom = drawing.subplots(2, 1, sharex=True, height_ratios=[2.1, LINE * (lines + 2)])
        size = 4 * min(1, WIDEST / len(table)) ** 0.5
        draw_curve(top, table, size)
        draw_choices_made(bottom, table, values, size)


def possible_values(table: pd.DataFrame) -> dict[str, list[str]]:
    """The choices that differ between the specifications, and their values, the configured one first."""
    own = table[table["name"] == AS_CONFIGURED].iloc[0]
    values = {choice: list(dict.fromkeys([own[choice], *sorted(table[choice])])) for choice in CHOICES}
    return {choice: found for choice, found in values.items() if len(found) > 1}


def draw_curve(panel, table: pd.DataFrame, size: float) -> None:
    """The upper panel: each specification's difference with its interval."""
    panel.axhline(0, color="black", linewidth=0.6)
    for row in table.itertuples():
        colour, marker = NAMED.get(row.name, (BLUE if row.low > 0 or row.high < 0 else GREY, "o"))
        panel.vlines(row.rank, row.low, row.high, color=colour, linewidth=0.4 * size**0.5 + 0.3)
        panel.plot(row.rank, row.difference, marker, color=colour, markersize=size)
    first, second = (SYSTEMS[table[which].iloc[0]].printed for which in ("first", "second"))
    panel.set_ylabel(f"UA: {first} − {second}\n(points of per cent)")
    utterances = table["utterances"]
    counted = f"{utterances.max():,} utterances" + (" at most" if utterances.nunique() > 1 else "")
    panel.set_title(f"{printed(table['corpus'].iloc[0])}: {len(table)} specifications by rank, {counted}")
    marks = {"interval without 0": (BLUE, "o"), "interval with 0": (GREY, "o"), **NAMED}
    if table["low"].isna().all():
        marks = {"too few speakers for an interval": (GREY, "o"), **NAMED}
    present = set(table["name"])
    for label, (colour, marker) in marks.items():
        if label not in NAMED or label in present:
            panel.plot([], [], marker, color=colour, markersize=4, label=label)
    panel.legend(loc="upper right", ncols=4, columnspacing=1.2, handletextpad=0.2)
    low, high = panel.get_ylim()
    panel.set_ylim(low, high + 0.18 * (high - low))  # room for the legend
    panel.tick_params(axis="x", length=0)


def draw_choices_made(panel, table: pd.DataFrame, values: dict[str, list[str]], size: float) -> None:
    """The lower panel: a line a value, a mark where a specification has it."""
    height, ticks, labels = 0.0, [], []
    for choice, possible in values.items():
        panel.text(
            -0.01,
            height,
            CHOICES[choice].printed,
            transform=panel.get_yaxis_transform(),
            ha="right",
            va="center",
            fontsize=6.5,
            fontweight="bold",
        )
        height += 1
        for value in possible:
            for row in table[table[choice] == value].itertuples():
                colour, marker = NAMED.get(row.name, ("black", "o"))
                panel.plot(row.rank, height, marker, color=colour, markersize=0.8 * size)
            panel.axhline(height, color="#DDDDDD", linewidth=0.4, zorder=0)
            ticks.append(height)
            labels.append(value)
            height += 1
        height += 0.3
    panel.set_yticks(ticks, labels)
    panel.set_ylim(height - 0.5, -0.8)
    panel.tick_params(axis="y", length=0)
    panel.tick_params(axis="x", length=0, labelbottom=False)
    for side in ("left", "bottom"):
        panel.spines[side].set_visible(False)
    panel.set_xlim(0.2, len(table) + 0.8)
