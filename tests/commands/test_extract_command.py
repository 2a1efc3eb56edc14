"""`gagru extract`: the features of audio files as `.npy` files, in the form that the feature set `own` reads."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import opensmile
import pytest
import soundfile

ROOT = Path(__file__).resolve().parents[2]


def speak(path, seconds=0.5, seed=0, rate=16_000):
    path.parent.mkdir(parents=True, exist_ok=True)
    time = np.arange(int(seconds * rate)) / rate
    noise = np.random.default_rng(seed).normal(size=len(time))
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * (120 + 20 * seed) * time) + 0.01 * noise, rate)


def extract(*arguments):
    command = [sys.executable, "-m", "gagru.cli", "extract", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def audio(tmp_path):
    for seed, name in enumerate(("a.wav", "more/b.flac", "more/c.WAV")):
        speak(tmp_path / "audio" / name, seed=seed)
    return tmp_path / "audio"


def test_a_folder_in_its_own_order(audio, tmp_path):
    (audio / "readme.txt").write_text("no audio")
    run = extract("lld", audio, "--out", tmp_path / "out")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == f"{tmp_path / 'out'}: lld of 3 of 3 files\n"
    made = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*"))
    assert made == ["a.npy", "more/b.npy", "more/c.npy"]
    smile = opensmile.Smile(opensmile.FeatureSet.emobase, opensmile.FeatureLevel.LowLevelDescriptors)
    values = np.load(tmp_path / "out" / "a.npy")
    assert (values.dtype, values.shape[1]) == (np.float32, 78)
    np.testing.assert_array_equal(values[:, :26], smile.process_file(str(audio / "a.wav")))


def test_functionals_are_vectors_and_settings_can_be_given(audio, tmp_path):
    run = extract("egemaps", audio / "a.wav", "--out", tmp_path / "out", "--set", "version=eGeMAPSv01a")
    assert run.returncode == 0, run.stderr
    smile = opensmile.Smile(opensmile.FeatureSet.eGeMAPSv01a)
    expected = smile.process_file(str(audio / "a.wav")).to_numpy()[0]
    np.testing.assert_array_equal(np.load(tmp_path / "out" / "a.npy"), expected)
    assert extract("log_mel", audio / "a.wav", "--out", tmp_path / "mel", "--set", "bands=23").returncode == 0
    assert np.load(tmp_path / "mel" / "a.npy").shape[1] == 23


def test_a_bad_file_costs_only_itself(audio, tmp_path):
    (audio / "bad.wav").write_bytes(b"no audio")
    soundfile.write(audio / "silent.wav", np.zeros(8000), 16_000)
    run = extract("lld", audio, "--out", tmp_path / "out")
    assert run.returncode == 0
    assert "lld of 3 of 5 files" in run.stdout
    assert f"{audio / 'bad.wav'}: " in run.stderr
    assert f"{audio / 'silent.wav'}: silent" in run.stderr
    assert len(list((tmp_path / "out").rglob("*.npy"))) == 3
    run = extract("lld", audio, "--out", tmp_path / "strict", "--strict")
    assert run.returncode == 1
    assert "2 problems" in run.stderr
    assert list((tmp_path / "strict").rglob("*")) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("lld", "nowhere.wav"), "there is no such audio file"),
        (("lld", "empty"), "no audio in this folder"),
        (("lld", "a.wav", "again/a.wav"), "would both become a.npy"),
        (("mfcc", "a.wav"), "there is no feature set 'mfcc'"),
        (("own", "a.wav"), "own are features that are files already"),
        (("log_mel", "a.wav", "--set", "band=3"), "log_mel: there is no setting 'band'; choose from bands"),
        (("lld", "a.wav", "--set", "downsample=5"), "lld: there is no setting 'downsample'"),
        (("log_mel", "a.wav", "--set", "bands=0"), "log_mel.bands: 0 is no whole number from 1 to 80"),
        (("log_mel", "a.wav", "--set", "bands=23.5"), "log_mel.bands: 23.5 is no whole number"),
        (("log_mel", "a.wav", "--set", "bands=true"), "log_mel.bands: True is no whole number"),
        (("modulation", "a.wav", "--set", "acoustic=1"), "modulation.acoustic: 1 is no whole number from 2 on"),
        (("egemaps", "a.wav", "--set", "version=2"), "egemaps.version: 2 is none of eGeMAPSv01a"),
        (("log_mel", "a.wav", "--set", "bands=many"), "log_mel.bands: 'many' is no whole number from 1 to 80"),
    ],
)
def test_what_cannot_be_done_is_one_message(tmp_path, arguments, message):
    speak(tmp_path / "a.wav")
    speak(tmp_path / "again" / "a.wav", seed=1)
    (tmp_path / "empty").mkdir()
    files = [tmp_path / word if ("." in word and "=" not in word) or word == "empty" else word for word in arguments]
    run = extract(*files[:1], "--out", tmp_path / "out", *files[1:])
    assert run.returncode == 1
    assert message in run.stderr
    assert run.stderr.startswith("gagru: ")
    assert "Traceback" not in run.stderr
    assert list((tmp_path / "out").rglob("*")) == []
