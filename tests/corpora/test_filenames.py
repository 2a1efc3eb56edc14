"""Corpora whose file names say who speaks and with what emotion: the presets on trees of their shape, and any other."""

from collections import Counter

import pytest
import trees

from gagru.corpora import crema_d, emovo, nemo, ravdess, savee, tess
from gagru.corpora.filenames import configure
from gagru.corpora.index import build_index
from gagru.corpora.left_out import LeftOut
from gagru.task.errors import InputError, Problems

# From the corpora's documentation: files, speakers, women among them; happiness, neutrality, sadness, anger.
PRESETS = {
    "ravdess": (1440, 24, 12, (192, 96, 192, 192)),
    "crema_d": (7441, 91, 0, (1271, 1087, 1270, 1271)),
    "nemo": (4481, 9, 4, (749, 809, 769, 749)),
    "savee": (480, 4, 0, (60, 120, 60, 60)),
    "tess": (2800, 2, 2, (400, 400, 400, 400)),
    "emovo": (588, 6, 3, (84, 84, 84, 84)),
}
MODULES = {"ravdess": ravdess, "crema_d": crema_d, "nemo": nemo, "savee": savee, "tess": tess, "emovo": emovo}


def read(reader, root):
    problems = Problems("corpus")
    return {u.utterance: u for u in reader.read(root, problems, LeftOut())}, problems.found


@pytest.fixture(scope="module", params=PRESETS)
def preset(request, tmp_path_factory):
    """A preset's name and a tree of its shape, which no test changes."""
    root = tmp_path_factory.mktemp(request.param)
    getattr(trees, request.param)(root)
    return request.param, root


def test_the_documented_counts(preset):
    name, root = preset
    left_out = LeftOut()
    speakers = list(MODULES[name].sessions(root))
    index = build_index(name, root, speakers, left_out=left_out).to_pylist()
    emotions = Counter(row["emotion"] for row in index)
    women = {row["speaker"] for row in index if row["gender"] == "F"}
    of_the_four = tuple(emotions[emotion] for emotion in ("happiness", "neutrality", "sadness", "anger"))
    assert (len(index), len(speakers), len(women), of_the_four) == PRESETS[name]


def test_a_file_that_is_missing_is_counted(tmp_path):
    trees.emovo(tmp_path)
    (tmp_path / "f2" / "rab-f2-n3.wav").unlink()
    with pytest.raises(InputError, match="by emotion are not those of the whole corpus: anger 83, expected 84"):
        build_index("emovo", tmp_path, list(emovo.sessions(tmp_path)), left_out=LeftOut())


@pytest.mark.parametrize(
    ("name", "path", "utterance", "expected"),
    [
        ("ravdess", "Actor_12/03-01-05-01-02-01-12.wav", "03-01-05-01-02-01-12", ("12", "F", "anger", "05", "02")),
        ("ravdess", "Actor_12/03-01-02-01-02-01-12.wav", "03-01-02-01-02-01-12", ("12", "F", None, "02", "02")),
        ("crema_d", "AudioWAV/1040_ITH_SAD_X.wav", "1040_ITH_SAD_X", ("1040", None, "sadness", "SAD", "ITH")),
        ("nemo", "samples/MK0_neutral_9.wav", "MK0_neutral_9", ("MK0", "F", "neutrality", "neutral", None)),
        ("savee", "AudioData/KL/sa07.wav", "KL_sa07", ("KL", "M", "sadness", "sa", None)),
        ("tess", "OAF_neutral/OA_bite_neutral.wav", "OA_bite_neutral", ("OAF", "F", "neutrality", "neutral", "bite")),
        ("emovo", "m1/gio-m1-l4.wav", "gio-m1-l4", ("m1", "M", "happiness", "gio", "l4")),
    ],
)
def test_names_of_the_presets(tmp_path, name, path, utterance, expected):
    getattr(trees, name)(tmp_path)
    u = read(MODULES[name], tmp_path)[0][utterance]
    assert (u.path, u.speaker, u.gender, u.emotion, u.raw_label, u.text) == (path, *expected)


def test_savee_as_it_is_passed_on(tmp_path):
    trees.savee(tmp_path / "folders")
    trees.savee(tmp_path / "flat", flat=True)
    folders, flat = (read(savee, tmp_path / name)[0] for name in ("folders", "flat"))
    assert sorted(folders) == sorted(flat)


def test_songs_videos_and_a_silent_file_are_told(tmp_path):
    trees.ravdess(tmp_path / "ravdess")
    trees.crema_d(tmp_path / "crema_d")
    found = {}
    for name in ("ravdess", "crema_d"):
        left_out, problems = LeftOut(), Problems(name)
        MODULES[name].read(tmp_path / name, problems, left_out)
        assert problems.found == []
        found[name] = left_out.rows()
    assert found["ravdess"] == [
        ("audio without a label", ".mp4", 1, "Video/01-01-03-01-01-01-01.mp4"),
        ("audio without a label", ".wav", 1, "Song/Actor_01/03-02-03-01-01-01-01.wav"),
    ]
    what = "recording without speech, as the corpus's documentation says"
    assert found["crema_d"] == [(what, "SAD", 1, "AudioWAV/1076_MTI_SAD_XX.wav")]


# A corpus that the configuration describes

MINE = r"(?P<speaker>[a-z]+)/s(?P<session>\d)/(?P<emotion>[A-Z]+)(?P<text>\d\d)(?P<gender>[fm])?"
CODES = {"happiness": ["J"], "neutrality": ["N"], "sadness": ["S"], "anger": ["A", "R"], "other": ["D"]}


@pytest.fixture
def mine(tmp_path):
    for speaker, session in (("anna", 1), ("bert", 1), ("cleo", 2)):
        for code in ("J", "N", "S", "A", "R", "D"):
            path = tmp_path / "new" / speaker / f"s{session}" / f"{code}01{'m' if speaker == 'bert' else 'f'}.flac"
            trees.write(path, b"-")
    return tmp_path


def test_any_pattern(mine):
    reader = configure({"pattern": MINE, "emotions": CODES})
    utterances, problems = read(reader, mine)
    assert problems == []
    assert reader.sessions(mine) == {"anna": "1", "bert": "1", "cleo": "2"}
    assert {(u.raw_label, u.emotion) for u in utterances.values()} == {
        ("J", "happiness"),
        ("N", "neutrality"),
        ("S", "sadness"),
        ("A", "anger"),
        ("R", "anger"),
        ("D", None),
    }
    u = utterances["bert_s1_R01m"]
    assert (u.path, u.speaker, u.session, u.gender, u.text) == ("new/bert/s1/R01m.flac", "bert", "1", "M", "01")


def test_the_four_need_no_table(tmp_path):
    for emotion in ("happiness", "neutrality", "sadness", "anger"):
        trees.write(tmp_path / f"anna-{emotion}.wav", b"-")
    utterances, problems = read(configure({"pattern": r"(?P<speaker>\w+)-(?P<emotion>\w+)"}), tmp_path)
    assert problems == []
    assert {u.emotion for u in utterances.values()} == {"happiness", "neutrality", "sadness", "anger"}


def test_a_pattern_may_refer_to_its_own_groups_and_have_flags(tmp_path):
    trees.write(tmp_path / "ANNA" / "ANNA_A.wav", b"-")
    pattern = r"(?i)([a-z]+)/(?P<speaker>\1)_(?P<emotion>[a-z])"
    assert list(read(configure({"pattern": pattern, "emotions": CODES}), tmp_path)[0]) == ["ANNA_ANNA_A"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("new/anna/s1/Q01f.wav", "unknown label 'Q'; the labels are J, N, S, A, R, D. List it under"),
        ("new/anna/s1/click.wav", "not a name that `filenames.pattern` matches"),
    ],
)
def test_names_that_cannot_be_read_are_told_once(mine, name, message):
    trees.write(mine / name, b"-")
    trees.write(mine / name.replace("anna", "bert"), b"-")
    (problem,) = read(configure({"pattern": MINE, "emotions": CODES}), mine)[1]
    assert problem.startswith(f"{name}: {message}")
    assert problem.endswith("(2 files, of which this is the first)")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "`filenames.pattern` says where the names hold speaker and emotion; give it"),
        ({"pattern": "(?P<speaker>a"}, "is no regular expression (missing ), unterminated subpattern at position 0)"),
        ({"pattern": "(?P<speaker>a)"}, "has no group (?P<emotion>...); add it"),
        ({"pattern": f"{MINE}(?P<take>.)"}, "has a group 'take' that is not read; the groups are speaker, emotion, "),
        ({"pattern": MINE, "emotions": CODES | {"other": ["A"]}}, "gives the code 'A' twice; keep it in one list"),
        ({"pattern": MINE, "emotions": {"anger": ["A"]}}, "has no code for happiness and neutrality and sadness"),
    ],
)
def test_wrong_descriptions(options, message):
    with pytest.raises(InputError) as raised:
        configure(options)
    assert message in str(raised.value)


def test_no_audio(tmp_path):
    with pytest.raises(InputError, match="the layout is not the expected one; its root is a folder that holds audio"):
        configure({"pattern": MINE}).read(tmp_path, Problems(""))
    with pytest.raises(InputError, match="no such folder"):
        configure({"pattern": MINE}).sessions(tmp_path / "nowhere")
