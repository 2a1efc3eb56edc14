"""Compare every pair of systems on one corpus: comparisons_{corpus}.csv and .md."""

import argparse
import json
from pathlib import Path

from gagru.evaluation.comparisons import compare, read_predictions, write_comparisons
from gagru.evaluation.intervals import Bootstrap
from gagru.report.comparisons import page
from gagru.storage.files import write_text
from gagru.task.errors import InputError
from gagru.task.systems import SYSTEMS
from gagru.workflow.program import run


def run_of(text: str) -> tuple[tuple[str, int], Path]:
    """`ga_gru:0=folder` -> (("ga_gru", 0), folder)."""
    name, _, path = text.partition("=")
    system, _, seed = name.partition(":")
    if system not in SYSTEMS or not seed.isdecimal() or not path:
        raise InputError(f"--runs {text}: write SYSTEM:SEED=FOLDER, as ga_gru:0=results/iemocap/ga_gru/seed0")
    return (system, int(seed)), Path(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--runs", nargs="+", required=True, help="SYSTEM:SEED=FOLDER of the folds")
    parser.add_argument("--folds", nargs="+", required=True, help="names of the folds")
    parser.add_argument("--settings", type=json.loads, default={}, help='{"draws": 10000, "level": 0.95, "seed": 0}')
    parser.add_argument("--note", default="", help="to stand on the face of the page")
    parser.add_argument("--out-csv", required=True)
    parser.add_argument("--out-md", required=True)
    options = parser.parse_args()

    bootstrap = Bootstrap(**options.settings)
    predictions = read_predictions(dict(map(run_of, options.runs)), options.folds)
    comparisons = compare(predictions, bootstrap)
    write_comparisons(options.corpus, comparisons, options.out_csv)
    write_text(options.out_md, page(options.corpus, comparisons, bootstrap, [options.note] if options.note else []))
    systems = len(predictions.predicted)
    print(f"{options.out_csv}: {options.corpus}, {systems} systems on {len(predictions.emotion)} utterances")


if __name__ == "__main__":
    run(main)
