"""Take the predictions of one fold from those of all."""

import argparse
from pathlib import Path

from gagru.evaluation.external import split_predictions
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--predictions", type=Path, required=True, help="of all folds, Parquet")
    parser.add_argument("--fold", required=True, help="the speaker that it tests")
    parser.add_argument("--out", type=Path, required=True, help="predictions.parquet of the fold")
    args = parser.parse_args()

    split_predictions(args.predictions, args.fold, args.out)


if __name__ == "__main__":
    run(main)
