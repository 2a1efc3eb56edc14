"""Compare two systems under every specification of the open choices: choices_{corpus}.csv, .md and the figure."""

import argparse
import json

from gagru.evaluation.specification_curve import FORMATS, read_curve
from gagru.figures.choices import draw_choices
from gagru.report.choices import render_choices
from gagru.storage.files import write_text
from gagru.storage.tables import read_csv, write_csv
from gagru.workflow.choices import find_idle, list_specifications, locate_metrics
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--configuration", required=True, type=json.loads, help="see gagru.workflow.choices")
    parser.add_argument("--level", type=float, default=0.95, help="of the intervals")
    parser.add_argument("--note", default="", help="to stand on the face of the page and the figure")
    parser.add_argument("--out-csv", required=True)
    parser.add_argument("--out-md", required=True)
    parser.add_argument("--out-pdf", required=True)
    parser.add_argument("--out-png", required=True)
    args = parser.parse_args()

    config = args.configuration
    choices = config["choices"]
    pairs = [(s, *locate_metrics(config, args.corpus, s)) for s in list_specifications(config, args.corpus)]
    curve = read_curve(args.corpus, choices["systems"], pairs, args.level)
    write_csv(args.out_csv, curve.table, FORMATS)
    idle, notes = find_idle(config, args.corpus), [args.note] if args.note else []
    write_text(args.out_md, render_choices(curve, idle, choices["design"], args.level, notes))
    draw_choices(read_csv(args.out_csv), args.out_pdf, args.out_png, args.note)
    print(f"{args.out_csv}: {len(curve.table)} specifications of {' against '.join(choices['systems'])}")


if __name__ == "__main__":
    run(main)
