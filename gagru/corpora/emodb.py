"""EMO-DB, the Berlin database of emotional speech (Burkhardt et al. 2005, doi:10.21437/Interspeech.2005-446).

`wav/03a01Fa.wav`: characters 1-2 speaker, 3-5 text, 6 emotion (its German initial), 7 version. Ten actors recorded
alone: no sessions, no dialogs. No counts are asserted, since the whole corpus and its four emotions are both in use.
"""

import re
from pathlib import Path, PurePosixPath

from gagru.corpora import tree
from gagru.corpora.left_out import LeftOut, is_audio
from gagru.corpora.repeats import Repeats
from gagru.corpora.utterance import Utterance
from gagru.task.errors import Problems

LAYOUT = "the root of EMO-DB is the folder that holds the folder wav, with wav/03a01Fa.wav and so on in it"
# Wut, Freude, Trauer, neutral; Langeweile (boredom), Ekel (disgust) and Angst (fear) are outside the task.
LABELS = {"W": "anger", "F": "happiness", "T": "sadness", "N": "neutrality", "L": None, "E": None, "A": None}
GENDERS = {
    "03": "M",
    "08": "F",
    "09": "F",
    "10": "M",
    "11": "M",
    "12": "M",
    "13": "F",
    "14": "F",
    "15": "M",
    "16": "F",
}
NAME = re.compile(r"(?P<speaker>\d\d)[ab]\d\d(?P<label>[A-Z])[a-z]", re.ASCII)


def sessions(root: Path) -> dict[str, str | None]:
    """The ten speakers, without sessions, whatever is at `root`."""
    return dict.fromkeys(GENDERS)


def read(root: Path, problems: Problems, left_out: LeftOut | None = None) -> list[Utterance]:
    """An utterance for every `wav/*.wav`. `InputError` if there is none."""
    folder = tree.folder(root, "wav")
    below = tree.listing(folder)
    audio = [name for name in below.files if "/" not in name and name.casefold().endswith(".wav")]
    if not audio:
        raise tree.wrong_layout(root, LAYOUT)
    utterances, misplaced = [], Repeats()
    for name in audio:
        path = f"{folder.name}/{name}"
        identity = NAME.fullmatch(name[:-4])
        if not identity or identity["speaker"] not in GENDERS:
            problems.add(f"{path}: not a name of EMO-DB, like 03a01Fa.wav; remove or rename the file")
        elif identity["label"] not in LABELS:
            problems.add(f"{path}: unknown label '{identity['label']}'; the labels are {', '.join(LABELS)}")
        else:
            utterances.append(_utterance(identity, path))
    for name in below.files:
        if NAME.fullmatch(PurePosixPath(name).stem) and name not in audio and is_audio(name):
            misplaced.add(
                f"{folder.name}/{name}",
                "has the name of an utterance, but is not a WAV file in the folder wav itself; move it there, convert "
                "it, or take it out of the folder",
                like=PurePosixPath(name).suffix,
            )
    misplaced.report(problems)
    if left_out:
        left_out.add_files(*([f"{folder.name}/{name}" for name in names] for names in (below.files, audio)))
        left_out.add("hidden file", "", folder.name, below.hidden)
    return utterances


def check_counts(utterances: list[Utterance], problems: Problems) -> None:
    """Nothing to compare with: see above."""


def _utterance(identity: re.Match, path: str) -> Utterance:
    return Utterance(
        utterance=identity[0],
        path=path,
        speaker=identity["speaker"],
        gender=GENDERS[identity["speaker"]],
        raw_label=identity["label"],
        emotion=LABELS[identity["label"]],
    )
