"""Gather what all trainings were made with: provenance.csv and provenance.md."""

import argparse
import json

from gagru.experiment.trainings import MEASURED, read_trainings
from gagru.report.provenance import render_provenance
from gagru.storage.files import write_text
from gagru.storage.tables import write_csv
from gagru.task.runs import parse_run
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--runs", nargs="+", required=True, type=parse_run, help="CORPUS/SYSTEM:SEED=FOLDER of the folds"
    )
    parser.add_argument("--selected", nargs="*", default=[], type=parse_run, help="the same, of what was selected")
    parser.add_argument("--folds", required=True, type=json.loads, help='JSON: {"iemocap": ["Ses01F", ...]}')
    parser.add_argument("--out-csv", required=True)
    parser.add_argument("--out-md", required=True)
    options = parser.parse_args()

    trainings = read_trainings(options.runs, options.folds, options.selected)
    write_csv(options.out_csv, trainings.drop(columns=MEASURED))
    write_text(options.out_md, render_provenance(trainings))
    print(f"{options.out_csv}: {len(trainings)} trainings")


if __name__ == "__main__":
    run(main)
