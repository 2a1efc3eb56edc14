import json
import math
import struct
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest
import trees

from gagru.corpora import iemocap, msp_improv
from gagru.corpora.index import build_index, describe
from gagru.corpora.table import INDEX_SCHEMA, read_index, write_index
from gagru.storage.parquet import write_parquet
from gagru.task.errors import InputError
from gagru.workflow.program import run
from workflow_scripts import index_corpus

ROOT = Path(__file__).parents[2]
SMALL_SPEAKERS = ["Ses01F", "Ses01M", "Ses03F", "Ses03M", "Ses05F"]
SMALL_COUNTS = {
    "Ses01F": {"neutrality": 1},
    "Ses01M": {"happiness": 2},
    "Ses03F": {"anger": 1},
    "Ses03M": {"sadness": 1, "neutrality": 1},
    "Ses05F": {"sadness": 1, "happiness": 1},
}
FIRST = "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav"
FIRST_PLACE = f"{FIRST} (Session1/dialog/EmoEvaluation/Ses01F_impro01.txt:3)"


@pytest.fixture
def small(tmp_path):
    root = tmp_path / "IEMOCAP_full_release"
    trees.iemocap_small(root)
    return root


def index_small(root, speakers=SMALL_SPEAKERS, expected_counts=False):
    return build_index("iemocap", root, speakers, expected_counts)


def rows(table):
    return {row["utterance"]: row for row in table.to_pylist()}


def problems(function, *args, **kwargs):
    with pytest.raises(InputError) as caught:
        function(*args, **kwargs)
    return str(caught.value)


class TestTable:
    def test_columns_and_types_are_the_contract(self, small):
        table = index_small(small)
        assert [(field.name, str(field.type)) for field in table.schema] == [
            ("utterance", "string"),
            ("path", "string"),
            ("offset", "double"),
            ("duration", "double"),
            ("sample_rate", "int32"),
            ("speaker", "string"),
            ("gender", "string"),
            ("session", "string"),
            ("dialog", "string"),
            ("turn", "int32"),
            ("start", "double"),
            ("end", "double"),
            ("scenario", "string"),
            ("raw_label", "string"),
            ("emotion", "string"),
        ]

    def test_a_row(self, small):
        assert rows(index_small(small))["Ses01F_impro01_M001"] == {
            "utterance": "Ses01F_impro01_M001",
            "path": "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_M001.wav",
            "offset": 0.0,
            "duration": 0.1,
            "sample_rate": 16000,
            "speaker": "Ses01M",
            "gender": "M",
            "session": "Ses01",
            "dialog": "Ses01F_impro01",
            "turn": 1,
            "start": 12.5,
            "end": 13.25,
            "scenario": "impro",
            "raw_label": "exc",
            "emotion": "happiness",
        }

    def test_rows_are_sorted_and_those_outside_the_task_are_there_without_emotion(self, small):
        table = index_small(small)
        names = table["utterance"].to_pylist()
        assert names == sorted(names)
        assert {row["raw_label"] for row in table.to_pylist() if row["emotion"] is None} == {"xxx", "fru", "sur", "oth"}

    def test_rates_come_from_the_headers(self, tmp_path):
        trees.msp_improv_small(tmp_path)
        table = build_index("msp_improv", tmp_path, ["F01", "M01", "F02", "M02"], False)
        assert {row["speaker"]: row["sample_rate"] for row in table.to_pylist()} == {
            "F01": 44100,
            "M01": 44100,
            "F02": 48000,
            "M02": 44100,
        }
        assert all(row["duration"] == 0.1 for row in table.to_pylist())

    def test_segments(self, tmp_path):
        found = rows(build_index("manifest", trees.manifest_small(tmp_path), ["S-1", "S-2"], True))
        extents = {name: (row["offset"], row["duration"], row["sample_rate"]) for name, row in found.items()}
        assert extents == {
            "first": (0.0, 0.25, 16000),
            "second": (0.25, 0.75, 16000),
            "last": (0.5, 0.25, 16000),
            "a_two": (0.0, 1.0, 8000),
            "b__": (0.0, 0.1, 48000),
            "third": (0.5, 0.5, 8000),
        }

    def test_written_and_read_back_with_the_same_bytes_each_time(self, small, tmp_path):
        table = index_small(small)
        write_index(table, tmp_path / "corpus=x" / "1.parquet")
        write_index(index_small(small), tmp_path / "corpus=x" / "2.parquet")
        assert read_index(tmp_path / "corpus=x" / "1.parquet").equals(table)
        first, second = sorted((tmp_path / "corpus=x").iterdir())
        assert first.read_bytes() == second.read_bytes()

    def test_description(self, small):
        assert describe(index_small(small)) == (
            "12 utterances of 5 speakers, 8 in the task (3 happiness, 2 neutrality, 2 sadness, 1 anger)"
        )


class TestWholeCorpora:
    def test_iemocap(self, tmp_path):
        trees.iemocap_full(tmp_path)
        table = build_index("iemocap", tmp_path, list(iemocap.sessions(tmp_path)), True)
        assert table.num_rows == 10039
        found = Counter((row["speaker"], row["emotion"]) for row in table.to_pylist())
        for speaker, expected in trees.IEMOCAP_SPEAKERS.items():
            assert tuple(found[speaker, e] for e in ("anger", "happiness", "neutrality", "sadness")) == expected

    def test_msp_improv(self, tmp_path):
        trees.msp_improv_full(tmp_path)
        table = build_index("msp_improv", tmp_path, list(msp_improv.sessions(tmp_path)), True)
        assert table.num_rows == 8438
        found = Counter((row["scenario"], row["emotion"]) for row in table.to_pylist())
        for scenario, expected in trees.MSP_IMPROV_SCENARIOS.items():
            assert tuple(found[scenario, e] for e in ("anger", "sadness", "happiness", "neutrality")) == expected


def without_end(content):
    return content[: len(content) // 2]


def with_rate(rate):
    return lambda content: content[:24] + struct.pack("<I", rate) + content[28:]


class TestAudio:
    @pytest.mark.parametrize(
        ("damage", "message"),
        [
            (lambda content: b"", "the audio file is empty (0 bytes); copy it again"),
            (
                without_end,
                "the audio file is truncated (1622 bytes are missing at its end), or its header is wrong",
            ),
            (lambda content: content[:44], "the audio file is truncated (3200 bytes are missing at its end)"),
            (lambda content: content[:-1], "the audio file is truncated (1 bytes are missing at its end)"),
            (lambda content: content[:20], "the file cannot be read as audio ("),
            (lambda content: b"%PDF-1.4\n" * 400, "the file cannot be read as audio ("),
            (lambda content: trees.wav_bytes(0), "the audio file holds no audio (0 samples); copy it again"),
            (with_rate(44), "the sample rate is 44 Hz, not 8000 to 384000 Hz; mend the header"),
            (with_rate(16_000_000), "the sample rate is 16000000 Hz, not 8000 to 384000 Hz"),
            (lambda content: trees.wav_bytes(480), "lasts 30 ms, and has to last more than 30 ms"),
        ],
    )
    def test_damaged_file_is_named_with_its_label_line(self, small, damage, message):
        path = small / FIRST
        path.write_bytes(damage(path.read_bytes()))
        message_shown = problems(index_small, small)
        assert message_shown.startswith(f"iemocap corpus at {small}: 1 problem\n  - {FIRST_PLACE}: {message}")

    def test_missing_file(self, small):
        (small / FIRST).unlink()
        assert f"{FIRST_PLACE}: there is no such audio file; copy it, or take its label out" in problems(
            index_small, small
        )

    def test_folder_in_place_of_a_file(self, small):
        (small / FIRST).unlink()
        (small / FIRST).mkdir()
        assert f"{FIRST_PLACE}: this is a folder; name an audio file" in problems(index_small, small)

    def test_clip_of_msp_improv_that_is_nowhere(self, tmp_path):
        trees.msp_improv_small(tmp_path)
        next(tmp_path.glob("session2/*/*/MSP-IMPROV-S20S-F02-S-FM11.wav")).unlink()
        found = problems(build_index, "msp_improv", tmp_path, ["F01", "M01", "F02", "M02"], False)
        assert "1 problem\n  - MSP-IMPROV-S20S-F02-S-FM11.wav (Evalution.txt:21): there is no such audio file" in found

    def test_just_above_30_ms(self, small):
        (small / FIRST).write_bytes(trees.wav_bytes(481))
        assert rows(index_small(small))["Ses01F_impro01_F000"]["duration"] == 481 / 16000

    def test_shorter_outside_the_task(self, small):
        (small / FIRST.replace("F000", "F001")).write_bytes(trees.wav_bytes(160))
        assert rows(index_small(small))["Ses01F_impro01_F001"]["duration"] == 0.01

    @pytest.mark.parametrize(
        ("riff", "data"), [(8, 0), (0xFFFFFFFF, 0xFFFFFFFF), (0x7FFFFFFF, 0x7FFFFFFF - 36)], ids=["0", "ffmpeg", "sox"]
    )
    def test_sizes_of_streamed_files_are_no_truncation(self, small, riff, data):
        content = trees.wav_bytes(1600)
        streamed = content[:4] + struct.pack("<I", riff) + content[8:40] + struct.pack("<I", data) + content[44:]
        (small / FIRST).write_bytes(streamed)
        assert rows(index_small(small))["Ses01F_impro01_F000"]["duration"] == 0.1

    def test_chunks_before_and_after_the_audio(self, small):
        content = trees.wav_bytes(1600)
        note = b"LIST" + struct.pack("<I", 5) + b"INFOx\0"
        body = content[8:36] + note + content[36:] + note
        (small / FIRST).write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
        assert rows(index_small(small))["Ses01F_impro01_F000"]["duration"] == 0.1
        (small / FIRST).write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body[:1000])
        assert "the audio file is truncated" in problems(index_small, small)


class TestManifestAudio:
    @pytest.mark.parametrize(
        ("offset", "duration", "message"),
        [
            ("0.5", "0.6", "the segment from 0.5 s to 1.1 s is not within the file, which is 1 s long"),
            ("1", "", "the segment from 1 s to 1 s is not within the file, which is 1 s long; correct `offset`"),
            ("2", "0.5", "the segment from 2 s to 2.5 s is not within the file"),
            ("0.5", "0.03", "lasts 30 ms, and has to last more than 30 ms"),
            ("0.98", "", "lasts 20 ms, and has to last more than 30 ms"),
        ],
    )
    def test_segment(self, tmp_path, offset, duration, message):
        trees.write(tmp_path / "x.wav", trees.wav_bytes(16000))
        path = trees.write(
            tmp_path / "m.csv", f"path,speaker,emotion,offset,duration\nx.wav,A,anger,{offset},{duration}\n"
        )
        assert f"1 problem\n  - x.wav (m.csv:2): {message}" in problems(build_index, "manifest", path, ["A"])

    def test_rounded_end_is_the_end_of_the_file(self, tmp_path):
        trees.write(tmp_path / "x.wav", trees.wav_bytes(16001))
        header = "utterance,path,speaker,emotion,offset,duration\n"
        others = "".join(f"u{i},x.wav,A,{e},0.{i},0.1\n" for i, e in enumerate(["sadness", "happiness", "neutrality"]))
        path = trees.write(tmp_path / "m.csv", f"{header}{others}last,x.wav,A,anger,0.5,0.501\n")
        row = rows(build_index("manifest", path, ["A"]))["last"]
        assert math.isclose(row["duration"], 16001 / 16000 - 0.5, rel_tol=1e-12)

    def test_broken_file_of_many_segments_is_named_once(self, tmp_path):
        text = "path,speaker,emotion,utterance,offset\nx.wav,A,anger,u1,0\nx.wav,A,anger,u2,1\n"
        path = trees.write(tmp_path / "m.csv", text)
        assert "1 problem\n  - x.wav (m.csv:2): there is no such" in problems(build_index, "manifest", path, ["A"])


class TestChannels:
    """Of a recording with a microphone a speaker."""

    OTHERS = ("y.wav,B,happiness,u3,", "z.wav,B,neutrality,u4,")

    def index(self, folder, *rows, channels=2):
        trees.write(folder / "x.wav", trees.wav_bytes(1600, channels=channels))
        for name in ("w", "y", "z"):
            trees.write(folder / f"{name}.wav", trees.wav_bytes(1601, name=name))
        text = "\n".join(["path,speaker,emotion,utterance,channel", *rows, ""])
        return build_index("manifest", trees.write(folder / "m.csv", text), ["A", "B"])

    def test_chosen_ones_are_a_column_of_their_own(self, tmp_path):
        table = self.index(tmp_path, "x.wav,A,anger,u1,1", "x.wav,B,sadness,u2,2", *self.OTHERS)
        assert table["channel"].to_pylist() == [1, 2, None, None]
        assert str(table.schema.field("channel").type) == "int32"
        write_index(table, tmp_path / "index.parquet")
        assert read_index(tmp_path / "index.parquet").equals(table)

    def test_without_a_choice_the_index_has_the_columns_it_always_had(self, tmp_path):
        table = self.index(tmp_path, "x.wav,A,anger,u1,", "w.wav,B,sadness,u2,", *self.OTHERS)
        assert table.column_names == INDEX_SCHEMA.names

    @pytest.mark.parametrize(("channels", "there"), [(1, "one channel"), (2, "2 channels")])
    def test_one_that_the_file_does_not_have(self, tmp_path, channels, there):
        rows = "x.wav,A,anger,u1,3", "y.wav,B,anger,u2,"
        found = problems(self.index, tmp_path, *rows, channels=channels)
        assert f"1 problem\n  - x.wav (m.csv:2): has {there}, and no channel 3; correct `channel`" in found

    @pytest.mark.parametrize(("first", "second"), [("1", "1"), ("", "2"), ("2", ""), ("", "")])
    def test_same_audio(self, tmp_path, first, second):
        rows = f"x.wav,A,anger,u1,{first}", "y.wav,A,anger,u3,", f"x.wav,B,anger,u2,{second}"
        found = problems(self.index, tmp_path, *rows)
        assert "x.wav (m.csv:4): the audio of u2 is already that of x.wav (m.csv:2); remove one" in found


class TestDuplicates:
    def test_id_names_both_lines(self, small):
        path = small / "Session1" / "dialog" / "EmoEvaluation" / "Ses01F_impro01.txt"
        path.write_bytes(path.read_bytes() + b"[20.0 - 21.0]\tSes01F_impro01_F000\tang\t[1, 1, 1]\n")
        assert (
            "1 problem\n"
            f"  - {FIRST} (Session1/dialog/EmoEvaluation/Ses01F_impro01.txt:23): "
            f"utterance Ses01F_impro01_F000 is already at {FIRST_PLACE}; remove or rename one"
        ) in problems(index_small, small)

    def test_default_ids_that_collide(self, tmp_path):
        trees.write(tmp_path / "a_b.wav", trees.wav_bytes(1600))
        trees.write(tmp_path / "a" / "b.wav", trees.wav_bytes(1600))
        path = trees.write(tmp_path / "m.csv", "path,speaker,emotion\na/b.wav,A,anger\na_b.wav,B,anger\n")
        found = problems(build_index, "manifest", path, ["A", "B"])
        assert "a_b.wav (m.csv:3): utterance a_b is already at a/b.wav (m.csv:2); remove or rename one" in found

    def test_audio_of_two_speakers(self, tmp_path):
        trees.write(tmp_path / "x.wav", trees.wav_bytes(1600))
        text = "path,speaker,emotion,utterance\nx.wav,A,anger,u1\n./x.wav,B,anger,u2\n"
        path = trees.write(tmp_path / "m.csv", text)
        found = problems(build_index, "manifest", path, ["A", "B"])
        assert "x.wav (m.csv:3): the audio of u2 is already that of x.wav (m.csv:2); remove one" in found


class TestSpeakersAndCounts:
    def test_both_differences_are_listed(self, small):
        found = problems(index_small, small, ["Ses01F", "Ses01M", "Ses02F", "Ses03M", "Ses05F", "Ses05M"])
        assert "speakers without an utterance of the four emotions: Ses02F, Ses05M; " in found
        assert "speakers in the corpus but not configured: Ses03F. " in found
        assert "correct the corpus's `speakers:`" in found

    def test_speaker_with_nothing_in_the_task(self, tmp_path):
        path = trees.manifest_small(tmp_path)
        found = problems(build_index, "manifest", path, ["S-1", "S-2", "S-3"])
        assert "speakers without an utterance of the four emotions: S-3." in found

    def test_speaker_configured_twice(self, small):
        assert "speakers configured more than once: Ses01F." in problems(
            index_small, small, [*SMALL_SPEAKERS, "Ses01F"]
        )

    def test_order_of_the_speakers_does_not_matter(self, small):
        assert index_small(small, SMALL_SPEAKERS[::-1]).num_rows == 12

    def test_partial_copy_is_refused_unless_said(self, small):
        found = problems(index_small, small, expected_counts=True)
        assert "Ses01F anger 0, expected 147" in found
        assert "`expected_counts: false`" in found

    def test_counts_given(self, small):
        assert index_small(small, expected_counts=SMALL_COUNTS).num_rows == 12

    @pytest.mark.parametrize(
        ("counts", "message"),
        [
            (
                SMALL_COUNTS | {"Ses03M": {"sadness": 1}},
                "emotion are not those of the whole corpus: Ses03M neutrality 1, expected 0.",
            ),
            (SMALL_COUNTS | {"Ses01M": {"happiness": 3}}, "Ses01M happiness 2, expected 3."),
        ],
    )
    def test_other_counts_than_given(self, small, counts, message):
        assert message in problems(index_small, small, expected_counts=counts)

    def test_unknown_reader(self, small):
        found = problems(build_index, "nowhere", small, [])
        assert "there is no corpus reader 'nowhere': gagru/corpora/ has no nowhere.py" in found


def test_readers_import_the_standard_library_only():
    """The Snakefile asks them for the speakers, every time that it is parsed."""
    code = (
        "import sys; before = set(sys.modules); from gagru.corpora import registry;"
        "from gagru.task.corpora import READERS; [registry.reader(name) for name in READERS];"
        "imported = {name.split('.')[0] for name in set(sys.modules) - before};"
        "print(sorted(imported - sys.stdlib_module_names - {'gagru'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


class TestReadingBack:
    @pytest.mark.parametrize(
        "damage", [lambda content: b"", lambda content: content[:-20], lambda content: content[:100]]
    )
    def test_damaged(self, small, tmp_path, damage):
        path = tmp_path / "index.parquet"
        write_index(index_small(small), path)
        path.write_bytes(damage(path.read_bytes()))
        with pytest.raises(InputError, match=r"index.parquet: truncated or damaged; delete it and run snakemake again"):
            read_index(path)

    def test_missing(self, tmp_path):
        with pytest.raises(InputError, match=r"index.parquet: there is no such file; run snakemake again"):
            read_index(tmp_path / "index.parquet")

    def test_other_columns(self, tmp_path):
        path = tmp_path / "index.parquet"
        write_parquet(path, pa.table({"utterance": ["x"]}))
        with pytest.raises(InputError, match=r"index.parquet: not the columns of an index"):
            read_index(path)


class TestProgram:
    @pytest.fixture
    def program(self, monkeypatch, tmp_path):
        """Runs the program on a root and returns the path that it was to write."""
        out = tmp_path / "results" / "iemocap" / "index.parquet"

        def program(root, *options, reader="iemocap", speakers=SMALL_SPEAKERS):
            arguments = ["--reader", reader, "--root", str(root), "--speakers", json.dumps(speakers), "--out", str(out)]
            arguments += ["--out-left-out", str(out.with_name("left_out.csv"))]
            monkeypatch.setattr(sys, "argv", ["index_corpus.py", *arguments, *options])
            run(index_corpus.main)
            return out

        program.out = out
        return program

    def test_writes_the_index_and_says_what_is_in_it(self, small, program, capsys):
        assert read_index(program(small, "--expected-counts", "false")).num_rows == 12
        assert capsys.readouterr().out.startswith("iemocap: 12 utterances of 5 speakers, 8 in the task (3 happiness, ")

    def test_counts_given(self, small, program):
        assert read_index(program(small, "--expected-counts", json.dumps(SMALL_COUNTS))).num_rows == 12

    def test_published_counts_are_asserted_unless_told_otherwise(self, small, program, capsys):
        with pytest.raises(SystemExit):
            program(small)
        assert "set `expected_counts: false`" in capsys.readouterr().err

    def test_all_problems_at_once_and_no_output(self, small, program, capsys):
        labels = small / "Session1" / "dialog" / "EmoEvaluation" / "Ses01F_impro01.txt"
        labels.write_bytes(labels.read_bytes().replace(b"\thap\t", b"\tjoy\t"))
        (small / FIRST).write_bytes(b"")
        (small / FIRST.replace("F000", "F001")).unlink()
        with pytest.raises(SystemExit) as caught:
            program(small, "--expected-counts", "false", speakers=[*SMALL_SPEAKERS, "Ses04F"])
        assert caught.value.code == 1
        error = capsys.readouterr().err
        assert error.startswith(f"Error: iemocap corpus at {small}: 4 problems\n")
        for message in (
            "Session1/dialog/EmoEvaluation/Ses01F_impro01.txt:8: unknown label 'joy'",
            f"{FIRST_PLACE}: the audio file is empty",
            "F001.wav (Session1/dialog/EmoEvaluation/Ses01F_impro01.txt:13): there is no such audio file",
            "speakers without an utterance of the four emotions: Ses04F",
        ):
            assert f"\n  - {message}" in error or message in error
        assert not program.out.parent.exists()

    def test_earlier_index_is_kept(self, small, program):
        before = program(small, "--expected-counts", "false").read_bytes()
        (small / FIRST).unlink()
        with pytest.raises(SystemExit):
            program(small, "--expected-counts", "false")
        assert program.out.read_bytes() == before
        assert sorted(path.name for path in program.out.parent.iterdir()) == ["index.parquet", "left_out.csv"]

    @pytest.mark.parametrize("reader", ["iemocap", "msp_improv", "emodb", "manifest"])
    def test_missing_root(self, tmp_path, program, capsys, reader):
        with pytest.raises(SystemExit) as caught:
            program(tmp_path / "nowhere", reader=reader)
        assert caught.value.code == 1
        assert capsys.readouterr().err.startswith(f"Error: {tmp_path / 'nowhere'}: ")
        assert not program.out.exists()


class TestPartsAndSpeakers:
    def test_a_part_of_iemocap(self, small):
        improvised = build_index("iemocap", small, SMALL_SPEAKERS[:4], SMALL_COUNTS, part="improvised")
        assert {name.split("_")[1][:5] for name in rows(improvised)} == {"impro"}
        scripted = build_index("iemocap", small, ["Ses05F"], SMALL_COUNTS, part="scripted")
        assert {name.split("_")[1][:6] for name in rows(scripted)} == {"script"}
        assert improvised.num_rows + scripted.num_rows == index_small(small).num_rows

    def test_a_part_of_msp_improv_leaves_natural_interaction_out(self, tmp_path):
        trees.msp_improv_small(tmp_path)
        improvised = build_index("msp_improv", tmp_path, ["F02", "M01", "M02"], False, part="improvised")
        assert {name.split("-")[4] for name in rows(improvised)} == {"S", "T"}
        scripted = build_index("msp_improv", tmp_path, ["F02"], False, part="scripted")
        assert {name.split("-")[4] for name in rows(scripted)} == {"R"}

    def test_the_whole_corpus_is_checked_and_the_parts_speakers(self, small):
        message = problems(build_index, "iemocap", small, SMALL_SPEAKERS, False, part="scripted")
        assert "without an utterance of the four emotions: Ses01F, Ses01M, Ses03F, Ses03M" in message
        message = problems(build_index, "iemocap", small, ["Ses05F"], {"Ses05F": {"anger": 9}}, part="scripted")
        assert "Ses01F neutrality 1, expected 0" in message

    def test_the_dialogs_name_as_speaker(self, small):
        # the counts that are asserted are those of who speaks
        named = build_index("iemocap", small, ["Ses01F", "Ses03M", "Ses05M"], SMALL_COUNTS, speaker_rule="dialog")
        assert all(row["speaker"] == name[:6] for name, row in rows(named).items())
        assert rows(named)["Ses01F_impro01_M000"]["gender"] == "M"
