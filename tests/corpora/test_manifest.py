import pytest
import trees

from gagru.corpora import manifest
from gagru.task.errors import InputError, Problems


def read(path):
    problems = Problems("manifest")
    return {u.utterance: u for u in manifest.read(path, problems)}, problems.found


@pytest.fixture
def small(tmp_path):
    return trees.manifest_small(tmp_path)


@pytest.fixture
def write(tmp_path):
    """Writes rows as a manifest and returns its path."""

    def write(*rows, header="path,speaker,emotion"):
        return trees.write(tmp_path / "manifest.csv", "\n".join([header, *rows]) + "\n")

    return write


def test_every_column(small):
    utterances, problems = read(small)
    assert problems == []
    assert list(utterances) == ["first", "second", "a_two", "b__", "third"]
    u = utterances["second"]
    assert (u.path, u.speaker, u.emotion, u.raw_label, u.gender) == ("a/one.wav", "S-1", "anger", "anger", "F")
    assert (u.session, u.dialog, u.turn, u.offset, u.duration) == ("s1", "d1", 2, 0.25, None)
    assert u.source == "manifest.csv:3"
    assert utterances["first"].duration == 0.25
    assert (utterances["a_two"].path, utterances["b__"].path) == ("a/two.wav", "b é.wav")
    assert (utterances["a_two"].emotion, utterances["a_two"].raw_label) == (None, "boredom")
    assert (utterances["b__"].gender, utterances["b__"].turn) == (None, None)


def test_required_columns_are_enough(write):
    utterances, problems = read(write("x/y.1.flac,A,sadness"))
    assert problems == []
    u = utterances["x_y.1"]
    assert (u.path, u.speaker, u.emotion) == ("x/y.1.flac", "A", "sadness")
    assert (u.session, u.dialog, u.turn, u.offset, u.duration, u.start, u.end) == (
        None,
        None,
        None,
        0.0,
        None,
        None,
        None,
    )


def test_sessions_are_those_of_speakers_in_the_task(small):
    assert list(manifest.sessions(small).items()) == [("S-1", "s1"), ("S-2", "s1")]


def test_speaker_of_two_sessions_has_no_one_session(write):
    path = write("1.wav,B,anger,x", "2.wav,B,anger,y", "3.wav,A,anger,x", header="path,speaker,emotion,session")
    assert list(manifest.sessions(path).items()) == [("A", "x"), ("B", None)]


def test_sessions_without_a_session_column(write):
    assert list(manifest.sessions(write("1.wav,B,anger", "2.wav,A,anger")).items()) == [("A", None), ("B", None)]


def test_no_utterance_in_the_task(write):
    with pytest.raises(InputError, match="no utterance has one of the emotions happiness, neutrality, sadness, anger"):
        manifest.sessions(write("1.wav,B,angry", "2.wav,A,Happiness"))


@pytest.mark.parametrize("function", [manifest.sessions, lambda path: manifest.read(path, Problems("manifest"))])
class TestFilesThatAreNoManifest:
    def test_missing(self, tmp_path, function):
        with pytest.raises(
            InputError, match=r"none.csv: cannot be read \(No such file or directory\); name the manifest"
        ):
            function(tmp_path / "none.csv")

    def test_folder(self, tmp_path, function):
        with pytest.raises(InputError, match=r"cannot be read \(Is a directory\); name the manifest, a CSV file"):
            function(tmp_path)

    def test_missing_columns(self, write, function):
        with pytest.raises(InputError, match=r"manifest.csv:1: no column speaker, emotion; .* 'path', 'Speaker'$"):
            function(write(header="path,Speaker"))

    def test_semicolons(self, write, function):
        with pytest.raises(
            InputError, match=r"manifest.csv:1: no column .* \(separated by commas\). .*path;speaker;emotion"
        ):
            function(write(header="path;speaker;emotion"))

    def test_empty(self, tmp_path, function):
        with pytest.raises(InputError, match=r"manifest.csv:1: no column path, speaker, emotion; .* There is nothing"):
            function(trees.write(tmp_path / "manifest.csv", ""))

    def test_column_twice(self, write, function):
        with pytest.raises(InputError, match=r"manifest.csv:1: more than one column speaker; keep one"):
            function(write(header="path,speaker,emotion,speaker"))

    def test_not_utf8(self, write, function):
        with pytest.raises(InputError, match=r"manifest.csv: is not UTF-8 text .*; save it as CSV in UTF-8"):
            function(write("\xe9.wav,A,anger"))

    def test_open_quote(self, write, function):
        with pytest.raises(InputError, match=r"manifest.csv:3: is not CSV .*; mend the quotes there"):
            function(write("1.wav,A,anger", '"2.wav,A,anger'))


def test_channel(write):
    header = "path,speaker,emotion,utterance,channel"
    utterances, problems = read(write("1.wav,A,anger,a,1", "1.wav,B,anger,b,2", "2.wav,B,anger,c,", header=header))
    assert problems == []
    assert {name: u.channel for name, u in utterances.items()} == {"a": 1, "b": 2, "c": None}


@pytest.mark.parametrize("channel", ["0", "-1", "1.0", "left", "A", "01", "12345"])
def test_channel_that_is_none(write, channel):
    _, (problem,) = read(write(f"1.wav,A,anger,{channel}", header="path,speaker,emotion,channel"))
    assert problem == (
        f"manifest.csv:2: channel '{channel}' must be a channel's number, 1 the first (in stereo the left one), or "
        "empty for the mean of all"
    )


HEADER = "path,speaker,emotion,utterance,gender,turn,offset,duration"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("/etc/x.wav,A,anger,,,,,", "path '/etc/x.wav' must be relative to the manifest, and lie below its folder"),
        ("../x.wav,A,anger,,,,,", "path '../x.wav' must be relative"),
        ("a/../../x.wav,A,anger,,,,,", "path 'a/../../x.wav' must be relative"),
        (",A,anger,,,,,", "path '' must be relative"),
        ("x\0.wav,A,anger,,,,,", "must be relative"),
        ("x.wav,A_1,anger,,,,,", "speaker 'A_1' must consist of A-Z, a-z, 0-9 and '-'"),
        ("x.wav,,anger,,,,,", "speaker '' must consist"),
        ("x.wav,A,,,,,,", "emotion '' must not be empty"),
        ("x.wav,A,anger,a b,,,,", "utterance 'a b' must consist of A-Z, a-z, 0-9, '.', '_' and '-'"),
        ("x.wav,A,anger,=1,,,,", "utterance '=1' must consist"),
        ("x.wav,A,anger,,female,,,", "gender 'female' must be F, M or empty"),
        ("x.wav,A,anger,,,1.5,,", "turn '1.5' must be a whole number or empty"),
        ("x.wav,A,anger,,,-1,,", "turn '-1' must be a whole number or empty"),
        ("x.wav,A,anger,,,99999999999,,", "turn '99999999999' must be a whole number"),
        ("x.wav,A,anger,,,,-0.1,", "offset '-0.1' must be a number of seconds from 0, or empty"),
        ("x.wav,A,anger,,,,nan,", "offset 'nan' must be a number of seconds from 0"),
        ("x.wav,A,anger,,,,,0", "duration '0' must be a number of seconds above 0, or empty"),
        ("x.wav,A,anger,,,,,inf", "duration 'inf' must be a number of seconds above 0"),
        ("x.wav,A,anger,,,,,1 s", "duration '1 s' must be a number of seconds above 0"),
        ("x.wav,A,anger", "more or fewer cells than the header has columns; quote cells that hold a comma"),
        ("x.wav,A,anger,,,,,,,", "more or fewer cells than the header has columns"),
    ],
)
def test_wrong_row_is_named(write, row, message):
    utterances, (problem,) = read(write("1.wav,A,anger,,,,,", row, "2.wav,A,anger,,,,,", header=HEADER))
    assert problem.startswith("manifest.csv:3: ")
    assert message in problem
    assert len(utterances) == 2


def test_everything_wrong_with_a_row_and_with_the_next(write):
    problems = read(write("/x.wav,?,,,,,,", "x.wav,A,anger,,X,,,", header=HEADER))[1]
    assert [problem.split("'")[0] for problem in problems] == [
        "manifest.csv:2: path ",
        "manifest.csv:2: speaker ",
        "manifest.csv:2: emotion ",
        "manifest.csv:3: gender ",
    ]


def test_links_may_not_lead_out_of_the_folder(write, tmp_path, tmp_path_factory):
    outside = trees.write(tmp_path_factory.mktemp("outside") / "x.wav", trees.wav_bytes(1600))
    trees.write(tmp_path / "inside.wav", trees.wav_bytes(1600))
    (tmp_path / "file.wav").symlink_to(outside)
    (tmp_path / "folder").symlink_to(outside.parent)
    (tmp_path / "fine.wav").symlink_to("inside.wav")
    (tmp_path / "loop.wav").symlink_to("loop.wav")
    utterances, problems = read(write("file.wav,A,anger", "folder/x.wav,A,anger", "fine.wav,A,anger"))
    assert list(utterances) == ["fine"]
    assert [problem.partition(" must")[0] for problem in problems] == [
        "manifest.csv:2: path 'file.wav'",
        "manifest.csv:3: path 'folder/x.wav'",
    ]


def test_manifest_reached_through_a_link(small, tmp_path_factory):
    link = tmp_path_factory.mktemp("link") / "corpus"
    link.symlink_to(small.parent)
    assert read(link / small.name)[1] == []


def test_blank_lines_count_as_lines(write):
    utterances, _ = read(write("1.wav,A,anger", "", "2.wav,A,anger"))
    assert utterances["2"].source == "manifest.csv:4"
