"""The paper's tables checked against the corpora's class sizes, and its text against its tables.

Every verdict is computed from the two files of reported figures, the class counts and the figures quoted in the text;
none is written down here.
"""

from gagru.paper.columns import audit_column
from gagru.paper.counts import CLASS_COUNTS, read_class_counts
from gagru.paper.findings import Finding
from gagru.paper.reported import TABLES, reported
from gagru.paper.text import TEXT_FIGURES, audit_text

CORPORA = {"table1": "iemocap", "table2": "msp_improv"}


def audit(
    table1=TABLES["iemocap"], table2=TABLES["msp_improv"], class_counts=CLASS_COUNTS, text_figures=TEXT_FIGURES
) -> list[Finding]:
    """All findings on both tables, then on the text. Each argument is a file of the shape of the shipped one."""
    counts = read_class_counts(class_counts)
    test_sets = {table: counts[corpus] for table, corpus in CORPORA.items()}
    tables = {
        table: reported(CORPORA[table], path, test_sets[table])
        for table, path in (("table1", table1), ("table2", table2))
    }
    findings = [
        finding
        for table, columns in tables.items()
        for system, column in columns.items()
        for finding in audit_column(table, system, column, test_sets[table])
    ]
    return findings + audit_text(text_figures, tables, test_sets)
