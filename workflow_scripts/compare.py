"""Compare every pair of systems on one corpus: comparisons_{corpus}.csv and .md."""

import argparse
import json

from gagru.evaluation.comparisons import compare, read_predictions, write_comparisons
from gagru.evaluation.intervals import Bootstrap
from gagru.report.comparisons import page
from gagru.storage.files import write_text
from gagru.task.runs import parse_run
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", required=True)
    parser.add_argument(
        "--runs", nargs="+", required=True, type=parse_run, help="CORPUS/SYSTEM:SEED=FOLDER of the folds"
    )
    parser.add_argument("--folds", nargs="+", required=True, help="names of the folds")
    parser.add_argument("--settings", type=json.loads, default={}, help='{"draws": 10000, "level": 0.95, "seed": 0}')
    parser.add_argument("--note", default="", help="to stand on the face of the page")
    parser.add_argument("--out-csv", required=True)
    parser.add_argument("--out-md", required=True)
    options = parser.parse_args()

    bootstrap = Bootstrap(**options.settings)
    folders = {(trained.system, trained.seed): trained.path for trained in options.runs}
    predictions = read_predictions(folders, options.folds)
    comparisons = compare(predictions, bootstrap)
    write_comparisons(options.corpus, comparisons, options.out_csv)
    write_text(options.out_md, page(options.corpus, comparisons, bootstrap, [options.note] if options.note else []))
    systems = len(predictions.predicted)
    print(f"{options.out_csv}: {options.corpus}, {systems} systems on {len(predictions.emotion)} utterances")


if __name__ == "__main__":
    run(main)
