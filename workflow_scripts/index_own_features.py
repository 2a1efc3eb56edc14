"""Find and check the `.npy` file of every utterance, for the feature set `own`, and list them in a table."""

import argparse
from pathlib import Path

from gagru.features.given import index_given
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True, help="index.parquet of the corpus")
    parser.add_argument("--folder", type=Path, required=True, help="where the .npy files lie")
    parser.add_argument("--out", type=Path, required=True, help="the table, CSV")
    args = parser.parse_args()

    print(f"{args.folder}: {index_given(args.index, args.folder, args.out)}")


if __name__ == "__main__":
    run(main)
