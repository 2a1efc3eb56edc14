"""Write a demo corpus: synthetic speech in the folder layout of a real corpus."""

import argparse
import time
from pathlib import Path

from gagru.demo.layouts import make_demo_corpus
from gagru.demo.plan import SESSIONS
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", required=True, choices=list(SESSIONS), help="the corpus whose layout it has")
    parser.add_argument("--out", required=True, type=Path, help="folder to write; must not be there, or be empty")
    options = parser.parse_args()

    began = time.perf_counter()
    utterances = make_demo_corpus(options.reader, options.out)
    seconds = time.perf_counter() - began
    print(f"{options.reader} demo corpus: {utterances} synthetic utterances, {seconds:.1f} s")


if __name__ == "__main__":
    run(main)
