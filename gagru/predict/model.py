"""Trained models as one object: load the folds of a run, and predict."""

import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from gagru.data.dataset import Part
from gagru.data.history import COLUMNS as DIALOG
from gagru.data.history import earlier_utterances
from gagru.experiment.origin import TRAINING_SPEAKERS
from gagru.features.normalise import Statistics, apply_statistics
from gagru.predict.describe import Described, Describer, Report
from gagru.predict.explanation import Explained
from gagru.predict.folders import find_folds, read_model
from gagru.predict.recordings import LONGEST, Given, Recording, find_recordings, read_window
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError
from gagru.task.systems import SYSTEMS

PROBABILITIES = [f"p_{emotion}" for emotion in EMOTIONS]
COLUMNS = ["file", "start", "end", "speaker", "statistics", "emotion", *PROBABILITIES, "agreement"]
# So many windows, or values, are given to the networks at once.
CHUNK, CHUNK_VALUES = 256, 2**24
SAME = "of the recording"  # whoever speaks in all that an explanation is given
# Other versions of these can give other values.
EXTRACTORS = ("opensmile", "kaldi-native-fbank", "soxr")


class Member:
    """The model of one fold of one seed.

    Attributes
    ----------
    folder : where it lies
    description : what its `model.json` says
    system : the trained system, see `gagru.systems`
    """

    def __init__(self, folder: Path, device: str = "cpu"):
        self.folder = folder
        self.description, self.system = read_model(folder, device)
        found = self.description["normalisation"]["statistics"]
        self.statistics = found and Statistics.from_json({**found, "columns": self.description["columns"]})

    def standardise(self, described: Described) -> np.ndarray:
        """The values as this model takes them."""
        if described.statistics == TRAINING_SPEAKERS:
            return apply_statistics(described.values, self.statistics)
        return described.values


class Model:
    """One or more trained models of the same kind, which predict together.

    A network's class probabilities are the mean of those of the models; an SVM has none, and the models vote.

    Attributes
    ----------
    members : the models
    system : its name, as `ga_gru`
    emotions : the four classes, in the order of the probabilities

    >>> model = gagru.load("results/emodb/ga_gru/seed0")  # doctest: +SKIP
    >>> model.predict("recordings/", speaker="anna")  # doctest: +SKIP
    """

    def __init__(self, members: Sequence[Member]):
        self.members = list(members)
        self.description = self.members[0].description
        self.system: str = self.description["system"]
        self.emotions = EMOTIONS

    def describe(self) -> str:
        """The system and what it was trained on, as in `GA-GRU trained on EMO-DB`."""
        return f"{SYSTEMS[self.system].printed} trained on {self.description['corpus']['printed']}"

    def __repr__(self) -> str:
        seeds = {member.description["seed"] for member in self.members}
        heard = self.description["features"]["feature_set"]
        return f"<{self.describe()}: {len(self.members)} folds of {len(seeds)} seeds, features {heard}>"

    def predict(
        self,
        given: Given | Sequence[Given],
        speaker: str | Sequence[str] | None = None,
        sampling_rate: int | None = None,
        segment: float | None = None,
        hop: float | None = None,
        strict: bool = False,
        progress: Callable[[int, int], object] | None = None,
    ) -> pd.DataFrame:
        """Predict the emotion of recordings.

        Parameters
        ----------
        given : a path or several: of audio files, folders of them, manifests (CSV with a column `path`); or a data
            frame with the columns of a manifest; or signals, arrays of the shape (samples,) or (channels, samples)
        speaker : who speaks, one name for all or one for each recording; of manifests and data frames, the name of the
            column that says so (`speaker`, where there is one). A model that was trained on z-scores of each speaker
            takes them of what is given of a speaker, if that is enough, and else of its training speakers.
        sampling_rate : of signals, in Hz
        segment, hop : cut recordings into windows of so many seconds, one every so many
        strict : whether a recording that cannot be heard is an error; else it is left out, with a warning
        progress : called with how many recordings have been read, and how many there are

        Returns
        -------
        A row a recording or window, in the order given: `file`, `start` and `end` (s), `speaker`, `statistics` (whose
        the z-scores are by: `speaker`, `training_speakers` or `none`), `emotion`, `p_happiness`, `p_neutrality`,
        `p_sadness`, `p_anger` (missing for an SVM), `agreement`: the share of the models whose own class this is.

        Raises
        ------
        InputError : nothing could be heard, or with `strict` not everything
        """
        if hop is not None and segment is None:
            raise InputError("`hop` is the step between windows: give `segment`, how long they are, too")
        for name, value in (("segment", segment), ("hop", hop)):
            if value is not None and not 0 < value < math.inf:
                raise InputError(f"`{name}` is a number of seconds above 0, not {value}")
        recordings = find_recordings(given, speaker, sampling_rate)
        table, report = self.judge(recordings, segment, hop, progress)
        check_heard(report, len(recordings), strict)
        if lines := report.lines():
            warnings.warn("\n".join(lines), stacklevel=2)
        return table

    def explain(
        self,
        given: Given,
        others: Given | Sequence[Given] = (),
        sampling_rate: int | None = None,
        start: float = 0.0,
        duration: float | None = None,
    ) -> Explained:
        """What the models attend to in one recording, and what they say of it. GA-GRU and BiGRU+Att only.

        Parameters
        ----------
        given : an audio file, or a signal
        others : more of the same speaker, for the speaker's z-scores; as for `predict`
        sampling_rate : of signals, in Hz
        start, duration : the part of it (s)

        Raises
        ------
        InputError : the system has no attention, `given` is not one recording, it cannot be heard, or is too long for a
            picture. What cannot be heard of `others` is left out, and in the notes
        """
        if not hasattr(self.members[0].system, "explain"):
            raise InputError(f"{self.system}: has no attention over frames to be shown; ga_gru and bigru_att have")
        more = others if isinstance(others, list | tuple) else [others]
        if len(own := find_recordings([given], None, sampling_rate)) > 1:
            raise InputError(f"{given}: holds {len(own)} recordings; name one of them")
        recordings = find_recordings([given, *more], SAME if more else None, sampling_rate)
        recordings[0] = recordings[0]._replace(offset=start, duration=duration)
        described, report = self._describe(recordings)
        first = [one for one in described if one.window.number == 0]
        if not first:
            raise InputError(report.list_bad()[0])
        if len(first) > 1:
            raise InputError(f"{recordings[0].file}: lasts over {LONGEST:g} s; choose a part of it (start, duration)")
        explanations = [member.system.explain(member.standardise(first[0])) for member in self.members]
        row = self._judge(first, recordings).iloc[0]
        samples = read_window(recordings[0], first[0].window, report.notes.append)
        return Explained.from_members(row, samples, explanations, report.lines())

    def judge(
        self, recordings: Sequence[Recording], segment: float | None = None, hop: float | None = None, progress=None
    ) -> tuple[pd.DataFrame, Report]:
        """What `predict` returns, and what happened on the way; nothing is raised or warned of."""
        described, report = self._describe(recordings, segment, hop, progress)
        rows = [self._judge(chunk, recordings) for chunk in self._chunks(described)]
        table = pd.concat(rows) if rows else pd.DataFrame(columns=[*COLUMNS, "number"])
        table = table.sort_values(["number", "start"], kind="stable", ignore_index=True)
        return table[COLUMNS], report

    def _describe(
        self, recordings: Sequence[Recording], segment: float | None = None, hop: float | None = None, progress=None
    ) -> tuple[Iterator[Described], Report]:
        """The recordings' windows as the system takes them; the report fills while they are taken."""
        report, heard, said = Report(notes=self.differences()), [], self.description

        def tell() -> None:
            heard.append(None)
            if progress:
                progress(len(heard), len(recordings))

        describer = Describer(said["features"], said["normalisation"], said["columns"])
        return describer.describe(recordings, segment, hop, report, tell), report

    def differences(self) -> list[str]:
        """Where what describes audio here has another version than what described the training corpus."""
        made = self.description["features"]["versions"]
        return [
            f"{package} {here} is installed, and the model's features were made with {made[package]}"
            for package in EXTRACTORS
            if package in made and (here := _installed(package)) != made[package]
        ]

    def _chunks(self, described: Iterable[Described]) -> Iterator[list[Described]]:
        """What is judged at once; all of it, for a system that looks back in the dialog."""
        chunk, size = [], 0
        for one in described:
            chunk.append(one)
            size += one.values.size
            if not self.members[0].system.HISTORY and (len(chunk) == CHUNK or size >= CHUNK_VALUES):
                yield chunk
                chunk, size = [], 0
        if chunk:
            yield chunk

    def _judge(self, chunk: list[Described], recordings: Sequence[Recording]) -> pd.DataFrame:
        """A row for each window: `COLUMNS`, and the number of its recording."""
        looks_back = self.members[0].system.HISTORY
        earlier = _find_earlier(chunk, recordings, self.description["settings"]["history"]) if looks_back else None
        predictions = [member.system.predict(_part(member, chunk, earlier)) for member in self.members]
        classes = np.stack([prediction.emotion for prediction in predictions])
        if predictions[0].probability is None:
            probability = np.full((len(chunk), len(EMOTIONS)), np.nan)
            winner = np.stack([(classes == code).sum(0) for code in range(len(EMOTIONS))], 1).argmax(1)
        else:
            probability = np.mean([prediction.probability for prediction in predictions], axis=0, dtype=np.float64)
            winner = probability.argmax(1)
        windows = [one.window for one in chunk]
        return pd.DataFrame(
            {
                "file": [recordings[window.number].file for window in windows],
                "start": [window.start for window in windows],
                "end": [window.start + window.duration for window in windows],
                "speaker": [recordings[window.number].speaker for window in windows],
                "statistics": [one.statistics for one in chunk],
                "emotion": [EMOTIONS[code] for code in winner],
                **dict(zip(PROBABILITIES, probability.T, strict=True)),
                "agreement": (classes == winner).mean(axis=0),
                "number": [window.number for window in windows],
            }
        )


def load(*paths: str | Path, device: str = "cpu") -> Model:
    """Load trained models: a fold, the folds of a seed, of several seeds, or of all seeds of a system.

    paths : folders such as `results/emodb/ga_gru/seed0/03`, `results/emodb/ga_gru/seed0` or `results/emodb/ga_gru`
    device : `cpu`, `cuda`, or `auto`

    Raises `InputError` where a folder is incomplete or altered, where models do not belong together, and where a fold
    of a seed is there twice.

    >>> gagru.load("results/emodb/ga_gru/seed0")  # doctest: +SKIP
    <GA-GRU trained on EMO-DB: 10 folds of 1 seeds, features lld>
    """
    return Model([Member(folder, device) for folder in find_folds(paths)])


def check_heard(report: Report, count: int, strict: bool) -> None:
    """Raise `InputError` where none of `count` recordings could be heard, or with `strict` where one could not."""
    if report.bad and (strict or len(report.bad) == count):
        if count == 1:
            raise InputError(report.list_bad()[0])
        none = len(report.bad) == count
        what = "none of the recordings can be heard" if none else f"{len(report.bad)} of {count} cannot be heard"
        raise InputError("\n  - ".join([f"{what}:", *report.list_bad()]))


def _part(member: Member, chunk: list[Described], earlier: list | None) -> Part:
    """The windows as the member's system takes them; `earlier`: see `_find_earlier`."""
    values = [member.standardise(one) for one in chunk]
    columns = member.description["columns"]

    def stack(said: list[tuple[int, bool]]) -> tuple[np.ndarray, np.ndarray]:
        before = np.array([values[place] for place, _ in said], dtype=np.float32).reshape(-1, len(columns))
        return before, np.array([own for _, own in said], dtype=bool)

    return Part(
        utterance=[str(i) for i in range(len(chunk))],
        speaker=[""] * len(chunk),
        emotion=np.zeros(len(chunk), dtype=np.int64),
        columns=columns,
        features=values,
        history=earlier and [stack(said) for said in earlier],
    )


def _find_earlier(chunk: list[Described], recordings: Sequence[Recording], limit: int) -> list[list[tuple[int, bool]]]:
    """What was said before each window in its dialog: its place in `chunk`, and whether the same speaker said it."""
    if lonely := [r.file for r in recordings if r.dialog is not None and r.speaker is None]:
        raise InputError(
            f"{lonely[0]}: is in a dialog, but its speaker is not given; fill in the column of the speaker"
        )
    place = {str(one.window.number): i for i, one in enumerate(chunk)}
    rows = [
        {"utterance": str(number), **{name: getattr(recording, name) for name in DIALOG if name != "utterance"}}
        for number, recording in enumerate(recordings)
    ]
    types = {"turn": pa.int32(), "start": pa.float64()}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in DIALOG])
    found = earlier_utterances(pa.Table.from_pylist(rows, schema), place.keys(), limit)
    return [[(place[name], own) for name, own in found[str(one.window.number)]] for one in chunk]


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
