"""The specification curve: the difference of two systems by rank, and below it the choices of each specification."""

from gagru.evaluation.specification_curve import AS_CONFIGURED, LITERAL_READING
from gagru.figures.style import BLUE, DOUBLE, figure, read_rows
from gagru.task.choices import CHOICES
from gagru.task.corpora import printed
from gagru.task.systems import SYSTEMS

NAMED = {AS_CONFIGURED: ("#D55E00", "s"), LITERAL_READING: ("#117733", "D")}  # colour, marker
GREY = "#777777"
LINE = 0.135  # inches: the height of a choice's value
WIDEST = 60  # specifications that are drawn with a mark of full size


def draw_choices(path, out_pdf, out_png, note: str = "") -> None:
    """Draw `choices_{corpus}.csv` at `path`."""
    rows = read_rows(path)
    values = shown_values(rows)
    lines = sum(map(len, values.values())) + 0.6 * len(values)
    with figure(DOUBLE, 2.1 + LINE * (lines + 2), out_pdf, out_png, note) as drawing:
        top, bottom = drawing.subplots(2, 1, sharex=True, height_ratios=[2.1, LINE * (lines + 2)])
        size = 4 * min(1, WIDEST / len(rows)) ** 0.5
        draw_curve(top, rows, size)
        draw_choices_made(bottom, rows, values, size)


def shown_values(rows) -> dict[str, list[str]]:
    """The choices that differ between the rows, and their values, the configured one first."""
    own = next(row for row in rows if row["name"] == AS_CONFIGURED)
    found = {choice: list(dict.fromkeys([own[choice], *sorted(row[choice] for row in rows)])) for choice in CHOICES}
    return {choice: values for choice, values in found.items() if len(values) > 1}


def draw_curve(panel, rows, size) -> None:
    """The upper panel: each specification's difference with its interval."""
    panel.axhline(0, color="black", linewidth=0.6)
    for row in rows:
        rank, low, high = int(row["rank"]), float(row["low"]), float(row["high"])
        colour, marker = NAMED.get(row["name"], (GREY if low <= 0 <= high else BLUE, "o"))
        panel.vlines(rank, low, high, color=colour, linewidth=0.4 * size**0.5 + 0.3)
        panel.plot(rank, float(row["difference"]), marker, color=colour, markersize=size)
    first, second = (SYSTEMS[rows[0][which]].printed for which in ("first", "second"))
    panel.set_ylabel(f"UA: {first} − {second}\n(points of per cent)")
    utterances = {row["utterances"] for row in rows}
    counted = f"{int(max(utterances, key=int)):,} utterances" + (" at most" if len(utterances) > 1 else "")
    panel.set_title(f"{printed(rows[0]['corpus'])}: {len(rows)} specifications by rank, {counted}")
    marks = {"interval without 0": (BLUE, "o"), "interval with 0": (GREY, "o"), **NAMED}
    present = {row["name"] for row in rows}
    for label, (colour, marker) in marks.items():
        if label not in NAMED or label in present:
            panel.plot([], [], marker, color=colour, markersize=4, label=label)
    panel.legend(loc="upper right", ncols=4, columnspacing=1.2, handletextpad=0.2)
    low, high = panel.get_ylim()
    panel.set_ylim(low, high + 0.18 * (high - low))  # room for the legend
    panel.tick_params(axis="x", length=0)


def draw_choices_made(panel, rows, values: dict[str, list[str]], size) -> None:
    """The lower panel: a line a value, a mark where a specification has it."""
    place, ticks, labels = 0.0, [], []
    for choice, possible in values.items():
        panel.text(
            -0.01,
            place,
            CHOICES[choice].printed,
            transform=panel.get_yaxis_transform(),
            ha="right",
            va="center",
            fontsize=6.5,
            fontweight="bold",
        )
        place += 1
        for value in possible:
            ranks = [int(row["rank"]) for row in rows if row[choice] == value]
            for rank in ranks:
                row = rows[rank - 1]
                colour, marker = NAMED.get(row["name"], ("black", "o"))
                panel.plot(rank, place, marker, color=colour, markersize=0.8 * size)
            panel.axhline(place, color="#DDDDDD", linewidth=0.4, zorder=0)
            ticks.append(place)
            labels.append(value)
            place += 1
        place += 0.3
    panel.set_yticks(ticks, labels)
    panel.set_ylim(place - 0.5, -0.8)
    panel.tick_params(axis="y", length=0)
    panel.tick_params(axis="x", length=0, labelbottom=False)
    for side in ("left", "bottom"):
        panel.spines[side].set_visible(False)
    panel.set_xlim(0.2, len(rows) + 0.8)
