"""Compare every pair of systems on one corpus: comparisons_{corpus}.csv and .md."""

import argparse

from gagru.evaluation.comparisons import FORMATS, compare
from gagru.evaluation.predictions import read_predictions
from gagru.report.comparisons import render_comparisons
from gagru.storage.files import write_text
from gagru.storage.tables import write_csv
from gagru.task.runs import parse_run
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--runs", nargs="+", required=True, type=parse_run, help="CORPUS/SYSTEM:SEED=FOLDER of the folds"
    )
    parser.add_argument("--folds", nargs="+", required=True, help="names of the folds")
    parser.add_argument("--level", type=float, default=0.95, help="of the intervals")
    parser.add_argument("--note", default="", help="to stand on the face of the page")
    parser.add_argument("--out-csv", required=True)
    parser.add_argument("--out-md", required=True)
    options = parser.parse_args()

    predictions = read_predictions(options.runs, options.folds)
    corpus = options.runs[0].corpus
    comparisons = compare(predictions, options.level)
    write_csv(options.out_csv, comparisons, FORMATS)
    notes = [options.note] if options.note else []
    write_text(options.out_md, render_comparisons(corpus, comparisons, options.level, notes))
    systems, utterances = (predictions[name].nunique() for name in ("system", "utterance"))
    print(f"{options.out_csv}: {corpus}, {systems} systems on {utterances} utterances")


if __name__ == "__main__":
    run(main)
