"""`log_mel`: logarithms of the energies in the bands of a Mel filterbank, a row every 10 ms (window 25 ms).

Kaldi's filterbank (Povey et al.: The Kaldi speech recognition toolkit, ASRU 2011): mean removed, pre-emphasis 0.97,
"Povey" window, power spectrum of 512 points, triangles between 20 Hz and 8 kHz, natural logarithm. No dither: the same
audio gives the same values.

kaldi-native-fbank rather than librosa: it needs no other package and is ready in 0.03 s (librosa, with numba, in 3.5 s
and at its very first call in 28 s), takes 0.003 s a second of audio on one core (librosa 0.002), and its values are
within 5e-5 of the formulas in double precision.
"""

from collections.abc import Callable, Mapping

import numpy as np

from gagru.features.audio import SAMPLE_RATE
from gagru.features.settings import downsampling
from gagru.task.settings import OURS, setting

ROWS = "frame"
SETTINGS = {
    "bands": setting(40, "Mel bands", OURS, type="integer", minimum=1, maximum=80),
    **downsampling(1, OURS),
}


def columns(settings: Mapping) -> list[str]:
    """`mel_00`, `mel_01` and so on, from the lowest band to the highest."""
    return [f"mel_{band:02}" for band in range(settings["bands"])]


def extractor(settings: Mapping) -> Callable[[np.ndarray], np.ndarray]:
    """What turns a signal (16 kHz, in [-1, 1)) into (n, bands) float32; n is 0 for less than 25 ms.

    Energies are floored at 2^-23, about what rounding to 16 bits leaves in a band, so digital silence is no outlier.

    `settings["bands"]` : how many Mel bands
    """
    from kaldi_native_fbank import FbankOptions, OnlineFbank

    options = FbankOptions()
    options.frame_opts.samp_freq = SAMPLE_RATE
    options.frame_opts.dither = 0.0
    options.mel_opts.num_bins = settings["bands"]

    def log_mel(signal: np.ndarray) -> np.ndarray:
        bank = OnlineFbank(options)
        bank.accept_waveform(SAMPLE_RATE, signal)
        bank.input_finished()
        rows = [bank.get_frame(frame) for frame in range(bank.num_frames_ready)]
        return np.stack(rows) if rows else np.empty((0, settings["bands"]), np.float32)

    return log_mel
