"""The demo corpora on disk, read by small parsers of this file's own, and what their speech sounds like."""

import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from gagru.corpora import iemocap, msp_improv
from gagru.corpora.index import build_index
from gagru.demo.layouts import make_demo_corpus
from gagru.demo.plan import SESSIONS, expected_counts
from gagru.demo.speech_synthesis import PROSODY, Synthesiser, Voice, ssml
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError

PROJECT = Path(__file__).resolve().parents[2]
IEMOCAP_EMOTIONS = {"ang": "anger", "hap": "happiness", "exc": "happiness", "sad": "sadness", "neu": "neutrality"}
MSP_EMOTIONS = {"A": "anger", "H": "happiness", "S": "sadness", "N": "neutrality"}


@pytest.fixture(scope="module")
def iemocap_root(tmp_path_factory):
    root = tmp_path_factory.mktemp("demo") / "iemocap"
    assert make_demo_corpus("iemocap", root) == len(iemocap_turns(root))
    return root


@pytest.fixture(scope="module")
def msp_root(tmp_path_factory):
    root = tmp_path_factory.mktemp("demo") / "msp_improv"
    assert make_demo_corpus("msp_improv", root) == len(msp_clips(root))
    return root


def iemocap_turns(root):
    """id -> (session folder, start, end, label, rater lines) of every block of the label files."""
    turns = {}
    for path in sorted(root.glob("Session*/dialog/EmoEvaluation/[!.]*.txt")):
        header, *blocks = path.read_text(encoding="latin-1").strip().split("\n\n")
        assert header.startswith("%")
        for block in blocks:
            consensus, *raters = block.splitlines()
            times, utterance, label, attributes = consensus.split("\t")
            assert re.fullmatch(r"\[\d\.\d{4}, \d\.\d{4}, \d\.\d{4}\]", attributes)
            assert utterance not in turns
            assert utterance.startswith(path.stem + "_")
            start, end = map(float, times.strip("[]").split(" - "))
            turns[utterance] = (path.parents[2].name, start, end, label, raters)
    return turns


def msp_clips(root):
    """clip -> (label, its attributes, rater lines) of every block of the label file."""
    clips = {}
    for block in (root / "Evalution.txt").read_text(encoding="latin-1").strip().split("\n\n"):
        consensus, *raters = block.splitlines()
        clip, label, *values = [field.strip() for field in consensus.rstrip(";").split(";")]
        assert clip not in clips
        clips[clip] = (label, dict(value.split(":") for value in values), raters)
    return clips


def utterances(reader, root):
    """(speaker, emotion, path of the audio) of every utterance in the task."""
    if reader == "iemocap":
        for utterance, (session, *_, label, _) in iemocap_turns(root).items():
            if emotion := IEMOCAP_EMOTIONS.get(label):
                audio = root / session / "sentences" / "wav" / utterance[:-5] / f"{utterance}.wav"
                yield utterance[:5] + utterance[-4], emotion, audio
    else:
        files = {path.name: path for path in root.rglob("MSP-*.wav")}
        for clip, (label, *_) in msp_clips(root).items():
            if emotion := MSP_EMOTIONS.get(label):
                yield clip.split("-")[3], emotion, files[clip.replace("UTD", "MSP").replace(".avi", ".wav")]


@pytest.fixture(scope="module")
def spoken(iemocap_root, msp_root):
    """reader -> speakers, emotions, and acoustics per utterance, z-scored per speaker: see `acoustics`."""
    measured = {}
    for reader, root in (("iemocap", iemocap_root), ("msp_improv", msp_root)):
        speakers, emotions, paths = map(np.array, zip(*utterances(reader, root), strict=True))
        values = np.array([acoustics(path) for path in paths])
        for speaker in set(speakers):
            own = speakers == speaker
            values[own] = (values[own] - values[own].mean(axis=0)) / values[own].std(axis=0)
        measured[reader] = speakers, emotions, values
    return measured


ACOUSTICS = ("level", "f0", "duration", "high", "course")


def acoustics(path):
    """Level (dB), median F0 (semitones), duration (s), energy above 1 kHz (dB), level at the end less at the start."""
    samples, rate = soundfile.read(path)
    size = int(0.04 * rate)
    frames = np.lib.stride_tricks.sliding_window_view(samples, size)[:: size // 2] * np.hanning(size)
    energy = np.mean(frames**2, axis=1)
    voiced = frames[energy > 0.1 * energy.max()]
    spectra = np.abs(np.fft.rfft(voiced, 2 * size)) ** 2
    correlation = np.fft.irfft(spectra)[:, : int(rate / 75)]
    shortest = int(rate / 450)
    period = shortest + np.argmax(correlation[:, shortest:], axis=1)
    high = np.arange(spectra.shape[1]) * rate / (2 * size) > 1000
    third = len(energy) // 3
    return (
        10 * np.log10(np.mean(energy)),
        12 * np.log2(np.median(rate / period)),
        len(samples) / rate,
        10 * np.log10(spectra[:, high].sum() / spectra.sum()),
        10 * np.log10(energy[-third:].mean() / energy[:third].mean()),
    )


@pytest.mark.parametrize(
    ("reader", "module", "root"), [("iemocap", iemocap, "iemocap_root"), ("msp_improv", msp_improv, "msp_root")]
)
def test_the_real_reader_finds_no_problem_and_the_expected_counts(reader, module, root, request):
    folder = request.getfixturevalue(root)
    index = build_index(reader, folder, list(SESSIONS[reader]), expected_counts(reader))
    real = module.sessions(folder)
    assert {(row["speaker"], row["session"]) for row in index.to_pylist()} == set(SESSIONS[reader].items())
    assert SESSIONS[reader].items() <= real.items()
    assert [speaker for speaker in real if speaker in SESSIONS[reader]] == list(SESSIONS[reader])  # canonical order


@pytest.mark.parametrize(("reader", "root"), [("iemocap", "iemocap_root"), ("msp_improv", "msp_root")])
def test_counts_in_the_label_files_are_the_expected_ones(reader, root, request):
    found = Counter((s, e) for s, e, _ in utterances(reader, request.getfixturevalue(root)))
    assert found == {(s, e): n for s, emotions in expected_counts(reader).items() for e, n in emotions.items()}
    assert all(tuple(emotions) == EMOTIONS for emotions in expected_counts(reader).values())


def test_iemocap_audio_lasts_as_long_as_its_turn(iemocap_root):
    turns = iemocap_turns(iemocap_root)
    for utterance, (session, start, end, *_) in turns.items():
        audio = soundfile.info(iemocap_root / session / "sentences" / "wav" / utterance[:-5] / f"{utterance}.wav")
        assert (audio.samplerate, audio.channels, audio.subtype) == (16000, 1, "PCM_16")
        assert audio.duration == pytest.approx(end - start, abs=2e-4)
        assert 1 <= audio.duration <= 4.5
        assert session == f"Session{utterance[4]}"
    assert len(list(iemocap_root.rglob("[!.]*.wav"))) == len(turns)


def test_iemocap_has_the_oddities_of_the_release(iemocap_root):
    turns = iemocap_turns(iemocap_root)
    assert {label for *_, label, _ in turns.values()} > {"fru", "xxx", "hap", "exc"}
    assert 0.3 < np.mean([utterance[5] != utterance[-4] for utterance in turns]) < 0.7  # who wears markers, who speaks
    assert {"Ses01M_impro05a", "Ses02M_script01_1b"} <= {utterance[:-5] for utterance in turns}
    for *_, raters in turns.values():
        assert [line[:3] for line in raters] == ["C-E"] * 3 + [raters[3][:3]] + ["A-E"] * 2
        assert raters[3][:4] in ("C-F1", "C-M1")
    for session in ("Session1", "Session2"):
        labels = iemocap_root / session / "dialog" / "EmoEvaluation"
        for path in labels.glob("[!.]*.txt"):
            assert (labels / f"._{path.name}").is_file()
            assert any((iemocap_root / session / "sentences" / "wav" / path.stem).glob("._*.wav"))
        for folder in ("Attribute", "Categorical", "Self-evaluation"):
            assert any((labels / folder).glob("[!.]*.txt"))


def test_iemocap_transcripts_tell_the_turns_in_order(iemocap_root):
    turns = iemocap_turns(iemocap_root)
    said = {}
    for path in iemocap_root.glob("Session*/dialog/transcriptions/[!.]*.txt"):
        begun = []
        for line in path.read_text(encoding="latin-1").splitlines():
            utterance, start, text = re.fullmatch(r"(\S+) \[(\d{3}\.\d{4})-\d{3}\.\d{4}\]: (.+)", line).groups()
            said[utterance] = text
            begun.append(float(start))
            if utterance in turns:
                assert float(start) == turns[utterance][1]
        assert begun == sorted(begun)
    without_audio = said.keys() - turns.keys()
    assert turns.keys() <= said.keys()
    assert without_audio
    assert all("XX" in utterance for utterance in without_audio)


def test_speakers_of_a_dialog_mostly_alternate_and_keep_its_mood(iemocap_root):
    dialogs = defaultdict(list)
    for utterance, (_, start, _, label, _) in iemocap_turns(iemocap_root).items():
        dialogs[utterance[:-5]].append((start, utterance[-4], IEMOCAP_EMOTIONS.get(label)))
    pairs = [pair for turns in dialogs.values() for pair in zip(sorted(turns), sorted(turns)[1:], strict=False)]
    assert len(dialogs) == 16
    assert np.mean([first[1] != second[1] for first, second in pairs]) > 0.6
    # Were the emotions independent, about a quarter of the neighbours would have the same.
    assert np.mean([first[2] == second[2] for first, second in pairs if first[2] and second[2]]) > 0.4


def test_msp_improv_clips_have_their_audio_in_its_place(msp_root):
    rates = Counter()
    clips = msp_clips(msp_root)
    for clip in clips:
        _, _, sentence, speaker, scenario, turn = clip.removesuffix(".avi").split("-")
        name = clip.replace("UTD", "MSP").replace(".avi", ".wav")
        audio = soundfile.info(msp_root / f"session{int(speaker[1:])}" / sentence / scenario / name)
        assert re.fullmatch(r"S\d\d[AHSN] [FM]0[12] [PRST] [FM]{2}\d\d", f"{sentence} {speaker} {scenario} {turn}")
        assert (audio.channels, audio.subtype) == (1, "PCM_16")
        assert 1 <= audio.duration <= 4.5
        rates[audio.samplerate] += 1
    assert set(rates) == {44100, 48000}
    assert len(list(msp_root.rglob("MSP-*.wav"))) == len(clips)


def test_msp_improv_has_the_oddities_of_the_release(msp_root):
    clips = msp_clips(msp_root)
    text = (msp_root / "Evalution.txt").read_text(encoding="latin-1")
    assert {label for label, *_ in clips.values()} == set("AHSNOX")
    assert {clip.split("-")[4] for clip in clips} == set("PRST")
    assert any(clip.split("-")[2][3] != label for clip, (label, *_) in clips.items())  # intended, not heard
    assert "NaN" in text
    assert {frozenset(values) for _, values, _ in clips.values()} == {frozenset("AVDN"), frozenset("AVD")}
    assert all(len(raters) == 4 and ".avi" not in "".join(raters) for *_, raters in clips.values())
    assert (msp_root / "._Evalution.txt").is_file()
    assert any(msp_root.rglob("._MSP-*.wav"))


def test_msp_improv_activation_is_stored_high_to_low(msp_root):
    activation = defaultdict(list)
    for label, values, _ in msp_clips(msp_root).values():
        activation[label].append(float(values["A"]))
    assert np.nanmean(activation["A"]) < np.nanmean(activation["S"])


def test_turns_of_a_msp_improv_recording_are_numbered_by_speaker(msp_root):
    numbers = defaultdict(list)
    for clip in msp_clips(msp_root):
        _, _, sentence, speaker, scenario, turn = clip.removesuffix(".avi").split("-")
        numbers[speaker, sentence, scenario, turn[:2]].append(int(turn[2:]))
    assert all(sorted(turns) == list(range(1, len(turns) + 1)) for turns in numbers.values())
    partners = {(("M" if speaker[0] == "F" else "F") + speaker[1:], *rest) for speaker, *rest in numbers}
    assert len(partners & numbers.keys()) > 16


@pytest.mark.parametrize("root", ["iemocap_root", "msp_root"])
def test_a_note_in_the_tree_says_that_it_is_synthetic(root, request):
    assert "synthetic" in (request.getfixturevalue(root) / "README-demo.txt").read_text()


def contents(root):
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_the_program_writes_the_same_bytes_in_another_process(iemocap_root, tmp_path):
    folder = tmp_path / "a-rather-long-name-of-a-folder" / "iemocap"
    command = [sys.executable, PROJECT / "workflow_scripts" / "make_demo_corpus.py", "--reader", "iemocap"]
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "PYTHONHASHSEED": "7"}
    done = subprocess.run([*command, "--out", folder], env=environment, capture_output=True, text=True, check=True)
    assert re.fullmatch(r"iemocap demo corpus: 301 synthetic utterances, \d+\.\d s\n", done.stdout)
    assert contents(folder) == contents(iemocap_root)


@pytest.mark.parametrize("variant", ["f1", "f2", "f3", "f4", "m1", "m2", "m3", "m7"])
def test_a_synthesiser_does_not_hear_what_was_said_before(variant):
    voice = Voice(f"en-us+{variant}", 0, 180)
    sentence = ssml(["the keys were", "in my coat"], voice, PROSODY["sadness"])
    takes = []
    for _ in range(2):
        with Synthesiser() as synthesiser:
            takes.append(synthesiser.say(sentence, voice))
            synthesiser.say(ssml(["something else"], voice, PROSODY["anger"]), voice)
    assert len(takes[0]) > 20000
    np.testing.assert_array_equal(*takes)


def means(spoken, reader, measure):
    _, emotions, values = spoken[reader]
    return {emotion: values[emotions == emotion, ACOUSTICS.index(measure)].mean() for emotion in EMOTIONS}


@pytest.mark.parametrize("reader", list(SESSIONS))
def test_emotions_differ_as_the_literature_says(reader, spoken):
    """Banse & Scherer (1996), Juslin & Laukka (2003); differences in standard deviations of a speaker."""
    level, f0 = means(spoken, reader, "level"), means(spoken, reader, "f0")
    assert level["anger"] > level["happiness"] > level["neutrality"] > level["sadness"]
    assert min(f0["anger"], f0["happiness"]) > f0["neutrality"] + 0.5
    assert f0["neutrality"] > f0["sadness"]
    duration, high = means(spoken, reader, "duration"), means(spoken, reader, "high")
    assert duration["sadness"] > max(duration[emotion] for emotion in EMOTIONS if emotion != "sadness") + 0.5
    assert high["anger"] > high["neutrality"] + 0.5 > high["sadness"] + 1
    course = means(spoken, reader, "course")
    assert course["sadness"] < course["happiness"] - 0.5
    assert course["anger"] < course["happiness"] - 0.3


@pytest.mark.parametrize("reader", list(SESSIONS))
def test_emotions_overlap_but_can_be_told_apart(reader, spoken):
    speakers, emotions, values = spoken[reader]
    assert 0.4 < unweighted_accuracy(speakers, emotions, values) < 0.95
    rng = np.random.default_rng(0)
    shuffled = []
    for _ in range(20):
        mixed = emotions.copy()
        for speaker in SESSIONS[reader]:
            mixed[speakers == speaker] = rng.permutation(mixed[speakers == speaker])
        shuffled.append(unweighted_accuracy(speakers, mixed, values))
    assert 0.2 < np.mean(shuffled) < 0.3


def unweighted_accuracy(speakers, emotions, values):
    """Mean recall of a linear classifier on five measures, leaving one speaker out."""
    predicted = np.empty_like(emotions)
    for speaker in set(speakers):
        held_out = speakers == speaker
        classifier = LinearDiscriminantAnalysis(priors=np.full(4, 0.25)).fit(values[~held_out], emotions[~held_out])
        predicted[held_out] = classifier.predict(values[held_out])
    return np.mean([(predicted[emotions == emotion] == emotion).mean() for emotion in EMOTIONS])


def test_there_is_something_already(tmp_path):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "mine.wav").write_bytes(b"kept")
    with pytest.raises(InputError, match=r"corpus: is there already"):
        make_demo_corpus("iemocap", tmp_path / "corpus")
    assert contents(tmp_path) == {Path("corpus/mine.wav"): b"kept"}


def test_no_demo_corpus_for_a_reader(tmp_path):
    with pytest.raises(InputError, match="iemocap and msp_improv"):
        make_demo_corpus("emodb", tmp_path / "emodb")
    assert not any(tmp_path.iterdir())


def test_nothing_is_left_when_synthesis_fails(tmp_path, monkeypatch):
    (tmp_path / "no-data").mkdir()
    monkeypatch.setattr("espeakng_loader.get_data_path", lambda: str(tmp_path / "no-data"))
    with pytest.raises(InputError, match="cannot read its data"):
        make_demo_corpus("msp_improv", tmp_path / "corpus")
    assert [path.name for path in tmp_path.iterdir()] == ["no-data"]


def test_sessions_are_known_without_numpy():
    program = "import sys; from gagru.demo.plan import SESSIONS, expected_counts; expected_counts('iemocap'); "
    program += "print([m for m in ('numpy', 'soundfile', 'espeakng_loader') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
