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


def damaged(path, voice):
    soundfile.write(path, voice(5), 16000, "VORBIS", format="OGG")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 100] = bytes(100)
    path.write_bytes(data)
    return 5


def with_nan(path, voice):
    signal = voice(1)
    signal[77] = np.nan
    soundfile.write(path, signal, 16000, subtype="FLOAT")
    return 1


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (unreadable, "cannot be read as audio .*copy it again"),
        (missing, "there is no such file; copy it again"),
        (shorter, "shorter than its index says .*copy it again"),
        (outside, "shorter than its index says .*copy it again"),
        (damaged, "damaged, it can be decoded in part only .*copy it again"),
        (with_nan, "NaN or infinite; make it anew from the recording"),
    ],
)
def test_bad_files_are_named(tmp_path, voice, spoil, message):
    path = tmp_path / "Ärger und Wut.wav"
    duration = spoil(path, voice)
    with pytest.raises(InputError, match=f"Ärger und Wut.wav: .*{message}"):
        audio.read(path, 0, duration)


@pytest.mark.parametrize(
    ("signal", "message"),
    [(np.zeros(1600), "silent"), (np.full(1600, 0.25), "silent"), (np.tile([0.1, -0.1], 240), "too short")],
)
def test_nothing_to_describe(tmp_path, signal, message):
    soundfile.write(tmp_path / "a.wav", signal, 16000)
    with pytest.raises(audio.Undescribable, match=f"a.wav: .*{message}"):
        audio.read(tmp_path / "a.wav", 0, len(signal) / 16000)


class TestRange:
    """Floating-point numbers have no full scale of their own."""

    @pytest.mark.parametrize("peak", [1.2, 2.0])
    def test_a_little_above_full_scale_is_clipped(self, tmp_path, peak):
        soundfile.write(tmp_path / "a.wav", np.tile([peak, 0.5, -0.5, -peak], 400), 16000, subtype="FLOAT")
        signal = audio.read(tmp_path / "a.wav", 0, 0.1)
        np.testing.assert_array_equal(signal, np.tile(np.float32([32767 / 32768, 0.5, -0.5, -1]), 400))

    @pytest.mark.parametrize("peak", [2.1, 127, 3000, 32768, 2.0**31])
    @pytest.mark.parametrize(
        ("kind", "subtype"), [("WAV", "FLOAT"), ("WAV", "DOUBLE"), ("AIFF", "FLOAT"), ("MAT5", "DOUBLE")]
    )
    def test_numbers_in_other_units_are_refused(self, tmp_path, voice, kind, subtype, peak):
        signal = voice(0.2)
        soundfile.write(tmp_path / "a", signal / np.abs(signal).max() * peak, 16000, subtype, format=kind)
        with pytest.raises(
            InputError,
            match=rf"a: its samples reach {peak:.6g}, where full scale is 1: .* Divide them".replace("+", r"\+"),
        ):
            audio.read(tmp_path / "a", 0, 0.2)

    def test_a_double_beyond_float32_is_not_called_infinite(self, tmp_path, voice):
        soundfile.write(tmp_path / "a.wav", voice(0.2).astype(np.float64) * 1e300, 16000, subtype="DOUBLE")
        with pytest.raises(InputError, match=r"its samples reach \d\.\d+e\+\d+, where full scale is 1"):
            audio.read(tmp_path / "a.wav", 0, 0.2)

    def test_one_channel_of_two(self, tmp_path, voice):
        pair = np.stack([voice(0.2), 32768 * voice(0.2)], axis=1)
        soundfile.write(tmp_path / "a.wav", pair, 16000, subtype="FLOAT")
        with pytest.raises(InputError, match="its samples reach"):
            audio.read(tmp_path / "a.wav", 0, 0.2)
        np.testing.assert_array_equal(audio.read(tmp_path / "a.wav", 0, 0.2, channel=1), voice(0.2))

    def test_only_the_segment_counts(self, tmp_path, voice):
        soundfile.write(tmp_path / "a.wav", np.concatenate([voice(0.2), 3000 * voice(0.2)]), 16000, subtype="FLOAT")
        np.testing.assert_array_equal(audio.read(tmp_path / "a.wav", 0, 0.2), voice(0.2))

    def test_the_remedy_works(self, tmp_path, voice):
        pcm = (voice(0.2) * 20000).astype(np.int16)
        soundfile.write(tmp_path / "a.wav", pcm.astype(np.float32) / 32768, 16000, subtype="PCM_16")
        np.testing.assert_array_equal(audio.read(tmp_path / "a.wav", 0, 0.2) * 32768, pcm)

    def test_less_than_a_step_of_16_bits_is_silence(self, tmp_path, voice):
        """As of 16-bit numbers stored as 32-bit ones, or divided by 32768 twice."""
        soundfile.write(tmp_path / "a.wav", voice(0.2) / 32768, 16000, subtype="FLOAT")
        with pytest.raises(audio.Undescribable, match=r"silent .* as far as 16 bits can tell, its samples span"):
            audio.read(tmp_path / "a.wav", 0, 0.2)

    @pytest.mark.parametrize(("peak", "warned"), [(0.0012, 0), (0.0008, 1)])
    def test_a_very_low_level_is_said(self, tmp_path, voice, peak, warned):
        signal = voice(0.2)
        signal *= peak / np.abs(signal).max()
        soundfile.write(tmp_path / "a.wav", signal, 16000, subtype="PCM_24")
        warnings = []
        audio.read(tmp_path / "a.wav", 0, 0.2, warn=warnings.append)
        assert len(warnings) == warned
        assert all("a.wav: very quiet for the 0.200 s from 0 s on, with peaks at -6" in text for text in warnings)


class TestChannels:
    @pytest.fixture
    def write(self, tmp_path):
        def write(*channels):
            soundfile.write(tmp_path / "a.wav", np.stack(channels, axis=1), 16000, subtype="FLOAT")
            return tmp_path / "a.wav"

        return write

    def test_one_is_chosen(self, write, voice):
        path = write(voice(0.2), voice(0.2, seed=1), voice(0.2, seed=2))
        for channel in (1, 2, 3):
            np.testing.assert_array_equal(audio.read(path, 0, 0.2, channel), voice(0.2, seed=channel - 1))

    def test_one_that_is_not_there(self, write, voice):
        with pytest.raises(
            InputError, match=r"a.wav: has no channel 3, which it had when it was indexed; run snakemake again"
        ):
            audio.read(write(voice(0.2), voice(0.2)), 0, 0.2, 3)

    @pytest.mark.parametrize("dead", [0.0, 0.3, 0.001])
    def test_a_silent_one_is_said_and_averaged(self, write, voice, dead):
        """Half of a signal is 6.02 dB less. Silent is 0, another constant, or the noise of an open input."""
        noise = dead * voice(0.2, pitch=170) if dead == 0.001 else np.full(3200, dead)
        path, warnings = write(voice(0.2), noise), []
        signal = audio.read(path, 0, 0.2, warn=warnings.append)
        np.testing.assert_allclose(signal, (voice(0.2) + noise) / 2, atol=1e-7)
        (text,) = warnings
        assert f"{path}: channel 2 of 2 is silent for the 0.200 s from 0 s on; their mean is 6.0 dB below" in text
        assert "choose one, by the manifest's column `channel`" in text
        assert np.array_equal(audio.read(path, 0, 0.2, 1, pytest.fail), voice(0.2))

    def test_a_silent_one_that_was_chosen(self, write, voice):
        with pytest.raises(audio.Undescribable, match=r"a.wav: silent .* all samples are equal"):
            audio.read(write(voice(0.2), np.zeros(3200)), 0, 0.2, 2)

    @pytest.mark.parametrize("gain", [1, 0.99])
    def test_an_antiphase_pair_is_not_silent_but_cancels(self, write, voice, gain):
        path = write(voice(0.2), -gain * voice(0.2))
        with pytest.raises(
            InputError, match=r"its channels cancel, their mean is silent .* sign turned; choose one"
        ) as caught:
            audio.read(path, 0, 0.2)
        assert not isinstance(caught.value, audio.Undescribable)
        np.testing.assert_array_equal(audio.read(path, 0, 0.2, 1), voice(0.2))

    def test_channels_that_cancel_in_part_are_said(self, write, voice):
        warnings = []
        audio.read(write(voice(0.2), -0.8 * voice(0.2)), 0, 0.2, warn=warnings.append)
        (text,) = warnings
        assert "its channels cancel in part for the 0.200 s from 0 s on; their mean is 20.0 dB below" in text

    def test_two_microphones_are_no_fault(self, write, voice):
        audio.read(write(voice(0.2), voice(0.2, pitch=170)), 0, 0.2, warn=pytest.fail)

    def test_all_silent(self, write):
        with pytest.raises(audio.Undescribable, match="silent"):
            audio.read(write(np.zeros(3200), np.zeros(3200)), 0, 0.2)


def test_gsm_is_read_without_seeking(tmp_path, voice):
    soundfile.write(tmp_path / "a.wav", voice(1), 16000, "GSM610")
    whole = audio.read(tmp_path / "a.wav", 0, 1)
    assert np.corrcoef(whole, voice(1))[0, 1] > 0.9
    np.testing.assert_array_equal(audio.read(tmp_path / "a.wav", 0.25, 0.5), whole[4000:12000])
