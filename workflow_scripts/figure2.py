"""Average the edges of the graphs over utterances and seeds, and draw Figure 2 from the averages."""

import argparse

from gagru.analysis.averages import EDGE_FORMATS, average_edges
from gagru.figures.figure2 import draw_figure2
from gagru.storage.tables import read_csv, write_csv
from gagru.task.runs import parse_run
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    help = "CORPUS/ga_gru:SEED=edges.parquet of all that is drawn"
    parser.add_argument("--edges", nargs="+", required=True, type=parse_run, help=help)
    parser.add_argument("--note", default="", help="a warning to print on the figure")
    parser.add_argument("--out-csv", required=True)
    parser.add_argument("--out-pdf", required=True)
    parser.add_argument("--out-png", required=True)
    options = parser.parse_args()

    write_csv(options.out_csv, average_edges(options.edges), EDGE_FORMATS)
    draw_figure2(read_csv(options.out_csv), options.out_pdf, options.out_png, options.note)
    print(f"{options.out_pdf}: edges of {', '.join(dict.fromkeys(trained.corpus for trained in options.edges))}")


if __name__ == "__main__":
    run(main)
