"""IEMOCAP (Busso et al. 2008, doi:10.1007/s10579-008-9076-6), as `IEMOCAP_full_release` lies on disk.

```
Session{1..5}/dialog/EmoEvaluation/Ses01F_impro01.txt              labels; its subfolders hold single raters' files
Session{1..5}/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav
```
Copies that differ are read where there is one way to take them: the sessions a folder below the root, names in another
case, labels in capitals, audio of the four emotions alone, and, where a session has none at its place, audio anywhere
below the root by its name.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

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
    """Every utterance with a consensus line, of the sessions that are there. `InputError` if there are none.

    In a copy without the audio of any utterance outside the four emotions, these are left out.
    """
    release = _find_release(root)
    sessions, audio = _list_sessions(release), Audio(root)
    utterances = [u for folder in sessions for u in _read_session(folder, audio, problems, left_out)]
    audio.report(problems)
    kept = utterances
    if not any(u.utterance in audio.found for u in utterances if not u.emotion):
        kept = [u for u in utterances if u.emotion]
    if left_out:
        for other in sorted(set(release.glob("[Ss][Ee][Ss][Ss][Ii][Oo][Nn]*")).difference(sessions)):
            left_out.add("file or folder beside Session1 to Session5", other.name, other.name)
        left_out.add_files(audio.files, (u.path for u in kept))
        for u in utterances if kept is not utterances else ():
            if not u.emotion:
                left_out.add("utterance outside the four emotions, without audio", u.raw_label, u.source)
    return kept


def check_counts(utterances: list[Utterance], problems: Problems) -> None:
    """Compare with the 5531 utterances of the four emotions, by speaker and emotion."""
    counts.check(utterances, "speaker", EXPECTED, problems)


def _find_release(root: Path) -> Path:
    """The folder that holds the sessions: `root`, or else the only one in it that does."""
    if _list_sessions(root):
        return root
    found = [folder for folder in sorted(root.glob("[!.]*/")) if _list_sessions(folder)]
    if len(found) > 1:
        names = ", ".join(folder.name for folder in found)
        raise InputError(
            f"{root}: more than one folder holds sessions of IEMOCAP: {names}; name one of them as the root"
        )
    if not found:
        raise tree.wrong_layout(root, LAYOUT)
    return found[0]


def _list_sessions(release: Path) -> list[Path]:
    return [folder for n in range(1, 6) if (folder := tree.folder(release, f"Session{n}")).is_dir()]


def _read_session(folder: Path, audio: "Audio", problems: Problems, left_out: LeftOut | None) -> list[Utterance]:
    labels, below = tree.folder(folder, "dialog", "EmoEvaluation"), folder.relative_to(audio.root).as_posix()
    label_files = tree.files(labels, ".txt")
    if not label_files:
        problems.add(f"{below}/dialog/EmoEvaluation: holds no label file; {LAYOUT}")
        return []
    repeats = Repeats()
    utterances = [u for path in label_files for u in _read_labels(path, audio.root, repeats, left_out)]
    repeats.report(problems)
    if utterances and not audio.find(utterances, folder, left_out, problems):
        problems.add(f"{below}/sentences/wav: holds no audio of the session, nor does another folder; {LAYOUT}")
        return []
    if left_out:
        for path in sorted(labels.iterdir()):  # its subfolders hold single raters' files
            if path.is_file() and path.suffix.casefold() != ".txt" and not path.name.startswith("."):
                name = path.relative_to(audio.root).as_posix()
                left_out.add("file beside the label files", path.suffix, name)
    return utterances


class Audio:
    """Finds the utterances' wavs: of each session at their places or, where it has none there, below the root.

    Attributes
    ----------
    found : the utterances that have one
    files : the paths among which they were found
    """

    def __init__(self, root: Path):
        self.root = root
        self.found: set[str] = set()
        self.files: set[str] = set()
        self._anywhere: dict[str, list[str]] | None = None
        self._repeated: list[list[str]] = []

    def find(self, utterances: list[Utterance], session: Path, left_out: LeftOut | None, problems: Problems) -> bool:
        """Give a session's utterances their paths as they are spelled below the root; whether there are any.

        Where there is no wav, the path is that of its place.
        """
        folder = tree.folder(session, "sentences", "wav")
        before = len(self.found)
        self._find_in_place(utterances, folder, problems)
        if len(self.found) == before:
            self._find_by_name(utterances)
        if left_out and folder.is_dir():
            below, there = folder.relative_to(self.root).as_posix(), tree.listing(folder)
            self.files.update(f"{below}/{name}" for name in there.files)
            left_out.add("hidden file", "", below, there.hidden)
        return len(self.found) > before

    def report(self, problems: Problems) -> None:
        """Say in one line which of the files that were looked for by name are there more than once."""
        if self._repeated:
            first = ", ".join(self._repeated[0])
            count = len(self._repeated)
            more = f" ({count} names, of which this is the first)" if count > 1 else ""
            problems.add(f"audio is there more than once, keep one: {first}{more}")

    def _find_in_place(self, utterances: list[Utterance], folder: Path, problems: Problems) -> None:
        names, below = tree.Names(folder), folder.relative_to(self.root).as_posix()
        for u in utterances:
            place = u.path
            u.path = f"{below}/{place}"
            try:
                spelled = names.find(place)
            except InputError as error:
                problems.add(f"{u.source}: {error}")
                self.found.add(u.utterance)
                continue
            if names.holds(spelled):
                u.path = f"{below}/{spelled}"
                self.found.add(u.utterance)

    def _find_by_name(self, utterances: list[Utterance]) -> None:
        if self._anywhere is None:
            self._anywhere = defaultdict(list)
            for path in tree.listing(self.root).files:
                name = PurePosixPath(path)
                if ID_ANYWHERE.fullmatch(name.stem) and name.suffix.casefold() == ".wav":
                    self._anywhere[name.stem.casefold()].append(path)
            self.files.update(path for paths in self._anywhere.values() for path in paths)
        for u in utterances:
            if paths := self._anywhere.get(u.utterance.casefold()):
                u.path = paths[0]
                self.found.add(u.utterance)
                self._repeated += [paths] if len(paths) > 1 else []


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
        elif fields[4].lower() not in LABELS:
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
        path=f"{dialog}/{utterance}.wav",  # below sentences/wav, see Audio
        speaker=identity["session"] + identity["gender"],
        gender=identity["gender"],
        session=identity["session"],
        dialog=dialog,
        turn=int(identity["turn"]),
        start=float(fields[1]),
        end=float(fields[2]),
        scenario=identity["scenario"],
        raw_label=fields[4].lower(),
        emotion=LABELS[fields[4].lower()],
        source=source,
    )
