"""Choose among the trainings of a fold by its validation part: selection.json."""

import argparse
import json

from gagru.experiment.selection import choose_candidate
from gagru.storage.files import write_checked_json
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", nargs="+", required=True, help="history.csv of every candidate")
    parser.add_argument("--candidates", required=True, type=json.loads, help="JSON: the settings of every candidate")
    parser.add_argument("--refit", default=False, type=json.loads, help="JSON: whether the chosen one is refitted")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()

    selection = choose_candidate(args.candidates, args.histories, args.refit)
    write_checked_json(args.out, selection)
    chosen = selection["candidates"][selection["chosen"]]
    settings = ", ".join(f"{name} {value}" for name, value in chosen["settings"].items())
    print(f"{args.out}: of {selection['budget']}, {settings}: validation UA {chosen['validation_ua']:.2%}")


if __name__ == "__main__":
    run(main)
