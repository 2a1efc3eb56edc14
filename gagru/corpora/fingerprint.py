"""Has a corpus changed? Told from its labels, and from sizes and times of its audio files, which are not opened.

Imported by the Snakefile, so nothing here needs more than the standard library.
"""

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from gagru.corpora.registry import ACTOR, reader
from gagru.corpora.utterance import Utterance
from gagru.task.errors import InputError, Problems


class Fingerprint(NamedTuple):
    """Digests of what a corpus holds. They change with it, and are the same again when it is.

    whole : of all of it, and of what is wrong with its label files
    speakers : of each speaker's utterances: the rule that says who the speaker is -> speaker -> digest
    unreadable : why the reader cannot read it at all; empty where it can
    """

    whole: str
    speakers: dict[str, dict[str, str]]
    unreadable: str


def take_fingerprint(name: str, root: Path, options: str = "") -> Fingerprint:
    """The fingerprint of the corpus at `root`, which the reader called `name` reads, with its options.

    It covers every utterance as the label files describe it, and size and time of change (ns) of its audio file. Audio
    without a label is no part of it.
    """
    module, problems = reader(name, options), Problems(str(root))
    rules = {ACTOR: lambda utterance: utterance.speaker, **getattr(module, "SPEAKER_RULES", {})}
    try:
        utterances = sorted(module.read(root, problems), key=lambda u: (u.utterance, u.path))
    except InputError as error:  # which the index will report
        return Fingerprint(_digest([str(error)]), {rule: {} for rule in rules}, str(error))
    folder = root.parent if root.is_file() else root
    audio = {path: _describe_file(os.path.join(folder, path)) for path in {u.path for u in utterances}}
    lines = {rule: defaultdict(list) for rule in rules}
    for u in utterances:
        line = f"{_describe(u)} {audio[u.path]}"
        for rule, speaker in rules.items():
            lines[rule][speaker(u)].append(line)
    speakers = {rule: {name: _digest(of[name]) for name in sorted(of)} for rule, of in lines.items()}
    return Fingerprint(_digest([*map(" ".join, speakers[ACTOR].items()), *problems.found]), speakers, "")


def _describe(u: Utterance) -> str:
    """All that a reader says of an utterance, but where it says so: a line more in a label file moves the others."""
    return repr([value for name, value in vars(u).items() if name != "source"])


def _describe_file(path: str) -> str:
    try:
        found = os.stat(path)
    except OSError as error:
        return str(error.strerror)
    return f"{found.st_size} {found.st_mtime_ns}"


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode(errors="surrogateescape")).hexdigest()[:16]
