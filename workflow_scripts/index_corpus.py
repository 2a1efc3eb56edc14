"""Read a corpus's label files and audio headers, check them, and write the utterance table, or one speaker's part."""

import argparse
import json
import time
from pathlib import Path

from gagru.corpora.index import build_index, describe, index_speaker
from gagru.corpora.left_out import LeftOut, describe_left_out, write_left_out
from gagru.corpora.registry import ACTOR, ALL
from gagru.corpora.table import write_index
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", required=True, help="a module of gagru/corpora/, as iemocap")
    parser.add_argument("--reader-options", default="", help="JSON, for a reader that takes some")
    parser.add_argument("--root", required=True, type=Path, help="the corpus's folder; for a manifest the CSV file")
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--speakers", type=json.loads, help="JSON list: who has utterances in the task")
    who.add_argument("--speaker", help="the only one to read the audio of, and to write")
    parser.add_argument(
        "--expected-counts",
        type=json.loads,
        default=True,
        help="JSON: true (the published corpus's counts), false (none), or {speaker: {emotion: number}}",
    )
    parser.add_argument("--part", default=ALL, help="of the corpus: all, improvised or scripted")
    parser.add_argument("--speaker-rule", default=ACTOR, help="who is the speaker: actor, or dialog")
    parser.add_argument("--out", required=True, type=Path, help="the Parquet file")
    parser.add_argument("--out-left-out", type=Path, help="left_out.csv, of the whole corpus")
    args = parser.parse_args()

    start, left_out = time.perf_counter(), LeftOut()
    choices = args.part, args.speaker_rule
    if args.speaker:
        table = index_speaker(args.reader, args.root, args.speaker, *choices, args.reader_options)
    else:
        speakers, counts, options = args.speakers, args.expected_counts, args.reader_options
        table = build_index(args.reader, args.root, speakers, counts, *choices, left_out, options)
    write_index(table, args.out)
    print(f"{args.reader}: {describe(table)}, {time.perf_counter() - start:.1f} s")
    if args.out_left_out:
        write_left_out(args.out_left_out, left_out.rows())
        print(describe_left_out(left_out.rows()))


if __name__ == "__main__":
    run(main)
