"""A corpus's table for readers, as Markdown and as LaTeX: measured and reported figures of a system together."""

from typing import NamedTuple

from gagru.evaluation.tables import METRIC_OF_ROW, Column, per_cent
from gagru.paper.reported import LEAVE_ONE_OUT, QUOTED, ROWS
from gagru.storage.markdown import table
from gagru.task.corpora import printed
from gagru.task.systems import SYSTEMS

TABLE_NAMES = {"table1": "Table 1", "table2": "Table 2"}
REPORTED, OTHER_TEST_SET, QUOTED_LABEL = "reported", "reported, not comparable", "quoted, not comparable"
PRINTED = {
    REPORTED: "printed in the paper for its own leave-one-person-out run.",
    OTHER_TEST_SET: "printed in the paper, but obtained on another test set.",
    QUOTED_LABEL: "printed in the paper, but taken from another paper with a protocol of its own.",
}

TEX_CHARACTERS = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "±": r"$\pm$",
    "–": "--",
    **{character: f"\\{character}" for character in "&%$#_{}"},
}


class Line(NamedTuple):
    """One line of the table: what its figures are, and the six of them."""

    label: str
    cells: list[str]


def markdown(corpus: str, name: str, columns: list[Column], notes: list[str]) -> str:
    """The page: title, notes (such as "Demo: ..."), the table, what its lines mean, the systems.

    name : of the table, as `table1`; columns : see `gagru.evaluation.tables.columns`
    """
    rows = [
        [f"**{column.printed}**" if i == 0 else "", line.label, *line.cells]
        for column in columns
        for i, line in enumerate(lines(column))
    ]
    parts = [
        f"# {title(corpus, name)}\n",
        *(f"> **{note}**\n" for note in notes),
        table(["System", "Figures", *ROWS], rows, right=set(range(2, 8))),
        "All figures are in per cent.\n",
        "".join(f"- *{label}*: {meaning}\n" for label, meaning in explanations(columns).items()),
        "## Systems\n",
        table(systems(columns)[0], systems(columns)[1:]),
        FIDELITY,
    ]
    return "\n".join(parts)


def latex(corpus: str, name: str, columns: list[Column], notes: list[str]) -> str:
    """A `table*` to be \\input into a document that uses the package booktabs; arguments as for `markdown`."""
    body = []
    for column in columns:
        body += [
            " & ".join(map(escaped, [column.printed if i == 0 else "", line.label, *line.cells])) + r" \\"
            for i, line in enumerate(lines(column))
        ]
        body.append(r"\addlinespace")
    caption = escaped(f"{printed(corpus)}: recall of each emotion, WA and UA in per cent.")
    warnings = "".join(f" \\textbf{{{escaped(note)}}}" for note in notes)
    about = [" - ".join([f"{row[0]}: {row[1]}", *row[3:]]) for row in systems(columns)[1:]]
    footnotes = {**explanations(columns), "Fidelity, and protocol of the printed figures": f"{'; '.join(about)}."}
    return "\n".join(
        [
            r"% \usepackage{booktabs}",
            r"\begin{table*}[t]",
            r"\centering\footnotesize\setlength{\tabcolsep}{4pt}",
            f"\\caption{{{caption}{warnings}}}",
            f"\\label{{tab:{name.replace('_', '-')}}}",
            r"\begin{tabular}{llrrrrrr}",
            r"\toprule",
            " & ".join(["System", "Figures", *ROWS]) + r" \\",
            r"\midrule",
            *body[:-1],
            r"\bottomrule",
            r"\end{tabular}",
            r"\par\medskip\raggedright",
            *(f"\\emph{{{escaped(label)}}}: {escaped(meaning)}" for label, meaning in footnotes.items()),
            r"\end{table*}",
            "",
        ]
    )


def title(corpus: str, name: str) -> str:
    """As "Table 1: IEMOCAP"; a corpus that the paper does not have is named alone."""
    shown = printed(corpus)
    return f"{TABLE_NAMES[name]}: {shown}" if name in TABLE_NAMES else f"Results on {shown}"


def lines(column: Column) -> list[Line]:
    """The lines of one system: measured, its interval, its spread over seeds and folds, and what the paper prints."""
    found = [Line("not run", [""] * len(ROWS))] if column.system in SYSTEMS else []
    if column.mean:
        figures = list(METRIC_OF_ROW.values())
        pooled = [column.mean["pooled"][figure] for figure in figures]
        folds = column.mean["folds"]
        found = [
            Line("measured", [per_cent(p["value"]) for p in pooled]),
            Line(f"{_level(column)} interval", [_range(p["low"], p["high"]) for p in pooled]),
            Line("over folds", [_spread(folds["mean"][f], folds["deviation"][f]) for f in figures]),
        ]
        if len(column.seeds) > 1:
            deviations = [per_cent(column.deviation(figure)) for figure in figures]
            found.insert(2, Line("over seeds", [f"± {d}" if d else "" for d in deviations]))
    if _is_printed(column):
        found.append(Line(_printed_label(column), [column.reported.figures[row] for row in ROWS]))
    return found


def explanations(columns: list[Column]) -> dict[str, str]:
    """What each label of the table means; only of labels that occur."""
    meanings = {"WA, UA": "accuracy, and mean of the four recalls."}
    run = next((column for column in columns if column.mean), None)
    if run:
        speakers, draws = len(run.mean["speakers"]), run.mean["intervals"]["draws"]
        utterances = next(iter(run.seeds.values()))["utterances"]  # the mean counts them once a seed
        meanings["measured"] = (
            f"this workflow, leave one person out: the test predictions of {speakers} folds pooled, each of "
            f"{utterances} utterances once; the mean over seeds where there are several."
        )
        meanings[f"{_level(run)} interval"] = f"percentile bootstrap over the {speakers} speakers, {draws:,} draws."
        meanings["over folds"] = "mean and, in brackets, standard deviation of the folds' own figures."
    if any(len(column.seeds) > 1 for column in columns):
        meanings["over seeds"] = "standard deviation of the pooled figures over seeds."
    for column in columns:
        if (
            column.mean
            and SYSTEMS[column.system].dialogs
            and not next(iter(column.seeds.values())).get("dialogs", True)
        ):
            meanings[column.printed] = "this corpus has no dialogs, so it has nothing to remember: the utterance alone."
    labels = {_printed_label(column) for column in columns if _is_printed(column)}
    return meanings | {label: meaning for label, meaning in PRINTED.items() if label in labels}


def systems(columns: list[Column]) -> list[list[str]]:
    """A header, then a row a system: fidelity, seeds, and the protocol of what the paper prints, if anything."""
    rows = [["System", "Fidelity", "Seeds"]]
    rows += [[c.printed, c.fidelity, ", ".join(map(str, c.seeds)) or "none"] for c in columns]
    if any(map(_is_printed, columns)):
        protocols = [c.reported.protocol if _is_printed(c) else "nothing printed" for c in columns]
        for row, cell in zip(rows, ["Protocol of the printed figures", *protocols], strict=True):
            row.append(cell)
    return rows


FIDELITY = """\
Fidelity: *specified* - the paper gives all that matters; *partly* - sizes are ours; *described* - re-implemented from a
description, sizes and training are ours; *quoted* - not implemented here.
"""


def escaped(text: str) -> str:
    """Text as LaTeX prints it."""
    return "".join(TEX_CHARACTERS.get(character, character) for character in text)


def _is_printed(column: Column) -> bool:
    return column.reported is not None and any(column.reported.figures.values())


def _printed_label(column: Column) -> str:
    return {LEAVE_ONE_OUT: REPORTED, QUOTED: QUOTED_LABEL}.get(column.reported.protocol, OTHER_TEST_SET)


def _level(column: Column) -> str:
    return f"{100 * column.mean['intervals']['level']:g} %"


def _range(low: float | None, high: float | None) -> str:
    return "" if low is None else f"{100 * low:.1f}–{100 * high:.1f}"


def _spread(mean: float | None, deviation: float | None) -> str:
    if mean is None or deviation is None:
        return per_cent(mean)
    return f"{100 * mean:.1f} ({100 * deviation:.1f})"
