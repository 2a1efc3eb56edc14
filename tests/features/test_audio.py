import numpy as np
import pytest
import scipy.signal
import soundfile

from gagru.features import audio
from gagru.task.errors import InputError


def test_16_khz_pcm_is_read_sample_by_sample(tmp_path, voice):
    pcm = (voice(0.5) * 20000).astype(np.int16)
    soundfile.write(tmp_path / "a.wav", pcm, 16000, subtype="PCM_16")
    signal = audio.read(tmp_path / "a.wav", 0, 0.5)
    assert signal.dtype == np.float32
    np.testing.assert_array_equal(signal * 32768, pcm)


def test_offset_and_duration_cut_a_segment(tmp_path, voice):
    pcm = (voice(1) * 20000).astype(np.int16)
    soundfile.write(tmp_path / "a.wav", pcm, 16000)
    np.testing.assert_array_equal(audio.read(tmp_path / "a.wav", 0.25, 0.5) * 32768, pcm[4000:12000])


def test_channels_are_averaged(tmp_path):
    left, right = np.linspace(-0.5, 0.5, 1600), np.linspace(0.25, 0, 1600)
    soundfile.write(tmp_path / "a.wav", np.stack([left, right], axis=1), 16000, subtype="FLOAT")
    np.testing.assert_allclose(audio.read(tmp_path / "a.wav", 0, 0.1), (left + right) / 2, atol=1e-7)


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000, 96000])
def test_other_rates_are_resampled_to_16_khz(tmp_path, rate):
    t = np.arange(rate) / rate
    soundfile.write(tmp_path / "a.wav", 0.5 * np.sin(2 * np.pi * 440 * t), rate, subtype="FLOAT")
    signal = audio.read(tmp_path / "a.wav", 0, 1)
    assert signal.shape == (16000,)
    expected = 0.5 * np.sin(2 * np.pi * 440 * np.arange(16000) / 16000)
    np.testing.assert_allclose(signal[1000:-1000], expected[1000:-1000], atol=1e-3)


def test_resampling_removes_what_16_khz_cannot_carry(tmp_path):
    t = np.arange(48000) / 48000
    tones = 0.3 * np.sin(2 * np.pi * 1000 * t) + 0.3 * np.sin(2 * np.pi * 11000 * t)
    soundfile.write(tmp_path / "a.wav", tones, 48000, subtype="FLOAT")
    frequencies, power = scipy.signal.periodogram(audio.read(tmp_path / "a.wav", 0, 1), 16000)
    assert frequencies[power.argmax()] == 1000
    # Without a filter 11 kHz would appear at 5 kHz.
    assert power[5000] < 1e-6 * power[1000]


def test_full_scale_does_not_wrap_round_when_cast_to_16_bits(tmp_path):
    signal = np.tile([1.5, 1, -1, -1.5], 400)
    soundfile.write(tmp_path / "a.wav", signal, 16000, subtype="FLOAT")
    pcm = (audio.read(tmp_path / "a.wav", 0, 0.1) * np.float32(32768)).astype(np.int16)
    np.testing.assert_array_equal(pcm, np.tile([32767, 32767, -32768, -32768], 400))


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_24", "FLOAT", "ULAW"])
def test_sample_formats(tmp_path, voice, subtype):
    signal = voice(0.2)
    soundfile.write(tmp_path / "a.wav", signal, 16000, subtype=subtype)
    np.testing.assert_allclose(audio.read(tmp_path / "a.wav", 0, 0.2), signal, atol=0.02)


def unreadable(path, voice):
    path.write_bytes(b"RIFF but not really")
    return 1


def missing(path, voice):
    return 1


def shorter(path, voice):
    soundfile.write(path, voice(0.5), 16000)
    return 0.6


def outside(path, voice):
    soundfile.write(path, voice(0.05), 16000)
    return 0.06


def with_nan(path, voice):
    signal = voice(1)
    signal[77] = np.nan
    soundfile.write(path, signal, 16000, subtype="FLOAT")
    return 1


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (unreadable, "cannot be read as audio"),
        (missing, "there is no such file"),
        (shorter, "shorter than its index says"),
        (outside, "shorter than its index says"),
        (with_nan, "NaN or infinite"),
    ],
)
def test_bad_files_are_named(tmp_path, voice, spoil, message):
    path = tmp_path / "Ärger und Wut.wav"
    duration = spoil(path, voice)
    with pytest.raises(InputError, match=f"Ärger und Wut.wav: .*{message}.*copy it again"):
        audio.read(path, 0, duration)


@pytest.mark.parametrize(
    ("signal", "message"),
    [(np.zeros(1600), "silent"), (np.full(1600, 0.25), "silent"), (np.tile([0.1, -0.1], 240), "too short")],
)
def test_nothing_to_describe(tmp_path, signal, message):
    soundfile.write(tmp_path / "a.wav", signal, 16000)
    with pytest.raises(audio.Undescribable, match=f"a.wav: .*{message}"):
        audio.read(tmp_path / "a.wav", 0, len(signal) / 16000)
