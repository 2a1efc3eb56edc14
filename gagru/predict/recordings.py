"""What is to be heard: files, folders, manifests, data frames and signals, as a list of recordings; and its windows."""

import math
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from gagru.corpora import audio as headers
from gagru.corpora.left_out import is_audio
from gagru.features import audio
from gagru.storage.cells import read_cells
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError, Problems

MANIFEST = ".csv"
# A recording that lasts longer is cut into windows: no utterance that a system was trained on does.
LONGEST = 60.0
SEGMENT, HOP = 5.0, 2.5
NUMBERS = ("offset", "duration", "channel", "turn", "start")


class Signal(NamedTuple):
    """Samples (n, channels) and their rate (Hz)."""

    samples: np.ndarray
    rate: int


class Recording(NamedTuple):
    """Something to be heard.

    file : its name, as it was given
    source : where its samples are
    offset, duration : the part of it (s); None is to its end
    channel : from 1; None is the mean of all
    speaker : who speaks; None where nobody knows
    session, dialog, turn, start : its place in a dialog, see `gagru.data.history`
    in_task : whether its speaker's statistics count it, where these were of the four emotions in training
    """

    file: str
    source: Path | Signal
    offset: float = 0.0
    duration: float | None = None
    channel: int | None = None
    speaker: str | None = None
    session: str | None = None
    dialog: str | None = None
    turn: int | None = None
    start: float | None = None
    in_task: bool = True


class Window(NamedTuple):
    """A part of a recording (s), for which there is one prediction; `number` is the recording's."""

    number: int
    start: float
    duration: float


Given = str | Path | np.ndarray | pd.DataFrame


def find_recordings(
    given: Given | Sequence[Given],
    speaker: str | Sequence[str] | None = None,
    sampling_rate: int | None = None,
) -> list[Recording]:
    """The recordings that are meant, in order; parameters as for `gagru.predict.model.Model.predict`.

    Raises `InputError` for a folder without audio, a manifest that cannot be read, and signals without a rate.
    """
    several = isinstance(given, Sequence) and not isinstance(given, str)
    items = list(given) if several else [given]
    found: list[Recording] = []
    for item in items:
        if isinstance(item, pd.DataFrame):
            found += _read_rows(item, Path(), "data frame", speaker)
        elif isinstance(item, np.ndarray):
            found.append(Recording(f"signal {len(found)}", _signal(item, sampling_rate)))
        elif (path := Path(item)).suffix.casefold() == MANIFEST:
            cells = read_cells(path, "a manifest, a CSV file")
            found += _read_rows(cells.mask(cells == ""), path.parent, str(path), speaker)
        elif path.is_dir():
            found += [Recording(str(file), file) for file in _walk(path)]
        else:
            found.append(Recording(str(path), path))
    if not found:
        raise InputError("nothing to hear: give audio files, folders or manifests")
    return _name_speakers(found, speaker)


def cut(recording: Recording, number: int, segment: float | None, hop: float | None) -> list[Window]:
    """The windows of a recording.

    Parameters
    ----------
    segment : length of a window (s); None for the whole recording in one, unless it is longer than `LONGEST`
    hop : step to the next (s), half a window if None

    The last window ends with the recording. Less than half a window is added to the one before. Raises `InputError`
    where the recording cannot be read, without its name.
    """
    length = _length(recording)
    if segment is None and length > LONGEST:
        segment, hop = SEGMENT, HOP
    if segment is None or length <= segment:
        return [Window(number, recording.offset, length)]
    hop = hop or segment / 2
    count = math.ceil((length - segment) / hop - 1e-9) + 1
    if count > 1 and length - (count - 1) * hop < segment / 2:
        count -= 1
    begins = [hop * i for i in range(count)]
    ends = [begin + segment for begin in begins[:-1]] + [length]
    extents = zip(begins, ends, strict=True)
    return [Window(number, recording.offset + begin, end - begin) for begin, end in extents]


def read_window(recording: Recording, window: Window, warn: Callable[[str], object]) -> np.ndarray:
    """The samples of a window at 16 kHz; raises what `gagru.features.audio.read` raises."""
    start, duration, channel = window.start, window.duration, recording.channel
    if isinstance(recording.source, Path):
        return audio.read(recording.source, start, duration, channel, warn)
    samples, rate = recording.source
    first = round(start * rate)
    part = samples[first : first + round(duration * rate)]
    return audio.condition(recording.file, part, rate, start, duration, channel, warn)


def _length(recording: Recording) -> float:
    """How long the recording is (s), by its header; `InputError` where it is not that long."""
    if isinstance(recording.source, Signal):
        length = len(recording.source.samples) / recording.source.rate
    else:
        header = headers.header(recording.source)
        length = header.frames / header.rate
        if recording.channel and recording.channel > header.channels:
            raise InputError(f"has no channel {recording.channel}")
    rest = length - recording.offset
    if rest <= 0 or (recording.duration or 0) > rest + 0.001:
        raise InputError(f"is {length:g} s long, so the segment that is asked for is not within it")
    return min(rest, recording.duration or rest)


def _walk(folder: Path) -> list[Path]:
    """The audio below a folder, by its names' endings, sorted; no hidden files."""
    found = [
        Path(parent) / name
        for parent, _, names in os.walk(folder)
        for name in names
        if not name.startswith(".") and is_audio(name)
    ]
    if not found:
        raise InputError(f"{folder}: no audio in this folder, such as .wav or .flac files; name another")
    return sorted(found)


def _signal(samples: np.ndarray, rate: int | None) -> Signal:
    if not rate:
        raise InputError("a signal needs `sampling_rate`, in Hz")
    if not headers.LOWEST_RATE <= rate <= headers.HIGHEST_RATE:
        raise InputError(
            f"a signal at {rate:g} Hz: from {headers.LOWEST_RATE} to {headers.HIGHEST_RATE} Hz can be heard"
        )
    if samples.ndim not in (1, 2) or samples.size == 0:
        raise InputError(f"a signal has the shape (samples,) or (channels, samples), not {samples.shape}")
    return Signal(np.atleast_2d(samples).T.astype(np.float32), rate)


def _read_rows(table: pd.DataFrame, folder: Path, name: str, speaker) -> list[Recording]:
    """A recording for each row of a table with a column `path`; all that is wrong with it in one `InputError`."""
    if "path" not in table:
        raise InputError(f"{name}: has no column `path`; there are {', '.join(map(str, table.columns))}")
    column = speaker if isinstance(speaker, str) else "speaker"
    if isinstance(speaker, str) and column not in table:
        raise InputError(f"{name}: has no column {column!r} for the speakers; there are {', '.join(table.columns)}")
    told = {name: table[name] for name in ("session", "dialog", *NUMBERS) if name in table}
    if column in table:
        told["speaker"] = table[column]
    emotion = table.get("emotion")
    labelled = emotion is not None and emotion.isin(EMOTIONS).any()
    recordings, problems = [], Problems(name)
    for number, path in enumerate(table["path"]):
        if pd.isna(path):
            problems.add(f"row {number + 1}: has no path")
            continue
        cells = {key: values.iloc[number] for key, values in told.items()}
        cells = {key: value for key, value in cells.items() if not pd.isna(value)}
        in_task = not labelled or emotion.iloc[number] in EMOTIONS
        try:
            recordings.append(Recording(str(path), folder / path, **_typed(cells), in_task=in_task))
        except ValueError as error:
            problems.add(f"row {number + 1}: {error}")
    problems.raise_if_any()
    return recordings


def _typed(cells: Mapping) -> dict:
    """Cells as a recording has them; `ValueError` where one that must be is no number."""
    found = {}
    for name, value in cells.items():
        if name not in NUMBERS:
            found[name] = str(value)
            continue
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        whole = name in ("channel", "turn")
        least = 1 if name == "channel" else 0
        if not math.isfinite(number) or number < least or (whole and number != int(number)):
            raise ValueError(f"{name} {value!r} is no {'whole ' if whole else ''}number from {least} on")
        found[name] = int(number) if whole else number
    return found


def _name_speakers(recordings: list[Recording], speaker) -> list[Recording]:
    """Who speaks in what came without a table: one for all, or one for each."""
    if speaker is None or all(r.speaker is not None for r in recordings):
        return recordings
    names = iter([speaker] * len(recordings) if isinstance(speaker, str) else list(speaker))
    if not isinstance(speaker, str) and len(list(speaker)) != len(recordings):
        raise InputError(f"{len(list(speaker))} speakers for {len(recordings)} recordings: give one for each")
    return [r._replace(speaker=r.speaker or str(name)) for r, name in zip(recordings, names, strict=True)]
