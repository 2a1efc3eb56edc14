import pytest
import trees

from gagru.corpora import manifest
from gagru.corpora.left_out import LeftOut
from gagru.task.errors import InputError, Problems


def read(path):
    problems = Problems("manifest")
    return {u.utterance: u for u in manifest.read(path, problems, LeftOut())}, problems.found


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
    assert list(utterances) == ["first", "second", "last", "a_two", "b__", "third"]
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
    rows = ("1.wav,B,anger,x", "2.wav,B,sadness,y", "3.wav,A,happiness,x", "4.wav,A,neutrality,x")
    path = write(*rows, header="path,speaker,emotion,session")
    assert list(manifest.sessions(path).items()) == [("A", "x"), ("B", None)]


def test_sessions_without_a_session_column(write):
    path = write("1.wav,B,anger", "2.wav,A,sadness", "3.wav,A,happiness", "4.wav,A,neutrality")
    assert list(manifest.sessions(path).items()) == [("A", None), ("B", None)]


def test_a_corpus_of_three_emotions(write):
    path = write("1.wav,B,anger", "2.wav,A,happiness", "3.wav,A,neutrality", "4.wav,B,fear", "5.wav,B,fear")
    with pytest.raises(
        InputError, match=r"no utterance has the emotion sadness\. .* all four; .* 'fear' \(2\), 'anger'"
    ):
        manifest.sessions(path)


@pytest.mark.parametrize("function", [manifest.sessions, read])
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
        with pytest.raises(
            InputError, match=r"manifest.csv: 1 problem\n  - line 1: no column speaker, emotion; .* 'path', 'voice'$"
        ):
            function(write(header="path,voice"))

    def test_semicolons(self, write, function):
        with pytest.raises(
            InputError,
            match=r"1: no column .*; the cells are separated by semicolons, .*path;speaker;emotion'$",
        ):
            function(write(header="path;speaker;emotion"))

    def test_empty(self, tmp_path, function):
        with pytest.raises(
            InputError,
            match=r"manifest.csv: 1 problem\n  - line 1: no column path, speaker, emotion; .* There is nothing",
        ):
            function(trees.write(tmp_path / "manifest.csv", ""))

    def test_column_twice(self, write, function):
        with pytest.raises(
            InputError, match=r"manifest.csv: 1 problem\n  - line 1: more than one column speaker; keep one"
        ):
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
        ("x.wav,,anger,,,,,", "speaker '' names nobody; write who speaks"),
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


def test_empty_rows_are_left_out_and_counted(write):
    left_out = LeftOut()
    path = write("1.wav,A,anger", ",,", " , ,\u00a0".encode().decode("latin-1"), "2.wav,A,anger", ",,,,,", "")
    found = manifest.read(path, problems := Problems("manifest"), left_out)
    assert problems.found == []
    assert [u.source for u in found] == ["manifest.csv:2", "manifest.csv:5"]
    assert left_out.rows() == [("empty row of the manifest", "", 3, "manifest.csv:3")]


@pytest.mark.parametrize(
    ("column", "known"),
    [
        ("Path", "path"),
        ("file_name", "path"),
        ("wav", "path"),
        ("SPEAKER", "speaker"),
        ("Speaker ID", "speaker"),
        ("spk", "speaker"),
        ("emotoin", "emotion"),
        ("label", "emotion"),
        ("Offset", "offset"),
        ("start", "offset"),
        ("begin_time", "offset"),
        ("offset (s)", "offset"),
        ("start_ms", "offset"),
        ("end", "duration"),
        ("durations", "duration"),
        ("dur", "duration"),
        ("sex", "gender"),
        ("dialogue_id", "dialog"),
        ("Turn", "turn"),
        ("utt_id", "utterance"),
    ],
)
@pytest.mark.parametrize("function", [manifest.sessions, read])
def test_a_column_that_is_nearly_a_known_one_is_an_error_that_names_both(write, function, column, known):
    columns = ["path", "speaker", "emotion"]
    header = ",".join([column if name == known else name for name in columns] + [column] * (known not in columns))
    with pytest.raises(InputError) as caught:
        function(write("1.wav,A,anger", header=header))
    assert f"manifest.csv: 1 problem\n  - line 1: column {column!r} is not read, {known!r} is" in str(caught.value)


@pytest.mark.parametrize(
    ("column", "known"), [("Emotion", "emotion"), ("OFFSET", "offset"), ("onset", "offset"), ("start_s", "offset")]
)
def test_a_column_that_could_be_the_one_beside_it(write, column, known):
    path = write("1.wav,A,anger,0,1", header=f"path,speaker,emotion,offset,{column}")
    with pytest.raises(InputError) as caught:
        read(path)
    message = f"1 problem\n  - line 1: columns {column!r} and {known!r} could be the same, and {known!r} is read"
    assert message in str(caught.value)


@pytest.mark.parametrize("start", ["\n", ",,\n", "\n , ,\n"])
def test_the_header_is_the_first_line_that_is_not_empty(write, start):
    lines = start.count("\n")
    (u,) = read(write("1.wav,A,anger", header=f"{start}path,speaker,emotion"))[0].values()
    assert u.source == f"manifest.csv:{lines + 2}"
    with pytest.raises(InputError, match=f"line {lines + 1}: column 'Emotion'"):
        read(write("1.wav,A,anger", header=f"{start}path,speaker,Emotion"))


@pytest.mark.parametrize(
    "column", ["text", "notes", "age", "transcription", "arousal", "step", "id", "speaker2", "file"]
)
def test_other_columns_are_not_used_and_counted(write, column):
    left_out = LeftOut()
    header = f"path,speaker,emotion,{column}"
    manifest.read(write("1.wav,A,anger,", "2.wav,A,anger,x", "3.wav,A,anger,y", header=header), Problems(""), left_out)
    assert left_out.rows() == [("cell of a column that is not used", column, 2, "manifest.csv:3")]


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("Anger", "anger"),
        ("ANGRY", "anger"),
        ("ang", "anger"),
        ("agner", "anger"),
        ("Wut", "anger"),
        ("hapiness", "happiness"),
        ("happy", "happiness"),
        ("hap py", "happiness"),
        ("hapy", "happiness"),
        ("joy", "happiness"),
        ("Freude", "happiness"),
        ("sad", "sadness"),
        ("sadnes", "sadness"),
        ("Trauer", "sadness"),
        ("Neutral", "neutrality"),
        ("neutral", "neutrality"),
        ("neutra", "neutrality"),
        ("neu", "neutrality"),
    ],
)
def test_a_word_that_is_nearly_an_emotion_is_one_error_that_names_both(write, word, known):
    path = write("1.wav,A,fear", f"2.wav,A,{word}", f"3.wav,B,{word}", f"4.wav,B,{word}")
    (problem,) = read(path)[1]
    assert problem.startswith(f"manifest.csv:3: emotion {word!r} is not one of the four, {known!r} is; write {known!r}")
    assert problem.endswith("(3 lines, of which this is the first)")
    with pytest.raises(InputError, match=f"1 problem\n  - line 3: emotion {word!r}.* {known!r}.*3 lines"):
        manifest.sessions(path)


@pytest.mark.parametrize(
    "word",
    ["fear", "disgust", "surprise", "boredom", "calm", "excitement", "contempt", "angst", "mad", "sat", "say", "nan"],
)
def test_other_emotions_are_outside_the_task(write, word):
    utterances, problems = read(write(f"1.wav,A,{word}"))
    assert problems == []
    assert (utterances["1"].raw_label, utterances["1"].emotion) == (word, None)


EVERY = ["4.wav,S9,happiness", "5.wav,S9,sadness", "6.wav,S9,neutrality", "7.wav,S9,anger"]


@pytest.mark.parametrize(
    ("first", "second"),
    [("3", "03"), ("Anna", "anna"), ("S3", "S03"), ("S3", "s-003"), ("1-1", "01-1"), ("A-B", "ab"), ("0", "00")],
)
def test_a_speaker_under_two_names(write, first, second):
    path = write(f"1.wav,{first},anger", f"2.wav,{second},fear", f"3.wav,{second},fear", *EVERY)
    with pytest.raises(InputError) as caught:
        manifest.sessions(path)
    assert f"line 3: speaker {second!r} (2 times) is {first!r} (first at line 2, once) written" in str(caught.value)


def test_different_speakers(write):
    names = ["03", "08", "1-1", "11", "S1", "S10", "A", "B", "10", "100"]
    path = write(*(f"{i}.wav,{name},anger" for i, name in enumerate(names, start=10)), *EVERY)
    assert list(manifest.sessions(path)) == sorted([*names, "S9"])


@pytest.mark.parametrize("name", ["", "nan", "NaN", "None", "null", "NULL", "NA", "N/A", "n-a", "unknown"])
def test_a_speaker_who_is_nobody(write, name):
    path = write(f"1.wav,{name},anger", f"2.wav,{name},fear", *EVERY)
    message = (
        f"speaker {name!r} names nobody; write who speaks, or take the row out (2 lines, of which this is the first)"
    )
    assert read(path)[1] == [f"manifest.csv:2: {message}"]
    with pytest.raises(InputError) as caught:
        manifest.sessions(path)
    assert f": 1 problem\n  - line 2: {message}" in str(caught.value)


@pytest.mark.parametrize("column", ["utterance", "session", "dialog"])
def test_a_name_that_is_a_missing_value(write, column):
    path = write("1.wav,A,anger,nan", "2.wav,A,anger,nan", header=f"path,speaker,emotion,{column}")
    (problem,) = read(path)[1]
    assert problem.startswith(f"manifest.csv:2: {column} 'nan' would be a name; leave the cell empty")
    with pytest.raises(InputError, match=f"1 problem\n  - line 2: {column} 'nan' would be a name"):
        manifest.sessions(path)


@pytest.mark.parametrize("column", ["session", "dialog"])
def test_a_session_or_dialog_under_two_names(write, column):
    path = write("1.wav,A,anger,S1", "2.wav,A,anger,s01", header=f"path,speaker,emotion,{column}")
    with pytest.raises(InputError, match=f"1 problem\n  - line 3: {column} 's01' .once. is 'S1' .first at line 2"):
        manifest.sessions(path)


def test_back_slashes_are_one_problem(write):
    (problem,) = read(write("wav\\1.wav,A,anger", "C:\\wav\\2.wav,A,anger"))[1]
    assert problem.startswith(r"manifest.csv:2: path 'wav\\1.wav' has back-slashes between folders; write them as '/'")
    assert problem.endswith("(2 lines, of which this is the first)")


@pytest.mark.parametrize(
    ("written", "there"),
    [
        ("wav/a.wav", "Wav/a.WAV"),
        ("Anna/A.wav", "anna/a.Wav"),
        ("\u00e4.wav", "a\u0308.wav"),
        ("a\u0308/x.flac", "\u00c4/x.FLAC"),
        ("a\\b.wav", "a\\b.wav"),
    ],
)
def test_audio_is_found_whatever_its_case_and_unicode_form(tmp_path, written, there):
    trees.write(tmp_path / there, b"-")
    path = trees.write(tmp_path / "manifest.csv", f"path,speaker,emotion\n{written},A,anger\n".encode())
    utterances, problems = read(path)
    assert problems == []
    assert [u.path for u in utterances.values()] == [there]


def test_audio_of_the_exact_name_goes_before_others(write, tmp_path):
    for name in ("a.wav", "A.wav"):
        trees.write(tmp_path / name, b"-")
    assert read(write("a.wav,A,anger"))[0]["a"].path == "a.wav"
    (problem,) = read(write("a.WAV,A,anger"))[1]
    assert problem.startswith("manifest.csv:2: A.wav and a.wav are both there, and neither is 'a.WAV' exactly")


def test_files_beside_the_named_ones_are_counted(write, tmp_path):
    for name in ("s/1.wav", "s/2.WAV", "s/3.flac", "s/notes.txt", "s/._1.wav", "s/.git/4.wav", "other/5.wav", "6.wav"):
        trees.write(tmp_path / name, b"-")
    left_out = LeftOut()
    manifest.read(write("s/1.wav,A,anger"), Problems(""), left_out)
    assert left_out.rows() == [
        ("audio without a label", ".flac", 1, "s/3.flac"),
        ("audio without a label", ".wav", 1, "s/2.WAV"),
        ("file that is not audio", ".txt", 1, "s/notes.txt"),
        ("hidden file", "", 2, "s"),
    ]


def test_utf_16_is_named(tmp_path):
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        path = trees.write(tmp_path / "manifest.csv", "path,speaker,emotion\n1.wav,A,anger\n".encode(encoding))
        with pytest.raises(InputError, match=r"manifest.csv: is UTF-16 text; save it in UTF-8"):
            read(path)
