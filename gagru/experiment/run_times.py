"""How long every job took and how much memory it had, by Snakemake's benchmark files."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from gagru.storage.files import REMEDY
from gagru.task.errors import InputError

# In the order in which the work is done; what comes after is a target of its own, as `table1`.
STEPS = (
    "make_demo_corpus",
    "index_corpus",
    "index_speaker",
    "make_folds",
    "extract_features",
    "normalise_features",
    "training_statistics",
    "train_fold",
    "evaluate_system",
    "analyse_attention",
)
OF_A_RUN = ("evaluate_system", "analyse_attention")
KIND = ["corpus", "step", "of"]
FORMATS = dict.fromkeys(("total_s", "median_s", "longest_s", "peak_memory_mb"), "{:.1f}".format)


def read_jobs(folder, trainings: pd.DataFrame, results: Sequence[str]) -> pd.DataFrame:
    """The jobs whose benchmark files lie in `folder`, a row a job: corpus, step, of, seconds, memory.

    trainings : the trainings that count, and with them their corpora; what is left from other settings does not
    results : files such as `results/table1.csv`, each with a benchmark file of its name, `table1.tsv`

    corpus is empty for what belongs to none or to several; of is what the step was done for: a feature set, a system,
    or nothing; memory is the peak resident memory in MB, missing for a job too short to be looked at.

    Raises `InputError` where a file is damaged. A file that is not there is left out.
    """
    folder = Path(folder)
    files = [("", name, "", folder / f"{name}.tsv") for name in dict.fromkeys(Path(path).stem for path in results)]
    for corpus in trainings["corpus"].unique():
        files += _files_of_corpus(folder, corpus)
    for corpus, system, seed in trainings[["corpus", "system", "seed"]].drop_duplicates().itertuples(index=False):
        run = folder / corpus / system / f"seed{seed}"
        files += [(corpus, step, system, run / f"{step}.tsv") for step in OF_A_RUN]
    for row in trainings.itertuples():
        path = folder / row.corpus / row.system / f"seed{row.seed}" / f"{row.fold}.tsv"
        files.append((row.corpus, "train_fold", row.system, path))
    jobs = [(*kind, *_read(path)) for *kind, path in files if path.is_file()]
    return pd.DataFrame(jobs, columns=[*KIND, "seconds", "memory"])


def training_jobs(trainings: pd.DataFrame) -> pd.DataFrame:
    """The trainings as jobs, as each measured itself: from the features to the predictions."""
    jobs = trainings[["corpus", "system", "seconds", "peak_memory_mb"]]
    jobs = jobs.rename(columns={"system": "of", "peak_memory_mb": "memory"}).assign(step="train_fold")
    return jobs[[*KIND, "seconds", "memory"]]


def summarise_jobs(jobs: pd.DataFrame) -> pd.DataFrame:
    """A row each kind of job, in the order of the work: corpus, step, of, jobs, total_s, median_s, longest_s,
    peak_memory_mb."""
    seconds, memory = ("seconds", "memory")
    summary = jobs.astype({seconds: float, memory: float}).groupby(KIND, sort=False, as_index=False)
    table = summary.agg(
        jobs=(seconds, "size"),
        total_s=(seconds, "sum"),
        median_s=(seconds, "median"),
        longest_s=(seconds, "max"),
        peak_memory_mb=(memory, "max"),
    )
    order = {step: number for number, step in enumerate(STEPS)}
    return table.sort_values("step", key=lambda steps: steps.map(order).fillna(len(order)), kind="stable")


def _files_of_corpus(folder: Path, corpus: str) -> Iterator[tuple[str, str, str, Path]]:
    """What is done once for a corpus, for each of its speakers, and for each of its feature sets and speakers."""
    for step in STEPS:
        yield corpus, step, "", folder / corpus / f"{step}.tsv"
        for path in sorted((folder / corpus / step).glob("*.tsv")):
            yield corpus, step, "", path
        for path in sorted((folder / corpus / step).glob("*/*.tsv")):
            yield corpus, step, path.parent.name, path


def _read(path: Path) -> tuple[float, float]:
    """The seconds and MB of a benchmark file; NaN for a memory that was not looked at."""
    try:
        row = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False).iloc[0]
        memory = row["max_rss"]
        return float(row["s"]), float("nan") if memory in ("NA", "-") else float(memory)
    except (OSError, LookupError, ValueError) as error:
        raise InputError(f"{path}: truncated or damaged; {REMEDY}") from error
