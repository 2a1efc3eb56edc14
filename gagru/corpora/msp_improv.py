"""MSP-IMPROV (Busso et al. 2017, doi:10.1109/TAFFC.2016.2515617), in either of the layouts in use.

```
Evalution.txt  (so spelled)                            Evaluation.txt
session1/S01A/P/MSP-IMPROV-S01A-F01-P-FM01.wav         Audio/session1/S01A/P/MSP-IMPROV-S01A-F01-P-FM01.wav
```
The label file lies at the root or one folder down, under either name; audio is found by its name below the root.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from gagru.corpora import counts, tree
from gagru.corpora.utterance import Utterance
from gagru.task.errors import InputError, Problems

LAYOUT = (
    "the root of MSP-IMPROV is the folder with Evalution.txt or Evaluation.txt in it or one folder down, and with "
    "MSP-IMPROV-*.wav anywhere below it"
)
LABEL_FILES = ("Evalution.txt", "Evaluation.txt")
LABELS = {"A": "anger", "H": "happiness", "S": "sadness", "N": "neutrality", "O": None, "X": None}
# The name of a clip: sentence with its intended emotion, which is not the label; speaker; scenario; recording; turn.
CLIP = re.compile(
    r"UTD-IMPROV-(?P<sentence>S\d\d[AHSN])-(?P<gender>[FM])(?P<pair>0[1-6])"
    r"-(?P<scenario>[PRST])-(?P<recording>[FM]{2})(?P<turn>\d{2,3})\.avi",
    re.ASCII,
)
# Improvised around a target sentence (T) or between (S); the target sentence read (R). What was said between the
# recordings (P, natural interaction) is neither.
PARTS = {"improvised": ("S", "T"), "scripted": ("R",)}
EXPECTED = {
    scenario: dict(zip(("anger", "sadness", "happiness", "neutrality"), numbers, strict=True))
    for scenario, numbers in {
        "T": (115, 106, 136, 283),
        "R": (169, 80, 88, 241),
        "S": (470, 633, 1048, 1789),
        "P": (38, 66, 1372, 1164),
    }.items()
}


def sessions(root: Path) -> dict[str, str | None]:
    """The twelve speakers, a woman and a man to a session, whatever is at `root`."""
    return {f"{gender}{n:02}": f"session{n}" for n in range(1, 7) for gender in "FM"}


def read(root: Path, problems: Problems) -> list[Utterance]:
    """Every clip of the label file. `InputError` if there is no label file, more than one, or no audio."""
    label_file = _label_file(root)
    audio = _audio(root)
    if not audio:
        raise tree.wrong_layout(root, LAYOUT)
    utterances = list(_read_labels(label_file, root, problems))
    for u in utterances:
        name = f"{u.utterance}.wav"
        # A missing file keeps its bare name, and is reported with all other audio that is missing.
        u.path, *more = audio.get(name, [name])
        if more:
            problems.add(f"{u.source}: {name} is there more than once, keep one: {', '.join([u.path, *more])}")
    return utterances


def check_counts(utterances: list[Utterance], problems: Problems) -> None:
    """Compare with the 7798 clips of the four emotions, by scenario and emotion."""
    counts.check(utterances, "scenario", EXPECTED, problems)


def _label_file(root: Path) -> Path:
    below = sorted(p for p in root.glob("*/") if not p.name.startswith("."))
    found = {p.resolve(): p for folder in [root, *below] for name in LABEL_FILES if (p := folder / name).is_file()}
    if not found:
        raise tree.wrong_layout(root, LAYOUT)
    if len(found) > 1:
        raise InputError(f"{root}: more than one label file, keep one: {', '.join(map(str, found.values()))}")
    return next(iter(found.values()))


def _audio(root: Path) -> dict[str, list[str]]:
    """Where the clips' audio lies: file name -> paths below `root`, through symbolic links, each folder once."""
    found, seen = defaultdict(list), set()
    for folder, folders, names in os.walk(root, followlinks=True):
        real = os.path.realpath(folder)
        folders[:] = [] if real in seen else sorted(name for name in folders if not name.startswith("."))
        if real not in seen:
            below = Path(folder).relative_to(root)
            for name in names:
                if name.startswith("MSP-IMPROV-") and name.endswith(".wav"):
                    found[name].append((below / name).as_posix())
        seen.add(real)
    return found


def _read_labels(path: Path, root: Path, problems: Problems) -> Iterator[Utterance]:
    for number, line in tree.lines(path):
        clip, _, values = (part.strip() for part in line.partition(";"))
        if not (clip.startswith("UTD-") or clip.endswith(".avi")):
            continue  # a single rater's line
        source = f"{path.relative_to(root).as_posix()}:{number}"
        label = values.partition(";")[0].strip()
        identity = CLIP.fullmatch(clip)
        if not identity:
            problems.add(f"{source}: {tree.shown(clip)} is not a clip's name, like UTD-IMPROV-S01A-F01-P-FM01.avi")
        elif label not in LABELS:
            problems.add(
                f"{source}: unknown label {tree.shown(label)}; the labels of MSP-IMPROV are {', '.join(LABELS)}"
            )
        else:
            yield _utterance(identity, label, source)


def _utterance(identity: re.Match, label: str, source: str) -> Utterance:
    session = f"session{int(identity['pair'])}"
    return Utterance(
        utterance=identity[0].replace("UTD", "MSP").removesuffix(".avi"),
        path="",
        speaker=identity["gender"] + identity["pair"],
        gender=identity["gender"],
        session=session,
        # The turns of a recording are numbered through, so that a dialog is what they are numbered within.
        dialog=f"{session}-{identity['sentence']}-{identity['scenario']}-{identity['recording']}",
        turn=int(identity["turn"]),
        scenario=identity["scenario"],
        raw_label=label,
        emotion=LABELS[label],
        source=source,
    )
