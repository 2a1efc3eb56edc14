"""What the trainings were made with for readers, as Markdown. It holds no times."""

import pandas as pd

from gagru.experiment.trainings import DIGESTS, packages_of
from gagru.storage.tables import to_markdown
from gagru.task.corpora import printed
from gagru.task.systems import SYSTEMS

# What names what a training was made with, and what a reader calls it.
MADE_WITH = {"commit": "Commit of the workflow", "processor": "Processor", "device": "Device"}
SHOWN = 12  # hexadecimal digits of a digest on the page; the CSV file has all


def render_provenance(trainings: pd.DataFrame) -> str:
    """The Markdown page: what all trainings share or differ in, and the digests of each system.

    trainings : see `gagru.experiment.trainings.read_trainings`
    """
    parts = [
        "# Provenance\n",
        "What the systems were trained with, gathered from the `provenance.json` beside each training's results, which "
        "also hold its settings. On another machine, or from another commit, this page is another one.\n",
        "## Made with\n",
        to_markdown(_tabulate_made_with(trainings), right=["Trainings"]),
        "## Lineage\n",
        "Trainings with the same three digests were made from the same data, with the same settings, by the same code. "
        "Settings and sources are those of every stage: index, folds, features, normalisation and training. Data are "
        "what the index, the folds and the normalised features hold. `provenance.json` tells the stages apart. The "
        f"first {SHOWN} digits; `provenance.csv` has all, a line a training.\n",
        *_explain_selected(trainings),
        to_markdown(_tabulate_digests(trainings), right=["Trainings"]),
    ]
    return "\n".join(parts)


def _explain_selected(trainings: pd.DataFrame) -> list[str]:
    if (trainings["values"] == "measured").all():
        return []
    return [
        "*Selected* are the trainings that the validation part chose. Where it chose the system as described, that is "
        "the same training once more.\n"
    ]


def _tabulate_made_with(trainings: pd.DataFrame) -> pd.DataFrame:
    """A line a value that occurs, the most frequent first."""
    packages = sorted(packages_of(trainings), key=lambda package: (package != "python", package))
    names = MADE_WITH | {package: "Python" if package == "python" else package for package in packages}
    rows = []
    for column, name in names.items():
        missing = "unknown: no checkout" if column == "commit" else "not installed"
        counts = trainings[column].fillna(missing).value_counts(sort=False).sort_values(ascending=False, kind="stable")
        first = [name, *[""] * (len(counts) - 1)]
        rows += zip(first, counts.index, counts.astype(str), strict=True)
    return pd.DataFrame(rows, columns=["What", "Value", "Trainings"])


def _tabulate_digests(trainings: pd.DataFrame) -> pd.DataFrame:
    """A line each set of trainings of a corpus and system with the same digests."""
    short = trainings.assign(**{digest: trainings[digest].str[:SHOWN] for digest in DIGESTS})
    rows = [
        [
            printed(corpus),
            SYSTEMS[system].printed + (" selected" if values == "selected" else ""),
            ", ".join(map(str, sorted(alike["seed"].unique()))),
            str(len(alike)),
            *(f"`{digest}`" for digest in digests),
        ]
        for (corpus, system, values, *digests), alike in short.groupby(
            ["corpus", "system", "values", *DIGESTS], sort=False
        )
    ]
    return pd.DataFrame(rows, columns=["Corpus", "System", "Seeds", "Trainings", "Settings", "Sources", "Data"])
