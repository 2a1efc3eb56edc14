"""Recordings as the systems take them: features of their windows, normalised as in training, in bounded memory."""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from gagru.experiment.origin import SPEAKER, TRAINING_SPEAKERS
from gagru.features.audio import Undescribable
from gagru.features.normalise import Moments, normalise
from gagru.features.registry import feature_set
from gagru.predict.recordings import Recording, Window, cut, read_window
from gagru.storage.files import remedy
from gagru.task.errors import InputError, mention

# So many utterances of a speaker make statistics of the speaker's own better than those of the training speakers, by
# what a feature set has a row of; measured, see docs/predict.md.
ENOUGH = {"utterance": 10, "frame": 5, "sample": 5}
# Bytes of a speaker's features that are held in memory; what is more lies on disk until it is used.
HELD = 2**28
NOBODY = (
    "of recordings without a named speaker z-scores are by the statistics of the training speakers; on EMO-DB that "
    "cost up to ten points of UA (docs/predict.md)"
)


@dataclass
class Report:
    """What happened on the way.

    Attributes
    ----------
    bad : recordings that could not be heard, (name, why)
    notes : what else a reader of the predictions should know
    """

    bad: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def list_bad(self) -> list[str]:
        """A line for each recording that could not be heard; the first of very many, and how many more."""
        return mention([f"{file}: {cause}" for file, cause in self.bad])

    def lines(self) -> list[str]:
        """All of it, for people."""
        told = mention(list(dict.fromkeys(self.notes)), "more remarks")
        bad = [f"recordings that could not be heard, and are left out: {len(self.bad)}"] if self.bad else []
        return [*told, *bad, *(f"  {line}" for line in self.list_bad())]


class Described(NamedTuple):
    """A window's features.

    values : float32, (T, d) or (d,)
    statistics : by whose they are z-scores: `speaker`; `none`; or `training_speakers`, whose are of each fold, so that
        they are still to be applied
    """

    window: Window
    values: np.ndarray
    statistics: str


class Describer:
    """What describes recordings for a model.

    features, normalisation : what its `model.json` says of them
    columns : the names of its features
    """

    def __init__(self, features: Mapping, normalisation: Mapping, columns: Sequence[str]):
        self.name, settings = features["feature_set"], features["settings"]
        module = feature_set(self.name)
        if not hasattr(module, "extractor"):
            raise InputError(f"{self.name}: the model hears features that were made elsewhere, and is given audio")
        if list(module.columns(settings)) != list(columns):
            raise InputError(
                f"{self.name}: the model was trained on other columns than are made here; install what it was made "
                f"with: {', '.join(f'{package} {number}' for package, number in features['versions'].items())}"
            )
        self.enough = ENOUGH[module.ROWS]
        self.columns, self.normalisation = list(columns), normalisation
        self.extract = module.extractor(settings)

    def describe(
        self,
        recordings: Sequence[Recording],
        segment: float | None,
        hop: float | None,
        report: Report,
        progress: Callable[[], object],
    ) -> Iterator[Described]:
        """Describe the windows of all recordings, one in memory at a time but for a speaker's, see `HELD`.

        progress : called when a recording has been read
        """
        groups = defaultdict(list)
        by_speaker = self.normalisation["method"] == SPEAKER
        for number, recording in enumerate(recordings):
            groups[recording.speaker if by_speaker else None].append(number)
        for speaker, numbers in groups.items():
            windows = self._windows(recordings, numbers, segment, hop, report, progress)
            if speaker is not None:
                yield from self._by_own_statistics(speaker, recordings, windows, report)
            else:
                kind = TRAINING_SPEAKERS if self.normalisation["method"] != "none" else "none"
                if by_speaker:
                    report.notes.append(NOBODY)
                for window, values in windows:
                    yield Described(window, normalise(values, None, self.normalisation), kind)

    def _by_own_statistics(self, speaker: str, recordings, windows, report: Report) -> Iterator[Described]:
        """The windows of one speaker; by the training speakers' statistics where they are too few."""
        moments, count = Moments(), 0
        with Shelf() as shelf:
            for window, values in windows:
                shelf.put(window, values)
                if self.normalisation["statistics_over"] == "all" or recordings[window.number].in_task:
                    moments.add_rows(values)
                    count += 1
            enough = count >= self.enough
            if shelf.windows and not enough:
                report.notes.append(
                    f"speaker {speaker}: {count} utterances, and a speaker's own statistics need {self.enough}; those "
                    "of the training speakers are used"
                )
            statistics = moments.statistics(self.columns) if enough else None
            kind = SPEAKER if enough else TRAINING_SPEAKERS
            for window, values in shelf.items():
                yield Described(window, normalise(values, statistics, self.normalisation), kind)

    def _windows(self, recordings, numbers, segment, hop, report: Report, progress) -> Iterator[tuple]:
        """(window, values as extracted) of the recordings with these numbers; what is bad goes to the report."""
        for number in numbers:
            recording = recordings[number]
            try:
                windows = cut(recording, number, segment, hop)
                if segment is None and len(windows) > 1:
                    report.notes.append(f"{recording.file}: long, so cut into {len(windows)} windows")
                empty = 0
                for window in windows:
                    try:
                        yield window, self._extract(recording, window, report.notes.append)
                    except Undescribable as error:
                        empty += 1
                        if empty == len(windows):
                            raise InputError(_cause(error, recording)) from error
                if empty:
                    report.notes.append(
                        f"{recording.file}: {empty} of {len(windows)} windows are silent or too short, and left out"
                    )
            except InputError as error:
                report.bad.append((recording.file, _cause(error, recording)))
            progress()

    def _extract(self, recording: Recording, window: Window, warn) -> np.ndarray:
        values = self.extract(read_window(recording, window, warn))
        if values.size == 0:
            raise Undescribable(f"{1000 * window.duration:.3g} ms of audio are too short for {self.name}")
        if not np.isfinite(values).all():
            raise InputError(f"{self.name} from {window.start:g} s on are NaN or infinite")
        return values


class Shelf:
    """Windows and their values in order, in memory up to `HELD` bytes and then on disk."""

    def __init__(self):
        self._file = tempfile.SpooledTemporaryFile(HELD)  # noqa: SIM115 - closed by `__exit__`
        self.windows: list[tuple[Window, tuple[int, ...]]] = []

    def __enter__(self) -> "Shelf":
        return self

    def __exit__(self, *_) -> None:
        self._file.close()

    def put(self, window: Window, values: np.ndarray) -> None:
        """Keep a window's values, float32 of any shape."""
        try:
            self._file.write(np.ascontiguousarray(values, np.float32))
        except OSError as error:
            raise InputError(f"{tempfile.gettempdir()}: {error.strerror}; {remedy(error)}") from error
        self.windows.append((window, values.shape))

    def items(self) -> Iterator[tuple[Window, np.ndarray]]:
        """What was put, in order."""
        self._file.seek(0)
        for window, shape in self.windows:
            size = 4 * int(np.prod(shape))
            yield window, np.frombuffer(self._file.read(size), np.float32).reshape(shape)


def _cause(error: InputError, recording: Recording) -> str:
    """What is wrong, without the file's name and without the remedy, which is for a corpus in a workflow."""
    text = str(error).removeprefix(f"{recording.source}: " if not isinstance(recording.source, tuple) else "")
    return text.removeprefix(f"{recording.file}: ").partition("; ")[0]
