"""Check the predictions of a system that was trained elsewhere, and write them in the form of those made here."""

import argparse
from pathlib import Path

from gagru.evaluation.external import import_predictions
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--predictions", type=Path, required=True, help="CSV, a row an utterance")
    parser.add_argument("--index", type=Path, required=True, help="index.parquet of the corpus")
    parser.add_argument("--printed", required=True, help="the system's name in print")
    parser.add_argument("--protocol", required=True, help="how it was trained and tested, a sentence")
    parser.add_argument("--out", type=Path, required=True, help="the predictions, Parquet")
    parser.add_argument("--out-description", type=Path, required=True, help="JSON")
    args = parser.parse_args()

    description = {"printed": args.printed, "protocol": args.protocol}
    print(import_predictions(args.predictions, args.index, description, args.out, args.out_description))


if __name__ == "__main__":
    run(main)
