"""The command line of the programs that train a fold, and the training that it asks for."""

import argparse
import json
import os

from gagru.data.dataset import FoldFiles
from gagru.experiment.job import FoldTraining, train_fold


def add_training_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything but the job: what is trained, the files of the fold, and where the results go."""
    parser.add_argument("--corpus", required=True, help="name, for the progress line")
    parser.add_argument("--system", required=True)
    parser.add_argument("--seed", required=True, type=int)
    parser.add_argument("--fold", required=True, help="the test speaker")
    parser.add_argument("--index", required=True, help="index.parquet")
    parser.add_argument("--folds", required=True, help="folds.csv")
    parser.add_argument("--features", required=True, help="folder of the normalised features, a file a speaker")
    parser.add_argument(
        "--statistics", nargs="?", help="the fold's training statistics, where features are normalised by them"
    )
    parser.add_argument("--sources", default="", help="digest of the code, for the provenance")
    parser.add_argument(
        "--lineage", default={}, type=json.loads, help="JSON: the stages before, see gagru.workflow.lineage"
    )
    parser.add_argument(
        "--about", default={}, type=json.loads, help="JSON: what model.json says of the corpus, see gagru.workflow.jobs"
    )
    parser.add_argument("--out", required=True, help="folder for the fold's results")


def train_as_asked(args: argparse.Namespace, job: dict) -> None:
    """Train by `job`, see `FoldTraining`, with a line on the terminal.

    The workflow says in the environment (PER_GPU) how many trainings may share a GPU, since no result depends on it.
    """
    training = FoldTraining(args.system, args.seed, args.fold, job, args.sources, args.lineage, args.about)
    files = FoldFiles(args.index, args.folds, args.features, args.statistics)
    title = f"{args.corpus} {args.system} seed {args.seed}"
    report = lambda line: print(f"{title} {line}", flush=True)  # noqa: E731
    train_fold(training, files, args.out, report, per_gpu=int(os.environ.get("PER_GPU", 1)))
