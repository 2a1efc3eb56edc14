"""One row of the utterance table."""

import re
import unicodedata
from dataclasses import dataclass

# Neither begins with "-": names stand in commands, where that is an option, and in CSV files, where a spreadsheet takes
# a cell that begins so (or with "=", "+", "@", which no name may hold) for a formula.
SPEAKER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
UTTERANCE = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._-]*")
SPEAKER_RULE = "must consist of A-Z, a-z, 0-9 and '-', and not begin with '-'"


@dataclass
class Utterance:
    """An utterance as its corpus's label files describe it; audio facts are filled in by the index.

    Attributes
    ----------
    utterance : unique id; `[A-Za-z0-9._-]+`, not beginning with "-"
    path : audio file, relative to the corpus's root, with forward slashes
    offset, duration : where the utterance lies in the file (s); a reader leaves `duration` at None for "to the end"
    channel : the channel to describe, from 1, or None for the mean of all
    sample_rate : Hz; None until the header has been read
    speaker : `[A-Za-z0-9-]+`, not beginning with "-"
    gender : "F", "M" or None
    session, dialog : names, None where the corpus has none
    turn : position within the dialog, or None; where there are times it may be as the corpus numbers it, by speaker
    start, end : time within the dialog (s), for order only, or None
    scenario : the corpus's own name of the recording situation, or None
    text : what is said, by the corpus's own name or in full, or None; not stored
    raw_label : the corpus's own label
    emotion : one of `gagru.task.emotions.EMOTIONS`, or None for a label outside the four
    source : label file and line ("Evalution.txt:12") for messages, "" where the label is in the file's name; not stored
    """

    utterance: str
    path: str
    speaker: str
    raw_label: str
    emotion: str | None
    gender: str | None = None
    session: str | None = None
    dialog: str | None = None
    turn: int | None = None
    start: float | None = None
    end: float | None = None
    scenario: str | None = None
    text: str | None = None
    offset: float = 0.0
    duration: float | None = None
    channel: int | None = None
    sample_rate: int | None = None
    source: str = ""


def name_utterance(path: str) -> str:
    """An id made from a path without its suffix, in one Unicode form.

    >>> name_utterance("anna/anger 1")
    'anna_anger_1'
    """
    return re.sub(r"^-|[^A-Za-z0-9._-]", "_", unicodedata.normalize("NFC", path))
