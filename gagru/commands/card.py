"""Write the card of a trained model, README.md, in the form that model hubs read.

It says what the model is for, what it was trained on, how well it does (by metrics.json), what it confuses, its limits
and its licences.
"""

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `gagru card`."""
    parser.add_argument("model", metavar="MODEL", type=Path, help="folder of a fold, of a seed, or of a system")
    parser.add_argument("--out", type=Path, help="where to; by default README.md in that folder")


def main(options: argparse.Namespace) -> None:
    """Write the card."""
    from gagru.report.card import read_source, write_card
    from gagru.report.handover import CARD
    from gagru.storage.files import write_text

    source = read_source([options.model])
    out = options.out or options.model / CARD
    write_text(out, write_card(source, options.model.name))
    print(f"{out}: the card of {len(source.folders)} models")
