"""Divide a corpus into folds, one a speaker."""

import argparse
import json

from gagru.corpora.table import read_index
from gagru.data.folds import make_folds, write_folds
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", required=True, help="index.parquet")
    parser.add_argument("--sessions", required=True, type=json.loads, help="JSON: [[speaker, session], ...] in order")
    parser.add_argument("--validation", required=True, help="partner, rotate, random or oracle")
    parser.add_argument("--share", required=True, type=float, help="for 'random': share of the training utterances")
    parser.add_argument("--seed", required=True, type=int, help="for 'random': seeds the draw")
    parser.add_argument(
        "--hold-out-session",
        default=False,
        type=json.loads,
        help="JSON: for 'oracle', whether the whole session validates",
    )
    parser.add_argument("--out", required=True, help="folds.csv")
    options = parser.parse_args()
    rows = read_index(options.index, ["utterance", "speaker", "emotion"]).to_pylist()
    folds = make_folds(
        rows,
        dict(options.sessions),
        options.validation,
        options.share,
        options.seed,
        options.hold_out_session,
    )
    write_folds(options.out, folds)
    print(f"{options.out}: {len(options.sessions)} folds, validation '{options.validation}'")


if __name__ == "__main__":
    run(main)
