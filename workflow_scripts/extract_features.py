"""Describe one speaker's utterances by one feature set."""

import argparse
import json
import time
from pathlib import Path

from gagru.features.extract import extract_features
from gagru.program import run


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True, help="index.parquet of the corpus")
    parser.add_argument("--root", type=Path, required=True, help="the corpus's folder, or the manifest")
    parser.add_argument("--speaker", required=True)
    parser.add_argument("--feature-set", required=True)
    parser.add_argument("--settings", type=json.loads, default={}, help="of the feature set, as JSON")
    parser.add_argument("--out", type=Path, required=True, help="the speaker's Parquet file")
    arguments = vars(parser.parse_args())
    began = time.perf_counter()
    name = arguments.pop("feature_set")
    count = extract_features(**arguments, name=name)
    print(f"{arguments['speaker']}: {count} utterances, {name}, {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    run(main)
