"""Corpora in the real layouts, made of noise and of label lines as the real files have them. Imports nothing of gagru.

Each maker writes below `root`; what is in the small trees is told in their docstrings. The full
ones have the published numbers of utterances, typed here from the corpora's descriptions.
"""

import random
import struct
from pathlib import Path

# Per speaker: anger, happiness, neutrality, sadness. Happiness is the labels hap (595 in all) and exc (1041).
IEMOCAP_SPEAKERS = {
    "Ses01F": (147, 132, 171, 78),
    "Ses01M": (82, 146, 213, 116),
    "Ses02F": (67, 166, 135, 113),
    "Ses02M": (70, 161, 227, 84),
    "Ses03F": (92, 128, 130, 172),
    "Ses03M": (148, 158, 190, 133),
    "Ses04F": (205, 185, 76, 62),
    "Ses04M": (122, 118, 182, 81),
    "Ses05F": (78, 159, 221, 132),
    "Ses05M": (92, 283, 163, 113),
}
IEMOCAP_FILES = {1: 1819, 2: 1811, 3: 2136, 4: 2103, 5: 2170}
IEMOCAP_DIALOGS = {1: 28, 2: 30, 3: 32, 4: 30, 5: 31}
# Per scenario: anger, sadness, happiness, neutrality; 8438 clips in all.
MSP_IMPROV_SCENARIOS = {
    "T": (115, 106, 136, 283),
    "R": (169, 80, 88, 241),
    "S": (470, 633, 1048, 1789),
    "P": (38, 66, 1372, 1164),
}
MSP_IMPROV_CLIPS = 8438


def wav_bytes(frames: int, rate: int = 16000, channels: int = 1, name: str = "") -> bytes:
    """A wave file of 16-bit noise, the same for the same arguments, and another for another `name`."""
    data = random.Random(f"{name}{frames}").randbytes(2 * frames * channels)
    form = struct.pack("<HHIIHH", 1, channels, rate, 2 * rate * channels, 2 * channels, 16)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def write(path: Path, content: str | bytes) -> Path:
    """Write text (Latin-1) or bytes, with the folders that it takes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("latin-1") if isinstance(content, str) else content)
    return path


def iemocap_dialog(root: Path, dialog: str, turns: list[tuple[str, str, float, float]]) -> None:
    """A dialog of IEMOCAP: `turns` are (letter and number such as "F000", label, start, end), in the order of the file.

    Writes the label file with its header and raters' lines, the transcription with a turn that has no audio, the wavs,
    and beside them what macOS and the labelling left there.
    """
    session = root / f"Session{dialog[4]}"
    labels = "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n\n"
    words = f"{dialog}_FXX0 [000.0000-000.5000]: caf\xe9\x85 .\n"
    folder = session / "sentences" / "wav" / dialog
    folder.mkdir(parents=True)
    for turn, label, start, end in turns:
        name = f"{dialog}_{turn}"
        labels += f"[{start:.4f} - {end:.4f}]\t{name}\t{label}\t[2.5000, 2.5000, 2.5000]\n"
        labels += "C-E2:\tNeutral;\t()\nC-E4:\tNeutral; Other;\t(caf\xe9\x85[1])\nA-E3:\tval 3; act 2; dom  2;\t()\n\n"
        words += f"{name} [{start:08.4f}-{end:08.4f}]: Excuse me.\n"
        (folder / f"{name}.wav").write_bytes(wav_bytes(1600, name=name))
    (folder / f"._{dialog}_F000.wav").write_bytes(b"\0\5\x16\7")
    evaluation = session / "dialog" / "EmoEvaluation"
    write(evaluation / f"{dialog}.txt", labels)
    write(evaluation / f"._{dialog}.txt", b"\0\5\x16\7[0.0 - 1.0]\t")
    write(evaluation / "Categorical" / f"{dialog}_e2_cat.txt", f"{dialog}_F000 :Happiness; ()\n")
    write(evaluation / "Attribute" / f"{dialog}_e3_atr.txt", f"[0.0 - 1.0]\t{dialog}_F999\tang\t[1, 1, 1]\n")
    write(session / "dialog" / "transcriptions" / f"{dialog}.txt", words)


def iemocap_small(root: Path) -> None:
    """Three sessions with the corpus's quirks: 12 utterances, 8 in the task, of Ses01F, Ses01M, Ses03F, Ses03M, Ses05F.

    The dialogs are named after the other speaker as often as not; every label occurs.
    """
    iemocap_dialog(
        root,
        "Ses01F_impro01",
        [
            ("F000", "neu", 6.2901, 8.2357),
            ("M000", "hap", 7.5, 11.0),
            ("F001", "xxx", 11.2, 12.0),
            ("M001", "exc", 12.5, 13.25),
        ],
    )
    iemocap_dialog(root, "Ses03M_impro05a", [("F000", "ang", 0.5, 2.0), ("M000", "sad", 2.5, 140.75)])
    iemocap_dialog(root, "Ses03M_impro05b", [("F000", "fru", 0.5, 2.0), ("M000", "neu", 2.5, 4.0)])
    iemocap_dialog(
        root,
        "Ses05M_script01_1b",
        [("F000", "sad", 0.5, 2.0), ("F001", "sur", 2.5, 4.0), ("F012", "hap", 4.5, 6.0), ("F013", "oth", 6.5, 8.0)],
    )


def iemocap_full(root: Path) -> None:
    """The whole of IEMOCAP in shape: 151 dialogs, 10,039 utterances of 0.1 s, 5531 of them in the task."""
    excited = 1041
    for session in IEMOCAP_FILES:
        dialogs = [name for n in range(1, 17) for name in _iemocap_dialog_names(session, n)][: IEMOCAP_DIALOGS[session]]
        turns = {dialog: [] for dialog in dialogs}
        labels = {}
        for letter in "FM":
            anger, happiness, neutrality, sadness = IEMOCAP_SPEAKERS[f"Ses0{session}{letter}"]
            exc = min(excited, 2 * happiness // 3)
            excited -= exc
            hap = happiness - exc
            labels[letter] = ["ang"] * anger + ["exc"] * exc + ["hap"] * hap + ["neu"] * neutrality + ["sad"] * sadness
        outside = IEMOCAP_FILES[session] - len(labels["F"]) - len(labels["M"])
        for i in range(outside):
            labels["FM"[i % 2]].append(("fru", "xxx", "sur", "fea", "oth", "dis")[i % 6])
        for letter in "FM":
            for i, label in enumerate(labels[letter]):
                dialog = turns[dialogs[i % len(dialogs)]]
                number = i // len(dialogs)
                dialog.append((f"{letter}{number:03}", label, 2.0 * number, 2.0 * number + 1))
        for dialog in dialogs:
            iemocap_dialog(root, dialog, sorted(turns[dialog], key=lambda turn: turn[2]))


def _iemocap_dialog_names(session: int, n: int) -> list[str]:
    letter = "a" if session == 3 and n in (5, 8) else ""
    part = "1b" if session == 5 and n == 1 else "1"
    return [f"Ses0{session}F_impro{n:02}", f"Ses0{session}M_impro{n:02}{letter}", f"Ses0{session}M_script{n:02}_{part}"]


def msp_improv_block(clip: str, label: str) -> str:
    """The lines of a clip (such as "S01A-F02-R-FF01") in the label file: the consensus, then single raters."""
    return (
        f"UTD-IMPROV-{clip}.avi; {label}; A:3.333333; V:2.333333; D:3.000000 ; N:3.666667;\n"
        "WORKER00000001; Happy; A:2.000000; V:4.000000; D:NaN ; N:4.000000;\n"
        "WORKER00000002; Neutral,Other; A:NaN; V:NaN;\n\n"
    )


def msp_improv_small(root: Path, audio: str = "", label_file: str = "Evalution.txt") -> None:
    """Two sessions with the corpus's quirks: 8 clips, 6 in the task, of F01, M01, F02 and M02; 44.1 and 48 kHz.

    `audio` is the folder of the audio below `root`, and `label_file` where the labels lie, so that both layouts can be
    made. In no clip is the intended emotion, which the name has, the label.
    """
    clips = {
        "S01A-F01-P-FM01": "N",
        "S01A-M01-P-FM01": "H",
        "S01A-F01-P-FM02": "O",
        "S03N-M01-T-MM01": "A",
        "S20S-F02-R-FF01": "H",
        "S20S-F02-S-FM11": "N",
        "S20S-M02-S-FM11": "X",
        "S20H-M02-S-MF01": "S",
    }
    text = "".join(msp_improv_block(clip, label) for clip, label in clips.items())
    text = text.replace("D:3.000000 ; N:3.666667;", "D:NaN", 1).replace(".avi; H;", ".avi ;H ;", 1)
    write(root / label_file, text.replace("\n", "\r\n"))
    for clip in clips:
        rate = 48000 if "F02" in clip else 44100
        path = write(root / audio / _msp_improv_path(clip), wav_bytes(rate // 10, rate, name=clip))
        write(path.with_name(f"._{path.name}"), b"\0\5\x16\7")
    write(root / "._Evaluation.txt", b"\0\5\x16\7")
    write(root / ".Trash" / _msp_improv_path("S01A-F01-P-FM01"), b"")


def msp_improv_full(root: Path) -> None:
    """The whole of MSP-IMPROV in shape: 8438 clips of 0.05 s, 7798 of them in the task, over all twelve speakers."""
    labels = [
        (scenario, label)
        for scenario, numbers in MSP_IMPROV_SCENARIOS.items()
        for label, n in zip("ASHN", numbers, strict=True)
        for _ in range(n)
    ]
    labels += [("TRSP"[i % 4], "OX"[i % 2]) for i in range(MSP_IMPROV_CLIPS - len(labels))]
    speakers = [f"{gender}{n:02}" for n in range(1, 7) for gender in "FM"]
    sentences = [f"S{n:02}{emotion}" for n in range(1, 21) for emotion in "AHSN"]
    text = []
    for i, (scenario, label) in enumerate(labels):
        speaker, sentence = speakers[i % 12], sentences[i // 12 % 80]
        clip = f"{sentence}-{speaker}-{scenario}-{'FM'[i % 2]}{'MF'[i // 12 % 2]}{i // 960 + 1:02}"
        text.append(msp_improv_block(clip, label))
        write(root / _msp_improv_path(clip), wav_bytes(2205, 44100, name=clip))
    write(root / "Evalution.txt", "".join(text))


def _msp_improv_path(clip: str) -> str:
    sentence, speaker, scenario, _ = clip.split("-")
    return f"session{int(speaker[1:])}/{sentence}/{scenario}/MSP-IMPROV-{clip}.wav"


def emodb_small(root: Path) -> None:
    """Utterances of all ten speakers in anger, and all seven emotions of speaker 03: 16 utterances, 13 in the task."""
    names = [f"03a01{letter}a" for letter in "WFTNLEA"]
    names += [f"{speaker}b10Wc" for speaker in ("08", "09", "10", "11", "12", "13", "14", "15", "16")]
    for name in names:
        write(root / "wav" / f"{name}.wav", wav_bytes(1600, name=name))
    write(root / "wav" / "._03a01Wa.wav", b"\0\5\x16\7")
    write(root / "erkennung.txt", "nothing that is read\n")


def manifest_small(folder: Path) -> Path:
    """A manifest with every column and one more, and its audio; returns the CSV file's path.

    Six utterances, four in the task, of S-1 and S-2 (S-3 has none): a file cut in two and a piece of it once more, a
    file of 1 s taken whole and from its middle on, and a stereo file of 0.1 s with a blank and a
    non-ASCII letter in its name.
    """
    write(folder / "a" / "one.wav", wav_bytes(16000))
    write(folder / "a" / "two.wav", wav_bytes(8000, 8000))
    write(folder / "b é.wav", wav_bytes(4800, 48000, channels=2))
    rows = [
        "path,speaker,emotion,utterance,gender,session,dialog,turn,offset,duration,note",
        "a/one.wav,S-1,happiness,first,F,s1,d1,1,0,0.25,x",
        "a/one.wav,S-1,anger,second,F,s1,d1,2,0.25,,",
        "a/one.wav,S-1,sadness,last,F,s1,d1,3,0.5,0.25,",
        "./a/two.wav,S-2,boredom,,M,s1,d1,,,,",
        '"b é.wav",S-2,neutrality,,,s1,,,,,"with, comma"',
        "a/two.wav,S-3,boredom,third,,s2,,,0.5,0.5,",
    ]
    path = folder / "manifest.csv"
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(rows).encode() + b"\r\n")
    return path


def ravdess(root: Path) -> None:
    """The spoken part of RAVDESS in shape, 1,440 files, and some of its songs and videos beside."""
    for actor in range(1, 25):
        for emotion in range(1, 9):
            for intensity in (1, 2) if emotion > 1 else (1,):
                for statement in (1, 2):
                    for repetition in (1, 2):
                        code = f"01-{emotion:02}-{intensity:02}-{statement:02}-{repetition:02}-{actor:02}"
                        path = root / f"Actor_{actor:02}" / f"03-{code}.wav"
                        write(path, wav_bytes(2400, 48000, name=code))
    write(root / "Song" / "Actor_01" / "03-02-03-01-01-01-01.wav", b"")
    write(root / "Video" / "01-01-03-01-01-01-01.mp4", b"")


def crema_d(root: Path) -> None:
    """CREMA-D in shape: 7,442 files with its one irregular name, its silent file among them."""
    sentences = ["IEO", "DFA", "IOM", "ITH", "ITS", "IWL", "IWW", "MTI", "TAI", "TIE", "TSI", "WSI"]
    missing = {"ANG": 3, "DIS": 3, "FEA": 3, "HAP": 3, "NEU": 5, "SAD": 3}
    for emotion, absent in missing.items():
        names = [
            f"{actor}_{sentence}_{emotion}_{level}"
            for actor in range(1001, 1092)
            for sentence in sentences
            for level in (("LO", "MD", "HI") if sentence == "IEO" and emotion != "NEU" else ("XX",))
        ]
        for name in names[:-absent]:
            name = name.replace("1040_ITH_SAD_XX", "1040_ITH_SAD_X")
            silent = name == "1076_MTI_SAD_XX"
            write(root / "AudioWAV" / f"{name}.wav", wav_bytes(0 if silent else 800, name=name))


def nemo(root: Path) -> None:
    """nEMO in shape: 4,481 files of nine actors."""
    actors = ["EB0", "IC0", "KD0", "KS0", "MK0", "MP0", "SM0", "TP0", "WR0"]
    numbers = {"anger": 749, "fear": 736, "happiness": 749, "neutral": 809, "sadness": 769, "surprised": 669}
    for emotion, number in numbers.items():
        for i in range(number):
            name = f"{actors[i % 9]}_{emotion}_{i // 9 + 1}"
            write(root / "samples" / f"{name}.wav", wav_bytes(1200, 24000, name=name))


def savee(root: Path, flat: bool = False) -> None:
    """SAVEE in shape: 480 files, in folders by actor or, as it is passed on, in one."""
    for actor in ("DC", "JE", "JK", "KL"):
        for emotion, number in {"a": 15, "d": 15, "f": 15, "h": 15, "n": 30, "sa": 15, "su": 15}.items():
            for i in range(1, number + 1):
                name = f"{emotion}{i:02}.wav"
                path = f"ALL/{actor}_{name}" if flat else f"AudioData/{actor}/{name}"
                write(root / path, wav_bytes(2205, 44100, name=actor + name))


def tess(root: Path) -> None:
    """TESS in shape: 2,800 files of two women, one of them with a letter less in its name."""
    for speaker in ("OAF", "YAF"):
        for emotion in ("angry", "disgust", "fear", "happy", "neutral", "ps", "sad"):
            folder = {"ps": "pleasant_surprise"}.get(emotion, emotion)
            for i in range(200):
                word = "bite" if i == 0 else "".join(chr(97 + i // 26**k % 26) for k in range(3))
                said_by = "OA" if (speaker, word, emotion) == ("OAF", "bite", "neutral") else speaker
                name = f"{said_by}_{word}_{emotion}.wav"
                write(root / f"{speaker}_{folder}" / name, wav_bytes(1221, 24414, name=name))


def emovo(root: Path) -> None:
    """EMOVO in shape: 588 files in stereo."""
    texts = ["b1", "b2", "b3", "l1", "l2", "l3", "l4", "n1", "n2", "n3", "n4", "n5", "d1", "d2"]
    for actor in ("f1", "f2", "f3", "m1", "m2", "m3"):
        for emotion in ("dis", "gio", "neu", "pau", "rab", "sor", "tri"):
            for text in texts:
                name = f"{emotion}-{actor}-{text}"
                write(root / actor / f"{name}.wav", wav_bytes(2400, 48000, 2, name))
