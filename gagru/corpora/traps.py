"""What a corpus has that makes a recogniser look better, or worse, than it is: noted with numbers, and never mended."""

from collections import defaultdict
from pathlib import Path

import numpy as np
import soundfile

from gagru.corpora.duplicates import SAME_AUDIO
from gagru.corpora.left_out import TRAP, LeftOut
from gagru.corpora.utterance import Utterance

# Less digital silence than this share of all samples is not worth a word.
SILENCE = 0.01


def note_traps(utterances: list[Utterance], folder: Path, left_out: LeftOut) -> None:
    """Note what is known to mislead, of the utterances in the task.

    A speaker with a single emotion: a z-score per speaker takes the emotion's mean away with the speaker's. A text that
    is said in one emotion only: what is said tells the emotion. Files with the same audio: a test utterance that was
    trained on, or counted twice. Samples that are exactly 0 at the ends: the way it was recorded or cut, which can
    differ from emotion to emotion.
    """
    task = [u for u in utterances if u.emotion]
    _note_single("speaker", "whose emotion a z-score per speaker erases", task, left_out)
    _note_single("text", "which tells the emotion", task, left_out)
    if same := left_out.values(SAME_AUDIO):
        value = _share(len(same), len(utterances), "utterances")
        left_out.add(f"{TRAP}file with the audio of another", value, same[0], len(same))
    silent, total, first = _count_silence(task, folder)
    if total and silent / total >= SILENCE:
        what = f"{TRAP}sample that is exactly 0 at the beginning or the end of an utterance"
        left_out.add(what, f"{silent / total:.1%} of all samples", first, silent)


def _note_single(kind: str, effect: str, task: list[Utterance], left_out: LeftOut) -> None:
    """Note the speakers or texts with more than one utterance, all of them in the same emotion."""
    found = defaultdict(list)
    for u in task:
        if name := getattr(u, kind):
            found[name].append(u)
    often = [group for group in found.values() if len(group) > 1]
    single = [group for group in often if len({u.emotion for u in group}) == 1]
    if single:
        concerned = sum(map(len, single))
        value = f"{_share(len(single), len(often), f'{kind}s')}, {_share(concerned, len(task), 'utterances')}"
        left_out.add(f"{TRAP}{kind} in a single emotion, {effect}", value, single[0][0].path, len(single))


def _share(count: int, total: int, what: str) -> str:
    return f"{count} of {total} {what}"


def _count_silence(task: list[Utterance], folder: Path) -> tuple[int, int, str]:
    """Samples that are 0 at the ends of utterances, samples in all, and where the first are. Audio that cannot be
    decoded is passed over: extraction says what is wrong with it."""
    silent, total, first = 0, 0, ""
    for u in task:
        try:
            with soundfile.SoundFile(folder / u.path) as file:
                file.seek(round(u.offset * file.samplerate))
                samples = file.read(round(u.duration * file.samplerate), dtype="float32", always_2d=True)
        except (OSError, RuntimeError):  # soundfile's errors are such
            continue
        heard = np.flatnonzero(samples.any(axis=1))
        zeros = len(samples) - (heard[-1] - heard[0] + 1 if len(heard) else 0)
        silent, total, first = silent + int(zeros), total + len(samples), first or (u.path if zeros else "")
    return silent, total, first
