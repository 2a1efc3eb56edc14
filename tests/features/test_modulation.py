import numpy as np
import pytest
import scipy.signal

from gagru.features import modulation
from gagru.features.extract import extract_features
from gagru.features.store import read_features

RATE = 16_000
SETTINGS = {"acoustic": 32, "modulation": 8}
CENTRES = modulation.acoustic_centres(32)


def spectrogram(signal, settings=SETTINGS):
    """(n, acoustic, modulation) energies, before the cube root."""
    values = modulation.extractor(settings)(np.asarray(signal, np.float32))
    assert values.dtype == np.float32
    return values.reshape(len(values), settings["acoustic"], settings["modulation"]).astype(float) ** 3


def tone(centre, rate, depth=0.8, amplitude=0.3, seconds=4):
    t = np.arange(seconds * RATE) / RATE
    return amplitude * (1 + depth * np.cos(2 * np.pi * rate * t)) * np.cos(2 * np.pi * centre * t)


def test_names():
    assert modulation.columns({"acoustic": 2, "modulation": 3}) == [
        *("am_00_00", "am_00_01", "am_00_02"),
        *("am_01_00", "am_01_01", "am_01_02"),
    ]


def test_centres():
    np.testing.assert_allclose(CENTRES[[0, -1]], [100, 7000])
    # As many equivalent rectangular bandwidths, 24.7 (4.37 f / kHz + 1) Hz wide, from each to the next.
    frequencies = np.linspace(CENTRES[:-1], CENTRES[1:], 1001)
    steps = np.trapezoid(1 / (24.7 * (4.37e-3 * frequencies + 1)), frequencies, axis=0)
    np.testing.assert_allclose(steps, steps[0], rtol=1e-5)
    assert modulation.modulation_centres(8).tolist() == [2, 4, 8, 16, 32, 64, 128, 256]


@pytest.mark.parametrize(("channel", "rate"), [(8, 4), (14, 16), (20, 8), (24, 32), (27, 64), (30, 128)])
def test_a_modulated_tone_peaks_in_its_acoustic_and_in_its_modulation_channel(channel, rate):
    middle = spectrogram(tone(CENTRES[channel], rate))[75:125].mean(axis=0)
    assert middle[:, 0].argmax() == channel
    assert modulation.modulation_centres(8)[1:][middle[channel, 1:].argmax()] == rate


def resonance(rate, at):
    """Gain at `at` Hz of the analog resonance s w / (s^2 + s w + w^2), whose Q is 1."""
    w = 2 * np.pi * rate
    return abs(scipy.signal.freqs([w, 0], [1, w, w**2], [2 * np.pi * at])[1][0])


@pytest.mark.parametrize("rate", [8, 32, 64])
def test_energies_of_a_modulated_tone_are_its_envelopes(rate):
    # The envelope is 0.3 (1 + 0.8 g cos(2 pi rate t)): the filter passes both side bands alike, lower by g.
    centre = CENTRES[24]
    response = scipy.signal.freqz(*scipy.signal.gammatone(centre, "iir", fs=RATE), [centre, centre + rate], fs=RATE)[1]
    side = 0.3 * 0.8 * abs(response[1] / response[0])
    middle = spectrogram(tone(centre, rate))[75:125, 24].mean(axis=0)
    low = scipy.signal.freqs(*scipy.signal.butter(2, 2, analog=True), [rate])[1]
    assert middle[0] == pytest.approx(0.3**2 + (side * abs(low[0])) ** 2, rel=0.02)
    expected = [(side * resonance(f, rate)) ** 2 for f in (4, 8, 16, 32, 64, 128, 256)]
    np.testing.assert_allclose(middle[1:], expected, rtol=0.03)


def test_energies_of_a_steady_tone_are_its_power_whatever_its_phase():
    t = np.arange(3 * RATE) / RATE
    for channel in (0, 5, 16, 31):
        energies = spectrogram(0.2 * np.sin(2 * np.pi * CENTRES[channel] * t + 1))[75:125, channel]
        np.testing.assert_allclose(energies[:, 0], 0.2**2, rtol=0.01)
        assert energies[:, 1:].max() < 1e-3 * 0.2**2


@pytest.mark.parametrize("channel", [8, 16, 24, 28])
def test_gammatone_filters_are_scipys(channel):
    centre = CENTRES[channel]
    frequencies = centre + np.linspace(-3, 3, 101) * (24.7 + 0.108 * centre)
    expected = scipy.signal.freqz(*scipy.signal.gammatone(centre, "iir", fs=RATE), frequencies, fs=RATE)[1]
    np.testing.assert_allclose(abs(modulation.gammatone_response(frequencies, centre)), abs(expected), atol=0.01)


@pytest.mark.parametrize("centre", [100, 500, 3000])
def test_gammatone_responses_are_the_transforms_of_their_impulse_responses(centre):
    rate, b = 256_000, 1.019 * (24.7 + 0.108 * centre)
    t = np.arange(rate) / rate
    analytic = (2 * np.pi * b) ** 4 / 6 * t**3 * np.exp(-2 * np.pi * b * t + 2j * np.pi * centre * t)
    expected = np.fft.fft(analytic)[: 2 * centre] / rate
    np.testing.assert_allclose(modulation.gammatone_response(np.arange(2 * centre), centre), expected, atol=1e-4)


def test_gain_is_the_cube_root_of_that_of_the_power(voice):
    extract = modulation.extractor(SETTINGS)
    np.testing.assert_allclose(extract(voice(1) / 8), extract(voice(1)) / 4, rtol=1e-4)


def test_energies_follow_the_signal_in_time():
    noise = np.random.default_rng(0).standard_normal(RATE).astype(np.float32) / 10
    late = spectrogram(np.concatenate([np.zeros(2 * RATE), noise]))
    # Not before it begins (but for what the period of a channel blurs), nor after its end into the beginning, although
    # spectra stand for periodic signals.
    assert (late[:50] < 1e-3 * late.max(axis=0)).all()
    assert (late[:90, :, 3:] < 1e-2 * late[:, :, 3:].max(axis=0)).all()


def test_frames_are_whole_and_20_ms_long():
    noise = np.random.default_rng(0).standard_normal(RATE).astype(np.float32) / 10
    extract = modulation.extractor(SETTINGS)
    assert extract(noise[:319]).size == 0
    for samples, frames in ((320, 1), (639, 1), (640, 2), (RATE, 50)):
        values = extract(noise[:samples])
        assert values.shape == (frames, 256)
        assert np.isfinite(values).all()
    assert not extract(np.zeros(RATE, np.float32)).any()


def test_fewer_channels(voice):
    assert modulation.extractor({"acoustic": 5, "modulation": 1})(voice(0.5)).shape == (25, 5)
    few, many = spectrogram(voice(0.5), {"acoustic": 32, "modulation": 3}), spectrogram(voice(0.5))
    np.testing.assert_allclose(few, many[:, :, :3], rtol=1e-5)


def test_extraction(corpus, voice):
    corpus.add("a1", voice(0.5))
    corpus.add("a2", voice(0.7, seed=1))
    out = corpus.root / "A.parquet"
    extract_features(corpus.index, corpus.root, "A", "modulation", SETTINGS, out)
    features = read_features(out)
    assert features.lengths.tolist() == [25, 35]
    assert features.columns[0] == "am_00_00"
    assert features.columns[-1] == "am_31_07"
