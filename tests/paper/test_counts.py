import math

import numpy as np
import pytest

from gagru.corpora import iemocap, msp_improv
from gagru.paper.counts import CandidateSet, correct_of, fits, other_test_set, read_class_counts, whole_counts
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError

SETS = read_class_counts()
IEMOCAP = {candidate.name: candidate.sizes for candidate in SETS["iemocap"]}
MSP = {candidate.name: candidate.sizes for candidate in SETS["msp_improv"]}


@pytest.mark.parametrize("suffix", ["", " without excited"])
def test_sessions_make_up_the_whole_corpus(suffix):
    total = sum(np.array(IEMOCAP[f"session {n}{suffix}"]) for n in range(1, 6))
    assert total.tolist() == list(IEMOCAP[f"whole corpus{suffix}"])


def test_sessions_are_what_the_reader_of_iemocap_expects():
    for n in range(1, 6):
        speakers = [iemocap.EXPECTED[f"Ses0{n}{gender}"] for gender in "FM"]
        assert [sum(s[emotion] for s in speakers) for emotion in EMOTIONS] == list(IEMOCAP[f"session {n}"])


def test_scenarios_make_up_msp_improv():
    scenarios = [sizes for name, sizes in MSP.items() if name != "whole corpus"]
    assert np.sum(scenarios, axis=0).tolist() == list(MSP["whole corpus"])
    assert sum(MSP["whole corpus"]) == 7798


def test_scenarios_are_what_the_reader_of_msp_improv_expects():
    for letter, expected in msp_improv.EXPECTED.items():
        sizes = next(sizes for name, sizes in MSP.items() if name.startswith(f"scenario {letter} "))
        assert [expected[emotion] for emotion in EMOTIONS] == list(sizes)


def test_every_count_rounds_back_to_itself():
    for size in (170, 1084, 3477):
        assert [correct_of(round(100 * k / size, 2), size) for k in range(size + 1)] == list(range(size + 1))


def test_exactly_the_values_between_the_counts_are_refused():
    printable = {f"{100 * k / 144:.2f}" for k in range(145)}
    decoded = {f"{v / 100:.2f}" for v in range(10_001) if correct_of(v / 100, 144) is not None}
    assert decoded == printable


def test_decoding_by_hand():
    assert whole_counts((53.73, 58.9, 71.96, 70.63), IEMOCAP["whole corpus"]) == (879, 1006, 780, 779)
    assert whole_counts((52.43, 59.83, 52.54, 65.15), MSP["whole corpus"]) == (None, None, 465, 516)


def test_a_planted_test_set_is_found_in_its_order():
    planted = CandidateSet("planted", (211, 97, 157, 123))
    decoys = [CandidateSet("whole corpus", (1636, 1708, 1084, 1103)), CandidateSet("decoy", (212, 99, 158, 125))]
    recalls = [round(100 * k / n, 2) for k, n in ((50, 157), (100, 211), (30, 97), (77, 123))]
    fit = other_test_set(recalls, [*decoys, planted])
    assert fit.test_set == planted
    assert fit.emotions == ("sadness", "happiness", "neutrality", "anger")
    assert fit.correct == (50, 100, 30, 77)
    assert fit.chance == pytest.approx(24 * 158 * 212 * 98 * 124 / 10_001**4)


def test_the_chance_of_a_fit_is_what_arbitrary_recalls_show():
    size = 999
    values = np.arange(10_001) / 100
    share = np.mean([correct_of(value, size) is not None for value in values])
    assert share == pytest.approx((size + 1) / 10_001, rel=0.01)
    fit = fits((0.0, 0.0, 0.0, 0.0), [CandidateSet("whole corpus", (size,) * 4)])[0]
    assert fit.chance == pytest.approx(math.factorial(4) * share**4, rel=0.05)


def test_recalls_of_the_whole_corpus_point_nowhere_else():
    assert other_test_set((53.73, 58.9, 71.96, 70.63), SETS["iemocap"]) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("corpus,test_set,happiness,neutrality,sadness\niemocap,whole corpus,1,2,3\n", ":2: needs the columns"),
        ("corpus,test_set,happiness,neutrality,sadness,anger\niemocap,session 1,1,2,3,4\n", "first row of iemocap"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, text, message):
    (tmp_path / "counts.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        read_class_counts(tmp_path / "counts.csv")
