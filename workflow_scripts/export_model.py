"""Write a folder to hand over: the models of a run, their metrics and their card."""

import argparse
from pathlib import Path

from gagru.report.handover import export_model
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="folder of the folds and of metrics.json")
    parser.add_argument("--out", type=Path, required=True, help="the new folder")
    args = parser.parse_args()

    files = export_model([args.run], args.out)
    print(f"{args.out}: {len(files)} files")


if __name__ == "__main__":
    run(main)
