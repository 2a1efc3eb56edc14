"""How long the jobs took and how much memory they had, for readers, as Markdown."""

import pandas as pd

from gagru.storage.tables import to_markdown
from gagru.task.corpora import printed
from gagru.task.progress import write_duration
from gagru.task.systems import SYSTEMS

NAMES = {
    "make_demo_corpus": "demo corpus",
    "index_corpus": "utterance table",
    "index_speaker": "a speaker's utterances",
    "make_folds": "folds",
    "extract_features": "features",
    "normalise_features": "normalisation",
    "training_statistics": "training statistics",
    "train_fold": "training",
    "evaluate_system": "evaluation",
    "analyse_attention": "attention",
}
NUMBERS = ["Jobs", "Total", "Median", "Longest", "Peak memory"]


def render_run_times(steps: pd.DataFrame, trainings: pd.DataFrame) -> str:
    """The Markdown page: all jobs by step, and the trainings by corpus and system.

    steps : of all jobs, over the corpora, see `gagru.experiment.run_times.summarise_jobs`
    trainings : likewise, of the trainings as each measured itself, by corpus
    """
    parts = [
        "# Run times and memory\n",
        "Measured, so they differ from run to run: this page is no part of the results that are the same to the byte. "
        "Of a job that was repeated, the last run counts; of a training that was interrupted, what came after.\n",
        f"{steps['jobs'].sum()} jobs took {write_duration(steps['total_s'].sum())} together. "
        "Jobs that run side by side take less from start to end.\n",
        "## Training and testing\n",
        "All folds and seeds of a system, from the features to the predictions, as each program measured itself.\n",
        to_markdown(_tabulate_trainings(trainings), right=NUMBERS),
        "## All jobs\n",
        "As Snakemake measured them, with the start of the program.\n",
        to_markdown(_tabulate_steps(steps), right=NUMBERS),
        "Memory is the largest resident memory of one job. Snakemake looks at it at intervals and misses short jobs.\n",
    ]
    return "\n".join(parts)


def _tabulate_trainings(trainings: pd.DataFrame) -> pd.DataFrame:
    """A line a corpus and system."""
    names = [[printed(row.corpus), SYSTEMS[row.of].printed] for row in trainings.itertuples()]
    return pd.DataFrame(names, columns=["Corpus", "System"]).join(_write_numbers(trainings))


def _tabulate_steps(steps: pd.DataFrame) -> pd.DataFrame:
    """A line a step and what it was done for."""
    names = []
    for row in steps.itertuples():
        of = SYSTEMS[row.of].printed if row.of in SYSTEMS else row.of
        names.append(NAMES.get(row.step, row.step) + (f", {of}" if of else ""))
    return pd.DataFrame({"Step": names}).join(_write_numbers(steps))


def _write_numbers(summary: pd.DataFrame) -> pd.DataFrame:
    memory = summary["peak_memory_mb"].map(lambda mb: "" if pd.isna(mb) else f"{mb:,.0f} MB")
    durations = [summary[column].map(write_duration) for column in ("total_s", "median_s", "longest_s")]
    numbers = dict(zip(NUMBERS, [summary["jobs"].astype(str), *durations, memory], strict=True))
    return pd.DataFrame(numbers).reset_index(drop=True)
