"""One corpus's table: measured beside reported values, as CSV, Markdown and LaTeX, and every seed in a long table."""

import argparse

from gagru.corpora.left_out import read_left_out
from gagru.evaluation.results import read_corpus_results
from gagru.evaluation.selected import read_selected
from gagru.evaluation.tables import LONG_FORMATS, SELECTED_FORMATS, build_long_table, build_table, table_systems
from gagru.paper.reported import NAMES
from gagru.report.tables import render_latex_table, render_table
from gagru.storage.files import write_text
from gagru.storage.tables import per_cent, write_csv
from gagru.task.runs import parse_run
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--table", required=True, help="table1, table2 or table_{corpus}")
    parser.add_argument(
        "--metrics", nargs="*", default=[], type=parse_run, help="CORPUS/SYSTEM:SEED=metrics.json of all that was run"
    )
    parser.add_argument(
        "--selected", nargs="*", default=[], type=parse_run, help="the same of what was selected, if anything was"
    )
    parser.add_argument(
        "--selections", nargs="*", default=[], type=parse_run, help="CORPUS/SYSTEM:SEED=FOLDER of what was selected"
    )
    parser.add_argument("--folds", nargs="*", default=[], help="names of the folds in these folders")
    parser.add_argument("--left-out", required=True, help="left_out.csv of the corpus")
    parser.add_argument("--note", action="append", default=[], help="to stand on the face of the table")
    for kind in ("csv", "md", "tex", "long"):
        parser.add_argument(f"--out-{kind}", required=True)
    options = parser.parse_args()

    left_out = read_left_out(options.left_out)
    results = read_corpus_results(options.corpus, options.metrics)
    selected = read_selected(options.corpus, options.selected, options.selections, options.folds)
    notes = [note for note in options.note if note]
    table = build_table(results, selected)
    write_csv(options.out_csv, table, dict.fromkeys(table.columns[1:], per_cent))
    formats = LONG_FORMATS | (SELECTED_FORMATS if selected else {})
    write_csv(options.out_long, build_long_table(results, selected), formats)
    write_text(options.out_md, render_table(options.table, results, notes, left_out, selected))
    write_text(options.out_tex, render_latex_table(options.table, results, notes, selected))
    run_systems = [NAMES[system].printed for system in table_systems(options.corpus) if results.seeds(system)]
    systems = ", ".join(run_systems) or "no system was run"
    print(f"{options.out_csv}: {options.corpus}, {systems}")


if __name__ == "__main__":
    run(main)
