"""The utterance table of a corpus: what its label files say and what its audio headers say, checked together."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pyarrow as pa

from gagru.corpora import audio, counts, registry
from gagru.corpora.duplicates import check_unique, place
from gagru.corpora.left_out import LeftOut
from gagru.corpora.table import CHANNEL, INDEX_SCHEMA
from gagru.corpora.traps import note_traps
from gagru.corpora.utterance import Utterance
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError, Problems

# openSMILE makes a single row of NaN of audio of up to 30 ms.
TOO_SHORT = 0.03
# Manifests give times rounded to 1 ms; an end that lies beyond the file by no more is the file's end.
ROUNDING = 0.001


def build_index(
    reader: str,
    root: Path,
    speakers: list[str],
    expected_counts: bool | Mapping[str, Mapping[str, int]] = True,
    part: str = registry.ALL,
    speaker_rule: str = registry.ACTOR,
    left_out: LeftOut | None = None,
    options: str = "",
) -> pa.Table:
    """Read a corpus and its audio headers, and check everything that can be checked without decoding audio.

    Parameters
    ----------
    reader : name of the reader, see `gagru.corpora.registry`
    root : the corpus's folder, or the manifest
    speakers : the speakers that the workflow was told of: exactly those with an utterance of the four emotions
    expected_counts : whether to compare with the counts of the published corpus, or other counts to compare with,
        speaker -> emotion -> number of utterances
    part : `all`, or what the reader's `PARTS` name; all of the corpus is read and checked, and this much kept
    speaker_rule : `actor`, or a key of the reader's `SPEAKER_RULES`
    left_out : counts what the corpus holds beside, and what misleads in it, where that is wanted
    options : of the reader, see `gagru.corpora.registry.reader`

    Returns
    -------
    Table of `INDEX_SCHEMA`, and of `CHANNEL` where one was chosen; a row an utterance (those outside the task have a
    null emotion), sorted by utterance.

    Raises
    ------
    InputError : lists everything that is wrong, with file and line
    """
    module = registry.reader(reader, options)
    problems = Problems(f"{reader} corpus at {root}")
    utterances = sorted(module.read(root, problems, left_out), key=lambda u: u.utterance)
    _read_headers(utterances, audio.folder(root), problems)
    check_unique(utterances, audio.folder(root), problems, left_out)
    if expected_counts is True:
        module.check_counts(utterances, problems)
    elif expected_counts:
        counts.check(utterances, "speaker", expected_counts, problems)
    if not problems.found:  # or else what is wrong may be why an emotion is missing
        _check_emotions(utterances, problems)
    kept = _select(utterances, module, part, speaker_rule)
    _check_speakers(kept, speakers, problems)
    problems.raise_if_any()
    if left_out:
        for u in utterances:
            if not (part == registry.ALL or u.scenario in module.PARTS[part]):
                left_out.add(f"utterance outside the part {part}", u.scenario, u.source or u.path)
            elif not u.emotion:
                left_out.add("utterance with a label outside the four emotions", u.raw_label, u.source or u.path)
        note_traps(kept, audio.folder(root), left_out)
    return _as_table(kept)


def index_speaker(
    reader: str,
    root: Path,
    speaker: str,
    part: str = registry.ALL,
    speaker_rule: str = registry.ACTOR,
    options: str = "",
) -> pa.Table:
    """The rows that `build_index` makes of one speaker, from this speaker's audio alone.

    What is wrong with other utterances and with label files is left to `build_index`, which lists it all. Raises
    `InputError` that lists what is wrong with the speaker's audio, and where the speaker has no utterance.
    """
    module = registry.reader(reader, options)
    utterances = sorted(module.read(root, Problems("")), key=lambda u: u.utterance)
    own = [u for u in _select(utterances, module, part, speaker_rule) if u.speaker == speaker]
    if not own:
        raise InputError(f"{root}: speaker {speaker} has no utterances; correct the corpus's `speakers:`")
    problems = Problems(f"{reader} corpus at {root}, speaker {speaker}")
    _read_headers(own, audio.folder(root), problems)
    problems.raise_if_any()
    return _as_table(own)


def describe(table: pa.Table) -> str:
    """One line for people: utterances, speakers and emotions of an index."""
    emotions = Counter(table["emotion"].to_pylist())
    in_task = table.num_rows - emotions[None]
    numbers = ", ".join(f"{emotions[emotion]} {emotion}" for emotion in EMOTIONS)
    speakers = len(set(table["speaker"].to_pylist()))
    return f"{table.num_rows} utterances of {speakers} speakers, {in_task} in the task ({numbers})"


def _select(utterances: list[Utterance], module: ModuleType, part: str, speaker_rule: str) -> list[Utterance]:
    """The utterances of the part, with their speakers by the rule."""
    if part != registry.ALL:
        utterances = [u for u in utterances if u.scenario in module.PARTS[part]]
    if speaker_rule != registry.ACTOR:
        for u in utterances:
            u.speaker = module.SPEAKER_RULES[speaker_rule](u)
    return utterances


def _as_table(utterances: list[Utterance]) -> pa.Table:
    schema = INDEX_SCHEMA.append(CHANNEL) if any(u.channel for u in utterances) else INDEX_SCHEMA
    return pa.table({name: [getattr(u, name) for u in utterances] for name in schema.names}, schema=schema)


def _read_headers(utterances: list[Utterance], folder: Path, problems: Problems) -> None:
    """Fill in what the audio headers say. Each file is opened once, and reported once if there is something wrong."""
    headers: dict[str, audio.Header | None] = {}
    for u in utterances:
        if u.path not in headers:
            try:
                headers[u.path] = audio.header(folder / u.path)
            except InputError as error:
                headers[u.path] = None
                problems.add(f"{place(u)}: {error}")
        if found := headers[u.path]:
            u.sample_rate = found.rate
            _check_extent(u, found.frames / found.rate, problems)
            if u.channel and u.channel > found.channels:
                there = f"{found.channels} channels" if found.channels > 1 else "one channel"
                problems.add(f"{place(u)}: has {there}, and no channel {u.channel}; correct `channel`")


def _check_extent(u: Utterance, length: float, problems: Problems) -> None:
    """Set the duration, given the length of the file (s); the segment must lie in the file and be long enough."""
    end = length if u.duration is None else u.offset + u.duration
    if u.offset >= length or end > length + ROUNDING:
        problems.add(
            f"{place(u)}: the segment from {u.offset:g} s to {end:g} s is not within the file, which is {length:g} s "
            "long; correct `offset` and `duration`"
        )
        return
    if u.duration is None or end > length:
        u.duration = length - u.offset
    if u.emotion and u.duration <= TOO_SHORT:
        problems.add(
            f"{place(u)}: lasts {1000 * u.duration:g} ms, and has to last more than {1000 * TOO_SHORT:g} ms for "
            "openSMILE to describe it; take it out, or give it a label outside the four emotions"
        )


def _check_emotions(utterances: list[Utterance], problems: Problems) -> None:
    if missing := [emotion for emotion in EMOTIONS if all(u.emotion != emotion for u in utterances)]:
        labels = Counter(u.raw_label for u in utterances)
        problems.add(
            f"no utterance has the emotion {' or '.join(missing)}. The task is to tell {', '.join(EMOTIONS)} apart, "
            "and a corpus needs utterances of all four; there is no setting for fewer. "
            f"Its labels: {', '.join(f'{label} ({count})' for label, count in labels.most_common(12))}"
        )


def _check_speakers(utterances: list[Utterance], speakers: list[str], problems: Problems) -> None:
    found = {u.speaker for u in utterances if u.emotion}
    differences = {
        "without an utterance of the four emotions": sorted(set(speakers) - found),
        "in the corpus but not configured": sorted(found - set(speakers)),
        "configured more than once": sorted(name for name, n in Counter(speakers).items() if n > 1),
    }
    named = [f"{what}: {', '.join(names)}" for what, names in differences.items() if names]
    if named:
        problems.add(f"speakers {'; speakers '.join(named)}. Complete the copy, or correct the corpus's `speakers:`")
