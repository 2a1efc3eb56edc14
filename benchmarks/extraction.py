"""Extraction of the `lld` features against a bare loop over the same files, and two jobs on two cores against one.

The bare loop reads each file and calls openSMILE's Python interface for the 26 static descriptors. Ours makes 78 of
them, and writes Parquet. Both run on one core in this process, in turn.

    python benchmarks/extraction.py [--audio FOLDER] [--utterances 80] [--runs 5]
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import opensmile
import pyarrow as pa
import soundfile
from lengths import durations

from gagru.corpora.table import INDEX_SCHEMA, write_index
from gagru.features.extract import extract_features

ROOT = Path(__file__).resolve().parent.parent
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
        words = [*command, "--speaker", speaker, "--out", out / f"{speaker}.parquet"]
        running.append(subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL))
        if not at_once:
            running[-1].wait()
    if any(job.wait() for job in running):
        raise RuntimeError("an extraction job failed")


def timed(function, *arguments) -> float:
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--audio", type=Path, help="folder of wave files to take; otherwise they are synthesised")
    parser.add_argument("--utterances", type=int, default=80)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        audio = args.audio or work
        if not args.audio:
            synthesise(audio, args.utterances)
        path = work / "index.parquet"
        seconds = index(audio, args.utterances, path)
        files = sorted(audio.glob("*.wav"))[: args.utterances]
        smile = opensmile.Smile(opensmile.FeatureSet.emobase, opensmile.FeatureLevel.LowLevelDescriptors)

        def ours():
            for speaker in SPEAKERS:
                extract_features(path, audio, speaker, "lld", {}, work / "out" / f"{speaker}.parquet")

        program = ROOT / "workflow_scripts" / "extract_features.py"
        command = [sys.executable, program, "--corpus", "benchmark", "--index", path, "--root", audio]
        command += ["--feature-set", "lld"]
        ours()
        bare_loop(files, smile)
        times = {name: [] for name in ("bare", "ours", "in turn", "at once")}
        for _ in range(args.runs):
            times["bare"].append(timed(bare_loop, files, smile))
            times["ours"].append(timed(ours))
            times["in turn"].append(timed(jobs, command, work / "out", False))
            times["at once"].append(timed(jobs, command, work / "out", True))
    median = {name: statistics.median(values) for name, values in times.items()}
    print(f"{len(files)} utterances, {seconds:.0f} s of audio, medians of {args.runs} runs\n")
    print("| extraction of `lld` | s | ratio |\n|---|---|---|")
    print(f"| bare loop of process_signal, 26 descriptors | {median['bare']:.2f} | 1 |")
    print(f"| ours, 78 descriptors, Parquet written | {median['ours']:.2f} | {median['bare'] / median['ours']:.2f} |")
    print(f"| two jobs, one after the other | {median['in turn']:.2f} | 1 |")
    print(f"| two jobs at once on two cores | {median['at once']:.2f} | {median['in turn'] / median['at once']:.2f} |")


if __name__ == "__main__":
    main()
