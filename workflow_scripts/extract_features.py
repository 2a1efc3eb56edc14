"""Describe one speaker's utterances by one feature set."""

import argparse
import json
import time
from pathlib import Path

from gagru.features.extract import extract_features
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", required=True, help="its name, to be printed")
    parser.add_argument(
        "--index", type=Path, required=True, help="the speaker's utterances, or the whole index.parquet"
    )
    parser.add_argument("--root", type=Path, required=True, help="the corpus's folder, or the manifest")
    parser.add_argument("--speaker", required=True)
    parser.add_argument("--feature-set", required=True)
    parser.add_argument("--settings", type=json.loads, default={}, help="of the feature set, as JSON")
    parser.add_argument("--own-table", help="of one's own feature files, as index_own_features writes it")
    parser.add_argument("--own-folder", help="where these lie")
    parser.add_argument("--out", type=Path, required=True, help="the speaker's Parquet file")
    args = parser.parse_args()

    start = time.perf_counter()
    settings = args.settings
    if args.own_table:
        settings |= {"table": args.own_table, "folder": args.own_folder}
    count = extract_features(args.index, args.root, args.speaker, args.feature_set, settings, args.out)
    took = time.perf_counter() - start
    print(f"{args.corpus} {args.speaker}: {count} utterances, {args.feature_set}, {took:.1f} s")


if __name__ == "__main__":
    run(main)
