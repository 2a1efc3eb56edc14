"""A corpus's table for readers, as Markdown and as LaTeX: measured and reported values of a system together."""

from collections.abc import Sequence

import jinja2  # noqa: F401 - what `Styler` needs
import numpy as np
import pandas as pd

from gagru.corpora.left_out import Row
from gagru.evaluation.comparisons import PRIMARY
from gagru.evaluation.margins import Margin, difference, find_smallest_detectable
from gagru.evaluation.results import Results
from gagru.evaluation.selected import Selected
from gagru.evaluation.tables import table_systems
from gagru.paper.reported import LEAVE_ONE_OUT, NAMES, QUOTED, ROWS, Reported, read_reported
from gagru.report.formats import in_per_cent, level_in_words, write_head
from gagru.report.selected import SELECTED, explain_selected, name_lines, render_chosen
from gagru.report.statistics import describe_external, explain_no_intervals
from gagru.storage.tables import to_markdown
from gagru.task.corpora import printed, title_table
from gagru.task.metrics import METRICS
from gagru.task.systems import SYSTEMS

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
MOST_LEFT_OUT = 30  # rows that the page shows
FIDELITY = """\
Fidelity: *specified* - the paper gives all that matters; *partly* - sizes are ours; *described* - re-implemented from a
description, sizes and training are ours; *quoted* - not implemented here; *external* - trained elsewhere.
"""


def render_table(
    name: str, results: Results, notes: list[str], left_out: Sequence[Row] = (), selected: Selected | None = None
) -> str:
    """The Markdown page: title, notes (as "Demo: ..."), the table, what its lines mean, the systems, what is left out.

    name : of the table, as `table1`; left_out : of the corpus, see `gagru.corpora.left_out`
    """
    lines = build_lines(results, selected)
    lines["System"] = lines["System"].map(lambda system: f"**{system}**" if system else "")
    parts = [
        *write_head(title_table(results.corpus), notes),
        to_markdown(lines, right=ROWS),
        "All values are in per cent.\n",
        "".join(f"- *{label}*: {meaning}\n" for label, meaning in explain_labels(results, selected).items()),
        "## Systems\n",
        to_markdown(describe_systems(results)),
        FIDELITY,
        *(render_chosen(selected) if selected else ()),
        "## Left out\n",
        *describe_left_out(results.corpus, left_out),
    ]
    return "\n".join(parts)


def render_latex_table(name: str, results: Results, notes: list[str], selected: Selected | None = None) -> str:
    """A `table*` to be \\input into a document that uses the package booktabs; arguments as for `render_table`."""
    lines, systems = build_lines(results, selected), describe_systems(results)
    cells = lines.rename(columns=escape_latex).style.format(escape_latex).hide(axis="index")
    cells = cells.format(lambda name: _separated(name, first=lines["System"].iloc[0]), subset=["System"])
    caption = escape_latex(f"{printed(results.corpus)}: recall of each emotion, WA and UA in per cent.")
    warnings = "".join(f" \\textbf{{{escape_latex(note)}}}" for note in notes)
    about = [" - ".join([f"{row[0]}: {row[1]}", *row[3:]]) for row in systems.itertuples(index=False)]
    footnotes = {
        **explain_labels(results, selected),
        "Fidelity, and protocol of the printed values": f"{'; '.join(about)}.",
    }
    return "\n".join(
        [
            r"% \usepackage{booktabs}",
            r"\begin{table*}[t]",
            r"\centering\footnotesize\setlength{\tabcolsep}{4pt}",
            f"\\caption{{{caption}{warnings}}}",
            f"\\label{{tab:{name.replace('_', '-')}}}",
            cells.to_latex(column_format="llrrrrrr", hrules=True).rstrip(),
            r"\par\medskip\raggedright",
            *(f"\\emph{{{escape_latex(label)}}}: {escape_latex(meaning)}" for label, meaning in footnotes.items()),
            r"\end{table*}",
            "",
        ]
    )


def build_lines(results: Results, selected: Selected | None = None) -> pd.DataFrame:
    """The lines of the table as texts: System (on the first line of each), Values (what they are), and the `ROWS`.

    Of a system: measured, its interval, its spread over seeds and folds; this as selected; what the paper prints.
    """
    rows = []
    for system, paper in _systems(results):
        lines = _measured_lines(results, system) if system in SYSTEMS else {}
        if selected and selected.results.seeds(system):
            lines |= name_lines(_measured_lines(selected.results, system))
        if _is_printed(paper):
            lines[_printed_label(paper)] = [paper.values[row] for row in ROWS]
        names = [NAMES[system].printed, *[""] * (len(lines) - 1)]
        rows += [[name, label, *cells] for name, (label, cells) in zip(names, lines.items(), strict=True)]
    return pd.DataFrame(rows, columns=["System", "Values", *ROWS])


def explain_labels(results: Results, selected: Selected | None = None) -> dict[str, str]:
    """What each label of the table means; only of labels that occur."""
    meanings = {"WA, UA": "accuracy, and mean of the four recalls."}
    run = [system for system, _ in _systems(results) if results.seeds(system)]
    if run:
        speakers, utterances = len(results.sizes), int(results.sizes.to_numpy().sum())
        meanings["measured"] = (
            f"this workflow, leave one person out: the test predictions of {speakers} folds pooled, each of "
            f"{utterances} utterances once; the mean over seeds where there are several."
        )
        if selected:
            meanings["measured"] += " Systems are as described, with the settings of the configuration."
            meanings[SELECTED] = explain_selected(selected)
        meanings[_interval_label(results)] = (
            f"Student's t over the {speakers} speakers, whose utterances belong together; none with one speaker. "
            "Whether two systems differ, the comparisons tell."
        )
        meanings["over folds"] = "mean and, in brackets, standard deviation of the folds' own values."
    pair = " and ".join(NAMES[system].printed for system in PRIMARY)
    if set(PRIMARY) <= set(run):
        meanings[pair] = _describe_primary(results)
    if selected and all(selected.results.seeds(system) for system in PRIMARY):
        meanings[f"{pair}, {SELECTED}"] = _describe_primary(selected.results)
    if any(len(results.seeds(system)) > 1 for system in run):
        meanings["over seeds"] = "standard deviation of the pooled values over seeds."
    if not results.dialogs:
        for system in run:
            if SYSTEMS[system].dialogs:
                meanings[NAMES[system].printed] = (
                    "this corpus has no dialogs, so it has nothing to remember: the utterance alone."
                )
    for system in run:
        if SYSTEMS[system].protocol:
            meanings[NAMES[system].printed] = describe_external(system)
    labels = {_printed_label(paper) for _, paper in _systems(results) if _is_printed(paper)}
    return meanings | {label: meaning for label, meaning in PRINTED.items() if label in labels}


def _describe_primary(results: Results) -> str:
    """How far the two systems of the primary comparison are apart in UA, and from where on that would be found."""
    margin = difference(*(results.confusions[system] for system in PRIMARY))
    ua = Margin(margin.parts[:, METRICS.index("UA")], margin.shares[:, METRICS.index("UA")])
    apart = f"{100 * ua.parts.sum():+.1f} points of UA between them. "
    smallest = find_smallest_detectable(ua, results.level)
    if np.isnan(smallest):
        return apart + explain_no_intervals(len(results.sizes), results.level)
    return (
        f"{apart}With these {len(results.sizes)} speakers a difference is found with 80 % power from "
        f"{100 * smallest:.1f} points on; a smaller one may be there and not be found."
    )


def describe_systems(results: Results) -> pd.DataFrame:
    """A row a system: fidelity, seeds, and the protocol of what the paper prints, if it prints anything."""
    systems = _systems(results)
    table = pd.DataFrame(
        {
            "System": [NAMES[system].printed for system, _ in systems],
            "Fidelity": [NAMES[system].fidelity for system, _ in systems],
            "Seeds": [", ".join(map(str, results.seeds(system))) or "none" for system, _ in systems],
        }
    )
    if any(NAMES[system].protocol for system, _ in systems):
        table["Trained elsewhere"] = [NAMES[system].protocol or "no" for system, _ in systems]
    if any(_is_printed(paper) for _, paper in systems):
        protocols = [paper.protocol if _is_printed(paper) else "nothing printed" for _, paper in systems]
        table["Protocol of the printed values"] = protocols
    return table


def describe_left_out(corpus: str, rows: Sequence[Row]) -> list[str]:
    """What the corpus holds beside the utterances of the table, the most frequent of each kind."""
    if not rows:
        return ["All files and labels of the corpus are used.\n"]
    table = pd.DataFrame([(what, _code(value), str(n), _code(first)) for what, value, n, first in rows[:MOST_LEFT_OUT]])
    table.columns = ["What", "Value", "Count", "First"]
    more = f" {len(rows) - MOST_LEFT_OUT} more rows stand there." if len(rows) > MOST_LEFT_OUT else ""
    return [
        "What the corpus holds beside the utterances of the table, and what was noted, when it was indexed. The same "
        f"stands in `results/{corpus}/left_out.csv`.{more}\n",
        to_markdown(table, right=["Count"]),
    ]


def escape_latex(text: str) -> str:
    """Text as LaTeX prints it."""
    return "".join(TEX_CHARACTERS.get(character, character) for character in text)


def _systems(results: Results) -> list[tuple[str, Reported | None]]:
    """The systems of the table, each with what the paper prints of it."""
    paper = read_reported(results.corpus)
    return [(system, paper.get(system)) for system in table_systems(results.corpus)]


def _measured_lines(results: Results, system: str) -> dict[str, list[str]]:
    """The lines of what was measured of a system, by label."""
    seeds = results.seeds(system)
    if not seeds:
        return {"not run": [""] * len(ROWS)}
    means = results.means.loc[system].loc[list(METRICS)]
    lines = {
        "measured": means["value"].map(in_per_cent).tolist(),
        _interval_label(results): [_range(low, high) for low, high in zip(means["low"], means["high"], strict=True)],
    }
    if len(seeds) > 1:
        lines["over seeds"] = [f"± {in_per_cent(value)}" if pd.notna(value) else "" for value in means["over_seeds"]]
    over_folds = zip(means["fold_mean"], means["fold_deviation"], strict=True)
    return lines | {"over folds": [_spread(mean, deviation) for mean, deviation in over_folds]}


def _separated(name: str, first: str) -> str:
    r"""The name of a system, with space above unless it is the first; lines that go on have none.

    \addlinespace stands at the start of a row, before its first cell.
    """
    space = r"\addlinespace " if name and name != first else ""
    return space + escape_latex(name)


def _code(text: str) -> str:
    """Text that the page shows as it is; none is no code."""
    plain = text.replace("`", "'")
    return f"`{plain}`" if text else ""


def _is_printed(paper: Reported | None) -> bool:
    return paper is not None and any(paper.values.values())


def _printed_label(paper: Reported) -> str:
    return {LEAVE_ONE_OUT: REPORTED, QUOTED: QUOTED_LABEL}.get(paper.protocol, OTHER_TEST_SET)


def _interval_label(results: Results) -> str:
    return f"{level_in_words(results.level)} interval"


def _range(low: float, high: float) -> str:
    return "" if pd.isna(low) else f"{100 * low:.1f}–{100 * high:.1f}"


def _spread(mean: float, deviation: float) -> str:
    if pd.isna(mean) or pd.isna(deviation):
        return in_per_cent(mean)
    return f"{100 * mean:.1f} ({100 * deviation:.1f})"
