"""`modulation`: an auditory modulation spectrogram, the energy of every (acoustic, modulation) channel every 20 ms.

Signal -> gammatone filterbank -> envelope of each acoustic channel -> modulation filterbank -> mean energy a frame ->
cube root. Source: Peng et al.: Speech emotion recognition using 3D convolutions and attention-based sliding recurrent
networks with auditory front-ends, IEEE Access 8:16560, 2020. Ours: the filters' formulas and frequencies below, the
frame, and the cube root, the ear's compression (Stevens's law), which unlike a logarithm stays small in silence.

All filters are applied to spectra by their closed forms, which is exact and gives the Hilbert envelopes in the same
transform. `scipy.signal.gammatone` has the same filters as polynomials of order 8, which keep three digits at 100 Hz,
and the envelopes would cost a second transform; spafe's gammatone filters weight short-time spectra and give none.
"""

from collections.abc import Callable, Mapping

import numpy as np
from scipy.fft import ifft, next_fast_len, rfft

from gagru.features.audio import SAMPLE_RATE
from gagru.features.settings import downsampling
from gagru.task.settings import OURS, setting

ROWS = "frame"
SETTINGS = {
    "acoustic": setting(32, "Acoustic channels, from 100 Hz to 7 kHz", OURS, type="integer", minimum=2),
    "modulation": setting(
        8,
        "Modulation channels: up to 2 Hz, then an octave each about 4, 8, ..., at most 256 Hz",
        OURS,
        type="integer",
        minimum=1,
        maximum=8,
    ),
    **downsampling(5, OURS),
}

FRAME = SAMPLE_RATE // 50
# Samples a frame of the envelopes (4 kHz) and of the modulation channels (800 Hz).
ENVELOPE, MODULATION = FRAME // 4, FRAME // 20
LOWEST, HIGHEST = 100.0, 7000.0  # Hz, centres of the first and the last acoustic channel
SLOWEST = 2.0  # Hz, cut-off of the first modulation channel
# Frames of silence after the signal, into which the slowest filters ring: spectra stand for periodic signals.
SILENCE = 32
# Acoustic channels worked on at a time.
BLOCK = 8


def columns(settings: Mapping) -> list[str]:
    """`am_{acoustic}_{modulation}`, numbered from 0, the lowest, on; the modulation channels of one acoustic channel
    follow each other."""
    return [f"am_{a:02d}_{m:02d}" for a in range(settings["acoustic"]) for m in range(settings["modulation"])]


def extractor(settings: Mapping) -> Callable[[np.ndarray], np.ndarray]:
    """What turns a signal (16 kHz) into (n, acoustic * modulation) float32, a row every whole 20 ms.

    `settings["acoustic"]`, `settings["modulation"]` : how many channels
    """
    centres = acoustic_centres(settings["acoustic"])
    rates = modulation_centres(settings["modulation"])
    return lambda signal: modulation_spectrogram(signal, centres, rates)


def acoustic_centres(count: int) -> np.ndarray:
    """Centre frequencies (Hz), evenly spaced on the ERB-rate scale (Glasberg and Moore, Hearing Research 47, 1990)."""
    lowest, highest = 21.4 * np.log10(1 + 0.00437 * np.array([LOWEST, HIGHEST]))
    return (10 ** (np.linspace(lowest, highest, count) / 21.4) - 1) / 0.00437


def modulation_centres(count: int) -> np.ndarray:
    """The cut-off of the first, low-pass channel and the centres of the others, in Hz, octaves apart: 2, 4, 8, ..."""
    return SLOWEST * 2.0 ** np.arange(count)


def modulation_spectrogram(signal: np.ndarray, centres: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """(samples,) -> (n, centres * rates) float32; `centres` and `rates` are frequencies in Hz."""
    frames = len(signal) // FRAME
    periods = next_fast_len(frames + SILENCE)
    spectrum = rfft(signal.astype(np.float32, copy=False), periods * FRAME)
    resolution = SAMPLE_RATE / (periods * FRAME)  # Hz from one value of a spectrum to the next
    modulation = modulation_filters(np.arange(periods * MODULATION) * resolution, rates)
    energies = np.empty((frames, len(centres), len(rates)), np.float32)
    for start in range(0, len(centres), BLOCK):
        block = slice(start, start + BLOCK)
        envelopes = np.abs(gammatone_channels(spectrum, centres[block], resolution, periods * ENVELOPE))
        spectra = rfft(envelopes)[:, None, : periods * MODULATION] * modulation
        # Each envelope's transform is ENVELOPE / MODULATION times as long as the one that goes back.
        channels = ifft(spectra)[:, :, : frames * MODULATION] * np.float32(MODULATION / ENVELOPE)
        channels[:, 0].imag = 0  # the low-pass channel is no oscillation
        power = channels.real**2 + channels.imag**2
        energies[:, block] = power.reshape(*power.shape[:2], frames, MODULATION).mean(3).transpose(2, 0, 1)
    return np.cbrt(energies).reshape(frames, len(centres) * len(rates))


def gammatone_channels(spectrum: np.ndarray, centres: np.ndarray, resolution: float, length: int) -> np.ndarray:
    """The analytic signal of each acoustic channel, complex (centres, length), in its base band.

    Of each channel only 4 kHz around its centre are kept: beyond, even the widest filter passes less than 2 %.

    Parameters
    ----------
    spectrum : `rfft` of the signal, a value every `resolution` Hz
    length : of the channels, in samples at 4 kHz
    """
    first = np.clip(np.round(centres / resolution).astype(int) - length // 2, 0, len(spectrum) - length)
    bins = first[:, None] + np.arange(length)
    passed = gammatone_response((bins * resolution).astype(np.float32), centres[:, None].astype(np.float32))
    # The analytic signal is positive frequencies alone, twice; a quarter of the values come out.
    return ifft(spectrum[bins] * passed) * np.float32(2 * ENVELOPE / FRAME)


def gammatone_response(frequency: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Frequency response of a gammatone filter of order 4: (1 + i (f - f_c) / b)^-4, b = 1.019 ERB(f_c).

    The impulse response is t^3 exp(-2 pi b t) cos(2 pi f_c t), but for a factor that makes it 1 at f_c (Holdsworth
    et al.: Implementing a gammatone filter bank, 1988).
    """
    width = 1.019 * (24.7 + 0.108 * centre)
    x = (frequency - centre) / width
    return np.square(np.square((1 - 1j * x) * (1 / (1 + x * x))))


def modulation_filters(frequency: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """Responses at `frequency` (n,), twice those of the real filters but at 0, for analytic signals: (rates, n).

    The first is a Butterworth low-pass of order 2; the others are resonances with a Q of 1, which are 0 at 0 Hz.
    """
    low = frequency / rates[0]
    relative = frequency / rates[1:, None]
    responses = [1 / (1 - low**2 + 1j * np.sqrt(2) * low)[None], 1j * relative / (1 - relative**2 + 1j * relative)]
    return (np.concatenate(responses) * np.where(frequency > 0, 2, 1)).astype(np.complex64)
