"""Average the attention profiles over utterances and seeds, and draw Figure 3 from the averages."""

import argparse

from gagru.analysis.averages import PROFILE_FORMATS, average_profiles
from gagru.figures.figure3 import draw_figure3
from gagru.storage.tables import read_csv, write_csv
from gagru.task.runs import parse_run
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    help = "CORPUS/ga_gru:SEED=profiles.parquet of all that is drawn"
    parser.add_argument("--profiles", nargs="+", required=True, type=parse_run, help=help)
    parser.add_argument("--note", default="", help="a warning to print on the figure")
    parser.add_argument("--over-utterances", choices=("mean", "sum"), default="mean")
    parser.add_argument("--out-csv", required=True)
    parser.add_argument("--out-pdf", required=True)
    parser.add_argument("--out-png", required=True)
    options = parser.parse_args()

    write_csv(options.out_csv, average_profiles(options.profiles, options.over_utterances), PROFILE_FORMATS)
    table = read_csv(options.out_csv)
    draw_figure3(table, options.out_pdf, options.out_png, options.note, options.over_utterances)
    print(f"{options.out_pdf}: attention on {', '.join(dict.fromkeys(trained.corpus for trained in options.profiles))}")


if __name__ == "__main__":
    run(main)
