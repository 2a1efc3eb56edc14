"""The demo corpora's files, in the layouts and with the oddities of IEMOCAP and MSP-IMPROV.

Formats as in the corpora's releases: label files with single raters' lines, labels outside the task, transcripts with
turns that have no audio, macOS's `._*` files, letters in dialog names and two sample rates. Nothing but the format is
theirs.
"""

import io
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from gagru.demo.plan import LABELS, SESSIONS, Recording, Turn, deal, known
from gagru.demo.speech_synthesis import Synthesiser, Voice, draw_prosody
from gagru.storage.files import whole
from gagru.task.errors import InputError

README = """This corpus is synthetic. Nobody speaks in it.

It was made with the speech synthesiser espeak-ng to show that the workflow runs, in the folder layout of {corpus}.
It holds no data of {corpus}, and results on it say nothing about emotion in human speech.
"""

VOICES = {
    "Ses01F": Voice("en-us+f2", 0, 184),
    "Ses01M": Voice("en-us+m3", 0, 192),
    "Ses02F": Voice("en-us+f4", 2, 196),
    "Ses02M": Voice("en-us+m7", -1, 180),
    "F01": Voice("en-us+f3", 0, 192),
    "M01": Voice("en-us+m1", 2, 186),
    "F02": Voice("en-us+f1", -1, 180),
    "M02": Voice("en-us+m2", -2, 196),
}

# What is heard behind the labels outside the task.
EXPRESSED = {
    "fru": {"anger": 0.6, "sadness": 0.4},
    "fea": {"anger": 0.5, "sadness": 0.5},
    "dis": {"anger": 0.5, "neutrality": 0.5},
    "sur": {"happiness": 0.6, "anger": 0.4},
    "oth": {"neutrality": 0.6, "happiness": 0.4},
    "xxx": {"neutrality": 0.5, "sadness": 0.5},
    "O": {"anger": 0.5, "sadness": 0.5},
    "X": {"neutrality": 0.5, "happiness": 0.5},
}

# Everyday statements that suit any emotion; `|` parts the phrases over which an emotion takes its course.
SENTENCES = """
that is | my letter
we have moved | the desk | to the window
he will come back | on Thursday
the keys were | in my coat
she called | about the house
they are waiting | at the station
you left the door | open again
the bus leaves | at ten
I gave him | the blue folder
there is somebody | in the kitchen
we could go | to the lake | on Sunday
the shop is | closed now
it was | on Monday
it has been raining | all day
they told us | in the office
I have read | the report
the car is | behind the garage
nobody said | a word about it
we are going | to paint the wall
she put the picture | over the bed
you can have | the room upstairs
he wrote it down | on a piece of paper
the children are | already here
I saw them | on the corner | this morning
""".strip().splitlines()

SPOKEN_OUT = {"hap": "Happiness", "exc": "Excited", "neu": "Neutral", "sad": "Sadness", "ang": "Anger"} | {
    "fru": "Frustration", "fea": "Fear", "sur": "Surprise", "dis": "Disgust", "oth": "Other"
}  # fmt: skip
# Mean valence, activation and dominance that raters hear, 1 to 5.
ATTRIBUTES = {
    "happiness": (4.1, 3.5, 3.1),
    "neutrality": (3.0, 2.4, 2.7),
    "sadness": (2.0, 2.0, 2.3),
    "anger": (1.8, 3.9, 4.0),
    None: (2.6, 3.0, 2.9),
}
APPLE_DOUBLE = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        "


class Studio:
    """Records the turns of one demo corpus; each utterance has random numbers of its own, seeded by its id."""

    def __init__(self, reader: str, synthesiser: Synthesiser):
        self.labels = LABELS[reader]
        self.synthesiser = synthesiser

    def record(self, utterance: str, turn: Turn, path: Path, rate: int) -> tuple[str, float]:
        """Write the audio of a turn; return its text and duration (s)."""
        rng = generator(utterance)
        phrases = SENTENCES[rng.integers(len(SENTENCES))].split(" | ")
        blend = EXPRESSED.get(turn.label) or {self.labels[turn.label]: 1.0}
        prosody = draw_prosody(blend, turn.speaker, rng)
        samples = self.synthesiser.utterance(phrases, VOICES[turn.speaker], prosody, rate, rng)
        path.parent.mkdir(parents=True, exist_ok=True)
        content = io.BytesIO()  # libsndfile does not tell a full disk
        soundfile.write(content, samples, rate, format="WAV", subtype="PCM_16")
        path.write_bytes(content.getvalue())
        text = " ".join(phrases)
        return text[0].upper() + text[1:] + ".", len(samples) / rate

    def ratings(self, turn: Turn, raters: int, rng: np.random.Generator) -> tuple[list[str], np.ndarray]:
        """What single raters of a turn say, so that most agree on its label: labels, and raters x (valence, ...)."""
        labels = [turn.label] * raters
        others = [label for label in self.labels if label != turn.label]
        if turn.label in ("xxx", "X"):  # no agreement
            labels = [str(label) for label in rng.permutation(others)[:raters]]
        elif rng.random() < 0.5:
            labels[rng.integers(raters)] = str(rng.choice(others))
        heard = ATTRIBUTES[self.labels.get(turn.label)] + rng.normal(0, 0.7, (raters, 3))
        return labels, np.round(heard).clip(1, 5)


def generator(name: str) -> np.random.Generator:
    """Random numbers that depend on `name` only."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def write(path: Path, text: str) -> None:
    """Write a text file and the file that macOS leaves beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="latin-1", newline="\n")
    leave_macos_file(path)


def leave_macos_file(path: Path) -> None:
    """Write `._name` beside a file, as copying from a Mac does."""
    path.with_name(f"._{path.name}").write_bytes(APPLE_DOUBLE)


def make_demo_corpus(reader: str, folder: Path) -> int:
    """Write the demo corpus for `reader` ("iemocap" or "msp_improv"): the whole tree, or nothing.

    The files are the same bytes every time. Returns the number of utterances.

    Raises
    ------
    InputError : no such demo corpus, or there is something at `folder` already (an empty folder is taken over)
    """
    write = {"iemocap": write_iemocap, "msp_improv": write_msp_improv}[known(reader)]
    folder = Path(folder)
    if folder.is_symlink() or folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise InputError(f"{folder}: is there already; name another folder for the demo corpus, or remove this one")
    with whole(folder) as temporary:
        temporary.mkdir()
        return write(temporary)


# --- IEMOCAP ---------------------------------------------------------------------------------------------------------

IEMOCAP_RATE = 16000  # Hz
# Dialogs of each session and their moods; the first letter is who wears the motion-capture markers.
IEMOCAP_DIALOGS = {
    "F_impro02": "sadness",
    "F_impro03": "happiness",
    "F_impro05": "anger",
    "F_script01_1": "neutrality",
    "M_impro05a": "anger",
    "M_impro05b": "neutrality",
    "M_impro07": "happiness",
    "M_script01_1b": "sadness",
}


def write_iemocap(root: Path) -> int:
    """Write the demo corpus in the layout of `IEMOCAP_full_release`; return the number of utterances."""
    sessions = {}
    for speaker, session in SESSIONS["iemocap"].items():
        sessions[session] = (*sessions.get(session, ()), speaker)
    recordings = [
        Recording(session + dialog, session, mood, speakers)
        for session, speakers in sessions.items()
        for dialog, mood in IEMOCAP_DIALOGS.items()
    ]
    dealt = deal("iemocap", recordings)
    with Synthesiser() as synthesiser:
        studio = Studio("iemocap", synthesiser)
        for recording, turns in dealt.items():
            _write_iemocap_dialog(root / f"Session{recording.session[-1]}", recording.name, turns, studio)
    (root / "README-demo.txt").write_text(README.format(corpus="IEMOCAP"))
    return sum(map(len, dealt.values()))


def _write_iemocap_dialog(folder: Path, dialog: str, turns: list[Turn], studio: Studio) -> None:
    rng = generator(dialog)
    clock = rng.uniform(3, 8)
    said, transcript, blocks = Counter(), [], {}
    for turn in turns:
        gender = turn.speaker[-1]
        utterance = f"{dialog}_{gender}{said[gender]:03}"
        path = folder / "sentences" / "wav" / dialog / f"{utterance}.wav"
        text, duration = studio.record(utterance, turn, path, IEMOCAP_RATE)
        if said[gender] == 0:
            leave_macos_file(path)
        said[gender] += 1
        start, end = clock, clock + duration
        transcript.append(f"{utterance} [{start:08.4f}-{end:08.4f}]: {text}\n")
        blocks[utterance] = _iemocap_block(f"[{start:.4f} - {end:.4f}]\t{utterance}", turn, studio, rng)
        clock = end + rng.uniform(-0.2, 0.9)  # turns may overlap
    # Something that was never segmented: it is in the transcript, but has no audio and no label.
    transcript.append(f"{dialog}_{turns[-1].speaker[-1]}XX0 [{clock:08.4f}-{clock + 0.6:08.4f}]: [LAUGHTER]\n")
    write(folder / "dialog" / "transcriptions" / f"{dialog}.txt", "".join(transcript))
    _write_iemocap_labels(folder / "dialog" / "EmoEvaluation", dialog, blocks)


def _write_iemocap_labels(folder: Path, dialog: str, blocks: dict[str, str]) -> None:
    """Write the label file, and the subfolders with single raters' files, which readers leave alone."""
    # Each speaker's turns stand together, so that their order in the dialog has to be taken from their times.
    header = "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n\n"
    write(folder / f"{dialog}.txt", header + "\n".join(blocks[utterance] for utterance in sorted(blocks)))
    wearer = dialog[5]  # of the motion-capture markers
    own = [utterance for utterance in blocks if utterance[-4] == wearer]
    write(folder / "Categorical" / f"{dialog}_e2_cat.txt", "".join(f"{u} :Neutral state; ()\n" for u in blocks))
    write(folder / "Attribute" / f"{dialog}_e3_atr.txt", "".join(f"{u} :act 2; :val 3; :dom 2; ()\n" for u in blocks))
    name = f"{dialog}_{wearer.lower()}1_cat.txt"
    write(folder / "Self-evaluation" / name, "".join(f"{u} :Neutral state; ()\n" for u in own))


def _iemocap_block(opening: str, turn: Turn, studio: Studio, rng: np.random.Generator) -> str:
    labels, attributes = studio.ratings(turn, 3, rng)
    consensus = ", ".join(f"{value:.4f}" for value in attributes[:2].mean(axis=0))
    lines = [f"{opening}\t{turn.label}\t[{consensus}]"]
    lines += [f"C-E{n}:\t{SPOKEN_OUT[label]};\t()" for n, label in enumerate(labels, start=2)]
    lines += [f"C-{turn.speaker[-1]}1:\t{SPOKEN_OUT[labels[0]]};\t()"]
    lines += [f"A-E{n}:\tval {v:.0f}; act {a:.0f}; dom  {d:.0f};\t()" for n, (v, a, d) in enumerate(attributes[:2], 3)]
    return "\n".join(lines) + "\n"


# --- MSP-IMPROV ------------------------------------------------------------------------------------------------------

INTENDED = {"A": "anger", "H": "happiness", "S": "sadness", "N": "neutrality"}
# Of 8438 clips: other-improvised, natural, target-improvised, target-read.
MSP_SHARES = {"S": 0.52, "P": 0.33, "T": 0.08, "R": 0.07}
MSP_RATES = {"session1": 44100, "session2": 48000}  # Hz; both occur
MSP_WORDS = {"A": "Angry", "H": "Happy", "S": "Sad", "N": "Neutral", "O": "Other"}


def write_msp_improv(root: Path) -> int:
    """Write the demo corpus in the layout of MSP-IMPROV with `Evalution.txt`; return the number of utterances."""
    dealt = deal("msp_improv", list(_msp_recordings()))
    blocks = []
    with Synthesiser() as synthesiser:
        studio = Studio("msp_improv", synthesiser)
        for recording, turns in dealt.items():
            said = Counter()
            for turn in turns:
                said[turn.speaker] += 1
                clip = f"IMPROV-{recording.name.format(speaker=turn.speaker)}{said[turn.speaker]:02}"
                _, sentence, _, scenario, _ = clip.split("-")
                path = root / recording.session / sentence / scenario / f"MSP-{clip}.wav"
                studio.record(clip, turn, path, MSP_RATES[recording.session])
                if said[turn.speaker] == 1:
                    leave_macos_file(path)
                blocks.append(_msp_block(clip, turn, studio, generator(f"ratings of {clip}")))
    write(root / "Evalution.txt", "\n".join(sorted(blocks)))
    (root / "README-demo.txt").write_text(README.format(corpus="MSP-IMPROV"))
    return len(blocks)


def _msp_recordings() -> Iterator[Recording]:
    """The recordings of both sessions: each sentence improvised towards each emotion, and what surrounds it."""
    for number in (1, 2):
        pair = (f"F0{number}", f"M0{number}")
        for sentence, letters, natural in (("S01", "FM", "happiness"), ("S02", "MF", "neutrality")):
            for letter, mood in INTENDED.items():
                name = f"{sentence}{letter}-{{speaker}}"
                session = f"session{number}"
                yield Recording(f"{name}-S-{letters}", session, mood, pair, MSP_SHARES["S"])
                # Between the recordings the actors chat, as themselves.
                yield Recording(f"{name}-P-{letters}", session, natural, pair, MSP_SHARES["P"])
                for speaker in pair:
                    alone = 2 * speaker[0]
                    yield Recording(f"{name}-T-{alone}", session, mood, (speaker,), MSP_SHARES["T"])
                    yield Recording(f"{name}-R-{alone}", session, mood, (speaker,), MSP_SHARES["R"])


def _msp_block(clip: str, turn: Turn, studio: Studio, rng: np.random.Generator) -> str:
    labels, attributes = studio.ratings(turn, 4, rng)
    attributes = attributes[:, [1, 0, 2]]  # activation, valence, dominance
    attributes[:, 0] = 6 - attributes[:, 0]  # activation is stored high to low
    ratings = np.column_stack([attributes, rng.integers(2, 6, len(labels))]).astype(float)  # N: how natural it sounds
    ratings[rng.random(ratings.shape) < 0.02] = np.nan  # what a rater left out
    naturalness = rng.random() > 0.05  # a few clips have none
    means = [column[~np.isnan(column)].mean() if (~np.isnan(column)).any() else np.nan for column in ratings.T]
    lines = [f"UTD-{clip}.avi; {turn.label}; {_msp_values(means, naturalness)}"]
    for label, rating in zip(labels, ratings, strict=True):
        lines.append(f"WORKER{rng.integers(10**8):08}; {MSP_WORDS[label]}; {_msp_values(rating, naturalness)}")
    return "\n".join(lines) + "\n"


def _msp_values(values, naturalness: bool) -> str:
    a, v, d, n = ("NaN" if np.isnan(value) else f"{value:.6f}" for value in values)
    return f"A:{a}; V:{v}; D:{d} ;" + (f" N:{n};" if naturalness else "")
