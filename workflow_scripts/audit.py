"""Audit the paper's tables and text against the class counts: audit.csv and audit.md."""

import argparse

import pandas as pd

from gagru.paper.audit import audit
from gagru.paper.counts import CLASS_COUNTS
from gagru.paper.findings import DISAGREES, Finding
from gagru.paper.reported import TABLES
from gagru.paper.text import TEXT_VALUES
from gagru.report.audit import render_audit
from gagru.storage.files import write_text
from gagru.storage.tables import write_csv
from gagru.task.corpora import name_table, title_table
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for corpus, path in TABLES.items():
        help = f"CSV of the paper's {title_table(corpus)}"
        parser.add_argument(f"--{name_table(corpus)}", dest=corpus, default=path, help=help)
    parser.add_argument("--class-counts", default=CLASS_COUNTS, help="CSV of the candidate test sets' class sizes")
    parser.add_argument("--text-values", default=TEXT_VALUES, help="CSV of the values that the text quotes")
    parser.add_argument("--out-csv", required=True)
    parser.add_argument("--out-md", required=True)
    options = parser.parse_args()

    reported = {corpus: getattr(options, corpus) for corpus in TABLES}
    findings = audit(reported, options.class_counts, options.text_values)
    write_csv(options.out_csv, pd.DataFrame(findings, columns=Finding._fields))
    write_text(options.out_md, render_audit(findings))
    disagreeing = sum(finding.verdict == DISAGREES for finding in findings)
    print(f"{options.out_csv}: {len(findings)} values checked, {disagreeing} disagree")


if __name__ == "__main__":
    run(main)
