"""Train the candidate that was chosen for a fold once more, on its training and validation part, and predict."""

import argparse
import json
import os

from gagru.data.dataset import FoldFiles
from gagru.experiment.job import FoldTraining, train_fold
from gagru.experiment.selection import describe_refit, read_selection
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", required=True, help="name, for the progress line")
    parser.add_argument("--system", required=True)
    parser.add_argument("--seed", required=True, type=int)
    parser.add_argument("--fold", required=True, help="the test speaker")
    parser.add_argument("--selection", required=True, help="selection.json of the fold")
    parser.add_argument("--index", required=True, help="index.parquet")
    parser.add_argument("--folds", required=True, help="folds.csv")
    parser.add_argument("--features", required=True, help="folder of the normalised features, a file a speaker")
    parser.add_argument("--statistics", nargs="?", help="the fold's training statistics, if features need them")
    parser.add_argument("--jobs", required=True, type=json.loads, help="JSON: the jobs of all candidates, in order")
    parser.add_argument("--sources", default="", help="digest of the code, for the provenance")
    parser.add_argument(
        "--lineage", default={}, type=json.loads, help="JSON: the stages before, see gagru.workflow.lineage"
    )
    parser.add_argument(
        "--about", default={}, type=json.loads, help="JSON: what model.json says of the corpus, see gagru.workflow.jobs"
    )
    parser.add_argument("--out", required=True, help="folder for the fold's results")
    args = parser.parse_args()

    job = describe_refit(read_selection(args.selection), args.jobs)
    trained = FoldTraining(args.system, args.seed, args.fold, job, args.sources, args.lineage, args.about)
    files = FoldFiles(args.index, args.folds, args.features, args.statistics)
    title = f"{args.corpus} {args.system} seed {args.seed}"
    report = lambda line: print(f"{title} {line}", flush=True)  # noqa: E731
    train_fold(trained, files, args.out, report, per_gpu=int(os.environ.get("PER_GPU", 1)))


if __name__ == "__main__":
    run(main)
