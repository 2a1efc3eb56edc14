"""Summarise how long the jobs took and how much memory they had: run_times.csv and run_times.md."""

import argparse
import json

from gagru.experiment.run_times import FORMATS, read_jobs, summarise_jobs, training_jobs
from gagru.experiment.trainings import read_trainings
from gagru.report.run_times import render_run_times
from gagru.storage.files import write_text
from gagru.storage.tables import write_csv
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
    steps, of_trainings = summarise_jobs(jobs.assign(corpus="")), summarise_jobs(training_jobs(trainings))
    write_csv(options.out_csv, summarise_jobs(jobs), FORMATS)
    write_text(options.out_md, render_run_times(steps, of_trainings))
    print(f"{options.out_csv}: {len(jobs)} jobs, {len(trainings)} of them trainings")


if __name__ == "__main__":
    run(main)
