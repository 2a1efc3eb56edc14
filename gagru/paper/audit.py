"""The paper's tables checked against the corpora's class sizes, and its text against its tables.

Every verdict is computed from the two files of reported figures, the class counts and the figures quoted in the text;
none is written down here.
"""

from gagru.paper.counts import CLASS_COUNTS, read_class_counts
from gagru.paper.findings import Finding
from gagru.paper.recalls import audit_system
from gagru.paper.reported import TABLES, read_reported
from gagru.paper.text import TEXT_FIGURES, audit_text

CORPORA = {"table1": "iemocap", "table2": "msp_improv"}


def audit(
    table1=TABLES["iemocap"], table2=TABLES["msp_improv"], class_counts=CLASS_COUNTS, text_figures=TEXT_FIGURES
) -> list[Finding]:
    """All findings on both tables, then on the text. Each argument is a file of the shape of the shipped one."""
    counts = read_class_counts(class_counts)
    test_sets = {table: counts[corpus] for table, corpus in CORPORA.items()}
    tables = {
        table: read_reported(CORPORA[table], path, test_sets[table])
        for table, path in (("table1", table1), ("table2", table2))
    }
    findings = [
        finding
        for table, systems in tables.items()
        for system, reported in systems.items()
        for finding in audit_system(table, system, reported, test_sets[table])
    ]
    return findings + audit_text(text_figures, tables, test_sets)
