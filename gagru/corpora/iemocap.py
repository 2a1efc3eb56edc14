"""IEMOCAP (Busso et al. 2008, doi:10.1007/s10579-008-9076-6), as `IEMOCAP_full_release` lies on disk.

```
Session{1..5}/dialog/EmoEvaluation/Ses01F_impro01.txt              labels; its subfolders hold single raters' files
Session{1..5}/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav
```
"""

import re
from collections.abc import Iterator
from pathlib import Path

from gagru.corpora import counts, tree
from gagru.corpora.utterance import Utterance
from gagru.task.errors import Problems

LAYOUT = (
    "the root of IEMOCAP is the folder IEMOCAP_full_release, with Session1/dialog/EmoEvaluation/*.txt and "
    "Session1/sentences/wav/*/*.wav in it, and so on to Session5"
)
LABELS = {
    "ang": "anger",
    "hap": "happiness",
    "exc": "happiness",
    "sad": "sadness",
    "neu": "neutrality",
    **dict.fromkeys(("fru", "fea", "sur", "dis", "oth", "xxx")),
}
# The consensus of the raters: [start - end] TAB id TAB label TAB [valence, activation, dominance]
CONSENSUS = re.compile(r"\[(\d{1,6}(?:\.\d+)?) - (\d{1,6}(?:\.\d+)?)\]\s+(\S+)\s+(\S+)", re.ASCII)
# The letter before the turn is who speaks. The one after the session is who wears the motion-capture markers, in
# whole dialogs of both speakers. What lies between varies in length (impro01, impro05a, script01_1b).
ID = re.compile(r"(?P<session>Ses0[1-5])[FM]_(?P<scenario>impro|script)\w*_(?P<gender>[FM])(?P<turn>\d{3})", re.ASCII)
PARTS = {"improvised": ("impro",), "scripted": ("script",)}
# Much public code takes who wears the markers for the speaker of the whole dialog: 2750 of the 5531 are another's then.
SPEAKER_RULES = {"dialog": lambda utterance: utterance.dialog[:6]}
EXPECTED = {
    speaker: dict(zip(("anger", "happiness", "neutrality", "sadness"), numbers, strict=True))
    for speaker, numbers in {
        "Ses01F": (147, 132, 171, 78),
        "Ses01M": (82, 146, 213, 116),
        "Ses02F": (67, 166, 135, 113),
        "Ses02M": (70, 161, 227, 84),
        "Ses03F": (92, 128, 130, 172),
        "Ses03M": (148, 158, 190, 133),
        "Ses04F": (205, 185, 76, 62),
        "Ses04M": (122, 118, 182, 81),
        "Ses05F": (78, 159, 221, 132),
        "Ses05M": (92, 283, 163, 113),
    }.items()
}


def sessions(root: Path) -> dict[str, str | None]:
    """The ten speakers and their five sessions, whatever is at `root`."""
    return {speaker: speaker[:5] for speaker in EXPECTED}


def read(root: Path, problems: Problems) -> list[Utterance]:
    """Every utterance with a consensus line, of the sessions that are there. `InputError` if there are none."""
    folders = [folder for n in range(1, 6) if (folder := root / f"Session{n}").is_dir()]
    if not folders:
        raise tree.wrong_layout(root, LAYOUT)
    return [utterance for folder in folders for utterance in _read_session(folder, problems)]


def check_counts(utterances: list[Utterance], problems: Problems) -> None:
    """Compare with the 5531 utterances of the four emotions, by speaker and emotion."""
    counts.check(utterances, "speaker", EXPECTED, problems)


def _read_session(folder: Path, problems: Problems) -> Iterator[Utterance]:
    label_files = tree.files(folder / "dialog" / "EmoEvaluation", ".txt")
    audio = folder / "sentences" / "wav"
    if not label_files:
        problems.add(f"{folder.name}/dialog/EmoEvaluation: holds no label file; {LAYOUT}")
    elif not audio.is_dir():
        problems.add(f"{folder.name}/sentences/wav: no such folder; {LAYOUT}")
    else:
        for path in label_files:
            yield from _read_labels(path, folder.name, problems)


def _read_labels(path: Path, session_folder: str, problems: Problems) -> Iterator[Utterance]:
    consensus_lines = 0
    for number, line in tree.lines(path):
        if not line.startswith("["):
            continue  # the header, or a single rater's line
        consensus_lines += 1
        source = f"{session_folder}/dialog/EmoEvaluation/{path.name}:{number}"
        fields = CONSENSUS.match(line)
        identity = fields and ID.fullmatch(fields[3])
        if not identity:
            problems.add(
                f"{source}: not `[start - end] id label`, with an id like Ses01F_impro01_F000: {tree.shown(line)}"
            )
        elif fields[4] not in LABELS:
            problems.add(
                f"{source}: unknown label {tree.shown(fields[4])}; the labels of IEMOCAP are {', '.join(LABELS)}"
            )
        else:
            yield _utterance(identity, fields, session_folder, source)
    if not consensus_lines:
        problems.add(f"{session_folder}/dialog/EmoEvaluation/{path.name}: holds no label; copy the file again")


def _utterance(identity: re.Match, fields: re.Match, session_folder: str, source: str) -> Utterance:
    utterance = identity[0]
    dialog = utterance.rpartition("_")[0]
    return Utterance(
        utterance=utterance,
        path=f"{session_folder}/sentences/wav/{dialog}/{utterance}.wav",
        speaker=identity["session"] + identity["gender"],
        gender=identity["gender"],
        session=identity["session"],
        dialog=dialog,
        turn=int(identity["turn"]),
        start=float(fields[1]),
        end=float(fields[2]),
        scenario=identity["scenario"],
        raw_label=fields[4],
        emotion=LABELS[fields[4]],
        source=source,
    )
