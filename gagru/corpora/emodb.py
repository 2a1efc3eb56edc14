"""EMO-DB, the Berlin database of emotional speech (Burkhardt et al. 2005, doi:10.21437/Interspeech.2005-446).

`wav/03a01Fa.wav`: characters 1-2 speaker, 3-5 text, 6 emotion (its German initial), 7 version. Ten actors recorded
alone: no sessions, no dialogs. No counts are asserted, since the whole corpus and its four emotions are both in use.
"""

import re
from pathlib import Path

from gagru.corpora import tree
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


def read(root: Path, problems: Problems) -> list[Utterance]:
    """An utterance for every `wav/*.wav`. `InputError` if there is none."""
    audio = tree.files(root / "wav", ".wav")
    if not audio:
        raise tree.wrong_layout(root, LAYOUT)
    utterances = []
    for path in audio:
        identity = NAME.fullmatch(path.stem)
        if not identity or identity["speaker"] not in GENDERS:
            problems.add(f"wav/{path.name}: not a name of EMO-DB, like 03a01Fa.wav; remove or rename the file")
        elif identity["label"] not in LABELS:
            problems.add(f"wav/{path.name}: unknown label '{identity['label']}'; the labels are {', '.join(LABELS)}")
        else:
            utterances.append(_utterance(identity))
    return utterances


def check_counts(utterances: list[Utterance], problems: Problems) -> None:
    """Nothing to compare with: see above."""


def _utterance(identity: re.Match) -> Utterance:
    return Utterance(
        utterance=identity[0],
        path=f"wav/{identity[0]}.wav",
        speaker=identity["speaker"],
        gender=GENDERS[identity["speaker"]],
        raw_label=identity["label"],
        emotion=LABELS[identity["label"]],
    )
