"""Write a folder to hand over: a trained model's weights, its descriptions, its metrics and its card.

The weights are safetensors, the rest is JSON and Markdown: nothing runs when it is read. Read the licences in the card
before you pass the folder on.
"""

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `gagru export`."""
    parser.add_argument("model", metavar="MODEL", type=Path, help="folder of a fold, of a seed, or of a system")
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="a new folder")


def main(options: argparse.Namespace) -> None:
    """Write the folder."""
    from gagru.report.handover import export_model

    files = export_model([options.model], options.folder)
    print(f"{options.folder}: {len(files)} files")
