"""Any corpus whose file names say who speaks, and with what emotion.

A regular expression (https://docs.python.org/3/library/re.html#regular-expression-syntax) with named groups says where:
`speaker` and `emotion`, and optionally `text`, `session` and `gender`. It matches the end of a file's path, without the
suffix: `anna/anger_01.wav` is matched by `(?P<speaker>[a-z]+)/(?P<emotion>[a-z]+)_(?P<text>[0-9]+)`. What it matches is
the name of the utterance. A table says what the codes for emotions mean.

Corpora that many people have are presets: a module each, such as `ravdess`, that holds a `FileNames` and offers its
functions as a reader does. Here they are those of a corpus that the configuration describes, see `configure`.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from gagru.corpora import counts, tree
from gagru.corpora.left_out import LeftOut, is_audio
from gagru.corpora.repeats import Repeats
from gagru.corpora.utterance import SPEAKER, SPEAKER_RULE, Utterance, name_utterance
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError, Problems

NEEDED, OTHERS = ("speaker", "emotion"), ("text", "session", "gender")
OUTSIDE = "other"  # what the configuration calls all emotions but the four
# Words for gender in names, folded.
GENDERS = {**dict.fromkeys(("f", "female", "w", "woman"), "F"), **dict.fromkeys(("m", "male", "man"), "M")}


@dataclass(frozen=True)
class FileNames:
    """How the file names of a corpus are to be read; its methods are those of a reader.

    Attributes
    ----------
    corpus : its name, for messages; None for one that the configuration describes
    like : what its files are like, for messages
    pattern : regular expression, see above
    emotions : code -> emotion of the four, None for one outside
    folder : below the root, what holds the audio
    speakers : all of them, in order, where that is known -> gender or None
    speaker_codes : code -> speaker, where they differ
    beside : regular expression of names that are no part of the corpus as it is read here
    silent : utterances that hold no speech, as the corpus's documentation says
    counts : emotion -> utterances in the whole corpus, where that is known
    """

    corpus: str | None
    like: str
    pattern: str
    emotions: Mapping[str, str | None]
    folder: str = ""
    speakers: Mapping[str, str | None] = field(default_factory=dict)
    speaker_codes: Mapping[str, str] = field(default_factory=dict)
    beside: str | None = None
    silent: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)

    def sessions(self, root: Path) -> dict[str, str | None]:
        """The speakers and their sessions: those that are known, whatever is at `root`, or else those that are found.

        Raises `InputError` where they have to be found, and there is no audio.
        """
        if self.speakers:
            return dict.fromkeys(self.speakers)
        found = defaultdict(set)
        for u in self.read(root, Problems("")):
            if u.emotion:
                found[u.speaker].add(u.session)
        return {speaker: names.pop() if len(names) == 1 else None for speaker, names in sorted(found.items())}

    def read(self, root: Path, problems: Problems, left_out: LeftOut | None = None) -> list[Utterance]:
        """An utterance for every audio file. `InputError` if there is none."""
        folder = tree.folder(root, self.folder) if self.folder else root
        below = tree.listing(folder)
        names = [str(PurePosixPath(folder.name if self.folder else "", name)) for name in below.files]
        audio = [name for name in names if is_audio(name)]
        utterances, wrong, silent = [], Repeats(), []
        for name, identity in self._identify(audio):
            if problem := self._wrong(identity):
                wrong.add(name, problem)
            elif identity:
                u = self._utterance(name, identity)
                (silent if u.utterance in self.silent else utterances).append(u)
        if not utterances and not wrong.found:
            raise tree.wrong_layout(root, self._layout())
        wrong.report(problems, "files")
        if left_out:
            left_out.add_files(names, [u.path for u in utterances + silent])
            for u in silent:
                left_out.add("recording without speech, as the corpus's documentation says", u.raw_label, u.path)
            left_out.add("hidden file", "", self.folder or root.name, below.hidden)
        return utterances

    def check_counts(self, utterances: list[Utterance], problems: Problems) -> None:
        """Compare with the counts of the whole corpus, where they are known."""
        if self.counts:
            counts.check(utterances, None, {None: self.counts}, problems)

    def _layout(self) -> str:
        whose = f"the root of {self.corpus}" if self.corpus else "its root"
        return f"{whose} is a folder that holds audio files {self.like} in it or below"

    def _identify(self, audio: list[str]) -> Iterator[tuple[str, re.Match | None]]:
        """The files that are not known to be no part of the corpus, each with what its name matches."""
        pattern = re.compile(self.pattern)
        beside = re.compile(self.beside) if self.beside else None
        for name in audio:
            path = unicodedata.normalize("NFC", str(PurePosixPath(name).with_suffix("")))
            if not (beside and beside.fullmatch(PurePosixPath(path).name)):
                starts = [0, *(found.end() for found in re.finditer("/", path))]
                matches = (pattern.fullmatch(path, start) for start in reversed(starts))
                yield name, next(filter(None, matches), None)

    def _wrong(self, identity: re.Match | None) -> str | None:
        """What is wrong with a file's name."""
        if not identity:
            whose = f"a name of {self.corpus}, which are {self.like}" if self.corpus else f"a name {self.like}"
            remedy = "remove or rename the file" if self.corpus else "correct the pattern, or rename or remove the file"
            return f"not {whose}; {remedy}"
        label, speaker = identity["emotion"], self._speaker(identity)
        if label not in self.emotions:
            what = f"unknown label {label!r}; the labels are {', '.join(self.emotions)}"
            if not self.corpus:
                what += f". List it under `filenames.emotions`, as `{OUTSIDE}` if it is none of the four"
        elif not SPEAKER.fullmatch(speaker or ""):
            what = f"speaker {tree.shown(speaker or '')} {SPEAKER_RULE}; change the name or the pattern"
        elif (gender := identity.groupdict().get("gender")) and gender.casefold() not in GENDERS:
            what = f"gender {tree.shown(gender)} is none of {', '.join(GENDERS)}; change the name or the pattern"
        else:
            return None
        return what

    def _speaker(self, identity: re.Match) -> str | None:
        return self.speaker_codes.get(identity["speaker"], identity["speaker"])

    def _utterance(self, path: str, identity: re.Match) -> Utterance:
        found, speaker = identity.groupdict(), self._speaker(identity)
        gender = self.speakers.get(speaker)
        if not gender and found.get("gender"):
            gender = GENDERS[found["gender"].casefold()]
        return Utterance(
            utterance=name_utterance(identity[0]),
            path=path,
            speaker=speaker,
            gender=gender,
            session=found.get("session") or None,
            text=found.get("text") or None,
            raw_label=identity["emotion"],
            emotion=self.emotions[identity["emotion"]],
        )


def configure(options: Mapping) -> FileNames:
    """The reader of a corpus that the configuration describes.

    options : `pattern`, and `emotions`, see `read_codes`

    Raises `InputError` where the pattern is no regular expression, or has not the groups.
    """
    pattern = options.get("pattern")
    if not pattern:
        raise InputError("`filenames.pattern` says where the names hold speaker and emotion; give it")
    try:
        groups = re.compile(pattern).groupindex
    except re.error as error:
        raise InputError(f"`filenames.pattern` {pattern!r} is no regular expression ({error}); correct it") from error
    if missing := [f"(?P<{name}>...)" for name in NEEDED if name not in groups]:
        raise InputError(f"`filenames.pattern` {pattern!r} has no group {' and no group '.join(missing)}; add it")
    if unknown := [name for name in groups if name not in NEEDED + OTHERS]:
        known = ", ".join(NEEDED + OTHERS)
        raise InputError(f"`filenames.pattern` has a group {unknown[0]!r} that is not read; the groups are {known}")
    emotions = read_codes("filenames", options.get("emotions"))
    return FileNames(None, f"that `filenames.pattern` matches, {pattern}", pattern, emotions)


def read_codes(reader: str, codes: Mapping[str, list[str]] | None) -> dict[str, str | None]:
    """Code -> emotion of the four, or None for one outside.

    codes : the four, and `other`, each with its codes; None for the four as they are spelled

    Raises `InputError`, in which `reader` is the key of the configuration, where one of the four has no code, or a code
    means two things.
    """
    emotions: dict[str, str | None] = {}
    for emotion, ways in (codes or {emotion: [emotion] for emotion in EMOTIONS}).items():
        for code in ways:
            if code in emotions:
                raise InputError(f"`{reader}.emotions` gives the code {code!r} twice; keep it in one list")
            emotions[code] = None if emotion == OUTSIDE else emotion
    if missing := [emotion for emotion in EMOTIONS if emotion not in emotions.values()]:
        raise InputError(f"`{reader}.emotions` has no code for {' and '.join(missing)}; the task needs all four")
    return emotions


def check_counts(utterances: list[Utterance], problems: Problems) -> None:
    """Nothing to compare with: the names say themselves what there is."""
