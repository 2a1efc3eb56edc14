"""List the models of a corpus that are ready to be handed over."""

import argparse
from pathlib import Path

from gagru.report.handover import list_models
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, nargs="+", required=True, help="folders that export_model wrote")
    parser.add_argument("--out", type=Path, required=True, help="the page, in a folder above them")
    args = parser.parse_args()

    list_models(args.models, args.out)
    print(f"{args.out}: {len(args.models)} models")


if __name__ == "__main__":
    run(main)
