"""Ten folds at once on one GPU, in three ways: processes, streams of one process, folds stacked in one operation.

Each way says how long ten take against one. They differ in what they ask of the workflow:

- processes: a job a fold, as the workflow has it; each has its own memory and state, and any of them may be killed
- streams: threads of one process, a stream each; they draw dropout from one generator, so that results depend on the
  order in which they run, unless each has a generator of its own
- stacked: one operation a step for all folds, for which their batches have to be padded to one length; measured as its
  floor, the operations of the recurrent layers alone, replayed as a CUDA graph
"""

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch

from benchmarks.corpora import SESSIONS
from benchmarks.gpu_speed import make_training, median_seconds, training_job
from benchmarks.gpu_subjects import as_on_a_gpu, draw_part, settings_of, wait
from benchmarks.measure import ROOT, Measure
from gagru.training.batches import random_batches

FOLDS = 10
BOUND = 3  # times one fold's time
PATIENCE = 120  # s, for processes


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


def measure_processes(corpus: Path, device: str, tiny: bool, environment: dict[str, str]) -> list[Measure]:
    """Training jobs at once, start included."""
    epochs, counts = (1, (1, 2)) if tiny else (2, (1, FOLDS))
    environment = environment | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PER_GPU": str(FOLDS)}
    folds = list(SESSIONS)
    seconds = {
        n: run_at_once([training_job(corpus, device, tiny, epochs, fold) for fold in folds[:n]], environment)
        for n in counts
    }
    bounds = {FOLDS: BOUND}
    return [
        Measure(f"{n} folds at once, processes", seconds[n] / seconds[1], "times one", at_most=bounds.get(n))
        for n in counts[1:]
    ]


def measure_streams(device: str, tiny: bool) -> list[Measure]:
    """Steps of ten trainings in ten threads, each on a stream of its own."""
    settings, runs = settings_of("ga_gru", tiny), 1 if tiny else 10
    if tiny:
        settings["batch_size"] = 4
    part = draw_part("ga_gru", 5 * settings["batch_size"], longest=1.0 if tiny else 40.0)
    batches = random_batches(len(part), settings["batch_size"], np.random.default_rng(0))

    def train(trained):
        training, inputs = trained
        if device == "cpu":
            return [training.step(inputs, batch) for batch in batches]
        with torch.cuda.stream(torch.cuda.Stream()):
            return [training.step(inputs, batch) for batch in batches]

    with as_on_a_gpu(), ThreadPoolExecutor(FOLDS) as pool:
        trainings = [make_training("ga_gru", settings, part, device) for _ in range(2 if tiny else FOLDS)]
        for trained in trainings:
            train(trained)  # their inputs come to the device
        wait(device)
        one = median_seconds(device, runs, lambda i: list(pool.map(train, trainings[:1])))
        all_at_once = median_seconds(device, runs, lambda i: list(pool.map(train, trainings)))
    return [Measure("10 folds at once, streams", all_at_once / one, "times one", at_most=BOUND)]


def recurrent_steps(folds: int, steps: int, batch: int, hidden: int, device: str):
    """A function that does the operations of one bidirectional layer, forward and backward, for stacked folds.

    They are those of `gagru.layers.packed_gru`, a product and a few elementwise operations a step each way, on random
    numbers: what the results are does not matter for the time.
    """
    new = lambda *shape: torch.rand(2 * folds, batch, *shape, device=device)  # noqa: E731
    h, gates, gradient = new(hidden), new(4 * hidden), new(hidden)
    weights = torch.rand(2 * folds, hidden, 3 * hidden, device=device) / hidden
    back = weights.mT.contiguous()
    m, r, z, n = gates.chunk(4, 2)

    def work():
        for _ in range(steps):
            gates[:, :, : 3 * hidden].baddbmm_(h, weights)
            gates[:, :, hidden : 3 * hidden].sigmoid_()
            n.addcmul_(r, m).tanh_()
            torch.lerp(n, h, z, out=h)
        for _ in range(steps):
            gates.unflatten(2, (4, hidden)).mul_(gradient[:, :, None])
            gradient.addcmul_(h, z)
            gradient.baddbmm_(gates[:, :, : 3 * hidden], back)

    return work


def measure_stacked(device: str, tiny: bool) -> list[Measure]:
    """The recurrent steps of ten folds in one operation against those of one fold, as CUDA graphs."""
    hidden, batch = settings_of("ga_gru", tiny)["hidden"], 4 if tiny else 64
    steps, runs = (3, 1) if tiny else (200, 5)
    seconds = {}
    for folds in (1, FOLDS):
        work = recurrent_steps(folds, steps, batch, hidden, device)
        if device == "cpu":
            seconds[folds] = median_seconds(device, runs, lambda i: work())  # noqa: B023
            continue
        work()
        wait(device)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            work()
        seconds[folds] = median_seconds(device, runs, lambda i: graph.replay())  # noqa: B023
    one, ten = (1000 * seconds[folds] for folds in (1, FOLDS))
    return [
        Measure("a layer's steps, one fold", one, "ms", note=f"{steps} steps, both ways, as a CUDA graph"),
        Measure("10 folds stacked, a layer's steps", ten / one, "times one", at_most=BOUND, note="a floor"),
    ]
