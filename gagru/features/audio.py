"""One utterance's samples, as every feature set takes them."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

from gagru.task.errors import InputError

SAMPLE_RATE = 16_000
# A framewise description of less than this is one frame or none.
TOO_SHORT = 0.03
# openSMILE's binding multiplies by 32768 and casts to 16 bits, where 1.0 would wrap round to -1.0.
HIGHEST = np.float32(32767 / 32768)
# Floating-point mixes and decoders reach a little above full scale, which is 1, and are clipped there. Twice that is no
# overshoot any more: the file holds other units, such as 16-bit integers.
HIGHEST_PEAK = 2
# One step of 16 bits, and the span of a signal whose peaks are at -60 dB.
STEP, QUIET = 1 / 32768, 2e-3
# A channel, or the channels' mean, so much below the loudest channel holds no speech of its own (-40 dB).
SILENT = 0.01
# Two channels that differ lose 3 dB by averaging, a silent one costs 6 dB, and opposite ones more (-12 dB).
CANCELLED = 0.25
# libsndfile fails to read on from a place near the end that it sought in these.
UNSEEKABLE = ("SDS", "PAF")


class Undescribable(InputError):
    """Audio that can be read but has nothing to describe: too short, or silent."""


def read(
    path: Path, offset: float, duration: float, channel: int | None = None, warn: Callable[[str], object] = print
) -> np.ndarray:
    """Read `duration` seconds from `offset` (s) on at 16 kHz: float32 in [-1, 1).

    Parameters
    ----------
    channel : the channel to read, from 1; None averages them all
    warn : is told what is doubtful about the samples: a silent channel, channels that cancel, a very low level

    Raises
    ------
    InputError : the file is missing, unreadable, damaged or shorter than announced, has samples that are no finite
        numbers or far above full scale, or channels whose mean is silence
    Undescribable : the audio is silent or at most 30 ms long
    """
    samples, rate = _samples(path, offset, duration)
    return condition(path, samples, rate, offset, duration, channel, warn)


def condition(
    path, samples: np.ndarray, rate: int, offset: float, duration: float, channel: int | None = None, warn=print
) -> np.ndarray:
    """What `read` gives, of samples (n, channels) that were read from `offset` (s) on; raises what it raises.

    path : what the samples are called in errors
    rate : Hz
    """
    if channel is not None:
        if channel > samples.shape[1]:
            raise InputError(
                f"{path}: has no channel {channel}, which it had when it was indexed; run snakemake again, it indexes "
                "what changed"
            )
        samples = samples[:, channel - 1 : channel]
    _check_values(path, samples)
    samples = samples.astype(np.float32, copy=False)
    if duration <= TOO_SHORT:
        raise Undescribable(f"{path}: {1000 * duration:.3g} ms of audio from {offset:g} s on are too short")
    extent = f"the {duration:.3f} s from {offset:g} s on"
    if (samples.min(axis=0) == samples.max(axis=0)).all():
        raise Undescribable(f"{path}: silent for {extent}, all samples are equal")
    signal = samples[:, 0] if samples.shape[1] == 1 else _mean(path, samples, extent, warn)
    _check_level(path, signal, extent, warn)
    if rate != SAMPLE_RATE:
        import soxr

        signal = soxr.resample(signal, rate, SAMPLE_RATE)
    return np.clip(signal, -1, HIGHEST)


def _samples(path: Path, offset: float, duration: float) -> tuple[np.ndarray, int]:
    """The samples (n, channels) as they are in the file, float32, and their rate (Hz)."""
    try:
        with soundfile.SoundFile(path) as file:
            rate, total = file.samplerate, file.frames
            start, frames = min(round(offset * rate), total), round(duration * rate)
            # GSM and other old telephone codecs can be read from the beginning only.
            skipped = 0 if file.seekable() and file.format not in UNSEEKABLE else start
            if start > skipped:
                file.seek(start)
            # A double may be too large for float32, and must not look like infinity.
            samples = file.read(
                skipped + frames, dtype="float64" if file.subtype == "DOUBLE" else "float32", always_2d=True
            )[skipped:]
    except soundfile.SoundFileError as error:
        if not Path(path).exists():
            raise InputError(f"{path}: there is no such file; copy it again, or take its label out") from error
        reason = str(error).rpartition(": ")[2].rstrip(".")
        raise InputError(
            f"{path}: cannot be read as audio ({reason}); copy it again, and if the original is the same, take its "
            "label out"
        ) from error
    # One sample less comes of rounding.
    if len(samples) < frames - 1:
        found = f"{len(samples) / rate:.3f} s from {offset:g} s on, not {duration:.3f} s"
        if start + frames <= total + 1:
            raise InputError(
                f"{path}: damaged, it can be decoded in part only ({found}); copy it again, and if the original is "
                "the same, take its label out"
            )
        raise InputError(
            f"{path}: shorter than its index says ({found}), so it changed since; copy it again and run snakemake "
            "again, it indexes what changed"
        )
    return samples, rate


def _check_values(path: Path, samples: np.ndarray) -> None:
    """Raise `InputError` where a sample is no finite number, or is far above full scale."""
    peak = np.abs(samples).max(initial=0)
    if not np.isfinite(peak):
        raise InputError(
            f"{path}: has samples that are NaN or infinite; make it anew from the recording, or take its label out"
        )
    if peak > HIGHEST_PEAK:
        raise InputError(
            f"{path}: its samples reach {peak:.6g}, where full scale is 1: floating-point numbers in other units. "
            "Divide them by what was full scale before (32768, if they were 16-bit integers) and write the file anew"
        )


def _mean(path: Path, samples: np.ndarray, extent: str, warn: Callable[[str], object]) -> np.ndarray:
    """The mean of the channels. Warns of one that is silent, and of channels that cancel in part."""
    signal = samples.mean(axis=1, dtype=np.float32)
    levels = samples.std(axis=0, dtype=np.float64)
    left = signal.std(dtype=np.float64) / levels.max()
    choose = "choose one, by the manifest's column `channel` or with `sox in.wav out.wav remix 1`"
    if left < SILENT:
        raise InputError(
            f"{path}: its channels cancel, their mean is silent for {extent}: one is another with its sign turned; "
            f"{choose}"
        )
    lost = f"their mean is {-20 * math.log10(left):.1f} dB below the loudest; {choose}"
    silent = np.flatnonzero(levels < SILENT * levels.max()) + 1
    for number in silent:
        warn(f"{path}: channel {number} of {len(levels)} is silent for {extent}; {lost}")
    if len(silent) == 0 and left < CANCELLED:
        warn(f"{path}: its channels cancel in part for {extent}; {lost}")
    return signal


def _check_level(path: Path, signal: np.ndarray, extent: str, warn: Callable[[str], object]) -> None:
    """Raise `Undescribable` where 16 bits, as openSMILE takes them, hold nothing. Warns of a level that is very low."""
    span = float(signal.max()) - float(signal.min())
    if span < STEP:
        raise Undescribable(
            f"{path}: silent for {extent} as far as 16 bits can tell, its samples span {span:.2g} of full scale; if "
            "they are in other units, scale them"
        )
    if span < QUIET:
        warn(
            f"{path}: very quiet for {extent}, with peaks at {20 * math.log10(span / 2):.0f} dB of full scale; if its "
            "samples are in other units, scale them"
        )
