"""Read a corpus's label files and audio headers, check them, and write the utterance table."""

import argparse
import json
import time
from pathlib import Path

from gagru.corpora.index import build_index, describe
from gagru.corpora.registry import ACTOR, ALL
from gagru.corpora.table import write_index
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", required=True, help="a module of gagru/corpora/, as iemocap")
    parser.add_argument("--root", required=True, type=Path, help="the corpus's folder; for a manifest the CSV file")
    parser.add_argument("--speakers", required=True, type=json.loads, help="JSON list: who has utterances in the task")
    parser.add_argument(
        "--expected-counts",
        type=json.loads,
        default=True,
        help="JSON: true (the published corpus's counts), false (none), or {speaker: {emotion: number}}",
    )
    parser.add_argument("--part", default=ALL, help="of the corpus: all, improvised or scripted")
    parser.add_argument("--speaker-rule", default=ACTOR, help="who is the speaker: actor, or dialog")
    parser.add_argument("--out", required=True, type=Path, help="index.parquet")
    args = parser.parse_args()

    start = time.perf_counter()
    table = build_index(args.reader, args.root, args.speakers, args.expected_counts, args.part, args.speaker_rule)
    write_index(table, args.out)
    print(f"{args.reader}: {describe(table)}, {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    run(main)
