from collections import Counter

import pyarrow as pa
import pytest
import trees

from gagru.corpora import msp_improv
from gagru.corpora.left_out import LeftOut
from gagru.corpora.table import INDEX_SCHEMA
from gagru.data.history import earlier_utterances
from gagru.task.errors import InputError, Problems


def read(root):
    problems = Problems("msp_improv")
    return {u.utterance: u for u in msp_improv.read(root, problems, LeftOut())}, problems.found


@pytest.fixture
def small(tmp_path):
    trees.msp_improv_small(tmp_path)
    return tmp_path


def relabel(root, old, new):
    path = root / "Evalution.txt"
    text = path.read_text("latin-1")
    assert old in text
    path.write_text(text.replace(old, new, 1), "latin-1")


@pytest.mark.parametrize(
    ("audio", "label_file"),
    [
        ("", "Evalution.txt"),
        ("Audio", "Evaluation.txt"),
        ("", "Evaluation.txt"),
        ("Audio", "Labels/Evalution.txt"),
        ("somewhere/else", "Labels/Evaluation.txt"),
    ],
)
def test_both_layouts(tmp_path, audio, label_file):
    trees.msp_improv_small(tmp_path, audio, label_file)
    utterances, problems = read(tmp_path)
    assert problems == []
    assert {name: (u.speaker, u.raw_label, u.emotion) for name, u in utterances.items()} == {
        "MSP-IMPROV-S01A-F01-P-FM01": ("F01", "N", "neutrality"),
        "MSP-IMPROV-S01A-M01-P-FM01": ("M01", "H", "happiness"),
        "MSP-IMPROV-S01A-F01-P-FM02": ("F01", "O", None),
        "MSP-IMPROV-S03N-M01-T-MM01": ("M01", "A", "anger"),
        "MSP-IMPROV-S20S-F02-R-FF01": ("F02", "H", "happiness"),
        "MSP-IMPROV-S20S-F02-S-FM11": ("F02", "N", "neutrality"),
        "MSP-IMPROV-S20S-M02-S-FM11": ("M02", "X", None),
        "MSP-IMPROV-S20H-M02-S-MF01": ("M02", "S", "sadness"),
    }
    assert all((tmp_path / u.path).stat().st_size > 8000 for u in utterances.values())
    assert utterances["MSP-IMPROV-S01A-F01-P-FM01"].source == f"{label_file}:1"


def test_every_field_of_an_utterance(small):
    u = read(small)[0]["MSP-IMPROV-S20S-F02-S-FM11"]
    assert u.path == "session2/S20S/S/MSP-IMPROV-S20S-F02-S-FM11.wav"
    assert (u.gender, u.session, u.scenario, u.turn) == ("F", "session2", "S", 21)
    assert (u.start, u.end, u.offset, u.duration, u.sample_rate) == (None, None, 0.0, None, None)
    assert u.source == "Evalution.txt:21"


def test_dialog_is_session_sentence_scenario_and_recording(small):
    utterances = read(small)[0]
    dialogs = {name.removeprefix("MSP-IMPROV-"): u.dialog for name, u in utterances.items()}
    assert len({dialogs["S01A-F01-P-FM01"], dialogs["S01A-M01-P-FM01"], dialogs["S01A-F01-P-FM02"]}) == 1
    assert dialogs["S20S-F02-S-FM11"] == dialogs["S20S-M02-S-FM11"]
    assert len(set(dialogs.values())) == 5


@pytest.mark.parametrize(
    ("recording", "order"),
    [
        ("FM", "F1 M1 F2 M2 F3 M3 M4"),
        ("MF", "M1 F1 M2 F2 M3 F3 M4"),
    ],
)
def test_of_two_turns_with_one_number_the_one_is_first_whom_the_recording_is_named_after(tmp_path, recording, order):
    clips = [f"S05H-F03-S-{recording}{n:02}" for n in (1, 2, 3)]
    clips += [f"S05H-M03-S-{recording}{n:02}" for n in (1, 2, 3, 4)]
    trees.write(tmp_path / "Evalution.txt", "".join(trees.msp_improv_block(clip, "N") for clip in clips))
    trees.write(tmp_path / "MSP-IMPROV-S05H-F03-S-FM01.wav", b"")
    said = sorted(read(tmp_path)[0].values(), key=lambda u: u.turn)
    assert " ".join(f"{u.speaker[0]}{int(u.utterance[-2:])}" for u in said) == order
    assert len({u.turn for u in said}) == 7


def test_histories_follow_the_names(small):
    utterances = read(small)[0]
    index = pa.Table.from_pylist([vars(u) for u in utterances.values()], INDEX_SCHEMA)
    history = earlier_utterances(index, utterances.keys(), 40)
    first, second, third = (f"MSP-IMPROV-S01A-{name}" for name in ("F01-P-FM01", "M01-P-FM01", "F01-P-FM02"))
    assert history[first] == []
    assert history[second] == [(first, False)]
    assert history[third] == [(first, True), (second, False)]


def test_sessions_name_the_twelve_speakers_in_order(tmp_path):
    assert list(msp_improv.sessions(tmp_path).items()) == [
        ("F01", "session1"),
        ("M01", "session1"),
        ("F02", "session2"),
        ("M02", "session2"),
        ("F03", "session3"),
        ("M03", "session3"),
        ("F04", "session4"),
        ("M04", "session4"),
        ("F05", "session5"),
        ("M05", "session5"),
        ("F06", "session6"),
        ("M06", "session6"),
    ]


def test_audio_behind_symbolic_links_even_circular_ones(small, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("disk") / "session1"
    (small / "session1").rename(elsewhere)
    (small / "session1").symlink_to(elsewhere)
    (elsewhere / "loop").symlink_to(small)
    utterances, problems = read(small)
    assert problems == []
    assert (small / utterances["MSP-IMPROV-S01A-F01-P-FM01"].path).is_file()


def test_two_names_of_one_label_file(small):
    (small / "Evaluation.txt").symlink_to("Evalution.txt")
    assert len(read(small)[0]) == 8


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (".avi; N;", ".avi; Q;", "unknown label 'Q'; the labels of MSP-IMPROV are A, H, S, N, O, X"),
        (".avi; N;", ".avi; Neutral;", "unknown label 'Neutral'"),
        (".avi; N;", ".avi;", "unknown label 'A:3.333333'"),
        ("-F01-P-FM01.avi", "-F07-P-FM01.avi", "'UTD-IMPROV-S01A-F07-P-FM01.avi' is not a clip's name"),
        ("-F01-P-FM01.avi", "-F01-P-FM01", "'UTD-IMPROV-S01A-F01-P-FM01' is not a clip's name"),
        ("UTD-IMPROV-S01A", "S01A", "'S01A-F01-P-FM01.avi' is not a clip's name"),
        ("UTD-IMPROV-S01A", "../UTD-IMPROV-S01A", "is not a clip's name, like UTD-IMPROV-S01A-F01-P-FM01.avi"),
    ],
)
def test_wrong_label_line_is_named(small, old, new, message):
    relabel(small, old, new)
    utterances, (problem,) = read(small)
    assert problem.startswith("Evalution.txt:1: ")
    assert message in problem
    assert len(utterances) == 7


def test_audio_that_is_there_twice(small):
    name = "S20S/S/MSP-IMPROV-S20S-F02-S-FM11.wav"
    trees.write(small / "Audio" / "session2" / name, b"")
    (problem,) = read(small)[1]
    assert problem.startswith("Evalution.txt:21: ")
    assert f"Audio/session2/{name}" in problem
    assert f", session2/{name}" in problem


def test_missing_root(tmp_path):
    with pytest.raises(InputError, match=r"nowhere: no such folder; the root of MSP-IMPROV is .*Evalution.txt"):
        read(tmp_path / "nowhere")


def test_no_label_file(small):
    (small / "Evalution.txt").rename(small / "labels.txt")
    with pytest.raises(InputError, match="the layout is not the expected one; the root of MSP-IMPROV is"):
        read(small)


def test_no_audio(tmp_path):
    trees.write(tmp_path / "Evalution.txt", trees.msp_improv_block("S01A-F01-P-FM01", "N"))
    with pytest.raises(InputError, match=r"the layout is not the expected one; .* MSP-IMPROV-\*\.wav anywhere below"):
        read(tmp_path)


def test_two_different_label_files(small):
    trees.write(small / "Labels" / "Evaluation.txt", trees.msp_improv_block("S01A-F01-P-FM01", "N"))
    with pytest.raises(
        InputError, match=r"more than one label file, keep one: .*Evalution.txt, .*Labels/Evaluation.txt"
    ):
        read(small)


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    root = tmp_path_factory.mktemp("msp_improv")
    trees.msp_improv_full(root)
    return root


def test_whole_corpus_has_the_published_counts(full):
    utterances, problems = read(full)
    assert problems == []
    assert len(utterances) == 8438
    in_task = [u for u in utterances.values() if u.emotion]
    assert len(in_task) == 7798
    assert Counter(u.raw_label for u in in_task) == {"A": 792, "H": 2644, "S": 885, "N": 3477}
    found = Counter((u.scenario, u.emotion) for u in in_task)
    for scenario, expected in trees.MSP_IMPROV_SCENARIOS.items():
        assert tuple(found[scenario, e] for e in ("anger", "sadness", "happiness", "neutrality")) == expected
    assert len({u.speaker for u in in_task}) == 12


def test_counts_of_the_whole_corpus_are_accepted_and_others_listed(full):
    utterances = list(read(full)[0].values())
    problems = Problems("msp_improv")
    msp_improv.check_counts(utterances, problems)
    assert problems.found == []
    next(u for u in utterances if u.scenario == "P" and u.emotion == "anger").emotion = "sadness"
    msp_improv.check_counts(utterances, problems)
    (problem,) = problems.found
    assert "P anger 37, expected 38; P sadness 67, expected 66." in problem
    assert "`expected_counts: false`" in problem


def test_suffixes_in_any_case(small):
    for path in list(small.rglob("*")):
        if path.is_file():
            path.rename(path.with_suffix(path.suffix.upper()))
    (small / "Evalution.TXT").rename(small / "EVALUTION.Txt")
    utterances, problems = read(small)
    assert problems == []
    assert len(utterances) == 8
    assert utterances["MSP-IMPROV-S20S-F02-S-FM11"].path == "session2/S20S/S/MSP-IMPROV-S20S-F02-S-FM11.WAV"


def test_a_byte_order_mark_is_no_part_of_the_first_clip(small):
    path = small / "Evalution.txt"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    utterances, problems = read(small)
    assert problems == []
    assert utterances["MSP-IMPROV-S01A-F01-P-FM01"].source == "Evalution.txt:1"


@pytest.mark.parametrize(
    ("old", "new"),
    [("-F01-P-FM01.avi", "-F01-P-FM01.AVI"), ("UTD-IMPROV-S01A", "utd-improv-S01A"), ("UTD-IMPROV-S01A", "XYZ-S01A")],
)
def test_a_clip_in_another_form_is_no_raters_line(small, old, new):
    relabel(small, old, new)
    (problem,) = read(small)[1]
    assert problem.startswith("Evalution.txt:1: ")
    assert "is not a clip's name, like UTD-IMPROV-S01A-F01-P-FM01.avi" in problem


def test_an_unknown_label_is_told_once(small):
    path = small / "Evalution.txt"
    path.write_bytes(path.read_bytes().replace(b".avi; N;", b".avi; n;"))
    (problem,) = read(small)[1]
    assert problem.startswith("Evalution.txt:1: unknown label 'n'; the labels of MSP-IMPROV are A, H, S, N, O, X")
    assert problem.endswith("(2 lines, of which this is the first)")


def test_what_is_left_out(small):
    trees.write(small / "session1" / "MSP-IMPROV-S01A-F01-P-FM99.wav", b"-")
    trees.write(small / "session1" / "S01A-F01-P-FM99.wav", b"-")
    path = small / "Evalution.txt"
    path.write_bytes(path.read_bytes() + b"a remark\r\n")
    left_out = LeftOut()
    msp_improv.read(small, Problems("msp_improv"), left_out)
    rows = left_out.rows()
    assert ("audio without a label", ".wav", 2, "session1/MSP-IMPROV-S01A-F01-P-FM99.wav") in rows
    assert ("line of the label file that is none of MSP-IMPROV's", "", 1, "Evalution.txt:33") in rows
    assert [row[:3] for row in rows if row[0] == "hidden file"] == [("hidden file", "", 10)]
