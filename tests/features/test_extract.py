import numpy as np
import opensmile
import pytest
import soundfile

from gagru.features.extract import extract_features
from gagru.features.store import read_features
from gagru.task.errors import InputError

EGEMAPS = {"version": "eGeMAPSv02"}


def extract(corpus, name="lld", settings=None, speaker="A", root=None):
    out = corpus.root / "features" / f"{speaker}.parquet"
    count = extract_features(corpus.index, root or corpus.root, speaker, name, settings or {}, out)
    features = read_features(out)
    assert count == len(features.utterances)
    return features


def test_a_speakers_utterances_in_the_task(corpus, voice):
    signals = {name: voice(seconds, seed=seed) for seed, (name, seconds) in enumerate({"a1": 0.5, "a2": 1.2}.items())}
    for name, signal in signals.items():
        corpus.add(name, signal)
    corpus.add("a3", voice(0.5), emotion=None)
    corpus.add("b1", voice(0.5), speaker="B")

    features = extract(corpus)

    assert features.utterances == ["a1", "a2"]
    assert len(features.columns) == features.values.shape[1] == 78
    smile = opensmile.Smile(opensmile.FeatureSet.emobase, opensmile.FeatureLevel.LowLevelDescriptors)
    for name, values in features.items():
        expected = smile.process_file(str(corpus.root / f"{name}.wav"))
        np.testing.assert_array_equal(values[:, :26], expected)


def test_functionals_cover_what_is_outside_the_task(corpus, voice):
    corpus.add("a1", voice(0.5))
    corpus.add("a2", voice(0.7, seed=1), emotion=None)
    features = extract(corpus, "egemaps", EGEMAPS)
    smile = opensmile.Smile(opensmile.FeatureSet.eGeMAPSv02)
    expected = [smile.process_file(str(corpus.root / f"{name}.wav")).to_numpy()[0] for name in ("a1", "a2")]
    assert features.utterances == ["a1", "a2"]
    np.testing.assert_array_equal(features.values, expected)
    assert features.columns == smile.feature_names


def test_segments_of_one_file(corpus, voice):
    signal = voice(2)
    corpus.add("whole", signal)
    corpus.add("part", signal, path="whole.wav", offset=0.5, duration=0.75)
    corpus.add("cut", signal[8000:20000])
    values = dict(extract(corpus).items())
    np.testing.assert_array_equal(values["part"], values["cut"])
    assert len(values["whole"]) > len(values["part"])


def test_a_manifest_stands_for_its_folder(corpus, voice):
    corpus.add("a1", voice(0.5))
    manifest = corpus.root / "manifest.csv"
    manifest.write_text("path,speaker,emotion\n")
    assert extract(corpus, root=manifest).utterances == ["a1"]


def test_same_bytes_every_time(corpus, voice):
    corpus.add("a1", voice(0.5, rate=44100), rate=44100)
    corpus.add("a2", voice(0.4, seed=1))
    written = []
    for name in ("x", "y"):
        extract_features(corpus.index, corpus.root, "A", "lld", {}, corpus.root / name)
        written.append((corpus.root / name).read_bytes())
    assert written[0] == written[1]


@pytest.mark.parametrize("name", ["lld", "egemaps"])
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda voice: voice(0.02), "too short"),
        (lambda voice: voice(0.035), "too short"),
        (lambda voice: np.zeros(16000), "silent"),
    ],
    ids=["20 ms", "35 ms", "silent"],
)
def test_an_utterance_of_the_task_that_cannot_be_described(corpus, voice, name, spoil, message):
    corpus.add("a1", voice(0.5))
    path = corpus.add("a2", spoil(voice))
    with pytest.raises(InputError, match=f"{path}: .*{message}.*take it out, or give it a label outside"):
        extract(corpus, name, EGEMAPS)
    assert not (corpus.root / "features" / "A.parquet").exists()


def test_outside_the_task_it_is_left_out_and_said(corpus, voice, capsys):
    corpus.add("a1", voice(0.5))
    corpus.add("a2", voice(0.05), emotion=None)
    corpus.add("a3", np.zeros(16000), emotion=None)
    assert extract(corpus, "egemaps", EGEMAPS).utterances == ["a1"]
    first, second = capsys.readouterr().out.splitlines()
    assert "a2.wav: 50 ms of audio are too short for egemaps; left out" in first
    assert "a3.wav: silent" in second


def test_chosen_channels(corpus, voice):
    first, second = voice(0.5), voice(0.5, seed=1)
    corpus.add("a1", np.stack([first, second], axis=1), channel=1)
    corpus.add("a2", np.stack([first, second], axis=1), channel=2)
    corpus.add("a3", first)
    corpus.add("a4", second)
    values = dict(extract(corpus).items())
    np.testing.assert_array_equal(values["a1"], values["a3"])
    np.testing.assert_array_equal(values["a2"], values["a4"])


def test_a_silent_channel_is_said_by_name_and_counted(corpus, voice, capsys):
    corpus.add("a1", voice(0.5))
    dead = corpus.add("a2", np.stack([voice(0.5), np.zeros(8000)], axis=1))
    corpus.add("a3", np.stack([np.zeros(8000), voice(0.5)], axis=1))
    assert extract(corpus).utterances == ["a1", "a2", "a3"]
    first, second, count = capsys.readouterr().out.splitlines()
    assert first.startswith(f"Warning: {dead}: channel 2 of 2 is silent for the 0.500 s from 0 s on")
    assert "a3.wav: channel 1 of 2 is silent" in second
    assert count == "lld of speaker A: 3 utterances, warnings: 2"


@pytest.mark.parametrize("emotion", ["anger", None])
def test_damage_stops_it_in_and_outside_the_task(corpus, voice, emotion):
    corpus.add("a1", voice(0.5))
    path = corpus.add("a2", voice(0.5), emotion=emotion)
    soundfile.write(path, voice(0.3), 16000)
    with pytest.raises(InputError, match=f"{path}: shorter than its index says"):
        extract(corpus, "egemaps", EGEMAPS)


def test_nan_of_a_feature_set_is_never_written(corpus, voice, monkeypatch):
    corpus.add("a1", voice(0.5))
    monkeypatch.setattr("gagru.features.lld.extractor", lambda settings: lambda signal: np.full((3, 78), np.nan))
    with pytest.raises(InputError, match=r"a1.wav: lld of utterance a1 are NaN or infinite"):
        extract(corpus)
    assert not (corpus.root / "features" / "A.parquet").exists()


def test_unknown_names(corpus, voice):
    corpus.add("a1", voice(0.5))
    with pytest.raises(InputError, match="speaker Z has no utterances"):
        extract(corpus, speaker="Z")
    with pytest.raises(InputError, match="no feature set 'mfcc'"):
        extract(corpus, "mfcc")
