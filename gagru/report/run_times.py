"""How long every job took and how much memory it had, by Snakemake's benchmark files and the trainings' provenance."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from gagru.report.trainings import Training
from gagru.storage.files import REMEDY, write_text
from gagru.storage.markdown import table
from gagru.task.corpora import printed
from gagru.task.errors import InputError
from gagru.task.systems import SYSTEMS

# In the order in which the work is done; what comes after is a target of its own, as `table1`.
STEPS = {
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
OF_A_RUN = ("evaluate_system", "analyse_attention")


class Job(NamedTuple):
    """One job, as Snakemake measured it.

    corpus : empty for what belongs to none or to several
    of : what the step was done for: a feature set, a system, or nothing
    memory : peak resident memory in MB; None for a job too short to be looked at
    """

    corpus: str
    step: str
    of: str
    seconds: float
    memory: float | None


class Summary(NamedTuple):
    """Jobs of one kind: a line of `run_times.csv`, in seconds and MB."""

    corpus: str
    step: str
    of: str
    jobs: int
    total: float
    median: float
    longest: float
    peak_memory: float | None


def read_jobs(folder, trainings: list[Training], results: list[str]) -> list[Job]:
    """The jobs whose benchmark files lie in `folder`.

    trainings : the trainings that count, and with them their corpora; what is left from other settings does not
    results : files such as `results/table1.csv`, each with a benchmark file of its name, `table1.tsv`

    Raises `InputError` where a file is damaged. A file that is not there is left out.
    """
    folder = Path(folder)
    found = [("", name, "", folder / f"{name}.tsv") for name in dict.fromkeys(Path(path).stem for path in results)]
    for corpus in dict.fromkeys(training.corpus for training in trainings):
        found += _of_corpus(folder, corpus)
    for corpus, system, seed in dict.fromkeys((one.corpus, one.system, one.seed) for one in trainings):
        run = folder / corpus / system / f"seed{seed}"
        found += [(corpus, step, system, run / f"{step}.tsv") for step in OF_A_RUN]
    for one in trainings:
        path = folder / one.corpus / one.system / f"seed{one.seed}" / f"{one.fold}.tsv"
        found.append((one.corpus, "train_fold", one.system, path))
    return [Job(*kind, *_read(path)) for *kind, path in found if path.is_file()]


def summarise(jobs: list[Job]) -> list[Summary]:
    """A line each kind of job, in the order of the work."""
    kinds: dict[tuple[str, str, str], list[Job]] = {}
    for job in jobs:
        kinds.setdefault(job[:3], []).append(job)
    order = {step: number for number, step in enumerate(STEPS)}
    summaries = [Summary(*kind, *_figures(those)) for kind, those in kinds.items()]
    return sorted(summaries, key=lambda line: order.get(line.step, len(order)))


def write_run_times(summaries: list[Summary], path) -> None:
    """Write the CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["corpus", "step", "of", "jobs", "total_s", "median_s", "longest_s", "peak_memory_mb"])
    writer.writerows([f"{cell:.1f}" if isinstance(cell, float) else cell for cell in line] for line in summaries)
    write_text(path, text.getvalue())


def page(jobs: list[Job], trainings: list[Training]) -> str:
    """The Markdown page: all jobs by step, over the corpora, and the trainings by corpus and system."""
    total = sum(job.seconds for job in jobs)
    over_corpora = summarise([job._replace(corpus="") for job in jobs])
    header = ["Step", "Jobs", "Total", "Median", "Longest", "Peak memory"]
    parts = [
        "# Run times and memory\n",
        "Measured, so they differ from run to run: this page is no part of the results that are the same to the byte. "
        "Of a job that was repeated, the last run counts; of a training that was interrupted, what came after.\n",
        f"{len(jobs)} jobs took {duration(total)} together. Jobs that run side by side take less from start to end.\n",
        "## Training and testing\n",
        "All folds and seeds of a system, from the features to the predictions, as each program measured itself.\n",
        table(*_trainings(trainings), right=set(range(2, 7))),
        "## All jobs\n",
        "As Snakemake measured them, with the start of the program.\n",
        table(header, [_line(line) for line in over_corpora], right=set(range(1, 6))),
        "Memory is the largest resident memory of one job. Snakemake looks at it at intervals and misses short jobs.\n",
    ]
    return "\n".join(parts)


def duration(seconds: float) -> str:
    """`3.2 s`, `12 min 05 s` or `3 h 04 min`."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def _of_corpus(folder: Path, corpus: str) -> Iterator[tuple[str, str, str, Path]]:
    """What is done once for a corpus, for each of its speakers, and for each of its feature sets and speakers."""
    for step in STEPS:
        yield corpus, step, "", folder / corpus / f"{step}.tsv"
        for path in sorted((folder / corpus / step).glob("*.tsv")):
            yield corpus, step, "", path
        for path in sorted((folder / corpus / step).glob("*/*.tsv")):
            yield corpus, step, path.parent.name, path


def _read(path: Path) -> tuple[float, float | None]:
    try:
        with open(path, encoding="utf-8", newline="") as file:
            row = next(csv.DictReader(file, delimiter="\t"))
        memory = row["max_rss"]
        return float(row["s"]), None if memory in ("NA", "-") else float(memory)
    except (OSError, StopIteration, LookupError, TypeError, ValueError) as error:
        raise InputError(f"{path}: truncated or damaged; {REMEDY}") from error


def _figures(jobs: list[Job]) -> tuple:
    seconds = [job.seconds for job in jobs]
    memory = max((job.memory for job in jobs if job.memory is not None), default=None)
    return len(jobs), sum(seconds), float(median(seconds)), max(seconds), memory


def _line(line: Summary) -> list[str]:
    of = SYSTEMS[line.of].printed if line.of in SYSTEMS else line.of
    step = STEPS.get(line.step, line.step) + (f", {of}" if of else "")
    return [step, str(line.jobs), *map(duration, (line.total, line.median, line.longest)), _memory(line.peak_memory)]


def _trainings(trainings: list[Training]) -> tuple[list[str], list[list[str]]]:
    """A line a corpus and system, of what is measured in the provenance."""
    jobs = [
        Job(one.corpus, "train_fold", one.system, measured["seconds"], measured["peak_memory_mb"])
        for one in trainings
        for measured in [one.provenance["measured"]]
    ]
    header = ["Corpus", "System", "Jobs", "Total", "Median", "Longest", "Peak memory"]
    rows = [[printed(line.corpus), SYSTEMS[line.of].printed, *_line(line)[1:]] for line in summarise(jobs)]
    return header, rows


def _memory(megabytes: float | None) -> str:
    return "" if megabytes is None else f"{megabytes:,.0f} MB"
