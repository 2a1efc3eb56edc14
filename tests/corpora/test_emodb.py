import pytest
import trees

from gagru.corpora import emodb
from gagru.corpora.left_out import LeftOut
from gagru.task.errors import InputError, Problems


def read(root):
    problems = Problems("emodb")
    return {u.utterance: u for u in emodb.read(root, problems, LeftOut())}, problems.found


@pytest.fixture
def small(tmp_path):
    trees.emodb_small(tmp_path)
    return tmp_path


def test_names_tell_speaker_and_emotion(small):
    utterances, problems = read(small)
    assert problems == []
    assert len(utterances) == 16
    assert {u.raw_label: u.emotion for u in utterances.values() if u.speaker == "03"} == {
        "W": "anger",
        "F": "happiness",
        "T": "sadness",
        "N": "neutrality",
        "L": None,
        "E": None,
        "A": None,
    }
    u = utterances["16b10Wc"]
    assert (u.path, u.speaker, u.gender, u.session, u.dialog) == ("wav/16b10Wc.wav", "16", "F", None, None)


def test_five_women_and_five_men(small):
    genders = {u.speaker: u.gender for u in read(small)[0].values()}
    assert "".join(sorted(genders.values())) == "FFFFFMMMMM"
    assert {speaker for speaker, gender in genders.items() if gender == "F"} == {"08", "09", "13", "14", "16"}


def test_sessions_name_the_ten_speakers(tmp_path):
    speakers = ["03", "08", "09", "10", "11", "12", "13", "14", "15", "16"]
    assert list(emodb.sessions(tmp_path).items()) == [(speaker, None) for speaker in speakers]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("03a01Za.wav", "unknown label 'Z'; the labels are W, F, T, N, L, E, A"),
        ("04a01Wa.wav", "not a name of EMO-DB, which are like wav/03a01Fa.wav; remove or rename the file"),
        ("03a01Wa copy.wav", "not a name of EMO-DB"),
    ],
)
def test_wrong_name(small, name, message):
    trees.write(small / "wav" / name, trees.wav_bytes(1600))
    utterances, (problem,) = read(small)
    assert problem.startswith(f"wav/{name}: ")
    assert message in problem
    assert len(utterances) == 16


@pytest.mark.parametrize(
    ("folder", "message"), [("nowhere", "no such folder"), ("wav", "the layout is not the expected")]
)
def test_other_roots(small, folder, message):
    with pytest.raises(
        InputError,
        match=rf"{folder}: {message}.*the root of EMO-DB is a folder that holds audio files like wav/03a01Fa.wav",
    ):
        read(small / folder)


@pytest.mark.parametrize("suffix", [".WAV", ".Wav", ".wAv"])
def test_suffixes_in_any_case(small, suffix):
    for path in list((small / "wav").glob("0*.wav")):
        path.rename(path.with_suffix(suffix))
    utterances, problems = read(small)
    assert problems == []
    assert len(utterances) == 16
    assert utterances["03a01Wa"].path == f"wav/03a01Wa{suffix}"
    assert all((small / u.path).is_file() for u in utterances.values())


@pytest.mark.parametrize("name", ["Wav", "WAV"])
def test_the_folder_in_any_case(small, name):
    (small / "wav").rename(small / name)
    assert read(small)[0]["03a01Wa"].path == f"{name}/03a01Wa.wav"


def test_two_folders_that_differ_in_case(small):
    trees.write(small / "WAV" / "03a01Wb.wav", b"-")
    with pytest.raises(InputError, match="holds the folders WAV and wav; put all that is in them into one, wav"):
        read(small)


@pytest.mark.parametrize("name", ["03a01Wb.flac", "more/03a01Wb.wav", "more/03a01Wb.MP3"])
def test_audio_of_any_format_anywhere_in_the_folder(small, name):
    trees.write(small / "wav" / name, b"-")
    utterances, problems = read(small)
    assert problems == []
    assert utterances["03a01Wb"].path == f"wav/{name}"


def test_names_that_are_none(small):
    for name in ("noise.ogg", "more/noise.wav"):
        trees.write(small / "wav" / name, b"-")
    (problem,) = read(small)[1]
    assert problem.startswith("wav/more/noise.wav: not a name of EMO-DB")
    assert problem.endswith("(2 files, of which this is the first)")


def test_what_is_left_out(small):
    for name in ("readme.txt", "03a01Wa.lab"):
        trees.write(small / "wav" / name, b"-")
    left_out = LeftOut()
    emodb.read(small, Problems("emodb"), left_out)
    assert left_out.rows() == [
        ("file that is not audio", ".lab", 1, "wav/03a01Wa.lab"),
        ("file that is not audio", ".txt", 1, "wav/readme.txt"),
        ("hidden file", "", 1, "wav"),
    ]
