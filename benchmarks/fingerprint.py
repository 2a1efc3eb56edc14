"""What it costs to see that a corpus of IEMOCAP's size has not changed, by its fingerprint, and what a dry run takes.

The alternative is to read every audio file and hash what is in it: here silence of IEMOCAP's mean length, which takes
no room on the disk, so that this looks better than on real files; the fingerprint opens none. Cold is after the system
has forgotten all files and folders, which only root can make it do.

    python -m benchmarks.fingerprint [--runs 5]
"""

import hashlib
import io
import os
import statistics
import subprocess
import sys
import tempfile
from itertools import cycle
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.measure import ROOT, Measure, hand_over, medians, parser, table, timed
from gagru.corpora.fingerprint import take_fingerprint

UTTERANCES, DIALOGS = 10_039, 151  # of the published corpus
RATE, SECONDS = 16_000, 4.5
FORGET = Path("/proc/sys/vm/drop_caches")


def write_corpus(root: Path, utterances: int, dialogs: int) -> None:
    """Write audio and labels in IEMOCAP's layout: five sessions, their dialogs, turns of two speakers."""
    labels = cycle(("neu", "ang", "sad", "hap", "exc", "fru"))
    content = io.BytesIO()
    soundfile.write(content, np.zeros(int(SECONDS * RATE)), RATE, format="WAV", subtype="PCM_16")
    header, size = content.getvalue()[:44], len(content.getvalue())
    for dialog in range(dialogs):
        session = 1 + dialog % 5
        name = f"Ses{session:02}{'FM'[dialog % 2]}_impro{dialog:03}"
        audio = root / f"Session{session}" / "sentences" / "wav" / name
        audio.mkdir(parents=True)
        lines = ["% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n"]
        for turn in range(dialog, utterances, dialogs):
            utterance = f"{name}_{'FM'[turn % 2]}{turn // dialogs:03}"
            with open(audio / f"{utterance}.wav", "wb") as file:
                file.write(header)
                file.truncate(size)  # the rest reads as zeros
            lines.append(f"[{turn:.4f} - {turn + 0.1:.4f}]\t{utterance}\t{next(labels)}\t[2.5, 2.5, 2.5]\n")
        text = root / f"Session{session}" / "dialog" / "EmoEvaluation" / f"{name}.txt"
        text.parent.mkdir(parents=True, exist_ok=True)
        text.write_text("\n".join(lines), encoding="ascii")


def read_all(root: Path) -> str:
    """A digest of what is in every audio file."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.wav")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def forget_files() -> None:
    """Let the system forget every file and folder, where it may be asked to."""
    if os.access(FORGET, os.W_OK):
        os.sync()
        FORGET.write_text("3")


def dry_run(root: Path, folder: Path) -> None:
    """Plan Table 1 from the corpus, in an empty folder."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder]
    command += ["results/table1.csv", "-n", "--quiet", "all", "--config", f"iemocap={root}"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--runs", type=int, default=5)
    args = options.parse_args()
    runs, utterances, dialogs = (1, 100, 10) if args.tiny else (args.runs, UTTERANCES, DIALOGS)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "IEMOCAP"
        write_corpus(root, utterances, dialogs)
        cold = []
        for _ in range(runs):
            if not args.tiny:
                forget_files()
            cold.append(timed(take_fingerprint, "iemocap", root))
        seconds = medians(
            runs,
            {
                "fingerprint, warm": lambda: take_fingerprint("iemocap", root),
                "content of all audio, warm": lambda: read_all(root),
                "dry run of Table 1, warm": lambda: dry_run(root, Path(folder)),
            },
        )
    seconds = {"fingerprint, cold": statistics.median(cold)} | seconds
    print(f"{utterances} utterances in {dialogs} dialogs; medians of {runs}\n")
    print(table("Measured|s", [(name, f"{value:.2f}") for name, value in seconds.items()]))
    note = "" if os.access(FORGET, os.W_OK) else "not root: maybe not cold"
    hand_over(
        [
            Measure(
                "fingerprint of a corpus of IEMOCAP's size, cold",
                seconds["fingerprint, cold"],
                "s",
                at_most=2,
                note=note,
            ),
            Measure("the same, warm", seconds["fingerprint, warm"], "s", at_most=1),
            Measure(
                "reading all audio takes so many times the fingerprint's",
                seconds["content of all audio, warm"] / seconds["fingerprint, warm"],
            ),
            Measure("its share of a dry run", seconds["fingerprint, warm"] / seconds["dry run of Table 1, warm"]),
        ],
        args.json,
    )


if __name__ == "__main__":
    main()
