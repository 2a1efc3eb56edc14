"""What was heard, in words, for captions: asked for when the report is written.

Imported by the Snakefile, so nothing here needs more than the standard library.
"""

import csv
from pathlib import Path

from gagru.task.corpora import printed


def describe_speech(corpus: str, demo: bool, folds) -> str:
    """As `IEMOCAP (synthetic speech in its place): 4 speakers, 281 utterances`.

    demo : whether the corpus is the synthesised stand-in
    folds : path of its `folds.csv`; speakers and utterances are those that are tested. The counts are left out where
        there is no such file yet.
    """
    name = f"{printed(corpus)} ({'synthetic speech in its place' if demo else 'real speech'})"
    path = Path(folds)
    if not path.is_file():
        return name
    with open(path, encoding="utf-8", newline="") as file:
        tested = [row["fold"] for row in csv.DictReader(file) if row["role"] == "test"]
    return f"{name}: {len(set(tested))} speakers, {len(tested)} utterances"
