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
from gagru.corpora.left_out import LeftOut
from gagru.corpora.repeats import Repeats
from gagru.corpora.utterance import Utterance
from gagru.task.errors import InputError, Problems

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
NOT_CONSENSUS = "not `[start - end] id label`, with an id like Ses01F_impro01_F000"
# What else a label file holds: blank lines, the header, a single rater's word or numbers (`C-E2:`, `A-F1:`).
RATER = re.compile(r"\s*($|%|[CA]-\w+\s*:)", re.ASCII)
ID_ANYWHERE = re.compile(r"Ses\d\d[FM]_\w+_[FM]\d{3}", re.ASCII | re.IGNORECASE)
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


def read(root: Path, problems: Problems, left_out: LeftOut | None = None) -> list[Utterance]:
    """Every utterance with a consensus line, of the sessions that are there. `InputError` if there are none."""
    folders = [folder for n in range(1, 6) if (folder := tree.folder(root, f"Session{n}")).is_dir()]
    if not folders:
        raise tree.wrong_layout(root, LAYOUT)
    if left_out:
        for other in sorted(set(root.glob("[Ss][Ee][Ss][Ss][Ii][Oo][Nn]*")).difference(folders)):
            left_out.add("file or folder beside Session1 to Session5", other.name, other.name)
    return [utterance for folder in folders for utterance in _read_session(folder, problems, left_out)]


def check_counts(utterances: list[Utterance], problems: Problems) -> None:
    """Compare with the 5531 utterances of the four emotions, by speaker and emotion."""
    counts.check(utterances, "speaker", EXPECTED, problems)


def _read_session(folder: Path, problems: Problems, left_out: LeftOut | None) -> list[Utterance]:
    labels, audio = tree.folder(folder, "dialog", "EmoEvaluation"), tree.folder(folder, "sentences", "wav")
    label_files = tree.files(labels, ".txt")
    if not label_files:
        problems.add(f"{folder.name}/dialog/EmoEvaluation: holds no label file; {LAYOUT}")
        return []
    if not audio.is_dir():
        problems.add(f"{folder.name}/sentences/wav: no such folder; {LAYOUT}")
        return []
    root, repeats = folder.parent, Repeats()
    utterances = [u for path in label_files for u in _read_labels(path, root, repeats, left_out)]
    repeats.report(problems)
    _find_audio(utterances, audio, root, problems)
    if left_out:
        _note_left_out(utterances, labels, audio, root, left_out)
    return utterances


def _find_audio(utterances: list[Utterance], audio: Path, root: Path, problems: Problems) -> None:
    """Give the utterances their paths as they are spelled below `root`."""
    names, below = tree.Names(audio), audio.relative_to(root).as_posix()
    for u in utterances:
        try:
            u.path = f"{below}/{names.find(u.path)}"
        except InputError as error:
            problems.add(f"{u.source}: {error}")


def _note_left_out(utterances: list[Utterance], labels: Path, audio: Path, root: Path, left_out: LeftOut) -> None:
    below, there = audio.relative_to(root).as_posix(), tree.listing(audio)
    left_out.add_files((f"{below}/{name}" for name in there.files), (u.path for u in utterances))
    left_out.add("hidden file", "", below, there.hidden)
    for path in sorted(labels.iterdir()):  # its subfolders hold single raters' files
        if path.is_file() and path.suffix.casefold() != ".txt" and not path.name.startswith("."):
            left_out.add("file beside the label files", path.suffix, path.relative_to(root).as_posix())


def _read_labels(path: Path, root: Path, repeats: Repeats, left_out: LeftOut | None) -> Iterator[Utterance]:
    consensus_lines, name = 0, path.relative_to(root).as_posix()
    for number, line in tree.lines(path):
        source = f"{name}:{number}"
        if not line.lstrip().startswith("["):
            if RATER.match(line):
                continue
            if ID_ANYWHERE.search(line):
                repeats.add(source, f"{NOT_CONSENSUS}: {tree.shown(line)}")
            elif left_out:
                left_out.add("line of a label file that is none of IEMOCAP's", "", source)
            continue
        consensus_lines += 1
        fields = CONSENSUS.match(line.lstrip())
        identity = fields and ID.fullmatch(fields[3])
        if not identity:
            repeats.add(source, f"{NOT_CONSENSUS}: {tree.shown(line)}")
        elif fields[4] not in LABELS:
            repeats.add(source, f"unknown label {tree.shown(fields[4])}; the labels of IEMOCAP are {', '.join(LABELS)}")
        else:
            yield _utterance(identity, fields, source)
    if not consensus_lines:
        repeats.add(name, "holds no label; copy the file again")


def _utterance(identity: re.Match, fields: re.Match, source: str) -> Utterance:
    utterance = identity[0]
    dialog = utterance.rpartition("_")[0]
    return Utterance(
        utterance=utterance,
        path=f"{dialog}/{utterance}.wav",  # below sentences/wav, see _find_audio
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
