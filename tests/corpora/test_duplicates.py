"""The same audio under two names, through the index."""

import shutil

import pytest
import trees

from gagru.corpora.duplicates import BEGINNING, same_content
from gagru.corpora.index import build_index
from gagru.corpora.left_out import LeftOut
from gagru.task.errors import InputError

ROWS = ["h.wav,A,happiness", "n.wav,A,neutrality", "s.wav,B,sadness", "a.wav,B,anger"]


@pytest.fixture
def index(tmp_path):
    """Indexes a manifest of four utterances and more rows; what is left out."""
    for row in ROWS:
        name = row.split(",")[0]
        trees.write(tmp_path / name, trees.wav_bytes(1600, name=name))

    def index(*more, header="path,speaker,emotion", speakers=("A", "B")):
        extra = "," * (header.count(",") - 2)
        path = trees.write(tmp_path / "m.csv", "\n".join([header, *(row + extra for row in ROWS), *more]) + "\n")
        left_out = LeftOut()
        build_index("manifest", path, list(speakers), left_out=left_out)
        return left_out.rows()

    index.folder = tmp_path
    return index


def refused(index, *more, **options):
    with pytest.raises(InputError) as caught:
        index(*more, **options)
    assert ": 1 problem\n" in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "copy", [shutil.copyfile, lambda old, new: new.hardlink_to(old), lambda old, new: new.symlink_to(old)]
)
def test_audio_of_two_speakers(index, copy):
    copy(index.folder / "h.wav", index.folder / "z.wav")
    assert (
        "z.wav (m.csv:6): holds the same audio as h.wav (m.csv:2), with speaker A and B; keep the one that is right"
    ) in refused(index, "z.wav,B,happiness")


def test_audio_with_two_labels(index):
    shutil.copyfile(index.folder / "h.wav", index.folder / "z.wav")
    assert "the same audio as h.wav (m.csv:2), with label happiness and fear;" in refused(index, "z.wav,A,fear")
    assert "with speaker A and B and label happiness and anger;" in refused(index, "z.wav,B,anger")


def test_a_copy_of_one_speaker_and_label_is_kept_and_noted(index):
    shutil.copyfile(index.folder / "h.wav", index.folder / "z.wav")
    assert index("z.wav,A,happiness") == [
        ("trap: file with the audio of another", "1 of 5 utterances", 1, "z.wav"),
        ("file with the audio of another, both kept", "z.wav", 1, "h.wav"),
    ]


def test_labels_outside_the_task_may_differ(index):
    for name in ("y.wav", "z.wav"):
        trees.write(index.folder / name, trees.wav_bytes(1600, name="both"))
    kinds = {row[0] for row in index("y.wav,A,fear", "z.wav,A,disgust")}
    assert "file with the audio of another, both kept" in kinds


def test_other_parts_of_the_same_content_are_other_audio(index):
    for name in ("y.wav", "z.wav"):
        trees.write(index.folder / name, trees.wav_bytes(16000, name="both"))
    header = "path,speaker,emotion,offset,duration"
    assert index("y.wav,A,anger,0,0.5", "z.wav,B,sadness,0.5,0.5", header=header) == []
    message = refused(index, "y.wav,A,anger,0,0.5", "z.wav,B,anger,0.01,0.48", header=header)
    assert "z.wav (m.csv:7): holds the same audio as y.wav (m.csv:6), with speaker A and B;" in message


def test_channels_of_the_same_content(index):
    for name in ("y.wav", "z.wav"):
        trees.write(index.folder / name, trees.wav_bytes(1600, channels=2, name="both"))
    header = "path,speaker,emotion,channel"
    assert index("y.wav,A,anger,1", "z.wav,B,anger,2", header=header) == []
    assert "with speaker A and B" in refused(index, "y.wav,A,anger,1", "z.wav,B,anger,1", header=header)
    assert "with speaker A and B" in refused(index, "y.wav,A,anger,", "z.wav,B,anger,1", header=header)


def test_one_byte_makes_another_file(tmp_path):
    content = trees.wav_bytes(BEGINNING)
    assert len(content) > 2 * BEGINNING
    trees.write(tmp_path / "a", content)
    trees.write(tmp_path / "b", content[:-1] + bytes([content[-1] ^ 1]))
    trees.write(tmp_path / "c", bytes([content[0] ^ 1]) + content[1:])
    trees.write(tmp_path / "d", content)
    trees.write(tmp_path / "e", content + b"x")
    expected = {"a": "a", "b": "b", "c": "c", "d": "a", "e": "e", "missing": "missing"}
    assert same_content(expected, tmp_path) == expected


@pytest.mark.parametrize("kind", ["session", "dialog"])
def test_a_session_or_dialog_under_two_names(index, kind):
    for name in ("y.wav", "z.wav"):
        trees.write(index.folder / name, trees.wav_bytes(1600, name=name))
    message = refused(index, "y.wav,A,anger,d1", "z.wav,A,anger,D01", header=f"path,speaker,emotion,{kind}")
    assert (
        f"z.wav (m.csv:7): {kind} 'D01' (once) is 'd1' (first at y.wav (m.csv:6), once) written in another way"
        in message
    )
