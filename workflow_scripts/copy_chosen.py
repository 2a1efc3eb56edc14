"""Copy the results of the candidate that was chosen for a fold."""

import argparse

from gagru.experiment.selection import copy_chosen, read_selection
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--selection", required=True, help="selection.json of the fold")
    parser.add_argument("--candidates", nargs="+", required=True, help="folders of the candidates, in its order")
    parser.add_argument("--out", required=True, help="folder for the fold's results")
    args = parser.parse_args()

    selection = read_selection(args.selection)
    copy_chosen(selection, args.candidates, args.out)
    print(f"{args.out}: {args.candidates[selection['chosen']]}")


if __name__ == "__main__":
    run(main)
