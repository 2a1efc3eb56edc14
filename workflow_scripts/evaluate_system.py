"""Pool the folds' predictions of one system and seed: metrics.json and confusion.csv."""

import argparse
import json

from gagru.evaluation.evaluate import evaluate, write_evaluation
from gagru.evaluation.intervals import Bootstrap
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--predictions", nargs="+", required=True, help="predictions.parquet of every fold")
    parser.add_argument("--index", required=True, help="the corpus's index.parquet")
    parser.add_argument("--settings", type=json.loads, default={}, help='{"draws": 10000, "level": 0.95, "seed": 0}')
    parser.add_argument("--out-metrics", required=True)
    parser.add_argument("--out-confusion", required=True)
    options = parser.parse_args()

    metrics = evaluate(options.predictions, options.index, Bootstrap(**options.settings))
    write_evaluation(metrics, options.out_metrics, options.out_confusion)
    ua, wa = (f"{name} {metrics['pooled'][name]['value']:.2%}" for name in ("UA", "WA"))
    print(f"{options.out_metrics}: {metrics['utterances']} utterances, {len(metrics['speakers'])} folds, {ua}, {wa}")


if __name__ == "__main__":
    run(main)
