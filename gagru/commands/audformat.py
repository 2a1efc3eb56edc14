"""Write predictions as a database in audformat.

The predictions are a table of `gagru predict`, or those of the test utterances in the folder of a seed or a fold, such
as results/emodb/ga_gru/seed0. The database has one table of segments, `predictions`, as CSV. It needs audformat, which
`pip install "gagru[audformat]"` installs.
"""

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `gagru audformat`."""
    parser.add_argument(
        "predictions", metavar="TABLE|FOLDER", type=Path, help="CSV or Parquet; or the folder of a seed"
    )
    parser.add_argument("--index", type=Path, help="for a folder, index.parquet of the corpus")
    parser.add_argument("--out", type=Path, required=True, help="folder of the database, to be made")


def main(options: argparse.Namespace) -> None:
    """Write the database."""
    from gagru.predict.database import read_predictions, write_database

    table = read_predictions(options.predictions, options.index)
    write_database(table, options.out, options.out.name)
    print(f"{options.out}: {len(table)} predictions")
