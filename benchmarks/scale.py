"""Time and memory of normalising and training at 1, 4 and 16 times IEMOCAP's size, and an epoch at the paper's sizes.

Every step runs as the workflow runs it, as a program in a process of its own, on one thread. Normalising is one
speaker's job of ten; training is one fold's of GA-GRU, one epoch long. So that the largest takes minutes, all corpora
are trained with a small hidden state, which changes what a frame costs and not how that grows; the paper's sizes are
run on the smallest corpus.

    python -m benchmarks.scale [--sizes 1 4 16]
"""

import json
import sys
import tempfile
from pathlib import Path

import yaml

from benchmarks.corpora import UTTERANCES
from benchmarks.measure import ROOT, Measure, Usage, hand_over, parser, program, run, table

FOLD = "Ses01F"
SMALL = {"hidden": 32}
TINY = {"hidden": 4}
MEMORY = 2048  # MB


def normalise(corpus: Path) -> Usage:
    """Normalise the features of one speaker."""
    settings = {"method": "speaker", "statistics_over": "task", "downsample": 5}
    files = {"features": corpus / f"features/lld/{FOLD}.parquet", "index": corpus / "index.parquet"}
    return run(program("normalise_features", **files, feature_set="lld", settings=settings, out=corpus / "n.parquet"))


def train(corpus: Path, settings: dict, epochs: int) -> tuple[Usage, float]:
    """Train GA-GRU on one fold; what the process took, and the seconds from reading to predictions."""
    settings = yaml.safe_load((ROOT / "config.yaml").read_text())["systems"]["ga_gru"] | settings
    job = {
        "settings": settings | {"max_epochs": epochs, "patience": epochs},
        **{"validation": "partner", "upsample": [], "device": "cpu", "threads": 1},
    }
    names = {"corpus": "benchmark", "system": "ga_gru", "seed": 0, "fold": FOLD}
    files = {
        "index": corpus / "index.parquet",
        "folds": corpus / "folds.csv",
        "features": corpus / "normalised" / "lld",
    }
    used = run(program("train_fold", **names, **files, job=job, out=corpus / "out"))
    return used, json.loads((corpus / "out" / "provenance.json").read_text())["measured"]["seconds"]


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--sizes", type=float, nargs="+", default=[1, 4, 16], help="multiples of IEMOCAP's size")
    args = options.parse_args()
    sizes, small, large = ([0.02, 0.04], TINY, TINY) if args.tiny else (sorted(args.sizes), SMALL, {})
    rows = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            corpus = Path(folder)
            run([sys.executable, "-m", "benchmarks.corpora", folder, "--size", str(size)])
            rows.append((normalise(corpus), *train(corpus, small, 1)))
            if size == sizes[0]:
                (paper, one), (_, two) = (train(corpus, large, epochs) for epochs in (1, 2))
    print(f"One run of each. Training: GA-GRU, hidden {small['hidden']}, 1 epoch; its work: all but imports\n")
    lines = [
        (f"{size:g}", round(size * UTTERANCES), *(f"{value:.1f}" for value in (*normalised, *trained, work)))
        for size, (normalised, trained, work) in zip(sizes, rows, strict=True)
    ]
    header = (
        "times IEMOCAP|utterances|normalise a speaker, s|peak, MB|train, s|peak, MB|of it reading to predictions, s"
    )
    print(table(header, lines))
    print(f"\nAt the paper's sizes, {sizes[0]:g} times IEMOCAP, 1 epoch: {paper.seconds:.1f} s, {paper.peak_mb:.0f} MB")
    (normalised, _, work), *_, (last_normalised, _, last_work) = rows
    growth = sizes[-1] / sizes[0]
    label = f"an utterance, {sizes[-1]:g} times IEMOCAP against {sizes[0]:g}"
    measures = [
        Measure(
            "an epoch of GA-GRU, 5531 utterances", two - one, "s", note="2 epochs less 1; trains on 8 of 10 speakers"
        ),
        Measure("peak memory of a training job, GA-GRU, paper's sizes", paper.peak_mb, "MB", at_most=MEMORY),
        Measure("peak memory of a normalising job", normalised.peak_mb, "MB", at_most=MEMORY),
        Measure(f"time of training {label}", last_work / work / growth, "times", note="1 is linear"),
        Measure(f"time of normalising {label}", last_normalised.seconds / normalised.seconds / growth, "times"),
    ]
    hand_over(measures, args.json)


if __name__ == "__main__":
    main()
