"""Show what a trained model attends to in a recording, before and after the graph.

The picture has the spectrogram, the attention over time before and after the graph, what the graph moved, the graph
with how much each third of the recording takes from each, and the class probabilities. GA-GRU, and BiGRU+Att without
the graph.
"""

import argparse
import sys
from pathlib import Path

from gagru.commands.numbers import moment, seconds

PICTURES = (".png", ".pdf", ".svg")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `gagru explain`."""
    parser.add_argument("model", metavar="MODEL", type=Path, help="folder of a fold, of a seed, or of a system")
    parser.add_argument("file", metavar="FILE", type=Path, help="the recording")
    parser.add_argument("--out", type=Path, required=True, help="the picture: .png, .pdf or .svg")
    parser.add_argument("--csv", type=Path, help="the numbers: a row a step of 50 ms")
    parser.add_argument(
        "--same-speaker", nargs="+", default=[], metavar="FILE|FOLDER", help="more of the speaker, for the z-scores"
    )
    parser.add_argument("--start", type=moment, default=0.0, metavar="SECONDS", help="where the part begins")
    parser.add_argument("--duration", type=seconds, metavar="SECONDS", help="how long the part is; by default all")


def main(options: argparse.Namespace) -> None:
    """Draw the picture, and write the numbers where they are wanted."""
    from gagru.figures.explanation import draw_explanation
    from gagru.predict.model import load
    from gagru.predict.write import check_output
    from gagru.storage.files import write_text

    check_output(options.out, PICTURES)
    if options.csv:
        check_output(options.csv, (".csv",))
    model = load(options.model)
    explained = model.explain(options.file, options.same_speaker, start=options.start, duration=options.duration)
    said = explained.prediction
    folds = len(model.members)
    agreement = f", by {round(folds * said['agreement'])} of {folds} folds" if folds > 1 else ""
    title = f"{options.file.name}: {said['emotion']}{agreement} ({model.describe()})"
    draw_explanation(explained, options.out, title)
    if options.csv:
        write_text(options.csv, explained.steps.to_csv(index=False, float_format="%.6g", lineterminator="\n"))
    print(f"{options.out}: {title}; z-scores by: {said['statistics'].replace('_', ' ')}")
    for line in explained.notes:
        print(line, file=sys.stderr)
