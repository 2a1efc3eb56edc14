import csv
import doctest
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gagru.evaluation.evaluate import summarise
from gagru.evaluation.results import read_results
from gagru.report.check import describe_check, render_check
from gagru.storage.files import write_checked_json
from gagru.task.runs import parse_run
from gagru.verdicts import agreement
from gagru.verdicts.agreement import check

ROOT = Path(__file__).resolve().parents[2]
SIZES = {"iemocap": (1636, 1708, 1084, 1103), "msp_improv": (2644, 3477, 885, 792)}
# The counts that the printed recalls of GA-GRU decode to, MSP-IMPROV's as repaired.
PAPER = {"iemocap": (879, 1006, 780, 779), "msp_improv": (1582, 1820, 465, 516)}


@pytest.fixture
def ga_gru(tmp_path):
    """The arguments of the program for a GA-GRU with the given correct counts, divided among ten speakers as equals.

    A seed each, with so many happy utterances more or less right as `seeds` says.
    """

    def write(corpus, correct, system="ga_gru", sizes=None, seeds=(-2, -1, 0, 1, 2)):
        sizes, arguments = np.array(sizes or SIZES[corpus]), []
        for seed, more in enumerate(seeds):
            totals = np.array(correct) + np.array([more, 0, 0, 0])
            parts = [np.diff(np.arange(11)[:, None] * np.array(total) // 10, axis=0) for total in (totals, sizes)]
            counts = [np.diag(k) + np.roll(np.diag(n - k), 1, axis=1) for k, n in zip(*parts, strict=True)]
            path = tmp_path / f"{corpus}_{system}{seed}.json"
            write_checked_json(path, summarise({f"S{i}": c for i, c in enumerate(counts)}, 0.95))
            arguments.append(f"{corpus}/{system}:{seed}={path}")
        return arguments

    return write


def checked(*arguments, synthetic=()):
    results = read_results([parse_run(text) for texts in arguments for text in texts])
    table = check(results, list(synthetic))
    rows = {(row.corpus, row.system, row.row): row for row in table.itertuples()}
    return rows, describe_check(results, list(synthetic), table)


@pytest.mark.parametrize("corpus", PAPER)
def test_the_papers_own_counts_agree_in_every_metric(ga_gru, corpus):
    found, sentences = checked(ga_gru(corpus, PAPER[corpus]))
    assert {row.verdict for row in found.values()} == {"agrees"}
    assert max(abs(row.difference) for row in found.values()) < 0.011  # misprints are repaired before
    assert any("6 of 6 comparable values agree with the paper." in sentence for sentence in sentences)


def test_the_smallest_difference_that_is_found_follows_from_the_spread_over_seeds(ga_gru):
    """Recalls of -2 to 2 of 1,636: 1.581 of them, times the root of 1 + 1/5, times 2.776 + 0.941 (t of 4)."""
    found, _ = checked(ga_gru("iemocap", PAPER["iemocap"]))
    happiness = found["iemocap", "GA-GRU", "Happiness"]
    assert happiness.detectable == pytest.approx(100 / 1636 * 1.5811 * 1.0954 * (2.7764 + 0.9410), rel=1e-3)
    assert happiness.high - happiness.measured == pytest.approx(100 / 1636 * 1.5811 * 1.0954 * 2.7764, rel=1e-3)
    few, _ = checked(ga_gru("iemocap", PAPER["iemocap"], seeds=(0, 1)))
    assert np.isnan(few["iemocap", "GA-GRU", "Happiness"].detectable)


def test_a_misprint_is_shown_with_what_it_is_compared_with(ga_gru):
    found, _ = checked(ga_gru("msp_improv", PAPER["msp_improv"]))
    happiness = found["msp_improv", "GA-GRU", "Happiness"]
    assert (happiness.reported, happiness.compared_with) == (52.43, 59.83)
    assert happiness.remark == "printed 52.43, a misprint that the audit repairs"
    assert found["msp_improv", "GA-GRU", "WA"].remark == "agrees with the recalls only as repaired"


@pytest.mark.parametrize(("points", "verdict"), [(-10, "lower"), (-1, "lower"), (1, "higher"), (10, "higher")])
def test_the_spread_over_seeds_decides_how_far_is_too_far(ga_gru, points, verdict):
    """Seeds differ by 4 of 1,636 happy utterances, so that a point of UA is far."""
    sizes = np.array(SIZES["iemocap"])
    found, _ = checked(ga_gru("iemocap", np.array(PAPER["iemocap"]) + sizes * points // 100))
    one = found["iemocap", "GA-GRU", "UA"]
    assert one.verdict == verdict
    assert one.difference == pytest.approx(points, abs=0.1)
    assert {"lower": "is not reached", "higher": "is higher than"}[verdict] in one.meaning


def test_a_wider_spread_lets_the_same_difference_agree(ga_gru):
    """The prediction interval by hand: t of 4 degrees of freedom is 2.776, the deviation sqrt(2.5) times the step."""
    correct = np.array(PAPER["iemocap"]) + np.array(SIZES["iemocap"]) // 100
    found, _ = checked(ga_gru("iemocap", correct, seeds=(-60, -30, 0, 30, 60)))
    one = found["iemocap", "GA-GRU", "UA"]
    half = 2.7764 * np.sqrt(2.5) * 100 * 30 / 1636 / 4 * np.sqrt(1.2)
    assert (one.low, one.high) == pytest.approx((one.measured - half, one.measured + half), abs=1e-3)
    assert (one.verdict, one.seeds) == ("agrees", 5)


@pytest.mark.parametrize(("system", "verdict"), [("ga_gru", "too few seeds"), ("svm", "no random draws")])
def test_without_a_spread_over_seeds_nothing_is_decided(ga_gru, system, verdict):
    runs = ga_gru("iemocap", (9, 9, 9, 9), system=system, seeds=(0,) if system == "svm" else (-1, 0, 1, 0))
    found, sentences = checked(runs)
    assert {row.verdict for row in found.values()} == {verdict}
    assert np.isnan([row.low for row in found.values()]).all()
    assert sentences[0].startswith("IEMOCAP: 0 of 6 comparable values agree with the paper. 6 ")
    assert ("set run: {seeds: [0, 1, 2, 3, 4]}" in sentences[0]) == (system == "ga_gru")


def test_examples():
    assert doctest.testmod(agreement).failed == 0


def test_the_reported_wa_that_its_recalls_do_not_give_is_remarked_on(ga_gru):
    found, _ = checked(ga_gru("iemocap", PAPER["iemocap"], system="svm"))
    assert found["iemocap", "SVM", "WA"].remark.startswith("the recalls give 57.17, 0.29 more")
    assert found["iemocap", "SVM", "UA"].remark == ""


def test_values_of_other_protocols_are_not_compared(ga_gru):
    arguments = [ga_gru("iemocap", PAPER["iemocap"], system=system) for system in ("cmn", "mdnn")]
    found, sentences = checked(*arguments)
    assert {row.verdict for row in found.values()} == {"not comparable"}
    assert [key[1:] for key in found if key[1] == "MDNN"] == [("MDNN", "WA"), ("MDNN", "UA")]
    assert "IEMOCAP: the paper reports nothing comparable on the systems that were run." in sentences


def test_synthetic_and_unknown_corpora_are_not_compared_and_the_reason_is_said(ga_gru):
    other = ga_gru("emodb", (40, 50, 50, 100), sizes=(71, 79, 62, 127))
    found, sentences = checked(ga_gru("iemocap", PAPER["iemocap"]), other, synthetic=["iemocap"])
    assert found == {}
    assert sentences == [
        "IEMOCAP: synthetic speech in its place, so nothing is compared.",
        "MSP-IMPROV: not run, so nothing is compared.",
        "EMO-DB: the paper reports nothing on this corpus.",
    ]
    assert render_check(pd.DataFrame(), sentences, ["Synthetic."]).startswith(
        "# Check against the paper\n\n> **Synthetic.**\n\n- IEMOCAP"
    )


def test_a_part_of_the_corpus_is_said_to_be_one(ga_gru):
    _, sentences = checked(ga_gru("iemocap", (80, 90, 70, 70), sizes=(160, 170, 100, 110)))
    assert "These are values of 540 of the 5531 utterances" in sentences[0]


def program(tmp_path, *arguments):
    command = [sys.executable, ROOT / "workflow_scripts/check.py", *arguments]
    command += ["--out-csv", tmp_path / "check.csv", "--out-md", tmp_path / "check.md"]
    environment = {"PYTHONPATH": str(ROOT)}
    return subprocess.run([*map(str, command)], capture_output=True, text=True, env=environment, check=False)


def test_the_program_fails_only_when_asked_to(ga_gru, tmp_path):
    low = ga_gru("iemocap", (400, 500, 300, 300))
    done = program(tmp_path, "--metrics", *low, "--fail", "false")
    assert done.returncode == 0, done.stderr
    assert "0 of 6 comparable values agree" in done.stdout
    with (tmp_path / "check.csv").open(newline="") as file:
        assert {line["verdict"] for line in csv.DictReader(file)} == {"lower"}
    assert "| lower " in (tmp_path / "check.md").read_text()
    for name in ("check.csv", "check.md"):
        (tmp_path / name).unlink()
    failed = program(tmp_path, "--metrics", *low, "--fail", "true")
    assert failed.returncode == 1
    assert "check.fail is set" in failed.stderr
    assert "GA-GRU's UA is not reached" in failed.stderr
    assert not (tmp_path / "check.csv").exists()
    agreeing = ga_gru("iemocap", PAPER["iemocap"])
    assert program(tmp_path, "--metrics", *agreeing, "--fail", "true").returncode == 0
    assert program(tmp_path, "--metrics", *low, "--synthetic", "iemocap", "--fail", "true").returncode == 0
