"""The columns and the emotions of a manifest, and the words that people and programs use for them."""

import re

from gagru.corpora.spelling import folded, meant
from gagru.task.errors import Problems

REQUIRED = ("path", "speaker", "emotion")
OPTIONAL = ("utterance", "gender", "session", "dialog", "turn", "offset", "duration", "channel")
# Folded, see `spelling.folded`.
COLUMN_SYNONYMS = {
    "path": "file filename filepath fname wav wavfile wavpath audio audiofile audiopath audiofilepath soundfile "
    "recording relativepath relpath",
    "speaker": "spk spkr speakerid speakername spkid actor actorid subject subjectid talker",
    "emotion": "emo label labels class category emotions emotionlabel emotionname emotionclass target",
    "utterance": "utt uttid utteranceid utterancename",
    "gender": "sex speakergender speakersex",
    "session": "sess sessionid sessionname",
    "dialog": "dialogue dialogid dialogueid dialogname conversation conversationid conv",
    "turn": "turnid turnnumber turnno turnnr turnindex",
    "offset": "start begin beginning onset starttime begintime onsettime",
    "channel": "chan channelid channelnumber",
    "duration": "end stop finish endtime stoptime dur length len",
}
# What spreadsheets write in place of commas.
SEPARATORS = {";": "semicolons", "\t": "tabulators", "|": "upright strokes"}
# A unit at the end of a column's name: `offset_ms`, `start (s)`.
UNIT = re.compile(r"[\s_([-]+(s|secs?|seconds?|ms|msecs?|milliseconds?|samples?|frames?)[])]*\s*$", re.IGNORECASE)
HOW = {
    "offset": ", where the utterance begins, in seconds",
    "duration": ", how long it lasts (its end less its beginning), in seconds",
}
# English, and German as in EMO-DB. What is outside the four is no synonym: fear, disgust, boredom, excitement, calm.
EMOTION_SYNONYMS = {
    "happiness": ("happy", "hap", "joy", "joyful", "Freude", "freudig", "Fröhlichkeit", "fröhlich", "glücklich"),
    "neutrality": ("neutral", "neu", "neut", "Neutralität"),
    "sadness": ("sad", "Trauer", "Traurigkeit", "traurig"),
    "anger": ("angry", "ang", "Wut", "wütend", "Ärger", "Aerger", "ärgerlich", "Zorn"),
}


def check_columns(columns: list[str], line: int, problems: Problems) -> None:
    """Note what is missing, what is there twice, and what seems to be meant for another column.

    line : of the manifest, where the names of the columns stand
    """
    synonyms = {name: COLUMN_SYNONYMS.get(name, "").split() for name in REQUIRED + OPTIONAL}
    taken = set()
    for column in columns:
        name = meant(column, synonyms) or meant(UNIT.sub("", column), synonyms)
        if column in synonyms or not name:
            continue
        if name not in columns:
            taken.add(name)
            problems.add(
                f"line {line}: column {column!r} is not read, {name!r} is; name it {name!r} if it is that"
                f"{HOW.get(name, '')}, and otherwise something else"
            )
        # A synonym beside the column itself is another column, but `offset` beside `start` may be the end.
        elif folded(column) == name or name == "offset":
            problems.add(
                f"line {line}: columns {column!r} and {name!r} could be the same, and {name!r} is read"
                f"{HOW.get(name, '')}; keep the one that is that, and name the other something else"
            )
    if missing := [name for name in REQUIRED if name not in columns and name not in taken]:
        listed = ", ".join(repr(name) for name in columns) or "nothing"
        remedy = "add it (separated by commas)"
        if len(columns) == 1 and (found := [name for sign, name in SEPARATORS.items() if sign in columns[0]]):
            remedy = f"the cells are separated by {found[0]}, save the file with commas between them"
        problems.add(f"line {line}: no column {', '.join(missing)}; {remedy}. There is {listed}")
    if twice := sorted(name for name in synonyms if columns.count(name) > 1):
        problems.add(f"line {line}: more than one column {', '.join(twice)}; keep one")


def meant_emotion(word: str) -> str | None:
    """The emotion of the four that `word` seems to mean, if it is not spelled so itself.

    >>> [meant_emotion(word) for word in ("Anger", "hapiness", "neutral", "fear", "anger")]
    ['anger', 'happiness', 'neutrality', None, None]
    """
    return None if word in EMOTION_SYNONYMS else meant(word, EMOTION_SYNONYMS)
