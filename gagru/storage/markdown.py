"""Markdown tables that also read well as plain text."""


def table(header: list[str], rows: list[list[str]], right: frozenset[int] | set[int] = frozenset()) -> str:
    """A table whose columns are padded to one width; the columns in `right` are set to the right.

    A `|` in a cell is escaped; a line break is not allowed.
    """
    lines = [[cell.replace("|", "\\|") for cell in line] for line in (header, *rows)]
    widths = [max(3, *map(len, column)) for column in zip(*lines, strict=True)]
    rule = ["-" * (w - 1) + ":" if i in right else "-" * w for i, w in enumerate(widths)]
    padded = [
        [cell.rjust(w) if i in right else cell.ljust(w) for i, (cell, w) in enumerate(zip(line, widths, strict=True))]
        for line in (lines[0], rule, *lines[1:])
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in padded)
