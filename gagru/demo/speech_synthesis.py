"""Emotional speech for the demo corpora: espeak-ng's voices, moved by what is known of the voice in emotion.

Everything is synthetic. The prosody of each emotion is set once, from the literature, in `PROSODY`; no setting was ever
adjusted for a recognition system. How much speakers and utterances scatter around it is one number, `VARIATION`.

Sources
-------
- Williams & Stevens (1972), Emotions and speech: some acoustical correlates. J. Acoust. Soc. Am. 52, 1238-1250.
- Murray & Arnott (1993), Toward the simulation of emotion in synthetic speech. J. Acoust. Soc. Am. 93, 1097-1108.
- Banse & Scherer (1996), Acoustic profiles in vocal emotion expression. J. Pers. Soc. Psychol. 70, 614-636.
- Juslin & Laukka (2003), Communication of emotions in vocal expression and music performance.
  Psychol. Bull. 129, 770-814.
- Scherer (2003), Vocal communication of emotion. Speech Communication 40, 227-256.
"""

import ctypes
import os
import shutil
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import espeakng_loader
import numpy as np
import soxr

from gagru.task.errors import InputError


class Prosody(NamedTuple):
    """How an utterance is said, relative to its speaker's plain voice; `*_course` is first phrase to last."""

    rate: float  # speaking rate, %
    pitch: float  # mean F0, semitones
    range: float  # F0 excursion, %
    loudness: float  # level, dB
    tilt: float  # spectral slope, dB per octave; above 0 is a tenser voice
    breath: float  # aspiration noise, % of the speech's amplitude
    tremor: float  # slow wavering of the amplitude, %
    attack: float  # extra level of each phrase's first word, dB
    pause: float  # between phrases, ms
    pitch_course: float  # semitones
    rate_course: float  # %
    loudness_course: float  # dB


# fmt: off
PROSODY = {
    # W&S, M&A, B&S, J&L, S: the sources above, by their authors' initials.
    #                    rate pitch range loud tilt breath tremor attack pause | pitch rate loud (course)
    # The reference. F0 and level decline a little over any statement.
    "neutrality": Prosody(0,   0,   0,    0,   0,   3,     0,     0,     0,      -1,   0,   -1),
    # B&S, J&L, S: F0, its range, level and rate up, some high-frequency energy, fast onsets, rising contours;
    # M&A: F0 much higher and much wider, breathy, smooth upward inflections.
    "happiness":  Prosody(10,  4,   60,   4,   1,   4,     0,     2,     0,       2,   0,    1),
    # B&S, J&L, S: slow, soft, low, little varied, dull, slow onsets, falling contours; W&S: pauses, irregular noisy
    # voice; M&A: downward inflections. That it slows and softens, too, towards the end carries this further.
    "sadness":    Prosody(-18, -2, -40,  -5,  -3,   9,     15,   -1,     120,    -3,  -15,  -4),
    # B&S, J&L, S: F0, its range, level, rate and high-frequency energy up, fast onsets; M&A: abrupt on stressed
    # syllables, tense; B&S: falling contours (J&L count more rising ones). Strongest at its start.
    "anger":      Prosody(12,  3,   50,   7,   3,   3,     0,     5,     0,      -3,   5,   -3),
}
# Standard deviation from utterance to utterance within an emotion, before `VARIATION`: very roughly half the distance
# between neighbouring emotions.
SPREAD =          Prosody(8,   1.2, 20,   2,   1,   2,     4,     1.2,   40,      1.2, 6,    1.5)
# fmt: on

VARIATION = 1.0  # scales SPREAD: how much the emotions overlap
PERSONAL = 0.5  # a speaker's own way with an emotion, as a share of the same scatter
INTENSITY = (0.4, 1.2)  # from a hint of the emotion to the full one

RATE = 22050  # Hz, espeak-ng's own
LEVEL = -30  # dB re full scale, RMS of a plain voice; leaves room for anger
ROOM_NOISE = -66  # dB re full scale

BASE_RATE = 175  # words/min that SSML's 100 % stands for
BASE_RANGE = 38  # of 99, so that the liveliest speech is not cut off; pitch runs from 0 to 99 too, an octave is 50
BASE_VOLUME = 50  # of 200, so that the loudest word does not clip
SHORTEST_PAUSE = 50  # ms; less is no pause between phrases


@dataclass(frozen=True)
class Voice:
    """A speaker: an espeak-ng voice with its variant, a shift of pitch (semitones) and a speaking rate (words/min)."""

    name: str
    pitch: float
    rate: float


def draw_prosody(blend: dict[str, float], speaker: str, rng: np.random.Generator) -> Prosody:
    """Draw how `speaker` says one utterance of a `blend` of emotions (shares that sum to 1)."""
    neutral = np.array(PROSODY["neutrality"], dtype=float)
    target = sum(share * np.array(PROSODY[emotion], dtype=float) for emotion, share in blend.items())
    habit = np.random.default_rng(zlib.crc32(f"{speaker} {sorted(blend)}".encode()))
    scatter = rng.standard_normal(len(neutral)) + PERSONAL * habit.standard_normal(len(neutral))
    drawn = neutral + rng.uniform(*INTENSITY) * (target - neutral) + VARIATION * np.array(SPREAD) * scatter
    return Prosody(*map(float, drawn))


def ssml(phrases: list[str], voice: Voice, prosody: Prosody) -> str:
    """Mark up `phrases` for espeak-ng: rate, pitch, range and level of each, and pauses between them."""
    spoken = []
    for position, phrase in zip(np.linspace(-0.5, 0.5, len(phrases)), phrases, strict=True):
        rate = voice.rate * (1 + prosody.rate / 100) * (1 + position * prosody.rate_course / 100)
        semitones = voice.pitch + prosody.pitch + position * prosody.pitch_course
        # espeak-ng adds the excursions in Hz: scaling them with the base keeps them as wide to the ear.
        excursion = BASE_RANGE * (1 + prosody.range / 100) * 2 ** (semitones / 12)
        level = position * prosody.loudness_course
        first, _, rest = phrase.partition(" ")
        shared = f'rate="{round(100 * rate / BASE_RATE)}%" pitch="{_parameter(50 + 50 / 12 * semitones)}"'
        shared += f' range="{_parameter(excursion)}"'
        spoken.append(_prosody(shared, level + prosody.attack, first) + " " + _prosody(shared, level, rest))
    pause = f' <break time="{round(prosody.pause)}ms"/> ' if prosody.pause >= SHORTEST_PAUSE else " "
    return f"<speak>{pause.join(spoken)}.</speak>"


def _parameter(value: float) -> int:
    return round(min(max(value, 0), 99))


def _prosody(attributes: str, level: float, words: str) -> str:
    volume = round(min(max(BASE_VOLUME * 10 ** (level / 20), 5), 200))
    return f'<prosody {attributes} volume="{volume}">{words}</prosody>'


def voice_quality(speech: np.ndarray, prosody: Prosody, rng: np.random.Generator) -> np.ndarray:
    """Give `speech` (samples at `RATE`) its tremor, spectral tilt, breath and level."""
    seconds = np.arange(len(speech)) / RATE
    phase = rng.uniform(0, 2 * np.pi)
    speech = speech * (1 + max(prosody.tremor, 0) / 100 * np.sin(2 * np.pi * 6 * seconds + phase))
    noise = rng.standard_normal(len(speech)) * _envelope(speech)
    speech = _tilted(speech, prosody.tilt) + max(prosody.breath, 0) / 100 * _tilted(noise, 2)
    speaking = _envelope(speech) > 0.1 * _envelope(speech).max()
    level = np.sqrt(np.mean(speech[speaking] ** 2))
    return speech / level * 10 ** ((LEVEL + prosody.loudness) / 20)


def _envelope(speech: np.ndarray) -> np.ndarray:
    """RMS over 25 ms around each sample."""
    window = RATE // 40
    energy = np.cumsum(np.pad(speech**2, (window // 2 + 1, window - window // 2 - 1)))
    return np.sqrt((energy[window:] - energy[:-window]).clip(0) / window)


def _tilted(speech: np.ndarray, slope: float) -> np.ndarray:
    """Tilt the spectrum by `slope` dB per octave around 1 kHz, from 250 Hz up; keep its energy."""
    size = 1 << len(speech).bit_length()  # the transform of a prime length is slow
    frequency = np.fft.rfftfreq(size, 1 / RATE).clip(250)
    gain = 10 ** (slope * np.log2(frequency / 1000) / 20)
    tilted = np.fft.irfft(np.fft.rfft(speech, size) * gain)[: len(speech)]
    return tilted * np.sqrt(np.sum(speech**2) / np.sum(tilted**2))


class Synthesiser:
    """espeak-ng, through its shared library; a context manager.

    The library keeps state from one utterance to the next (voice flutter), so each synthesiser loads a private copy of
    it: the same calls in the same order give the same samples, whatever the process did before. espeak-ng also cuts off
    long data paths, so the data is reached through a short link beside the copy.
    """

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="espeak")
        try:
            self._load(Path(self._folder.name))
        except BaseException:
            self._folder.cleanup()
            raise
        return self

    def __exit__(self, *exception):
        self._library.espeak_Terminate()
        self._folder.cleanup()

    def _load(self, folder: Path) -> None:
        remedy = "set TMPDIR to a folder with a short path from which programs may run"
        data, library = folder / "espeak-ng-data", folder / "libespeak-ng.so"
        os.symlink(espeakng_loader.get_data_path(), data)
        shutil.copyfile(espeakng_loader.get_library_path(), library)
        try:
            self._library = ctypes.CDLL(str(library))
        except OSError as error:
            raise InputError(f"{library}: espeak-ng does not load ({error}); {remedy}") from None
        if self._library.espeak_Initialize(_SYNCHRONOUS, 0, os.fsencode(data), _DONT_EXIT) != RATE:
            raise InputError(f"{data}: espeak-ng cannot read its data; {remedy}")
        self._samples: list[np.ndarray] = []
        self._callback = _CALLBACK(self._collect)  # kept: ctypes does not hold a reference
        self._library.espeak_SetSynthCallback(self._callback)

    def _collect(self, samples, count, _events) -> int:
        if samples and count > 0:
            self._samples.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0

    def say(self, marked_up: str, voice: Voice) -> np.ndarray:
        """Speak SSML: samples at `RATE`, float64 within +-1."""
        self._samples.clear()
        if self._library.espeak_SetVoiceByName(voice.name.encode()) != 0:
            raise InputError(f"espeak-ng has no voice {voice.name}: reinstall espeakng-loader")
        for parameter, value in ((_RATE, BASE_RATE), (_VOLUME, BASE_VOLUME), (_PITCH, 50), (_RANGE, 50)):
            self._library.espeak_SetParameter(parameter, value, 0)
        text = marked_up.encode() + b"\0"
        # Its breath noise would otherwise be seeded with the time of day.
        self._library.espeak_ng_SetRandSeed(ctypes.c_long(zlib.crc32(text)))
        self._library.espeak_Synth(text, ctypes.c_size_t(len(text)), 0, 0, 0, _UTF8 | _SSML, None, None)
        return np.concatenate(self._samples) / 32768

    def utterance(self, phrases, voice, prosody, rate, rng) -> np.ndarray:
        """Speak `phrases` with `prosody` in a quiet room: 16-bit samples at `rate` Hz."""
        speech = _trimmed(self.say(ssml(phrases, voice, prosody), voice))
        speech = voice_quality(speech, prosody, rng)
        before, after = (rng.uniform(0.05, 0.15, 2) * RATE).astype(int)
        samples = soxr.resample(np.pad(speech, (before, after)), RATE, rate)
        samples = samples + 10 ** (ROOM_NOISE / 20) * rng.standard_normal(len(samples))
        return np.round(samples * 32767).clip(-32768, 32767).astype(np.int16)


def _trimmed(speech: np.ndarray) -> np.ndarray:
    """Cut the silence that espeak-ng adds at both ends."""
    loud = np.flatnonzero(np.abs(speech) > 0.005)
    return speech[loud[0] : loud[-1] + 1]


# speak_lib.h: AUDIO_OUTPUT_SYNCHRONOUS, espeakINITIALIZE_DONT_EXIT, espeak_PARAMETER, espeakCHARS_UTF8, espeakSSML
_SYNCHRONOUS, _DONT_EXIT = 2, 0x8000
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4
_UTF8, _SSML = 1, 0x10
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
