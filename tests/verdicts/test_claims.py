"""Verdicts on the paper's claims, on results that are made so that the answer is known."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from gagru.analysis.by_speaker import BySpeaker
from gagru.evaluation.evaluate import summarise
from gagru.evaluation.evidence import Evidence
from gagru.evaluation.results import Results
from gagru.paper.printed_claims import read_claims
from gagru.report.claims import render_claims
from gagru.storage.files import write_checked_json
from gagru.storage.parquet import write_parquet
from gagru.task.emotions import EMOTIONS
from gagru.task.runs import parse_run
from gagru.task.systems import SYSTEMS
from gagru.verdicts.claims import (
    add_selected,
    decide,
    find_deciding,
    join_verdicts,
    judge,
    list_claims,
    transfer_claims,
)
from gagru.verdicts.weighing import Measured, read_measured, weigh, weigh_jointly

ROOT = Path(__file__).resolve().parents[2]
LEVEL = 0.95
PAIRS = ("FF", "MM", "BB", "FM", "FB", "MB")
PAPER = read_claims()


def margin(value, low, high, p, against="x"):
    return Evidence(against, value, low, high, p, 1)


@pytest.mark.parametrize(
    ("found", "missing", "expected"),
    [
        ([margin(2, 1, 3, 0.01)], [], "supported"),
        ([margin(2, 1, 3, 0.05)], [], "supported"),
        ([margin(2, -1, 3, 0.06)], [], "undecided"),
        ([margin(2, np.nan, np.nan, 0.01)], [], "supported"),  # of a shape there is no interval
        ([margin(2, np.nan, np.nan, 0.0625)], [], "undecided"),  # nor with five speakers
        ([margin(-2, -3, -1, 0.01)], [], "contradicted"),
        ([margin(2, 1, 3, np.nan)], [], "undecided"),  # where there is no test
        ([margin(-2, -3, -1, np.nan)], [], "undecided"),
        ([margin(2, 1, 3, 0.01), margin(1, -1, 3, 0.3)], [], "undecided"),
        ([margin(2, 1, 3, 0.01), margin(-2, -3, -1, 0.02)], [], "contradicted"),
        ([margin(2, 1, 3, 0.01), margin(-2, -3, -1, 0.03)], [], "undecided"),  # 2 x 0.03
        ([margin(2, 1, 3, 0.01)], ["MDNN"], "undecided"),
        ([margin(-2, -3, -1, 0.01)], ["MDNN"], "contradicted"),
        ([margin(np.nan, np.nan, np.nan, np.nan)], [], "undecided"),
        ([], ["GA-GRU"], "undecided"),
    ],
)
def test_the_rule(found, missing, expected):
    assert decide(found, missing, 1 - 0.95) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([margin(2, 1, 3, 0.01, "a"), margin(1, 0.5, 3, 0.02, "b")], "b"),  # supported: the smallest
        ([margin(-2.5, -5, 0.2, 0.07, "a"), margin(-2.2, -3, -1, 0.002, "b")], "b"),  # contradicted by b, not by a
        ([margin(-2, -3, -1, 0.02, "a"), margin(-1, -2, -0.5, 0.004, "b")], "b"),  # by both, by b more surely
        ([margin(-2, -3, -1, 0.03, "a"), margin(1, 0, 2, 0.05, "b")], "a"),  # 2 x 0.03: undecided, the smallest
        ([margin(np.nan, np.nan, np.nan, np.nan, "a"), margin(3, 1, 4, 0.01, "b")], "b"),
    ],
)
def test_the_margin_that_is_shown_is_the_one_that_decides(found, expected):
    assert find_deciding(found, 1 - 0.95).against == expected


def test_every_row_of_the_file_is_a_claim_that_can_be_judged(planted):
    judged = judge(planted(good=9, corpora=("iemocap", "msp_improv")), [], 0.2, LEVEL)
    assert len(judged) == len(PAPER)
    assert set(judged.loc[judged["measured"].isna(), "claim"]) == {
        c.claim for c in PAPER if c.against in ("mdnn", "asrnn", "cvae_lstm", "cmn", "cnn_lstm_dnn", "baseline", "dnn")
    }


@pytest.fixture
def files(tmp_path):
    """The arguments of the program: GA-GRU with `good` of 10 right, the others with 5, on ten speakers."""

    def write(good, corpora=("iemocap",), systems=("svm", "bigru_att", "ga_gru")):
        names = [f"S{i}" for i in range(10)]
        arguments = {"metrics": [], "edges": [], "profiles": []}
        for corpus in corpora:
            for system in systems:
                right = good if system == "ga_gru" else 5
                counts = np.diag([right] * 4) + np.roll(np.diag([10 - right] * 4), 1, axis=1)
                path = tmp_path / corpus / f"{system}.json"
                write_checked_json(path, summarise(dict.fromkeys(names, counts), LEVEL))
                arguments["metrics"].append(f"{corpus}/{system}:0={path}")
            if "ga_gru" in systems:
                for kind, rows in (("edges", edges(names)), ("profiles", profiles(names))):
                    write_parquet(tmp_path / corpus / f"{kind}.parquet", pa.Table.from_pylist(rows))
                    arguments[kind].append(f"{corpus}/ga_gru:0={tmp_path / corpus / kind}.parquet")
        return arguments

    return write


def people(names):
    return [
        {"utterance": f"{s}{e}{i}", "speaker": s, "emotion": e} for s in names for e in sorted(EMOTIONS) for i in (0, 1)
    ]


def edges(names):
    """As the paper says: front-to-back edges most frequent in sadness, least in happiness; within thirds the most."""
    fb = {"happiness": 0.02, "neutrality": 0.06, "sadness": 0.12, "anger": 0.06}
    noise = np.random.default_rng(0)
    rows = []
    for who in people(names):
        across = fb[who["emotion"]] + noise.uniform(-0.005, 0.005)
        shares = dict.fromkeys(PAIRS, (1 - across) / 5 * 1.1) | {"FB": across}
        shares |= dict.fromkeys(("FM", "MB"), (1 - across - 3 * shares["FF"]) / 2)
        rows += [{**who, "pair": pair, "share": shares[pair]} for pair in PAIRS]
    return rows


def profiles(names):
    """The graph adds to both ends, and turns the shape of sadness alone."""
    rows = []
    for i, who in enumerate(people(names)):
        original = np.linspace(0.05, 0.15, 10)
        graph = original * 2 if who["emotion"] != "sadness" else original[::-1] * 2 + 0.001 * (i % 3)
        graph[[0, -1]] += 0.02
        rows += [{**who, "weights": k, "profile": v.tolist()} for k, v in (("original", original), ("graph", graph))]
    return rows


@pytest.fixture
def planted(files):

    def read(*arguments, **options):
        given = files(*arguments, **options)
        sources = [[parse_run(text) for text in given[kind]] for kind in ("metrics", "edges", "profiles")]
        return read_measured(*sources)

    return read


def verdicts(judged):
    return {(line.corpus, line.claim): line for line in judged.itertuples()}


def test_what_is_planted_as_the_paper_says_is_supported(planted):
    found = verdicts(judge(planted(good=8), [], 0.2, LEVEL))
    for claim in (
        "GA-GRU's UA is above BiGRU+Att's",
        "The graph improves the recall of sadness",
        "Edges within a third of the utterance are the most frequent",
        "Front-to-back edges are most frequent in sadness",
        "Front-to-back edges are least frequent in happiness",
        "The graph gives the beginning and the end more weight",
        "The graph changes the shape of sadness's profile",
        "The graph changes the shape of sadness's profile more than that of any other emotion",
    ):
        line = found["iemocap", claim]
        has_interval = claim != "The graph changes the shape of sadness's profile"
        assert (line.verdict, line.low > 0, line.p <= 0.05) == ("supported", has_interval, True), claim
    ua = found["iemocap", "GA-GRU's UA is above BiGRU+Att's"]
    assert (ua.measured, ua.p) == (pytest.approx(30), 2 / 2**10)
    assert round(found["iemocap", "Front-to-back edges are most frequent in sadness"].measured) == 6


def random_measured(seed):
    """Results, edges and profiles of ten speakers at random, of which nothing or much may be true."""
    draw = np.random.default_rng(seed)
    sizes = draw.integers(5, 30, (10, 4))
    counts = {}
    for system in SYSTEMS:
        right = draw.binomial(sizes, np.clip(draw.uniform(0.5, 0.8) + draw.normal(0, 0.05, sizes.shape), 0, 1))
        counts[system] = np.array(
            [np.diag(k) + np.roll(np.diag(n - k), 1, axis=1) for k, n in zip(right, sizes, strict=True)]
        )
    n = sizes[:, :, None]
    shares = draw.dirichlet(np.array([3, 3, 3, 2, 2 + draw.integers(0, 2), 2]) * 40, (10, 4))
    profiles = 1 + draw.normal(0, 0.1, (10, 4, 2, 10)) + draw.normal(0, 0.1, (4, 2, 10))
    results = Results("x", None, None, counts, None, 0.95, True)
    return Measured(results, BySpeaker([], shares * n, sizes), BySpeaker([], profiles * n[..., None], sizes))


def test_verdict_interval_and_p_agree_in_every_claim_on_random_results():
    seen = set()
    for seed in range(12):
        measured = {c: random_measured([seed, i]) for i, c in enumerate(("iemocap", "msp_improv"))}
        for corpus, ours in measured.items():
            measured[corpus] = ours._replace(results=ours.results._replace(corpus=corpus))
        for claim in PAPER:
            found = weigh(claim, measured, 0.2, 0.95)
            verdict = decide(found.evidence, found.missing, 0.05)
            seen.add(verdict)
            for one in (*found.evidence, *found.controls):
                if claim.measure != "shape" or claim.against != "original":
                    assert (one.low > 0 or one.high < 0) == (one.p <= 0.05 + 1e-12), claim
                    assert one.low <= one.value <= one.high, claim
                if verdict == "supported":
                    assert (one.value > 0 and one.p <= 0.05) or one in found.controls, claim
            if verdict == "contradicted":
                assert any(one.value < 0 and one.p <= 0.05 for one in found.evidence), claim
    assert seen == {"supported", "contradicted", "undecided"}


def test_the_ends_have_controls_beside_them(planted):
    """All weight is doubled, and 0.02 more is put on each end of three emotions; nothing of it is a verdict."""
    found = verdicts(judge(planted(good=8), [], 0.2, LEVEL))
    line = found["iemocap", "The graph gives the beginning and the end more weight"]
    assert line.verdict == "supported"
    assert line.controls.startswith("middle +")
    assert "share of the beginning" in line.controls
    assert "share of the end" in line.controls


def test_the_opposite_is_contradicted_and_no_difference_is_undecided(planted):
    worse = verdicts(judge(planted(good=3), [], 0.2, LEVEL))["iemocap", "GA-GRU has the highest UA"]
    assert worse.verdict == "contradicted"
    same = verdicts(judge(planted(good=5), [], 0.2, LEVEL))["iemocap", "GA-GRU's UA is above BiGRU+Att's"]
    assert (same.verdict, same.measured, same.p) == ("undecided", 0, 1)


def test_what_was_not_run_leaves_claims_undecided_and_is_named(planted):
    found = verdicts(judge(planted(8, systems=("svm", "ga_gru")), [], 0.2, LEVEL))
    line = found["iemocap", "GA-GRU's UA is above BiGRU+Att's"]
    assert (line.verdict, line.why) == ("undecided", "not run: BiGRU+Att")
    assert np.isnan(line.measured)
    best = found["iemocap", "GA-GRU has the highest UA"]
    assert best.verdict == "undecided"
    assert best.why.endswith("not run: DNN, CMN, MDNN, CNN-LSTM-DNN, BiGRU+Att, ASRNN, CVAE-LSTM")
    other = found["both", "Front-to-back edges are most frequent in sadness on both corpora"]
    assert (other.verdict, other.why) == ("undecided", "not run: MSP-IMPROV")
    without = verdicts(judge(planted(8, systems=("svm", "bigru_att")), [], 0.2, LEVEL))
    assert without["iemocap", "Front-to-back edges are most frequent in sadness"].why == "not run: GA-GRU"


def test_both_corpora_are_needed_for_what_is_said_of_both(planted):
    found = verdicts(judge(planted(8, corpora=("iemocap", "msp_improv")), ["msp_improv"], 0.2, LEVEL))
    line = found["both", "Front-to-back edges are most frequent in sadness on both corpora"]
    assert (line.verdict, line.margins) == ("supported, on synthetic speech", 6)
    gain = found["both", "GA-GRU's gain in UA over BiGRU+Att is larger on MSP-IMPROV than on IEMOCAP"]
    assert (gain.verdict, gain.measured) == ("undecided, on synthetic speech", pytest.approx(0))
    assert gain.p == 1
    assert found["iemocap", "GA-GRU's UA is above BiGRU+Att's"].verdict == "supported"
    assert found["msp_improv", "GA-GRU's UA is above BiGRU+Att's"].verdict == "supported, on synthetic speech"


def test_another_corpus_is_asked_each_claim_once_and_nothing_is_reported_of_it(planted):
    judged = judge(planted(8, corpora=("emodb",)), [], 0.2, LEVEL)
    lines = judged[judged["corpus"] == "emodb"]
    assert len(lines) == lines["claim"].nunique() == len(transfer_claims(PAPER, ["emodb"]))
    assert lines["reported"].isna().all()
    assert lines.set_index("claim").loc["GA-GRU's UA is above BiGRU+Att's", "verdict"] == "supported"
    assert not lines["claim"].str.contains("own paper").any()


def test_the_page_shows_margins_verdicts_and_the_rule(planted):
    judged = judge(planted(8), ["iemocap"], 0.2, LEVEL)
    text = render_claims(judged, {}, 0.2, LEVEL, ["Synthetic."])
    assert text.startswith("# The paper's claims\n\n> **Synthetic.**\n\n## IEMOCAP\n")
    row = next(line for line in text.splitlines() if line.startswith("| GA-GRU's UA is above BiGRU+Att's"))
    assert "+1.36 (-0.5 to +3.2)" in row
    assert "+30.00 (+30.0 to +30.0)" in row
    assert "supported, on synthetic speech" in row
    assert "first and last 20 %" in text
    assert "p of at most 0.05" in text
    best = next(line for line in text.splitlines() if line.startswith("| GA-GRU has the highest UA"))
    assert "+30.00" in best  # over those that were run, and the others are named beside it
    assert "(not run: DNN, CMN, MDNN, CNN-LSTM-DNN, ASRNN, CVAE-LSTM)" in best


def test_the_primary_comparison_is_tested_on_all_corpora_together(planted):
    """Ten speakers of each corpus, every one of whom gains 3 of 10: all signs alike, of 2^20 sampled ones."""
    measured = planted(8, corpora=("iemocap", "msp_improv"))
    joint = weigh_jointly(measured, ["msp_improv"], LEVEL)
    assert joint.against == "IEMOCAP and MSP-IMPROV (synthetic speech)"
    assert (joint.value, joint.low, joint.high) == pytest.approx((0.3, 0.3, 0.3))
    assert joint.p < 0.001
    judged = judge(measured, ["msp_improv"], 0.2, LEVEL)
    text = render_claims(judged, {"": joint, "Under selection: ": None}, 0.2, LEVEL, [])
    assert "On IEMOCAP and MSP-IMPROV (synthetic speech), GA-GRU's UA minus BiGRU+Att's is +30.00" in text
    assert "Under selection: On" not in text
    text = render_claims(judged, {"": joint, "Under selection: ": joint}, 0.2, LEVEL, [])
    assert "Under selection: On IEMOCAP and MSP-IMPROV (synthetic speech), GA-GRU's UA" in text
    assert weigh_jointly(planted(8), [], LEVEL) is None


def test_the_program(files, tmp_path):
    given = files(8)
    command = [sys.executable, ROOT / "workflow_scripts/claims.py", "--synthetic", "iemocap", "--note", "Synthetic."]
    command += [word for kind, texts in given.items() for word in (f"--{kind}", *texts)]
    command += ["--level", "0.95", "--out-csv", tmp_path / "c.csv", "--out-md", tmp_path / "c.md"]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    with (tmp_path / "c.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == len(PAPER)
    assert lines[1]["measured"] == "30.00"
    assert (lines[1]["p"], lines[1]["verdict"]) == ("0.001953", "supported, on synthetic speech")
    assert (lines[2]["measured"], lines[2]["verdict"]) == ("", "undecided")
    assert "> **Synthetic.**" in (tmp_path / "c.md").read_text()


@pytest.mark.parametrize(
    ("described", "selected", "both"),
    [
        ("supported", "supported", "supported as described and under selection"),
        ("supported", "undecided", "supported as described, not under selection"),
        ("supported", "contradicted", "supported as described, contradicted under selection"),
        ("undecided", "supported", "undecided as described, supported under selection"),
        (
            "contradicted, on synthetic speech",
            "undecided, on synthetic speech",
            "contradicted as described, not under selection, on synthetic speech",
        ),
    ],
)
def test_a_verdict_says_what_becomes_of_it_under_selection(described, selected, both):
    assert join_verdicts(described, selected) == both


def test_the_program_sets_what_is_selected_beside_what_is_as_described(files, tmp_path):
    """GA-GRU has 8 of 10 right as described, and as many as the others where all had the same chance."""
    described = files(good=8, corpora=("iemocap", "msp_improv"))
    (tmp_path / "iemocap").rename(tmp_path / "described")
    moved = [
        text.replace(f"{tmp_path}/iemocap", f"{tmp_path}/described") for texts in described.values() for text in texts
    ]
    command = [sys.executable, ROOT / "workflow_scripts/claims.py"]
    for kind, file in (("metrics", ".json"), ("edges", "edges.parquet"), ("profiles", "profiles.parquet")):
        command += [f"--{kind}", *(text for text in moved if text.endswith(file))]
    selected = files(good=5)
    command += [word for kind, texts in selected.items() for word in (f"--selected-{kind}", *texts)]
    command += ["--out-csv", tmp_path / "c.csv", "--out-md", tmp_path / "c.md"]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    with (tmp_path / "c.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    first = next(line for line in lines if line["corpus"] == "iemocap" and line["verdict"].startswith("supported"))
    assert first["verdict"] == "supported as described, not under selection"
    assert (first["measured"], first["selected_measured"], first["selected_verdict"]) == ("30.00", "0.00", "undecided")
    assert all(
        line["selected_measured"] == line["selected_verdict"] == "" for line in lines if line["corpus"] != "iemocap"
    )
    # CMN and others were not run, so not selected either
    best = next(line for line in lines if line["claim"] == "GA-GRU has the highest UA")
    assert (best["verdict"], best["selected_verdict"]) == ("undecided", "")
    page = (tmp_path / "c.md").read_text()
    assert "Under selection" in page
    assert "supported as described, not under selection" in page


def test_only_what_was_selected_has_a_verdict_under_selection(planted):
    """BiGRU+Att was selected and GA-GRU was not: nothing is known of the graph under selection."""
    measured = planted(8)
    judged, claims = judge(measured, [], 0.2, LEVEL), list_claims(measured)

    def have_both(*systems):
        table = add_selected(judged, judged, claims, {("iemocap", system) for system in systems})
        return set(table.loc[table["verdict"].str.contains("under selection"), "claim"])

    assert have_both("bigru_att") == have_both("svm", "bigru_att") == set()
    assert "Front-to-back edges are most frequent in sadness" in have_both("ga_gru")
    assert "GA-GRU's UA is above the SVM's" in have_both("ga_gru")  # an SVM stands as described
    above = "GA-GRU's UA is above BiGRU+Att's"
    assert above not in have_both("ga_gru")
    assert above in have_both("bigru_att", "ga_gru")
    networks = [system for system in SYSTEMS if SYSTEMS[system].network]
    assert "GA-GRU has the highest UA" in have_both(*networks)
    assert "GA-GRU has the highest UA" not in have_both(*networks[1:])
    both = {(corpus, system) for corpus in ("iemocap", "msp_improv") for system in networks}
    table = add_selected(judged, judged, claims, both)
    quoted = table.loc[table["claim"].str.contains("own paper"), "selected_verdict"]
    assert len(quoted) == quoted.isna().sum() == 1  # nobody can select what is quoted
