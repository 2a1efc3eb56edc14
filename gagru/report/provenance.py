"""What the trainings were made with, from the `provenance.json` of all of them. It holds no times."""

import csv
import io
from collections import Counter

from gagru.report.trainings import Training
from gagru.storage.files import write_text
from gagru.storage.markdown import table
from gagru.task.corpora import printed
from gagru.task.systems import SYSTEMS

# Every key that names what a training was made with, and what a reader calls it.
MADE_WITH = {"commit": "Commit of the workflow", "processor": "Processor", "device": "Device"}
DIGESTS = ("settings_digest", "sources_digest", "data_digest")
SHOWN = 12  # hexadecimal digits of a digest on the page; the CSV file has all


def write_provenance(trainings: list[Training], path) -> None:
    """Write the CSV file, a row a training: what was trained, the digests, machine and versions."""
    packages = sorted({package for one in trainings for package in one.provenance["versions"]})
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["corpus", "system", "seed", "fold", *DIGESTS, *MADE_WITH, *packages])
    for one in trainings:
        found = one.provenance
        cells = [found[key] for key in (*DIGESTS, *MADE_WITH)]
        writer.writerow([*one[:4], *cells, *(found["versions"].get(package, "") for package in packages)])
    write_text(path, text.getvalue())


def page(trainings: list[Training]) -> str:
    """The Markdown page: what all trainings share or differ in, and the digests of each system."""
    parts = [
        "# Provenance\n",
        "What the systems were trained with, gathered from the `provenance.json` beside each training's results, which "
        "also hold its settings. On another machine, or from another commit, this page is another one.\n",
        "## Made with\n",
        table(["What", "Value", "Trainings"], _made_with(trainings), right={2}),
        "## Lineage\n",
        "Trainings with the same three digests were made from the same data, with the same settings, by the same code. "
        "Settings and sources are those of every stage: index, folds, features, normalisation and training. Data are "
        "what the index, the folds and the normalised features hold. `provenance.json` tells the stages apart. The "
        f"first {SHOWN} digits; `provenance.csv` has all, a line a training.\n",
        table(
            ["Corpus", "System", "Seeds", "Trainings", "Settings", "Sources", "Data"], _digests(trainings), right={3}
        ),
    ]
    return "\n".join(parts)


def _made_with(trainings: list[Training]) -> list[list[str]]:
    """A line a value that occurs, the most frequent first."""
    packages = {package for one in trainings for package in one.provenance["versions"]}
    values = {name: [one.provenance[key] for one in trainings] for key, name in MADE_WITH.items()}
    values["Commit of the workflow"] = [value or "unknown: no checkout" for value in values["Commit of the workflow"]]
    for package in sorted(packages, key=lambda package: (package != "python", package)):
        name = "Python" if package == "python" else package
        values[name] = [one.provenance["versions"].get(package, "not installed") for one in trainings]
    return [
        [name if number == 0 else "", value, str(count)]
        for name, found in values.items()
        for number, (value, count) in enumerate(Counter(found).most_common())
    ]


def _digests(trainings: list[Training]) -> list[list[str]]:
    """A line each set of trainings of a corpus and system with the same digests."""
    alike: dict[tuple, list[Training]] = {}
    for one in trainings:
        digests = tuple(one.provenance[key][:SHOWN] for key in DIGESTS)
        alike.setdefault((one.corpus, one.system, *digests), []).append(one)
    return [
        [
            printed(corpus),
            SYSTEMS[system].printed,
            ", ".join(map(str, sorted({one.seed for one in those}))),
            str(len(those)),
            *(f"`{digest}`" for digest in digests),
        ]
        for (corpus, system, *digests), those in alike.items()
    ]
