"""Compare what was measured on the real corpora with what the paper reports, in words: check.csv and check.md."""

import argparse
import json

from gagru.storage.files import write_text
from gagru.task.errors import InputError
from gagru.task.runs import parse_run
from gagru.verdicts.acceptance import HIGHER, LOWER, check, in_words, page, write_check
from gagru.verdicts.measured import read_columns
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--metrics", nargs="*", default=[], type=parse_run, help="CORPUS/SYSTEM:SEED=metrics.json of all that was run"
    )
    parser.add_argument("--synthetic", nargs="*", default=[], help="corpora that are demos")
    parser.add_argument("--fail", type=json.loads, default=False, help="true: fail where a figure does not agree")
    parser.add_argument("--note", default="", help="to stand on the face of the page")
    parser.add_argument("--out-csv", required=True)
    parser.add_argument("--out-md", required=True)
    options = parser.parse_args()

    columns = read_columns(options.metrics)
    found = check(columns, options.synthetic)
    sentences = in_words(columns, options.synthetic, found)
    print("\n".join(sentences))
    differing = [one.meaning for one in found if one.verdict in (HIGHER, LOWER)]
    if options.fail and differing:
        raise InputError("\n".join(["check.fail is set, and figures are not those of the paper:", *differing]))
    write_check(found, options.out_csv)
    write_text(options.out_md, page(found, sentences, [options.note] if options.note else []))


if __name__ == "__main__":
    run(main)
