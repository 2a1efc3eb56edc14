"""A small corpus on disk: its index, and predictions of each fold."""

import pyarrow as pa
import pytest

from gagru.evaluation.evaluate import evaluate
from gagru.storage.parquet import write_parquet
from gagru.task.runs import Run

# speaker, emotion, predicted: WA 7/10; recalls 2/3, 2/3, 2/2, 1/2, so UA 17/24
ROWS = [
    ("A", "happiness", "happiness"),
    ("A", "happiness", "anger"),
    ("A", "neutrality", "neutrality"),
    ("A", "sadness", "sadness"),
    ("A", "anger", "anger"),
    ("B", "happiness", "happiness"),
    ("B", "neutrality", "neutrality"),
    ("B", "neutrality", "sadness"),
    ("B", "sadness", "sadness"),
    ("B", "anger", "neutrality"),
]


PROBABILITIES = ("p_happiness", "p_neutrality", "p_sadness", "p_anger")


def write(path, rows):
    """Rows of dictionaries to a Parquet file."""
    write_parquet(path, pa.Table.from_pylist(rows))
    return path


class Corpus:
    """An index of ten utterances in the task and one outside it; predictions that a test may spoil before writing."""

    def __init__(self, folder):
        self.folder = folder
        task = [
            {"utterance": f"u{i}", "speaker": s, "emotion": e, "predicted": p, **dict.fromkeys(PROBABILITIES, 0.25)}
            for i, (s, e, p) in enumerate(ROWS)
        ]
        self.folds = {speaker: [row for row in task if row["speaker"] == speaker] for speaker in "AB"}
        self.index = folder / "index.parquet"
        self.dialog = "d1"
        self.write_index()

    def write_index(self):
        rows = [
            {**{k: row[k] for k in ("utterance", "speaker", "emotion")}, "dialog": self.dialog}
            for fold in self.folds.values()
            for row in fold
        ]
        write(self.index, [*rows, {"utterance": "other", "speaker": "A", "emotion": None, "dialog": self.dialog}])

    def evaluate(self, folds="AB"):
        """What `metrics.json` holds of the predictions as they are now."""
        return evaluate(self.write_predictions(), list(folds), self.index, 0.95)

    def write_predictions(self):
        for fold, rows in self.folds.items():
            write(self.folder / fold / "predictions.parquet", rows)
        return Run("iemocap", "svm", 0, self.folder)


@pytest.fixture
def corpus(tmp_path):
    return Corpus(tmp_path)
