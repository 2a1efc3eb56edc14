"""Mean and deviation of every feature over the training part of one fold."""

import argparse
from pathlib import Path

from gagru.data.folds import read_folds
from gagru.features.normalise import training_statistics, write_statistics
from gagru.task.errors import InputError
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--features", type=Path, nargs="+", required=True, help="all speakers' files, as extracted")
    parser.add_argument("--folds", type=Path, required=True, help="folds.csv of the corpus")
    parser.add_argument("--fold", required=True)
    parser.add_argument("--out", type=Path, required=True, help="JSON file of the statistics")
    args = parser.parse_args()

    roles = read_folds(args.folds).get(args.fold)
    if roles is None:
        raise InputError(f"{args.folds}: has no fold {args.fold!r}; delete it and run snakemake again")
    statistics = training_statistics(args.features, set(roles["train"]))
    write_statistics(args.out, statistics)
    print(f"{args.fold}: statistics over {statistics.rows} rows of {len(roles['train'])} training utterances")


if __name__ == "__main__":
    run(main)
