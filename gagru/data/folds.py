"""Leave one speaker out: the utterance table -> frozen folds.

A fold is named by the speaker it tests. Which utterances stop the training early is left open by the paper, so it is
the option `validation` of a corpus (see `VALIDATION`). `check_folds` checks the rules that every fold must keep.
"""

import csv
import io
import random

from gagru.storage.files import write_text
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError, Problems

ROLES = ("train", "validation", "test")
COLUMNS = ("fold", "utterance", "role")
VALIDATION = {
    "partner": "the test speaker's partner in the session validates and is not trained on",
    "rotate": "the next speaker in order validates and is not trained on",
    "random": "a stratified share of the training speakers' utterances validates",
    "oracle": "the test utterances validate too, with them the session's under `speaker_rule: dialog`: only to measure "
    "what that would gain",
}


def partner(speaker: str, sessions: dict[str, str | None]) -> str:
    """The other speaker of `speaker`'s session.

    Parameters
    ----------
    sessions : every speaker -> its session

    Raises `InputError` where the session does not have exactly two speakers.
    """
    others = [other for other, session in sessions.items() if session == sessions[speaker] and other != speaker]
    if sessions[speaker] is None or len(others) != 1:
        raise InputError(
            f"validation 'partner' needs sessions of exactly two speakers, but speaker {speaker} has "
            f"{len(others) if sessions[speaker] else 'no session and 0'} partners: use 'rotate' or 'random'"
        )
    return others[0]


def validation_speaker(speaker: str, sessions: dict[str, str | None], validation: str) -> str | None:
    """The speaker who validates in the fold that tests `speaker`, or None where no single speaker does."""
    if validation == "partner":
        return partner(speaker, sessions)
    if validation == "rotate":
        names = list(sessions)
        return names[(names.index(speaker) + 1) % len(names)]
    return None


def check_protocol(corpus: str, sessions: dict[str, str | None], validation: str) -> None:
    """Raise `InputError` where the speakers of `corpus` cannot be divided as `validation` says.

    Needs no audio and no labels, so the workflow asks before anything runs.
    """
    needed = 3 if validation in ("partner", "rotate") else 2
    if len(sessions) < needed:
        raise InputError(
            f"corpora.{corpus}: {len(sessions)} speakers leave a fold with nothing to train on: "
            f"validation '{validation}' needs at least {needed}"
        )
    for speaker in sessions:
        try:
            validation_speaker(speaker, sessions, validation)
        except InputError as error:
            raise InputError(f"corpora.{corpus}: {error}") from error


def stratified_share(utterances: list[tuple[str, str]], share: float, seed: str) -> set[str]:
    """Draw `share` of the (utterance, emotion) pairs of each emotion, rounded, at least one and never all of them."""
    generator = random.Random(seed)
    drawn = set()
    for emotion in EMOTIONS:
        names = sorted(utterance for utterance, label in utterances if label == emotion)
        count = min(max(1, round(share * len(names))), len(names) - 1)
        drawn.update(generator.sample(names, max(count, 0)))
    return drawn


def make_folds(
    rows: list[dict],
    sessions: dict[str, str | None],
    validation: str,
    share: float,
    seed: int,
    hold_out_session: bool = False,
) -> list[tuple[str, str, str]]:
    """One fold a speaker: (fold, utterance, role), ordered by speaker, role and utterance.

    Parameters
    ----------
    rows : the utterance table as dictionaries with `utterance`, `speaker`, `emotion`; rows outside the task are ignored
    sessions : every speaker, in the corpus's order -> its session
    validation : a key of `VALIDATION`
    share, seed : for `random`, the share of the training speakers' utterances, and what seeds the draw
    hold_out_session : whether under `oracle` the whole session validates, as in the public code of the paper's
        laboratory; for `speaker_rule: dialog`, where the names of a session stand for the same persons
    """
    task = sorted((row["utterance"], row["speaker"], row["emotion"]) for row in rows if row["emotion"] is not None)
    folds = []
    for speaker in sessions:
        other = validation_speaker(speaker, sessions, validation)
        roles = {"test": {u for u, s, _ in task if s == speaker}}
        trainable = [(u, e) for u, s, e in task if s not in (speaker, other)]
        if validation == "random":
            roles["validation"] = stratified_share(trainable, share, f"{seed}/{speaker}")
        elif validation == "oracle":
            session = sessions[speaker] if hold_out_session else None
            held = {s for s in sessions if s == speaker or (session and sessions[s] == session)}
            roles["validation"] = {u for u, s, _ in task if s in held}
        else:
            roles["validation"] = {u for u, s, _ in task if s == other}
        roles["train"] = {u for u, _ in trainable} - roles["validation"]
        folds += [(speaker, utterance, role) for role in ROLES for utterance in sorted(roles[role])]
    check_folds(folds, rows, validation)
    return folds


def check_folds(folds: list[tuple[str, str, str]], rows: list[dict], validation: str) -> None:
    """Raise `InputError` listing every rule of the protocol that `folds` breaks.

    The rules: every utterance of the task is tested exactly once, by its own speaker's fold; no utterance of the test
    speaker is trained on, nor validated on except under `oracle`; training and validation share no utterance, and no
    speaker except under `random`; every part of a fold has utterances, and all four emotions are trained on. An
    utterance outside the task is in no fold.
    """
    speaker = {row["utterance"]: row["speaker"] for row in rows if row["emotion"] is not None}
    if strangers := sorted({utterance for _, utterance, _ in folds} - speaker.keys()):
        raise InputError(f"The folds break the protocol: {', '.join(strangers)} outside the four emotions or unknown")
    emotion = {row["utterance"]: row["emotion"] for row in rows}
    parts: dict[str, dict[str, list[str]]] = {}
    for fold, utterance, role in folds:
        parts.setdefault(fold, {name: [] for name in ROLES})[role].append(utterance)
    problems = Problems("The folds break the protocol")
    tested = sorted(utterance for roles in parts.values() for utterance in roles["test"])
    if not tested or tested != sorted(speaker):
        problems.add("not every utterance of the task is tested exactly once")
    for fold, roles in parts.items():
        speakers = {role: {speaker[u] for u in utterances} for role, utterances in roles.items()}
        for role in ROLES:
            if not roles[role]:
                problems.add(f"fold {fold}: no {role} utterance; {_remedy_for_empty(role, validation)}")
        if speakers["test"] != {fold}:
            problems.add(f"fold {fold}: tests speakers {', '.join(sorted(speakers['test']))}")
        if fold in speakers["train"] or (fold in speakers["validation"]) != (validation == "oracle"):
            problems.add(f"fold {fold}: utterances of the test speaker are in a part where '{validation}' has none")
        if set(roles["train"]) & set(roles["validation"]):
            problems.add(f"fold {fold}: an utterance is both trained on and validated on")
        if validation != "random" and speakers["train"] & speakers["validation"]:
            problems.add(f"fold {fold}: a speaker is both trained on and validated on")
        missing = [name for name in EMOTIONS if name not in {emotion[u] for u in roles["train"]}]
        if roles["train"] and missing:
            problems.add(
                f"fold {fold}: no {', '.join(missing)} to train on; {_remedy_for_missing(missing, fold, rows)}"
            )
    problems.raise_if_any()


def _remedy_for_empty(role: str, validation: str) -> str:
    """What to do about a fold without an utterance to train on or to validate on."""
    if role == "train":
        return "add speakers, or set `validation: random`"
    if validation == "random":
        return "add utterances: `random` can hold out one of two of an emotion, and not the only one"
    return "add utterances of the speaker who validates"


def _remedy_for_missing(emotions: list[str], fold: str, rows: list[dict]) -> str:
    """What to do about emotions that are not trained on: they are the test speaker's alone, or go to the validation."""
    heard = {emotion: {row["speaker"] for row in rows if row["emotion"] == emotion} - {fold} for emotion in emotions}
    if nobodys := [emotion for emotion in emotions if not heard[emotion]]:
        return f"nobody but {fold} has {', '.join(nobodys)}: add utterances of other speakers"
    holders = ", ".join(sorted(set().union(*heard.values())))
    return (
        f"of the others only {holders} has such utterances, and validates here: set `validation: random`, or add "
        "utterances of other speakers"
    )


def is_whole(fold: str, roles: dict[str, list[str]], speakers: dict[str, str]) -> bool:
    """Whether each utterance of the task has one role in `fold`, the test speaker's that of test.

    Under `oracle` the tested ones validate, too.

    Parameters
    ----------
    roles : role -> utterances, as `read_folds` gives for the fold
    speakers : every utterance of the task -> its speaker
    """
    test, held = sorted(roles["test"]), sorted(roles["validation"])
    if not set(held).isdisjoint(test):  # `oracle`
        if not set(held).issuperset(test):
            return False
        held = [utterance for utterance in held if speakers.get(utterance) != fold]
    return test == sorted(u for u, speaker in speakers.items() if speaker == fold) and sorted(
        [*roles["train"], *held, *test]
    ) == sorted(speakers)


def write_folds(path, folds: list[tuple[str, str, str]]) -> None:
    """Write `folds.csv`: fold, utterance, role."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(folds)
    write_text(path, text.getvalue())


def read_folds(path) -> dict[str, dict[str, list[str]]]:
    """Read `folds.csv`: fold -> role -> utterances. Raises `InputError` where it is not such a file."""
    folds: dict[str, dict[str, list[str]]] = {}
    try:
        with open(path, encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            if tuple(next(reader, ())) != COLUMNS:
                raise ValueError("wrong columns")
            for row in reader:
                if len(row) != len(COLUMNS):
                    raise ValueError(f"line {reader.line_num} is cut off")
                fold, utterance, role = row
                folds.setdefault(fold, {name: [] for name in ROLES})[role].append(utterance)
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file; run snakemake again") from error
    except (OSError, ValueError, KeyError, csv.Error) as error:
        raise InputError(f"{path}: not a readable folds file ({error}); delete it and run snakemake again") from error
    return folds
