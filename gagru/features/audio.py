"""One utterance's samples, as every feature set takes them."""

from pathlib import Path

import numpy as np
import soundfile

from gagru.task.errors import InputError

SAMPLE_RATE = 16_000
# A framewise description of less than this is one frame or none.
TOO_SHORT = 0.03
# openSMILE's binding multiplies by 32768 and casts to 16 bits, where 1.0 would wrap round to -1.0.
HIGHEST = np.float32(32767 / 32768)


class Undescribable(InputError):
    """Audio that can be read but has nothing to describe: too short, or silent."""


def read(path: Path, offset: float, duration: float) -> np.ndarray:
    """Read `duration` seconds from `offset` (s) on, channels averaged, at 16 kHz: float32 in [-1, 1).

    Raises
    ------
    InputError : the file is missing, unreadable, shorter than announced or has samples that are no finite numbers
    Undescribable : the audio is silent or at most 30 ms long
    """
    try:
        with soundfile.SoundFile(path) as file:
            rate = file.samplerate
            frames = round(duration * rate)
            file.seek(min(round(offset * rate), file.frames))
            signal = file.read(frames, dtype="float32", always_2d=True)
    except soundfile.SoundFileError as error:
        reason = str(error).rpartition(": ")[2].rstrip(".") if Path(path).exists() else "there is no such file"
        raise InputError(f"{path}: cannot be read as audio ({reason}); copy it again") from error
    # One sample less comes of rounding.
    if len(signal) < frames - 1:
        raise InputError(
            f"{path}: shorter than its index says ({len(signal) / rate:.3f} s from {offset:g} s on, not "
            f"{duration:.3f} s); copy it again, then delete the corpus's index.parquet and run snakemake again"
        )
    signal = signal[:, 0] if signal.shape[1] == 1 else signal.mean(axis=1, dtype=np.float32)
    if not np.isfinite(signal).all():
        raise InputError(f"{path}: has samples that are NaN or infinite; copy it again or convert it to 16-bit PCM")
    if duration <= TOO_SHORT:
        raise Undescribable(f"{path}: {1000 * duration:.3g} ms of audio from {offset:g} s on are too short")
    if signal.min() == signal.max():
        raise Undescribable(f"{path}: silent for the {duration:.3f} s from {offset:g} s on, all samples are equal")
    if rate != SAMPLE_RATE:
        import soxr

        signal = soxr.resample(signal, rate, SAMPLE_RATE)
    return np.clip(signal, -1, HIGHEST)
