"""Extraction of the `lld` features against a bare loop over the same files, and two jobs on two cores against one.

The bare loop reads each file and calls openSMILE's Python interface for the 26 static descriptors. Ours makes 78 of
them, and writes Parquet. Both run on one core in this process, in turn.

    python -m benchmarks.extraction [--audio FOLDER] [--utterances 80] [--runs 5]
"""

import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import opensmile
import pyarrow as pa
import soundfile

from benchmarks.lengths import durations
from benchmarks.measure import ROOT, Measure, hand_over, medians, parser, program, table
from gagru.corpora.table import INDEX_SCHEMA, write_index
from gagru.features.extract import extract_features

SPEAKERS = ("A", "B")
RATE = 16_000


def synthesise(folder: Path, count: int) -> None:
    """Write `count` utterances of IEMOCAP's lengths: pulsating, gliding voices with some noise."""
    generator = np.random.default_rng(0)
    for i, duration in enumerate(durations(count, seed=0)):
        t = np.arange(int(duration * RATE)) / RATE
        phase = 2 * np.pi * generator.uniform(90, 250) * (t + 0.05 * np.sin(2 * np.pi * 0.5 * t))
        voice = sum(np.sin(k * phase) / k for k in range(1, 20)) * (1 + np.sin(2 * np.pi * 4 * t))
        soundfile.write(folder / f"{i:04}.wav", 0.1 * voice + 0.002 * generator.standard_normal(len(t)), RATE)


def index(folder: Path, count: int, path: Path) -> float:
    """Index the first `count` files, dealt to two speakers by length, and return how long they are together (s)."""
    files = sorted(folder.glob("*.wav"))[:count]
    length = {file: soundfile.info(file).duration for file in files}
    rows = [
        dict.fromkeys(INDEX_SCHEMA.names)
        | {"utterance": file.stem, "path": file.name, "offset": 0.0, "duration": length[file]}
        | {"speaker": SPEAKERS[i % 2], "emotion": "anger"}
        for i, file in enumerate(sorted(files, key=length.get))
    ]
    write_index(pa.Table.from_pylist(rows, schema=INDEX_SCHEMA), path)
    return sum(length.values())


def bare_loop(files: list[Path], smile: opensmile.Smile) -> None:
    for file in files:
        smile.process_signal(*soundfile.read(file, dtype="float32"))


def jobs(command: list, out: Path, at_once: bool) -> None:
    """Run one extraction job a speaker, one after the other or at once."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    running = []
    for speaker in SPEAKERS:
        words = [*command, "--speaker", speaker, "--out", str(out / f"{speaker}.parquet")]
        running.append(subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL))
        if not at_once:
            running[-1].wait()
    if any(job.wait() for job in running):
        raise RuntimeError("an extraction job failed")


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--audio", type=Path, help="folder of wave files to take; otherwise they are synthesised")
    options.add_argument("--utterances", type=int, default=80)
    options.add_argument("--runs", type=int, default=5)
    args = options.parse_args()
    utterances, runs = (4, 1) if args.tiny else (args.utterances, args.runs)
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        audio = args.audio or work
        if not args.audio:
            synthesise(audio, utterances)
        path = work / "index.parquet"
        seconds = index(audio, utterances, path)
        files = sorted(audio.glob("*.wav"))[:utterances]
        smile = opensmile.Smile(opensmile.FeatureSet.emobase, opensmile.FeatureLevel.LowLevelDescriptors)

        def ours():
            for speaker in SPEAKERS:
                extract_features(path, audio, speaker, "lld", {}, work / "out" / f"{speaker}.parquet")

        command = program("extract_features", corpus="benchmark", index=path, root=audio, feature_set="lld")
        alternatives = {
            "bare": lambda: bare_loop(files, smile),
            "ours": ours,
            "in turn": lambda: jobs(command, work / "out", at_once=False),
            "at once": lambda: jobs(command, work / "out", at_once=True),
        }
        median = medians(runs, alternatives)
    speed, gain = median["bare"] / median["ours"], median["in turn"] / median["at once"]
    print(f"{len(files)} utterances, {seconds:.0f} s of audio, medians of {runs} runs\n")
    rows = [
        ("bare loop of process_signal, 26 descriptors", f"{median['bare']:.2f}", 1),
        ("ours, 78 descriptors, Parquet written", f"{median['ours']:.2f}", f"{speed:.2f}"),
        ("two jobs, one after the other", f"{median['in turn']:.2f}", 1),
        ("two jobs at once on two cores", f"{median['at once']:.2f}", f"{gain:.2f}"),
    ]
    print(table("extraction of `lld`|s|times as fast", rows))
    measures = [
        Measure("speed of the extraction, against the bare loop", 100 * speed, "%", at_least=95),
        Measure("two extraction jobs on two cores, against one after the other", gain, "times", at_least=1.9),
    ]
    hand_over(measures, args.json)


if __name__ == "__main__":
    main()
