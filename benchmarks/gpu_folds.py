"""Ten folds at once on one GPU: how long they take against one.

- processes: a job a fold, as the workflow has it; each has its own memory and state, and any of them may be killed
- processes that share the GPU by NVIDIA's Multi-Process Service, which lets their operations run side by side
  (https://docs.nvidia.com/deploy/mps), where its programs are
- stacked: one operation a step for all folds, for which their batches have to be padded to one length; measured as its
  floor, the steps of the recurrent layers alone
"""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import torch

from benchmarks.corpora import SESSIONS
from benchmarks.gpu_speed import median_seconds, training_job
from benchmarks.gpu_subjects import settings_of
from benchmarks.measure import ROOT, Measure
from gagru.layers.gru_steps import REPLAYED, take_steps, take_steps_back
from gagru.layers.replay import Replay

FOLDS = 10
BOUND = 3  # times one fold's time
PATIENCE = 90  # s, for processes
SERVICE = "nvidia-cuda-mps-control"


def run_at_once(commands: list[list[str]], environment: dict[str, str]) -> float:
    """Seconds until all commands, started together, have ended.

    Raises `RuntimeError` where one fails, and `subprocess.TimeoutExpired` after `PATIENCE` seconds.
    """
    start = time.perf_counter()
    started = [subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) for command in commands]
    try:
        failed = [p.args for p in started if p.wait(max(0.0, start + PATIENCE - time.perf_counter()))]
    finally:
        for process in started:
            process.kill()
    if failed:
        raise RuntimeError(f"{len(failed)} of {len(commands)} failed, as {' '.join(failed[0])}")
    return time.perf_counter() - start


@contextmanager
def multi_process_service() -> Iterator[dict[str, str]]:
    """The environment of processes that share a GPU by a service of their own, which ends with the context."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"CUDA_MPS_PIPE_DIRECTORY": folder, "CUDA_MPS_LOG_DIRECTORY": folder}
        options = {"env": os.environ | environment, "check": True, "timeout": 20}
        subprocess.run([SERVICE, "-d"], **options)
        try:
            yield environment
        finally:
            subprocess.run([SERVICE], input=b"quit\n", **options)


def measure_processes(corpus: Path, device: str, tiny: bool, environment: dict[str, str]) -> list[Measure]:
    """Training jobs at once, start included."""
    count, note = 2 if tiny else FOLDS, ""
    (one,) = time_jobs(corpus, device, tiny, environment, 1)
    try:
        (all_at_once,) = time_jobs(corpus, device, tiny, environment, count)
    except subprocess.TimeoutExpired:
        all_at_once, note = PATIENCE, f"at least: they were ended after {PATIENCE} s"
    name, bound = f"{count} folds at once, processes", None if tiny else BOUND
    return [
        Measure("a job of two epochs, start included", one, "s"),
        Measure(name, all_at_once / one, "times one", at_most=bound, note=note),
    ]


def measure_service(corpus: Path, device: str, tiny: bool, environment: dict[str, str]) -> list[Measure]:
    """`measure_processes` by the Multi-Process Service. Raises `FileNotFoundError` without its programs."""
    if device == "cpu":
        return []
    with multi_process_service() as shared:
        one, five, ten = time_jobs(corpus, device, tiny, environment | shared, 1, 5, FOLDS)
    service = "with the Multi-Process Service"
    return [
        Measure(f"a job of two epochs {service}, start included", one, "s"),
        Measure(f"5 folds at once, processes {service}", five / one, "times one"),
        Measure(f"{FOLDS} folds at once, processes {service}", ten / one, "times one", at_most=BOUND),
    ]


def time_jobs(corpus: Path, device: str, tiny: bool, environment: dict[str, str], *counts: int) -> list[float]:
    """Seconds that so many jobs of two epochs at once take."""
    environment = environment | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PER_GPU": str(FOLDS)}
    jobs = [training_job(corpus, device, tiny, 2, fold) for fold in SESSIONS]
    return [run_at_once(jobs[:count], environment) for count in counts]


def stack_steps(folds: int, batch: int, hidden: int, device: str) -> list[Replay]:
    """Steps of one bidirectional layer, forward and backward, of all folds side by side, on zeros: for time alone."""
    each = {"sizes": [batch] * REPLAYED, "before": batch}
    shape = lambda rows, columns: (2 * folds, rows, columns)  # noqa: E731
    frames = batch * REPLAYED
    states, gates, z = shape(batch + frames, hidden), shape(frames, 4 * hidden), shape(frames, hidden)
    works = [
        (partial(take_steps, **each), [gates, states, shape(hidden, 3 * hidden)]),
        (partial(take_steps_back, **each), [states, gates, z, shape(3 * hidden, hidden)]),
    ]
    return [Replay(work, shapes, torch.empty(0, device=device)) for work, shapes in works]


def measure_stacked(device: str, tiny: bool) -> list[Measure]:
    """The recurrent steps of ten folds in one operation against those of one fold."""
    hidden, batch, runs = settings_of("ga_gru", tiny)["hidden"], 4 if tiny else 64, 1 if tiny else 21
    seconds = {}
    for folds in (1, FOLDS):
        works = stack_steps(folds, batch, hidden, device)
        seconds[folds] = median_seconds(device, runs, lambda i: [work() for work in works])  # noqa: B023
    one, ten = (1000 * seconds[folds] for folds in (1, FOLDS))
    return [
        Measure("a layer's steps, one fold", one, "ms", note=f"{REPLAYED} steps, forward and backward"),
        Measure("10 folds stacked, a layer's steps", ten / one, "times one", at_most=BOUND, note="a floor"),
    ]
