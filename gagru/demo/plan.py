"""The embedded demo corpora: two small synthetic dyadic corpora, laid out on disk as IEMOCAP and MSP-IMPROV are.

They show that the workflow works, and stand for nothing else. Speech comes from `gagru.demo.speech_synthesis`, the
files around it from `gagru.demo.layouts`. This module imports the standard library only, because the Snakefile
reads `SESSIONS` from it.
"""

import random
from collections import Counter
from dataclasses import dataclass

from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError

# Speakers in canonical order and their sessions, as the readers name them.
SESSIONS = {
    "iemocap": {"Ses01F": "Ses01", "Ses01M": "Ses01", "Ses02F": "Ses02", "Ses02M": "Ses02"},
    "msp_improv": {"F01": "session1", "M01": "session1", "F02": "session2", "M02": "session2"},
}

# The corpora's own labels within the task. How often each occurs follows the real corpora roughly: IEMOCAP is nearly
# balanced; MSP-IMPROV has little sadness and anger.
LABELS = {
    "iemocap": {"hap": "happiness", "exc": "happiness", "neu": "neutrality", "sad": "sadness", "ang": "anger"},
    "msp_improv": {"H": "happiness", "N": "neutrality", "S": "sadness", "A": "anger"},
}
COUNTS = {
    "iemocap": {
        "Ses01F": {"hap": 8, "exc": 12, "neu": 21, "sad": 14, "ang": 16, "fru": 2, "xxx": 2, "sur": 1},
        "Ses01M": {"hap": 7, "exc": 13, "neu": 22, "sad": 15, "ang": 14, "fru": 2, "xxx": 2, "fea": 1},
        "Ses02F": {"hap": 9, "exc": 12, "neu": 19, "sad": 16, "ang": 13, "fru": 3, "xxx": 1, "dis": 1},
        "Ses02M": {"hap": 8, "exc": 11, "neu": 21, "sad": 15, "ang": 15, "fru": 1, "xxx": 3, "oth": 1},
    },
    "msp_improv": {
        "F01": {"H": 22, "N": 25, "S": 13, "A": 11, "O": 2, "X": 3},
        "M01": {"H": 21, "N": 27, "S": 11, "A": 12, "O": 3, "X": 2},
        "F02": {"H": 23, "N": 24, "S": 12, "A": 11, "O": 2, "X": 2},
        "M02": {"H": 20, "N": 27, "S": 11, "A": 13, "O": 3, "X": 3},
    },
}

# How much likelier an utterance is in a recording of its own emotion than in another: moods last within a dialog.
COHERENCE = 6


@dataclass(frozen=True)
class Recording:
    """A dialog of a session, or one speaker reading alone; `share` is of each speaker's utterances."""

    name: str
    session: str
    mood: str
    speakers: tuple[str, ...]
    share: float = 1.0


@dataclass(frozen=True)
class Turn:
    """One utterance, without its audio: who speaks and the label that the raters agree on."""

    speaker: str
    label: str


def expected_counts(reader: str) -> dict[str, dict[str, int]]:
    """How many utterances of each emotion each speaker of a demo corpus has: speaker -> emotion -> number."""
    counts = {}
    for speaker, labels in COUNTS[known(reader)].items():
        emotions = Counter()
        for label, n in labels.items():
            emotions[LABELS[reader].get(label)] += n
        counts[speaker] = {emotion: emotions[emotion] for emotion in EMOTIONS}
    return counts


def deal(reader: str, recordings: list[Recording]) -> dict[Recording, list[Turn]]:
    """Deal every speaker's utterances out to the recordings, and put each recording's turns in order.

    Only `random()` and choices by weight are drawn on, which give the same numbers in every version of Python.
    """
    rng = random.Random(f"demo corpus {reader}")
    dealt = {recording: [] for recording in recordings}
    for speaker, labels in COUNTS[reader].items():
        own = [r for r in recordings if speaker in r.speakers]
        for label, n in labels.items():
            emotion = LABELS[reader].get(label)
            weights = [r.share * (COHERENCE if r.mood == emotion else 1) for r in own]
            for recording in rng.choices(own, weights, k=n):
                dealt[recording].append(Turn(speaker, label))
    return {recording: _take_turns(turns, rng) for recording, turns in dealt.items() if turns}


def _take_turns(turns: list[Turn], rng: random.Random) -> list[Turn]:
    """Shuffle each speaker's turns and spread them evenly over the recording, so that speakers mostly alternate."""
    speakers = sorted(dict.fromkeys(turn.speaker for turn in turns), key=lambda _: rng.random())  # the first begins
    placed = []
    for behind, speaker in enumerate(speakers):
        own = sorted((turn for turn in turns if turn.speaker == speaker), key=lambda _: rng.random())
        times = [(n + behind / 2 + 0.6 * rng.random()) / len(own) for n in range(len(own))]
        placed += zip(times, own, strict=True)
    return [turn for _, turn in sorted(placed, key=lambda place: place[0])]


def known(reader: str) -> str:
    """The reader's name; `InputError` where it has no demo corpus."""
    if reader not in SESSIONS:
        raise InputError(
            f"there is no demo corpus for the reader '{reader}'; there is one for {' and '.join(SESSIONS)}"
        )
    return reader
