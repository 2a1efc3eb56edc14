"""Against Kaldi's formulas written out in numpy, in double precision."""

import numpy as np
import pytest

from gagru.features import log_mel
from gagru.features.extract import extract_features
from gagru.features.store import read_features
from gagru.task.errors import InputError

FLOOR = np.log(2.0**-23)


def mel(hertz):
    return 1127 * np.log1p(np.asarray(hertz) / 700)


def by_hand(signal, bands):
    """Frames of 400 samples every 160, mean removed, pre-emphasised, windowed; power in triangles even on the scale."""
    count = (len(signal) - 400) // 160 + 1
    frames = np.stack([signal[160 * i : 160 * i + 400] for i in range(count)]).astype(np.float64)
    frames -= frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 399)) ** 0.85
    power = np.abs(np.fft.rfft((frames - 0.97 * before) * window, 512)) ** 2
    edges = np.linspace(mel(20), mel(8000), bands + 2)
    bins = mel(np.arange(256) * 16000 / 512)
    triangles = [np.interp(bins, edges[band : band + 3], [0, 1, 0]) for band in range(bands)]
    return np.log(np.maximum(power[:, :256] @ np.transpose(triangles), 2.0**-23))


@pytest.mark.parametrize("bands", [23, 40, 80])
@pytest.mark.parametrize("seconds", [0.025, 0.0951, 1.234])
def test_values_are_those_of_the_formulas(voice, bands, seconds):
    signal = voice(seconds)
    values = log_mel.extractor({"bands": bands})(signal)
    assert values.dtype == np.float32
    np.testing.assert_allclose(values, by_hand(signal, bands), atol=1e-3)


def test_a_tone_is_loudest_in_its_band():
    edges = np.linspace(mel(20), mel(8000), 42)
    for band in (12, 25, 38):
        hertz = 700 * np.expm1(edges[band + 1] / 1127)
        tone = 0.5 * np.sin(2 * np.pi * hertz * np.arange(8000) / 16000).astype(np.float32)
        assert set(log_mel.extractor({"bands": 40})(tone).argmax(axis=1)) == {band}


def test_ten_times_the_amplitude_is_twice_log_10_more(voice):
    extract = log_mel.extractor({"bands": 40})
    quiet = extract(0.1 * voice(0.5))
    assert quiet.min() > FLOOR
    np.testing.assert_allclose(extract(voice(0.5)) - quiet, 2 * np.log(10), atol=1e-3)


def test_digital_silence_is_floored():
    np.testing.assert_allclose(log_mel.extractor({"bands": 40})(np.zeros(800, np.float32)), FLOOR, rtol=1e-6)


def test_there_is_no_dither_and_nothing_of_an_earlier_signal_remains(voice):
    extract = log_mel.extractor({"bands": 40})
    first = extract(voice(0.5))
    extract(voice(0.7, seed=1))
    np.testing.assert_array_equal(extract(voice(0.5)), first)


@pytest.mark.parametrize(("samples", "rows"), [(0, 0), (399, 0), (400, 1), (559, 1), (560, 2)])
def test_a_row_for_every_whole_window(voice, samples, rows):
    assert log_mel.extractor({"bands": 40})(voice(1)[:samples]).shape == (rows, 40)


def test_columns_are_numbered_from_the_lowest_band():
    names = log_mel.columns({"bands": 40})
    assert (names[0], names[9], names[39], len(names)) == ("mel_00", "mel_09", "mel_39", 40)
    assert names == sorted(names)


def test_of_a_corpus_the_task_is_described(corpus, voice):
    corpus.add("a1", voice(0.5))
    corpus.add("a2", voice(0.4, seed=1), emotion=None)
    out = corpus.root / "features.parquet"
    extract_features(corpus.index, corpus.root, "A", "log_mel", {"bands": 40, "utterances": "task"}, out)
    features = read_features(out)
    assert features.frames
    assert features.utterances == ["a1"]
    assert features.columns == log_mel.columns({"bands": 40})
    np.testing.assert_allclose(features.values, by_hand(voice(0.5), 40), atol=2e-2)  # the file holds 16 bits


def test_audio_without_a_whole_window_is_an_error(corpus, voice):
    path = corpus.add("a1", voice(0.02))
    with pytest.raises(InputError, match=f"{path}: 20 ms .* too short"):
        extract_features(corpus.index, corpus.root, "A", "log_mel", {"bands": 40}, corpus.root / "features.parquet")
