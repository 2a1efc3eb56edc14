"""The paper's claims with a verdict on each: claims.csv and claims.md."""

import argparse

from gagru.evaluation.comparisons import PRIMARY
from gagru.report.claims import render_claims
from gagru.storage.files import write_text
from gagru.storage.tables import write_csv
from gagru.task.runs import parse_run
from gagru.verdicts.claims import FORMATS, SELECTED_FORMATS, add_selected, judge, list_claims
from gagru.verdicts.weighing import read_measured, weigh_jointly
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--metrics", nargs="*", default=[], type=parse_run, help="CORPUS/SYSTEM:SEED=metrics.json of all that was run"
    )
    for kind in ("edges", "profiles"):
        help = f"CORPUS/ga_gru:SEED={kind}.parquet, if GA-GRU was run"
        parser.add_argument(f"--{kind}", nargs="*", default=[], type=parse_run, help=help)
    for kind in ("metrics", "edges", "profiles"):
        help = "the same under selection, of the corpora where systems were selected"
        parser.add_argument(f"--selected-{kind}", nargs="*", default=[], type=parse_run, help=help)
    parser.add_argument("--level", type=float, default=0.95, help="of the intervals")
    parser.add_argument(
        "--ends", type=float, default=0.2, help="share of an utterance that is its beginning, or its end"
    )
    parser.add_argument("--synthetic", nargs="*", default=[], help="corpora that are demos")
    parser.add_argument("--note", default="", help="to stand on the face of the page")
    parser.add_argument("--out-csv", required=True)
    parser.add_argument("--out-md", required=True)
    options = parser.parse_args()

    measured, selected, chosen = read_measured(options.metrics, options.edges, options.profiles), {}, set()
    judged = judge(measured, options.synthetic, options.ends, options.level)
    if options.selected_metrics:
        selected = read_measured(options.selected_metrics, options.selected_edges, options.selected_profiles)
        under_selection = judge(measured | selected, options.synthetic, options.ends, options.level)
        chosen = {(one.corpus, one.system) for one in options.selected_metrics if one not in options.metrics}
        judged = add_selected(judged, under_selection, list_claims(measured), chosen)
    write_csv(options.out_csv, judged, FORMATS | (SELECTED_FORMATS if options.selected_metrics else {}))
    joint = {"": weigh_jointly(measured, options.synthetic, options.level)}
    both_chosen = {corpus: found for corpus, found in selected.items() if {(corpus, s) for s in PRIMARY} <= chosen}
    joint["Under selection: "] = weigh_jointly(both_chosen, options.synthetic, options.level)
    notes = [options.note] if options.note else []
    write_text(options.out_md, render_claims(judged, joint, options.ends, options.level, notes))
    undecided = judged["verdict"].str.startswith("undecided").sum()
    print(f"{options.out_csv}: {len(judged)} claims, {len(judged) - undecided} decided")


if __name__ == "__main__":
    run(main)
