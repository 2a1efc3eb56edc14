"""Normalise and down-sample one speaker's features."""

import argparse
import json
from pathlib import Path

from gagru.features.normalise import normalise_features
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--features", type=Path, required=True, help="the speaker's file, as extracted")
    parser.add_argument("--feature-set", required=True, help="its name, to be printed")
    parser.add_argument(
        "--index", type=Path, required=True, help="the speaker's utterances, or the whole index.parquet"
    )
    parser.add_argument("--settings", type=json.loads, required=True, help="JSON, see gagru.features.normalise")
    parser.add_argument("--out", type=Path, required=True, help="the speaker's normalised file")
    args = parser.parse_args()

    count = normalise_features(args.features, args.index, args.settings, args.out)
    print(f"{args.out.stem}: {count} utterances, {args.feature_set}, z-score: {args.settings['method']}")


if __name__ == "__main__":
    run(main)
