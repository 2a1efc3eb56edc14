"""One utterance is there once: no id, no speaker and no audio under two names."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from gagru.corpora.left_out import LeftOut
from gagru.corpora.spelling import check_names
from gagru.corpora.utterance import Utterance
from gagru.task.errors import Problems

# Most files of one size differ in their first two seconds, so that few are read to the end.
BEGINNING = 1 << 16  # bytes
# Segments that share this much of the longer are the same audio; times are rounded differently from list to list.
SAME = 0.9
SAME_AUDIO = "file with the audio of another, both kept"


def check_unique(utterances: list[Utterance], folder: Path, problems: Problems, left_out: LeftOut) -> None:
    """An utterance has one id, one label, one speaker by one name, and no other utterance's audio.

    Files of the same content count as one file. Of one speaker with one label they are both kept, and noted.
    """
    ids: dict[str, Utterance] = {}
    for u in utterances:
        if (first := ids.setdefault(u.utterance, u)) is not u:
            problems.add(f"{place(u)}: utterance {u.utterance} is already at {place(first)}; remove or rename one")
    for kind in ("speaker", "session", "dialog"):
        check_names(kind, ((name, place(u)) for u in utterances if (name := getattr(u, kind))), problems)
    content = same_content((u.path for u in utterances), folder)
    for first, u in _same_audio(list(ids.values()), content):
        if u.path == first.path:
            problems.add(f"{place(u)}: the audio of {u.utterance} is already that of {place(first)}; remove one")
        elif different := [
            f"{what} {one} and {other}"
            for what, one, other in (
                ("speaker", first.speaker, u.speaker),
                ("label", first.raw_label, u.raw_label),
            )
            if one != other and (what == "speaker" or first.emotion != u.emotion)
        ]:
            problems.add(
                f"{place(u)}: holds the same audio as {place(first)}, with {' and '.join(different)}; keep the one "
                "that is right, and take the other out"
            )
        else:
            left_out.add(SAME_AUDIO, u.path, first.path)


def place(u: Utterance) -> str:
    """The utterance's audio and the line of its label, as messages name it."""
    return f"{u.path} ({u.source})" if u.source else u.path


def same_content(paths: Iterable[str], folder: Path) -> dict[str, str]:
    """Each path -> the first of the paths whose file has the same content. Reads only files of equal size."""
    found = {path: path for path in dict.fromkeys(paths)}

    def size(path):
        return os.stat(folder / path).st_size

    for of_size in _groups(found, size):
        for alike in _groups(of_size, lambda path: _digest(folder / path, BEGINNING)):
            for same in _groups(alike, lambda path: _digest(folder / path)):
                found.update(dict.fromkeys(same, same[0]))
    return found


def _groups(paths: Iterable[str], key: Callable[[str], object]) -> list[list[str]]:
    """Those paths that share a key with another. What cannot be read shares none; the index says so elsewhere."""
    groups = defaultdict(list)
    for path in paths:
        try:
            groups[key(path)].append(path)
        except OSError:
            continue
    return [group for group in groups.values() if len(group) > 1]


def _digest(path: Path, size: int = -1) -> bytes:
    with path.open("rb") as file:
        return hashlib.sha256(file.read(size)).digest()


def _same_audio(utterances: list[Utterance], content: dict[str, str]) -> Iterator[tuple[Utterance, Utterance]]:
    """Every utterance whose audio is an earlier one's, after that one; not those whose duration is unknown."""
    by_file = defaultdict(list)
    for i, u in enumerate(utterances):
        if u.duration is not None:
            by_file[content[u.path]].append((u.offset, i))
    for segments in by_file.values():
        going_on: list[Utterance] = []
        for offset, i in sorted(segments):
            u = utterances[i]
            going_on = [other for other in going_on if other.offset + other.duration > offset]
            for other in going_on:
                shared = min(other.offset + other.duration, u.offset + u.duration) - offset
                heard_together = None in (u.channel, other.channel) or u.channel == other.channel
                if heard_together and shared >= SAME * max(u.duration, other.duration):
                    yield other, u
                    break
            going_on.append(u)
