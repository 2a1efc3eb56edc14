"""Compare what was measured on the real corpora with what the paper reports, in words: check.csv and check.md."""

import argparse
import json

from gagru.evaluation.results import read_results
from gagru.report.check import describe_check, render_check
from gagru.storage.files import write_text
from gagru.storage.tables import write_csv
from gagru.task.errors import InputError
from gagru.task.runs import parse_run
from gagru.verdicts.agreement import FORMATS, HIGHER, LOWER, check
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--metrics", nargs="*", default=[], type=parse_run, help="CORPUS/SYSTEM:SEED=metrics.json of all that was run"
    )
    parser.add_argument("--synthetic", nargs="*", default=[], help="corpora that are demos")
    parser.add_argument("--fail", type=json.loads, default=False, help="true: fail where a value does not agree")
    parser.add_argument("--level", type=float, default=0.95, help="of the intervals")
    parser.add_argument("--note", default="", help="to stand on the face of the page")
    parser.add_argument("--out-csv", required=True)
    parser.add_argument("--out-md", required=True)
    options = parser.parse_args()

    results = read_results(options.metrics)
    checked = check(results, options.synthetic, options.level)
    sentences = describe_check(results, options.synthetic, checked)
    print("\n".join(sentences))
    differing = checked.loc[checked["verdict"].isin([HIGHER, LOWER]), "meaning"].tolist()
    if options.fail and differing:
        raise InputError("\n".join(["check.fail is set, and values are not those of the paper:", *differing]))
    write_csv(options.out_csv, checked, FORMATS)
    write_text(options.out_md, render_check(checked, sentences, [options.note] if options.note else [], options.level))


if __name__ == "__main__":
    run(main)
