"""What it costs to predict a speaker of whom there is little: UA by where the z-score's statistics come from.

For every fold of a finished run the test speaker's utterances are normalised anew, each by statistics over `n` of the
speaker's utterances, itself among them and the others drawn at random; or by those of the training speakers, which the
model holds; or, as in the workflow, by all of the speaker's. The fold's model predicts them.

    python -m benchmarks.speaker_statistics results/emodb --systems svm bigru_att ga_gru [--draws 5]
"""

import argparse
from pathlib import Path

import numpy as np

from benchmarks.measure import table
from gagru.data.dataset import FoldFiles, Part, read_fold
from gagru.features.normalise import Statistics, normalise, statistics_of
from gagru.features.store import read_features
from gagru.predict.model import Member
from gagru.task.emotions import EMOTIONS
from gagru.task.metrics import compute_metrics, count_confusion

COUNTS = (1, 2, 3, 5, 10, 20)


class Fold:
    """A fold's model, and its test speaker's features as extracted.

    results : folder of the corpus; seed : folder of the folds
    """

    def __init__(self, results: Path, seed: Path, fold: str):
        self.member = Member(seed / fold)
        heard = self.member.description["features"]["feature_set"]
        files = FoldFiles(results / "index.parquet", results / "folds.csv", results / "normalised" / heard)
        self.test = read_fold(files, fold, only=("test",))["test"]
        self.raw = dict(read_features(results / "features" / heard / f"{fold}.parquet").items())

    def predict(self, statistics: dict[str, Statistics]) -> list[int]:
        """The classes of the test utterances, each normalised by its own statistics."""
        settings = self.member.description["normalisation"]
        values = [normalise(self.raw[name], statistics[name], settings) for name in self.test.utterance]
        part = Part(self.test.utterance, self.test.speaker, self.test.emotion, self.test.columns, values)
        return self.member.system.predict(part).emotion.tolist()

    def draw(self, count: int, generator: np.random.Generator) -> dict[str, Statistics]:
        """For each test utterance the statistics over it and others of the speaker, `count` in all if there are."""
        found = {}
        for name in self.test.utterance:
            others = [other for other in self.test.utterance if other != name]
            drawn = generator.choice(others, min(count - 1, len(others)), replace=False) if count > 1 else []
            found[name] = statistics_of(self.test.columns, [self.raw[other] for other in [name, *drawn]])
        return found


def measure(folds: list[Fold], choose) -> float:
    """UA (%) over all folds, `choose` giving each fold's statistics."""
    truth = [EMOTIONS[code] for fold in folds for code in fold.test.emotion]
    predicted = [EMOTIONS[code] for fold in folds for code in fold.predict(choose(fold))]
    return 100 * float(compute_metrics(count_confusion(truth, predicted))[-1])


def by_training(fold: Fold) -> dict[str, Statistics]:
    """Those of the training speakers, for each test utterance."""
    return dict.fromkeys(fold.test.utterance, fold.member.statistics)


def by_all(fold: Fold) -> dict[str, Statistics]:
    """Those of all of the speaker's utterances of the task, for each test utterance."""
    own = [fold.raw[name] for name in fold.test.utterance]
    return dict.fromkeys(fold.test.utterance, statistics_of(fold.test.columns, own))


def columns_of(folds: list[Fold], draws: int) -> list[str]:
    """The row of one system: from the training speakers, from n utterances (mean and deviation), from all."""
    row = [f"{measure(folds, by_training):.1f}"]
    for count in COUNTS:
        generator = np.random.default_rng(count)
        runs = draws if count > 1 else 1  # there is only one way to draw none
        found = [measure(folds, lambda fold, n=count, g=generator: fold.draw(n, g)) for _ in range(runs)]
        row.append(f"{np.mean(found):.1f}" + (f" ± {np.std(found, ddof=1):.1f}" if runs > 1 else ""))
    return [*row, f"{measure(folds, by_all):.1f}"]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("results", type=Path, help="folder of a corpus, such as results/emodb")
    options.add_argument("--systems", nargs="+", default=["svm", "bigru_att", "ga_gru"])
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--draws", type=int, default=5)
    args = options.parse_args()
    rows = []
    for system in args.systems:
        seed = args.results / system / f"seed{args.seed}"
        folds = [Fold(args.results, seed, path.parent.name) for path in sorted(seed.glob("*/model.json"))]
        rows.append([system, *columns_of(folds, args.draws)])
        print(rows[-1], flush=True)
    print(table("|".join(["system", "training speakers", *map(str, COUNTS), "all of the speaker's"]), rows))


if __name__ == "__main__":
    main()
