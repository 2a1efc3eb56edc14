"""The paper's tables checked against the corpora's class sizes, and its text against its tables.

Every verdict is computed from the two files of reported values, the class counts and the values quoted in the text;
none is written down here.
"""

from gagru.paper.counts import CLASS_COUNTS, read_class_counts
from gagru.paper.findings import Finding
from gagru.paper.recalls import audit_system
from gagru.paper.reported import TABLES, read_reported
from gagru.paper.text import TEXT_VALUES, audit_text
from gagru.task.corpora import name_table


def audit(reported=TABLES, class_counts=CLASS_COUNTS, text_values=TEXT_VALUES) -> list[Finding]:
    """All findings on both tables, then on the text.

    reported : the files of the tables, by corpus; each file is of the shape of the shipped one
    """
    counts = read_class_counts(class_counts)
    test_sets = {name_table(corpus): counts[corpus] for corpus in reported}
    tables = {name_table(corpus): read_reported(corpus, path, counts[corpus]) for corpus, path in reported.items()}
    findings = [
        finding
        for table, systems in tables.items()
        for system, reported in systems.items()
        for finding in audit_system(table, system, reported, test_sets[table])
    ]
    return findings + audit_text(text_values, tables, test_sets)
