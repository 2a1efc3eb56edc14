"""Pool the folds' predictions of one system and seed: metrics.json and confusion.csv."""

import argparse

from gagru.evaluation.evaluate import confusion_table, evaluate
from gagru.storage.files import write_checked_json
from gagru.storage.tables import write_csv
from gagru.task.runs import parse_run
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", required=True, type=parse_run, help="CORPUS/SYSTEM:SEED=FOLDER of the folds")
    parser.add_argument("--folds", nargs="+", required=True, help="names of the folds")
    parser.add_argument("--index", required=True, help="the corpus's index.parquet")
    parser.add_argument("--level", type=float, default=0.95, help="of the intervals")
    parser.add_argument("--out-metrics", required=True)
    parser.add_argument("--out-confusion", required=True)
    options = parser.parse_args()

    metrics = evaluate(options.run, options.folds, options.index, options.level)
    write_csv(options.out_confusion, confusion_table(metrics))
    write_checked_json(options.out_metrics, metrics)
    ua, wa = (f"{name} {metrics['pooled'][name]['value']:.2%}" for name in ("UA", "WA"))
    print(f"{options.out_metrics}: {metrics['utterances']} utterances, {len(metrics['speakers'])} folds, {ua}, {wa}")


if __name__ == "__main__":
    run(main)
