import re
import shutil
from collections import Counter

import pytest
import trees

from gagru.corpora import iemocap
from gagru.corpora.index import build_index
from gagru.corpora.left_out import LeftOut
from gagru.corpora.table import write_index
from gagru.task.errors import InputError, Problems


def read(root):
    problems = Problems("iemocap")
    return {u.utterance: u for u in iemocap.read(root, problems, LeftOut())}, problems.found


def label_file(root, dialog="Ses01F_impro01"):
    return root / f"Session{dialog[4]}" / "dialog" / "EmoEvaluation" / f"{dialog}.txt"


def replace(path, old, new):
    text = path.read_bytes().decode("latin-1")
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode("latin-1"))


@pytest.fixture
def small(tmp_path):
    trees.iemocap_small(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    root = tmp_path_factory.mktemp("iemocap")
    trees.iemocap_full(root)
    return root


def test_speaker_is_the_letter_before_the_turn_and_not_the_one_in_the_dialog(small):
    utterances, problems = read(small)
    assert problems == []
    assert {name: u.speaker for name, u in utterances.items()} == {
        "Ses01F_impro01_F000": "Ses01F",
        "Ses01F_impro01_M000": "Ses01M",
        "Ses01F_impro01_F001": "Ses01F",
        "Ses01F_impro01_M001": "Ses01M",
        "Ses03M_impro05a_F000": "Ses03F",
        "Ses03M_impro05a_M000": "Ses03M",
        "Ses03M_impro05b_F000": "Ses03F",
        "Ses03M_impro05b_M000": "Ses03M",
        "Ses05M_script01_1b_F000": "Ses05F",
        "Ses05M_script01_1b_F001": "Ses05F",
        "Ses05M_script01_1b_F012": "Ses05F",
        "Ses05M_script01_1b_F013": "Ses05F",
    }
    assert all(u.gender == u.speaker[-1] and u.session == u.speaker[:5] for u in utterances.values())


def test_every_field_of_an_utterance(small):
    u = read(small)[0]["Ses05M_script01_1b_F012"]
    assert u.path == "Session5/sentences/wav/Ses05M_script01_1b/Ses05M_script01_1b_F012.wav"
    assert (u.dialog, u.turn, u.start, u.end) == ("Ses05M_script01_1b", 12, 4.5, 6.0)
    assert (u.scenario, u.raw_label, u.emotion) == ("script", "hap", "happiness")
    assert (u.offset, u.duration, u.sample_rate) == (0.0, None, None)
    assert u.source == "Session5/dialog/EmoEvaluation/Ses05M_script01_1b.txt:13"


def test_paths_are_those_of_the_audio(small):
    assert all((small / u.path).is_file() for u in read(small)[0].values())


@pytest.mark.parametrize(
    ("label", "emotion"),
    [
        ("ang", "anger"),
        ("hap", "happiness"),
        ("exc", "happiness"),
        ("sad", "sadness"),
        ("neu", "neutrality"),
        *((label, None) for label in ("fru", "fea", "sur", "dis", "oth", "xxx")),
    ],
)
def test_labels(tmp_path, label, emotion):
    trees.iemocap_dialog(tmp_path, "Ses04F_impro08", [("M031", label, 0.0, 1.0)])
    utterances, problems = read(tmp_path)
    assert problems == []
    assert (utterances["Ses04F_impro08_M031"].raw_label, utterances["Ses04F_impro08_M031"].emotion) == (label, emotion)


def test_carriage_returns_are_no_part_of_the_label(small):
    path = label_file(small)
    path.write_bytes(path.read_bytes().replace(b"\t[2.5000, 2.5000, 2.5000]\n", b"\r\n"))
    utterances, problems = read(small)
    assert problems == []
    assert utterances["Ses01F_impro01_F000"].raw_label == "neu"


def test_sessions_name_the_ten_speakers_in_order(tmp_path):
    assert list(iemocap.sessions(tmp_path).items()) == [
        ("Ses01F", "Ses01"),
        ("Ses01M", "Ses01"),
        ("Ses02F", "Ses02"),
        ("Ses02M", "Ses02"),
        ("Ses03F", "Ses03"),
        ("Ses03M", "Ses03"),
        ("Ses04F", "Ses04"),
        ("Ses04M", "Ses04"),
        ("Ses05F", "Ses05"),
        ("Ses05M", "Ses05"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\tneu\t", "\tbored\t", "unknown label 'bored'; the labels of IEMOCAP are ang, hap"),
        ("Ses01F_impro01_F000", "Ses01F_impro01_FXX0", "an id like Ses01F_impro01_F000"),
        ("Ses01F_impro01_F000", "../../etc_F000", "an id like Ses01F_impro01_F000"),
        ("6.2901 - 8.2357", "6.2901 - later", "not `[start - end] id label`"),
        ("\tneu\t[2.5000, 2.5000, 2.5000]\n", "\n", "not `[start - end] id label`"),
    ],
)
def test_wrong_label_line_is_named(small, old, new, message):
    replace(label_file(small), old, new)
    utterances, (problem,) = read(small)
    assert problem.startswith("Session1/dialog/EmoEvaluation/Ses01F_impro01.txt:3: ")
    assert message in problem
    assert len(utterances) == 11


def test_all_wrong_lines_are_found(small):
    replace(label_file(small), "\tneu\t", "\tabc\t")
    replace(label_file(small), "\thap\t", "\tdef\t")
    replace(label_file(small, "Ses03M_impro05a"), "\tang\t", "\tghi\t")
    assert [problem.partition(": ")[0].rpartition("/")[2] for problem in read(small)[1]] == [
        "Ses01F_impro01.txt:3",
        "Ses01F_impro01.txt:8",
        "Ses03M_impro05a.txt:3",
    ]


def test_label_file_without_labels(small):
    label_file(small).write_bytes(b"")
    assert read(small)[1] == ["Session1/dialog/EmoEvaluation/Ses01F_impro01.txt: holds no label; copy the file again"]


@pytest.mark.parametrize("missing", ["dialog/EmoEvaluation", "sentences/wav"])
def test_session_without_one_of_its_folders(small, missing):
    shutil.rmtree(small / "Session3" / missing)
    utterances, (problem,) = read(small)
    assert problem.startswith(f"Session3/{missing}: ")
    assert "the root of IEMOCAP is the folder IEMOCAP_full_release" in problem
    assert len(utterances) == 8


def test_missing_root(tmp_path):
    with pytest.raises(InputError, match=r"nowhere: no such folder; the root of IEMOCAP is .*IEMOCAP_full_release"):
        read(tmp_path / "nowhere")


def test_no_session(tmp_path):
    trees.iemocap_small(tmp_path)
    with pytest.raises(InputError, match="the layout is not the expected one; the root of IEMOCAP is the folder"):
        read(tmp_path / "Session1")


# Copies that people have.

SPEAKERS = ["Ses01F", "Ses01M", "Ses03F", "Ses03M", "Ses05F"]


def index(root):
    """The table that is made of a copy: its rows, and its bytes without where the audio lies."""
    table = build_index("iemocap", root, SPEAKERS, expected_counts=False)
    write_index(table.drop_columns("path"), root / "index.parquet")
    content = (root / "index.parquet").read_bytes()
    (root / "index.parquet").unlink()
    assert all((root / path).is_file() for path in table["path"].to_pylist())
    return table, content


@pytest.fixture
def proper(tmp_path_factory):
    root = tmp_path_factory.mktemp("proper")
    trees.iemocap_small(root)
    return index(root)


def in_lower_case(root):
    for n in (1, 3, 5):
        (root / f"Session{n}").rename(root / f"session{n}")


def one_level_up(root):
    (root / "IEMOCAP").mkdir()
    for n in (1, 3, 5):
        (root / f"Session{n}").rename(root / "IEMOCAP" / f"Session{n}")


def with_labels_in_capitals(root):
    for path in root.glob("Session*/dialog/EmoEvaluation/Ses*.txt"):
        text = re.sub(rb"(\tSes\w+\t)(\w+)", lambda found: found[1] + found[2].upper(), path.read_bytes())
        assert b"\tNEU\t" in text or b"\tHAP\t" in text or b"\tANG\t" in text
        path.write_bytes(text)


def flat_in_each_session(root):
    for path in list(root.glob("Session*/sentences/wav/*/*.wav")):
        path.rename(path.parents[1] / path.name)


def flat(root):
    (root / "wavs").mkdir()
    for path in list(root.glob("Session*/sentences/wav/*/[!.]*.wav")):
        path.rename(root / "wavs" / path.name.lower())
    for n in (1, 3, 5):
        shutil.rmtree(root / f"Session{n}" / "sentences")


COPIES = [in_lower_case, one_level_up, with_labels_in_capitals, flat_in_each_session, flat]


@pytest.mark.parametrize("alter", COPIES)
def test_another_copy_has_the_same_index_but_for_where_the_audio_lies(small, proper, alter):
    alter(small)
    assert index(small)[1] == proper[1]


def test_all_of_that_at_once(small, proper):
    for alter in (with_labels_in_capitals, flat, in_lower_case):
        alter(small)
    (small / "session1").parent.joinpath("IEMOCAP").mkdir()
    for name in ("session1", "session3", "session5", "wavs"):
        (small / name).rename(small / "IEMOCAP" / name)
    assert index(small)[1] == proper[1]


def remove_outside(root):
    """Remove the wavs of the utterances whose label is outside the four: 4 of 12."""
    for name in ("Ses01F_impro01_F001", "Ses03M_impro05b_F000", "Ses05M_script01_1b_F001", "Ses05M_script01_1b_F013"):
        (path,) = root.rglob(f"{name}.wav")
        path.unlink()


@pytest.mark.parametrize("alter", [lambda root: None, flat], ids=["in place", "flat"])
def test_a_copy_with_the_audio_of_the_four_emotions_alone(small, proper, alter):
    remove_outside(small)
    alter(small)
    table, _ = index(small)
    assert table.drop_columns("path").to_pylist() == [
        row for row in proper[0].drop_columns("path").to_pylist() if row["emotion"]
    ]
    left_out = LeftOut()
    iemocap.read(small, Problems("iemocap"), left_out)
    rows = [row for row in left_out.rows() if row[0] == "utterance outside the four emotions, without audio"]
    assert [(label, count) for _, label, count, _ in rows] == [("fru", 1), ("oth", 1), ("sur", 1), ("xxx", 1)]
    assert rows[0][3] == "Session3/dialog/EmoEvaluation/Ses03M_impro05b.txt:3"


def test_of_such_a_copy_only_what_is_in_the_task_is_missing(small):
    remove_outside(small)
    (small / "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_M000.wav").unlink()
    with pytest.raises(InputError) as caught:
        index(small)
    (problem,) = [line for line in str(caught.value).splitlines() if "no such audio file" in line]
    assert "Ses01F_impro01_M000.wav" in problem


def test_a_copy_that_lacks_some_audio_outside_the_four_is_incomplete(small):
    (small / "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F001.wav").unlink()
    with pytest.raises(InputError, match=r"Ses01F_impro01_F001\.wav .*: there is no such audio file"):
        index(small)


def test_sessions_in_two_folders_below_the_root(tmp_path):
    trees.iemocap_small(tmp_path / "IEMOCAP")
    trees.iemocap_small(tmp_path / "old")
    with pytest.raises(InputError, match="more than one folder holds sessions of IEMOCAP: IEMOCAP, old; name one"):
        read(tmp_path)


def test_audio_that_could_be_either_of_two_is_told_in_one_line(small):
    flat(small)
    shutil.copytree(small / "wavs", small / "denoised")
    (problem,) = read(small)[1]
    assert problem == (
        "audio is there more than once, keep one: denoised/ses01f_impro01_f000.wav, wavs/ses01f_impro01_f000.wav "
        "(12 names, of which this is the first)"
    )


def test_where_audio_is_at_its_place_no_other_is_read(small):
    expected = {name: u.path for name, u in read(small)[0].items()}
    shutil.copytree(small / "Session1/sentences/wav/Ses01F_impro01", small / "denoised")
    assert {name: u.path for name, u in read(small)[0].items()} == expected
    (small / expected["Ses01F_impro01_F000"]).unlink()
    assert read(small)[0]["Ses01F_impro01_F000"].path == expected["Ses01F_impro01_F000"]


def test_whole_corpus_has_the_published_counts(full):
    utterances, problems = read(full)
    assert problems == []
    assert len(utterances) == 10039
    in_task = [u for u in utterances.values() if u.emotion]
    assert Counter(u.speaker for u in in_task) == {
        "Ses01F": 528,
        "Ses01M": 557,
        "Ses02F": 481,
        "Ses02M": 542,
        "Ses03F": 522,
        "Ses03M": 629,
        "Ses04F": 528,
        "Ses04M": 503,
        "Ses05F": 590,
        "Ses05M": 651,
    }
    assert Counter(u.emotion for u in in_task) == {
        "happiness": 1636,
        "neutrality": 1708,
        "sadness": 1084,
        "anger": 1103,
    }
    found = Counter((u.speaker, u.emotion) for u in in_task)
    for speaker, expected in trees.IEMOCAP_SPEAKERS.items():
        assert tuple(found[speaker, e] for e in ("anger", "happiness", "neutrality", "sadness")) == expected
    labels = Counter(u.raw_label for u in in_task)
    assert (labels["hap"], labels["exc"]) == (595, 1041)


def test_counts_of_the_whole_corpus_are_accepted(full):
    problems = Problems("iemocap")
    iemocap.check_counts(list(read(full)[0].values()), problems)
    assert problems.found == []


def test_other_counts_are_listed_by_speaker_and_emotion(full):
    utterances = read(full)[0]
    kept = [u for u in utterances.values() if u.speaker != "Ses02F" or u.emotion != "anger"]
    next(u for u in kept if u.speaker == "Ses05M" and u.emotion == "sadness").emotion = "happiness"
    problems = Problems("iemocap")
    iemocap.check_counts(kept, problems)
    (problem,) = problems.found
    assert (
        "Ses02F anger 0, expected 67; Ses05M happiness 284, expected 283; Ses05M sadness 112, expected 113." in problem
    )
    assert "`expected_counts: false`" in problem


def renamed_upper(root, *folders):
    for path in sorted(root.rglob("*"), reverse=True):
        if path.is_file():
            path.rename(path.with_suffix(path.suffix.upper()))
        elif path.name in folders:
            path.rename(path.with_name(path.name.upper()))


def test_suffixes_and_folders_in_any_case(small):
    expected = {name: (u.speaker, u.emotion) for name, u in read(small)[0].items()}
    renamed_upper(small, "Session3", "wav", "EmoEvaluation", "Ses01F_impro01")
    utterances, problems = read(small)
    assert problems == []
    assert {name: (u.speaker, u.emotion) for name, u in utterances.items()} == expected
    assert all((small / u.path).is_file() for u in utterances.values())
    assert utterances["Ses03M_impro05a_F000"].path == (
        "SESSION3/sentences/WAV/Ses03M_impro05a/Ses03M_impro05a_F000.WAV"
    )


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xef\xbb\xbf  ", b"  "])
def test_nothing_before_the_first_line_hides_it(small, mark):
    path = label_file(small)
    path.write_bytes(mark + path.read_bytes().partition(b"\n\n")[2])
    utterances, problems = read(small)
    assert problems == []
    assert len(utterances) == 12
    assert utterances["Ses01F_impro01_F000"].source.endswith(".txt:1")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_utf_16_is_named(small, encoding):
    path = label_file(small)
    path.write_bytes(path.read_bytes().decode("latin-1").encode(encoding))
    with pytest.raises(InputError, match=r"Ses01F_impro01.txt: is UTF-16 text; save it in UTF-8"):
        read(small)


def test_an_unknown_label_is_told_once(small):
    path = label_file(small)
    path.write_bytes(path.read_bytes().replace(b"\thap\t", b"\tjoy\t").replace(b"\texc\t", b"\tjoy\t"))
    (problem,) = read(small)[1]
    assert problem.startswith("Session1/dialog/EmoEvaluation/Ses01F_impro01.txt:8: unknown label 'joy'; the labels of")
    assert problem.endswith("(2 lines, of which this is the first)")


@pytest.mark.parametrize("start", [b"", b"(", b"{6.2 - 8.2}\t"])
def test_a_line_with_an_id_is_not_passed_over(small, start):
    replace(label_file(small), "[6.2901 - 8.2357]\t", start.decode())
    (problem,) = read(small)[1]
    assert problem.startswith("Session1/dialog/EmoEvaluation/Ses01F_impro01.txt:3: not `[start - end] id label`")


def test_what_is_left_out(small):
    path = label_file(small)
    path.write_bytes(path.read_bytes() + b"a remark\n")
    trees.write(path.with_suffix(".bak"), b"-")
    trees.write(small / "Session1" / "sentences" / "wav" / "Ses01F_impro09" / "Ses01F_impro09_F000.wav", b"-")
    trees.write(small / "Session1" / "sentences" / "wav" / "list.txt", b"-")
    (small / "Session1 copy").mkdir()
    left_out = LeftOut()
    iemocap.read(small, Problems("iemocap"), left_out)
    wav = "Session1/sentences/wav"
    assert left_out.rows() == [
        ("audio without a label", ".wav", 1, f"{wav}/Ses01F_impro09/Ses01F_impro09_F000.wav"),
        ("file beside the label files", ".bak", 1, "Session1/dialog/EmoEvaluation/Ses01F_impro01.bak"),
        ("file or folder beside Session1 to Session5", "Session1 copy", 1, "Session1 copy"),
        ("file that is not audio", ".txt", 1, f"{wav}/list.txt"),
        ("hidden file", "", 4, wav),
        (
            "line of a label file that is none of IEMOCAP's",
            "",
            1,
            "Session1/dialog/EmoEvaluation/Ses01F_impro01.txt:23",
        ),
    ]
