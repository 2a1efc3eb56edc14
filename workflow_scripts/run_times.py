"""Summarise how long the jobs took and how much memory they had: run_times.csv and run_times.md."""

import argparse
import json

from gagru.report.run_times import page, read_jobs, summarise, write_run_times
from gagru.report.trainings import read_trainings
from gagru.storage.files import write_text
from gagru.task.runs import parse_run
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--benchmarks", required=True, help="folder of Snakemake's benchmark files")
    parser.add_argument(
        "--runs", nargs="+", required=True, type=parse_run, help="CORPUS/SYSTEM:SEED=FOLDER of the folds"
    )
    parser.add_argument("--folds", required=True, type=json.loads, help='JSON: {"iemocap": ["Ses01F", ...]}')
    parser.add_argument("--results", nargs="*", default=[], help="files made of several runs, as results/table1.csv")
    parser.add_argument("--out-csv", required=True)
    parser.add_argument("--out-md", required=True)
    options = parser.parse_args()

    trainings = read_trainings(options.runs, options.folds)
    jobs = read_jobs(options.benchmarks, trainings, options.results)
    write_run_times(summarise(jobs), options.out_csv)
    write_text(options.out_md, page(jobs, trainings))
    print(f"{options.out_csv}: {len(jobs)} jobs, {len(trainings)} of them trainings")


if __name__ == "__main__":
    run(main)
