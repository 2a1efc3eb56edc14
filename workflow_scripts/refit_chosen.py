"""Train the candidate that was chosen for a fold once more, on its training and validation part, and predict."""

import argparse
import json

from gagru.experiment.arguments import add_training_arguments, train_as_asked
from gagru.experiment.selection import describe_refit, read_selection
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_training_arguments(parser)
    parser.add_argument("--selection", required=True, help="selection.json of the fold")
    parser.add_argument("--jobs", required=True, type=json.loads, help="JSON: the jobs of all candidates, in order")
    args = parser.parse_args()

    train_as_asked(args, describe_refit(read_selection(args.selection), args.jobs))


if __name__ == "__main__":
    run(main)
