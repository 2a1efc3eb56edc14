"""Train one system on one fold with one seed, and predict the fold's test speaker."""

import argparse
import json

from gagru.experiment.arguments import add_training_arguments, train_as_asked
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_training_arguments(parser)
    parser.add_argument(
        "--job", required=True, type=json.loads, help="JSON: settings, validation, upsample, device, threads"
    )
    args = parser.parse_args()

    train_as_asked(args, args.job)


if __name__ == "__main__":
    run(main)
