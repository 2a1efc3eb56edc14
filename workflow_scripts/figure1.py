"""Draw Figure 1: the architecture of GA-GRU with its settings."""

import argparse
import json

from gagru.figures.figure1 import draw_figure1
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", type=json.loads, required=True, help="JSON: the settings of ga_gru")
    parser.add_argument("--normalisation", type=json.loads, required=True, help="JSON: method, features' settings")
    parser.add_argument("--note", default="", help="a warning to print on the figure")
    parser.add_argument("--out-pdf", required=True)
    parser.add_argument("--out-png", required=True)
    options = parser.parse_args()

    draw_figure1(options.settings, options.normalisation, options.out_pdf, options.out_png, options.note)
    print(f"{options.out_pdf}: the architecture of GA-GRU")


if __name__ == "__main__":
    run(main)
