"""The utterance table of a corpus: what its label files say and what its audio headers say, checked together."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pyarrow as pa

from gagru.corpora import audio, counts, registry
from gagru.corpora.table import CHANNEL, INDEX_SCHEMA
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

    Returns
    -------
    Table of `INDEX_SCHEMA`, and of `CHANNEL` where one was chosen; a row an utterance (those outside the task have a
    null emotion), sorted by utterance.

    Raises
    ------
    InputError : lists everything that is wrong, with file and line
    """
    module = registry.reader(reader)
    problems = Problems(f"{reader} corpus at {root}")
    utterances = sorted(module.read(root, problems), key=lambda u: u.utterance)
    _read_headers(utterances, audio.folder(root), problems)
    _check_unique(utterances, problems)
    if expected_counts is True:
        module.check_counts(utterances, problems)
    elif expected_counts:
        counts.check(utterances, "speaker", expected_counts, problems)
    utterances = _select(utterances, module, part, speaker_rule)
    _check_speakers(utterances, speakers, problems)
    problems.raise_if_any()
    return _as_table(utterances)


def index_speaker(
    reader: str, root: Path, speaker: str, part: str = registry.ALL, speaker_rule: str = registry.ACTOR
) -> pa.Table:
    """The rows that `build_index` makes of one speaker, from this speaker's audio alone.

    What is wrong with other utterances and with label files is left to `build_index`, which lists it all. Raises
    `InputError` that lists what is wrong with the speaker's audio, and where the speaker has no utterance.
    """
    module = registry.reader(reader)
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
                problems.add(f"{_place(u)}: {error}")
        if found := headers[u.path]:
            u.sample_rate = found.rate
            _check_extent(u, found.frames / found.rate, problems)
            if u.channel and u.channel > found.channels:
                there = f"{found.channels} channels" if found.channels > 1 else "one channel"
                problems.add(f"{_place(u)}: has {there}, and no channel {u.channel}; correct `channel`")


def _check_extent(u: Utterance, length: float, problems: Problems) -> None:
    """Set the duration, given the length of the file (s); the segment must lie in the file and be long enough."""
    end = length if u.duration is None else u.offset + u.duration
    if u.offset >= length or end > length + ROUNDING:
        problems.add(
            f"{_place(u)}: the segment from {u.offset:g} s to {end:g} s is not within the file, which is {length:g} s "
            "long; correct `offset` and `duration`"
        )
        return
    if u.duration is None or end > length:
        u.duration = length - u.offset
    if u.emotion and u.duration <= TOO_SHORT:
        problems.add(
            f"{_place(u)}: lasts {1000 * u.duration:g} ms, and has to last more than {1000 * TOO_SHORT:g} ms for "
            "openSMILE to describe it; take it out, or give it a label outside the four emotions"
        )


def _check_unique(utterances: list[Utterance], problems: Problems) -> None:
    """An utterance has one id, one label and one speaker, and no other utterance's audio."""
    ids: dict[str, Utterance] = {}
    audios: dict[tuple, dict[int | None, Utterance]] = {}
    for u in utterances:
        first = ids.setdefault(u.utterance, u)
        same_audio = _same_audio(u, audios.setdefault((u.path, u.offset, u.duration), {}))
        if first is not u:
            problems.add(f"{_place(u)}: utterance {u.utterance} is already at {_place(first)}; remove or rename one")
        elif same_audio is not u:
            problems.add(f"{_place(u)}: the audio of {u.utterance} is already that of {_place(same_audio)}; remove one")


def _same_audio(u: Utterance, channels: dict[int | None, Utterance]) -> Utterance:
    """The first of the utterances by `channels` that has audio of `u`, which is added. A mean has all channels."""
    common = {u.channel, None} if u.channel else set(channels)
    first = next((other for channel, other in channels.items() if channel in common), u)
    channels.setdefault(u.channel, u)
    return first


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


def _place(u: Utterance) -> str:
    return f"{u.path} ({u.source})" if u.source else u.path
