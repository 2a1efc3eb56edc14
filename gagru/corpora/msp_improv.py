"""MSP-IMPROV (Busso et al. 2017, doi:10.1109/TAFFC.2016.2515617), in either of the layouts in use.

```
Evalution.txt  (so spelled)                            Evaluation.txt
session1/S01A/P/MSP-IMPROV-S01A-F01-P-FM01.wav         Audio/session1/S01A/P/MSP-IMPROV-S01A-F01-P-FM01.wav
```
The label file lies at the root or one folder down, under either name; audio is found by its name below the root.

Turns. A name ends in the recording and the number of the turn, and each speaker's turns are numbered from 1: in the
recording FM, F01 says FM01, FM02, ... and so does M01. The corpus gives no times, so the order within a recording is
taken from the names: by number, and of two with one number the first is of whom the recording's name begins with.
`turn` counts in this order: F1, M1, F2, M2 are 1, 2, 3, 4. That is exact where the speakers alternate. Where one says
two things in a row, the numbers drift apart, and what counts as earlier may have been said later.
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
    "the root of MSP-IMPROV is the folder with Evalution.txt or Evaluation.txt in it or one folder down, and with "
    "MSP-IMPROV-*.wav anywhere below it"
)
LABEL_FILES = ("evalution.txt", "evaluation.txt")  # in any case
LABELS = {"A": "anger", "H": "happiness", "S": "sadness", "N": "neutrality", "O": None, "X": None}
# The name of a clip: sentence with its intended emotion, which is not the label; speaker; scenario; recording; turn.
CLIP = re.compile(
    r"UTD-IMPROV-(?P<sentence>S\d\d[AHSN])-(?P<gender>[FM])(?P<pair>0[1-6])"
    r"-(?P<scenario>[PRST])-(?P<recording>[FM]{2})(?P<turn>\d{2,3})\.avi",
    re.ASCII,
)
# The first part of a line that is, or was meant to be, a clip's and no single rater's.
OF_CLIP = re.compile(r"^utd-|\.avi$|improv|S\d\d[AHSN]-[FM]\d\d-", re.IGNORECASE)
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


def read(root: Path, problems: Problems, left_out: LeftOut | None = None) -> list[Utterance]:
    """Every clip of the label file. `InputError` if there is no label file, more than one, or no audio."""
    label_file = _label_file(root)
    below = tree.listing(root)
    audio = defaultdict(list)
    for path in below.files:
        audio[PurePosixPath(path).name.casefold()].append(path)
    if not any(name.startswith("msp-improv-") and name.endswith(".wav") for name in audio):
        raise tree.wrong_layout(root, LAYOUT)
    utterances = list(_read_labels(label_file, root, problems, left_out))
    for u in utterances:
        name = f"{u.utterance}.wav"
        # A missing file keeps its bare name, and is reported with all other audio that is missing.
        u.path, *more = audio.get(name.casefold(), [name])
        if more:
            problems.add(f"{u.source}: {name} is there more than once, keep one: {', '.join([u.path, *more])}")
    if left_out:
        left_out.add_files(below.files, [*(u.path for u in utterances), label_file.relative_to(root).as_posix()])
        left_out.add("hidden file", "", root.name, below.hidden)
    return utterances


def check_counts(utterances: list[Utterance], problems: Problems) -> None:
    """Compare with the 7798 clips of the four emotions, by scenario and emotion."""
    counts.check(utterances, "scenario", EXPECTED, problems)


def _label_file(root: Path) -> Path:
    below = sorted(p for p in root.glob("*/") if not p.name.startswith("."))
    beside = (path for folder in [root, *below] for path in tree.files(folder, ".txt"))
    found = {path.resolve(): path for path in beside if path.name.casefold() in LABEL_FILES}
    if not found:
        raise tree.wrong_layout(root, LAYOUT)
    if len(found) > 1:
        raise InputError(f"{root}: more than one label file, keep one: {', '.join(map(str, found.values()))}")
    return next(iter(found.values()))


def _read_labels(path: Path, root: Path, problems: Problems, left_out: LeftOut | None) -> Iterator[Utterance]:
    repeats = Repeats()
    for number, line in tree.lines(path):
        clip, end, values = (part.strip() for part in line.partition(";"))
        source = f"{path.relative_to(root).as_posix()}:{number}"
        if not OF_CLIP.search(clip):
            if left_out and clip and not end:  # a single rater's line has values
                left_out.add("line of the label file that is none of MSP-IMPROV's", "", source)
            continue
        label = values.partition(";")[0].strip()
        identity = CLIP.fullmatch(clip)
        if not identity:
            repeats.add(source, f"{tree.shown(clip)} is not a clip's name, like UTD-IMPROV-S01A-F01-P-FM01.avi")
        elif label not in LABELS:
            repeats.add(source, f"unknown label {tree.shown(label)}; the labels of MSP-IMPROV are {', '.join(LABELS)}")
        else:
            yield _utterance(identity, label, source)
    repeats.report(problems)


def _utterance(identity: re.Match, label: str, source: str) -> Utterance:
    session = f"session{int(identity['pair'])}"
    return Utterance(
        utterance=identity[0].replace("UTD", "MSP").removesuffix(".avi"),
        path="",
        speaker=identity["gender"] + identity["pair"],
        gender=identity["gender"],
        session=session,
        dialog=f"{session}-{identity['sentence']}-{identity['scenario']}-{identity['recording']}",
        # Of the speakers of a recording, whom its name begins with has the odd places, see above.
        turn=2 * int(identity["turn"]) - (identity["gender"] == identity["recording"][0]),
        scenario=identity["scenario"],
        raw_label=label,
        emotion=LABELS[label],
        source=source,
    )
