"""Predict the emotion of recordings by a trained model.

A model is the folder of a fold, of a seed, or of a system, such as results/emodb/ga_gru/seed0. The predictions are a
table in CSV, a row a recording, or a window of it. docs/predict.md explains its columns.
"""

import argparse
import sys
from pathlib import Path

from gagru.commands.numbers import seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `gagru predict`."""
    parser.add_argument("model", metavar="MODEL", type=Path, help="folder of a fold, of a seed, or of a system")
    parser.add_argument(
        "given", metavar="FILE|FOLDER|MANIFEST", nargs="+", help="audio files, folders of them, CSV files with `path`"
    )
    parser.add_argument(
        "--speaker", help="of manifests, the column that names who speaks; of files and folders, who speaks in all"
    )
    parser.add_argument("--segments", type=seconds, metavar="SECONDS", help="cut recordings into windows so long")
    parser.add_argument("--hop", type=seconds, metavar="SECONDS", help="from one window to the next; by default half")
    parser.add_argument("--out", type=Path, help=".csv or .parquet; without it the table is printed")
    parser.add_argument("--strict", action="store_true", help="a recording that cannot be heard is an error")
    parser.add_argument("--device", choices=["auto", "cpu", "cuda"], default="cpu", help="where networks run")


def main(options: argparse.Namespace) -> None:
    """Write or print the predictions; what could not be heard is said at the end."""
    from gagru.commands.count import count_files
    from gagru.predict.model import check_heard, load
    from gagru.predict.recordings import find_recordings
    from gagru.predict.write import check_output, to_csv, write_predictions
    from gagru.task.errors import InputError

    if options.hop and not options.segments:
        raise InputError("--hop is the step between windows: give --segments, how long they are, too")
    if options.out:
        check_output(options.out)
    model = load(options.model, device=options.device)
    recordings = find_recordings(options.given, options.speaker)
    with count_files(len(recordings)) as tell:
        table, report = model.judge(recordings, options.segments, options.hop, lambda *_: tell())
    check_heard(report, len(recordings), options.strict)
    if options.out:
        write_predictions(options.out, table)
        print(f"{options.out}: {len(table)} predictions for {len(recordings) - len(report.bad)} recordings")
    else:
        sys.stdout.write(to_csv(table))
    for line in report.lines():
        print(line, file=sys.stderr)
