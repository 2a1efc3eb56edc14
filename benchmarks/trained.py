"""Whether training with the packed GRU gives what `nn.GRU` gives, within the spread of seeds.

Takes a corpus whose recurrent systems the workflow has trained with several seeds, trains them once more for the first
seed with `nn.GRU` on a PackedSequence in the place of the packed GRU, on the same folds and features, and pools both.
Rounding apart, a step is the same in both; over many steps they drift apart, as far as another seed would. The trained
models' probabilities are computed both ways, too.

    python -m benchmarks.trained results/emodb --seeds 0 1 2 [--systems bigru_att ga_gru] [--folds 03 08 ...]

It is not among the programs that `make benchmark` runs, since it needs that corpus and takes as long as training does.
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch
from torch import nn

from benchmarks.measure import table
from gagru.data.dataset import FoldFiles, read_fold
from gagru.experiment.job import FoldTraining, train_fold
from gagru.layers.packed_gru import PackedBiGRU
from gagru.storage.parquet import read_parquet
from gagru.systems.loading import system_class
from gagru.task.emotions import EMOTIONS
from gagru.task.metrics import METRICS, compute_metrics, count_confusion

SHOWN = (*EMOTIONS, "WA", "UA")


def pooled(folders: list[Path]) -> dict[str, float]:
    """The figures, in per cent, of the test predictions in these folders of folds."""
    tested = [read_parquet(folder / "predictions.parquet", ["emotion", "predicted"]) for folder in folders]
    counts = sum(count_confusion(t["emotion"].to_pylist(), t["predicted"].to_pylist()) for t in tested)
    return dict(zip(METRICS, (100 * compute_metrics(counts)).tolist(), strict=True))


def plainly():
    """A context in which the packed GRU's work is done by `nn.GRU` on a PackedSequence."""
    return patch.object(PackedBiGRU, "forward", lambda self, packed, together: nn.GRU.forward(self, packed)[0])


def files(corpus: Path) -> FoldFiles:
    """What both systems read."""
    return FoldFiles(corpus / "index.parquet", corpus / "folds.csv", corpus / "normalised/lld")


def apart(corpus: Path, system: str, seed: int, fold: str) -> float:
    """The largest difference between a trained model's probabilities on its test speaker, computed both ways."""
    model = system_class(system).load(corpus / system / f"seed{seed}" / fold)
    test = read_fold(files(corpus), fold, only=["test"])["test"]
    ours = model.predict(test).probability
    with plainly():
        return float(np.abs(ours - model.predict(test).probability).max())


def train_plainly(corpus: Path, system: str, seed: int, fold: str, out: Path) -> None:
    """Train as the workflow did, settings and all, but with `nn.GRU`."""
    done = json.loads((corpus / system / f"seed{seed}" / fold / "provenance.json").read_text())
    job = {key: done[key] for key in ("settings", "validation", "upsample", "device", "threads")}
    with plainly():
        train_fold(FoldTraining(system, seed, fold, job), files(corpus), out)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("corpus", type=Path, help="its folder of results")
    options.add_argument("--systems", nargs="+", default=["bigru_att", "ga_gru"])
    options.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2], help="that the workflow has trained")
    options.add_argument("--folds", nargs="+", help="default: all")
    args = options.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    rows = []
    for system in args.systems:
        runs = [args.corpus / system / f"seed{seed}" for seed in args.seeds]
        folds = args.folds or sorted(path.parent.name for path in runs[0].glob("*/predictions.parquet"))
        with tempfile.TemporaryDirectory() as folder:
            out, start = Path(folder), time.perf_counter()
            for fold in folds:
                train_plainly(args.corpus, system, args.seeds[0], fold, out / fold)
            seconds = time.perf_counter() - start
            plain = pooled([out / fold for fold in folds])
        ours = [pooled([run / fold for fold in folds]) for run in runs]
        spent = [json.loads((runs[0] / fold / "provenance.json").read_text())["measured"]["seconds"] for fold in folds]
        rows += [
            (
                system,
                f"packed GRU, seed {seed}",
                *(f"{found[name]:.2f}" for name in SHOWN),
                f"{sum(spent):.0f}" * (not i),
            )
            for i, (seed, found) in enumerate(zip(args.seeds, ours, strict=True))
        ]
        rows.append(
            (system, f"`nn.GRU`, seed {args.seeds[0]}", *(f"{plain[name]:.2f}" for name in SHOWN), f"{seconds:.0f}")
        )
        spread = [[found[name] for found in ours] for name in SHOWN]
        rows.append((system, "range of the seeds", *(f"{min(s):.2f} to {max(s):.2f}" for s in spread), ""))
        difference = max(apart(args.corpus, system, args.seeds[0], fold) for fold in folds)
        print(f"{system}: a trained model's probabilities, both ways, differ by {difference:.1e} at most")
        print(
            f"{system}: UA {plain['UA']:.2f} with nn.GRU, {statistics.mean(f['UA'] for f in ours):.2f} with ours",
            flush=True,
        )
    print(table("system|trained with|Happiness|Neutrality|Sadness|Anger|WA|UA|s", rows))


if __name__ == "__main__":
    main()
