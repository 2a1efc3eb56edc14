"""How much speech each speaker of a corpus has, by labels and audio headers."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gagru.data.folds import validation_speaker
from gagru.demo import plan as demo
from gagru.workflow import jobs
from gagru.workflow.inputs import Inputs

DEMO_SECONDS = 2.0  # that an utterance of the demo lasts, on average


@dataclass
class Speech:
    """Utterances and seconds, of all and of the four emotions, which are the task.

    emotions : emotion -> how many utterances
    files : some of its audio: path, offset and duration
    """

    utterances: int = 0
    seconds: float = 0.0
    task_seconds: float = 0.0
    emotions: Counter = field(default_factory=Counter)
    files: list[tuple[str, float, float]] = field(default_factory=list)
    dialogs: bool = False

    @property
    def task_utterances(self) -> int:
        """Of the four emotions."""
        return self.emotions.total()

    def __add__(self, other: "Speech") -> "Speech":
        return Speech(
            self.utterances + other.utterances,
            self.seconds + other.seconds,
            self.task_seconds + other.task_seconds,
            self.emotions + other.emotions,
            self.files + other.files,
            self.dialogs or other.dialogs,
        )


def measure_speech(inputs: Inputs, place: str) -> dict[str, Speech]:
    """Speaker -> speech of the corpus at a place. Raises `InputError` where the corpus is wrong, see `build_index`."""
    if inputs.find_demo(place):
        counts = demo.expected_counts(inputs.find_entry(place)["reader"])
        return {speaker: _imagine_demo(counts[speaker]) for speaker in inputs.list_speakers(place)}
    from gagru.corpora import audio
    from gagru.corpora.index import build_index

    described = inputs.describe(jobs.describe_index, place)
    root = Path(inputs.find_root(place))
    table = build_index(
        described["reader"],
        root,
        inputs.list_speakers(place),
        described["expected_counts"],
        described["part"],
        described["speaker_rule"],
        options=described.get("reader_options", ""),
    )
    found = {speaker: Speech() for speaker in inputs.list_speakers(place)}
    for row in table.to_pylist():
        if own := found.get(row["speaker"]):
            own.utterances += 1
            own.seconds += row["duration"]
            own.dialogs |= row["dialog"] is not None
            if row["emotion"]:
                own.emotions[row["emotion"]] += 1
                own.task_seconds += row["duration"]
                own.files.append((str(audio.folder(root) / row["path"]), row["offset"], row["duration"]))
    return found


def _imagine_demo(counts: Mapping[str, int]) -> Speech:
    """A speaker of the demo, which the run itself makes; a few of the utterances are outside the task."""
    emotions, outside = Counter(counts), 5
    task = emotions.total()
    return Speech(task + outside, (task + outside) * DEMO_SECONDS, task * DEMO_SECONDS, emotions, dialogs=True)


def divide(
    speech: Mapping[str, Speech], fold: str, sessions: Mapping[str, str | None], validation: str, share: float
) -> tuple[Speech, Speech, Speech]:
    """What a fold trains on, validates on and tests, as `gagru.data.folds` divides it.

    But for `oracle` with speakers by dialog, where the rest of the session validates, too, and here is trained on.
    """
    test = speech[fold]
    if (held := validation_speaker(fold, dict(sessions), validation)) is not None:
        rest = [own for speaker, own in speech.items() if speaker not in (fold, held)]
        return sum(rest, Speech()), speech[held], test
    train = sum((own for speaker, own in speech.items() if speaker != fold), Speech())
    return (train, test, test) if validation == "oracle" else (_scale(train, 1 - share), _scale(train, share), test)


def upsample(speech: Speech, emotions: list[str]) -> Speech:
    """With the utterances of `emotions` doubled up to the number of the most frequent one."""
    largest = max(speech.emotions.values(), default=0)
    counts = Counter({emotion: largest if emotion in emotions else count for emotion, count in speech.emotions.items()})
    factor = counts.total() / max(1, speech.task_utterances)
    return Speech(speech.utterances, speech.seconds, speech.task_seconds * factor, counts, speech.files, speech.dialogs)


def _scale(speech: Speech, share: float) -> Speech:
    counts = Counter({emotion: round(share * count) for emotion, count in speech.emotions.items()})
    numbers = round(share * speech.utterances), share * speech.seconds, share * speech.task_seconds
    return Speech(*numbers, counts, speech.files, speech.dialogs)
