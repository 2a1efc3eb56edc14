"""One corpus's table: measured beside reported figures, as CSV, Markdown and LaTeX, and every seed in a long table."""

import argparse

from gagru.evaluation.tables import columns, write_long, write_table
from gagru.report.tables import latex, markdown
from gagru.storage.files import write_text
from gagru.task.runs import parse_run
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--table", required=True, help="table1, table2 or table_{corpus}")
    parser.add_argument(
        "--metrics", nargs="*", default=[], type=parse_run, help="CORPUS/SYSTEM:SEED=metrics.json of all that was run"
    )
    parser.add_argument("--note", action="append", default=[], help="to stand on the face of the table")
    for kind in ("csv", "md", "tex", "long"):
        parser.add_argument(f"--out-{kind}", required=True)
    options = parser.parse_args()

    found = columns(options.corpus, {(trained.system, trained.seed): trained.path for trained in options.metrics})
    notes = [note for note in options.note if note]
    write_table(found, options.out_csv)
    write_long(options.corpus, found, options.out_long)
    write_text(options.out_md, markdown(options.corpus, options.table, found, notes))
    write_text(options.out_tex, latex(options.corpus, options.table, found, notes))
    systems = ", ".join(column.printed for column in found if column.seeds) or "no system was run"
    print(f"{options.out_csv}: {options.corpus}, {systems}")


if __name__ == "__main__":
    run(main)
