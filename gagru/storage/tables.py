"""How data frames become tables in files and on pages: CSV and Markdown."""

from collections.abc import Callable, Collection, Mapping

import pandas as pd
import tabulate  # noqa: F401 - what `to_markdown` needs

from gagru.storage.files import write_text


def write_csv(path, table: pd.DataFrame, formats: Mapping[str, Callable[[float], str]] | None = None) -> None:
    """Write `table` without its index, whole or not at all; what is missing is an empty cell.

    formats : column -> function that writes its numbers, as `per_cent` or `"{:.4g}".format`; others as they are
    """
    written = table.copy()
    for column, function in (formats or {}).items():
        written[column] = table[column].map(function, na_action="ignore")
    write_text(path, written.to_csv(index=False, lineterminator="\n"))


def per_cent(fraction: float) -> str:
    """A fraction in per cent with two decimals; what rounds to 0 has no sign."""
    return f"{100 * fraction:z.2f}"


def read_csv(path) -> pd.DataFrame:
    """Read what `write_csv` wrote; only an empty cell is missing."""
    return pd.read_csv(path, keep_default_na=False, na_values=[""])


def to_markdown(table: pd.DataFrame, right: Collection[str] = ()) -> str:
    """A table of texts as Markdown that also reads well unrendered; the columns `right` are set to the right.

    A `|` in a cell is escaped; a line break is not allowed.
    """
    escaped = table.rename(columns=_escape).map(_escape)
    sides = ["right" if column in right else "left" for column in table.columns]
    if table.empty:  # tabulate takes sides of columns with cells only
        sides = None
    return escaped.to_markdown(index=False, tablefmt="pipe", colalign=sides, disable_numparse=True) + "\n"


def _escape(cell: str) -> str:
    return cell.replace("|", "\\|")
