"""How long a GPU takes: a training step beside the recurrent layers alone, an epoch, a job, and the memory for it."""

import statistics
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence

from benchmarks.gpu_subjects import NETWORKS, as_on_a_gpu, build, draw_part, settings_of, wait
from benchmarks.measure import Measure, program, run
from gagru.layers import gru_steps
from gagru.training.batches import random_batches
from gagru.training.inputs import Inputs
from gagru.training.loop import Training

TRAINED, VALIDATED = 4425, 553  # utterances of a fold of IEMOCAP


def median_seconds(device: str, runs: int, work) -> float:
    """Median seconds of `work(i)`, i = 0 ... runs - 1, each until the GPU has done it, after two that do not count."""
    times = []
    for i in [0, 1 % runs, *range(runs)]:
        wait(device)
        start = time.perf_counter()
        work(i)
        wait(device)
        times.append(time.perf_counter() - start)
    return statistics.median(times[2:])


def make_training(name: str, settings: dict, part, device: str):
    """A training before its first step, and its input."""
    system = build(name, settings, device)
    system.module.train()
    return Training(system, settings, 0, len(part)), Inputs(system, part, stays=True)


def step_seconds(name: str, settings: dict, part, device: str, runs: int) -> float:
    """Median seconds of a training step of random batches."""
    training, inputs = make_training(name, settings, part, device)
    batches = random_batches(len(part), settings["batch_size"], np.random.default_rng(0))
    batches = [batch for batch in batches if len(batch) == settings["batch_size"]]
    return median_seconds(device, runs, lambda i: training.step(inputs, batches[i % len(batches)]))


def gru_seconds(settings: dict, part, device: str, runs: int, dtype=torch.float32) -> float:
    """Median seconds of PyTorch's own GRU forward and backward over the same batches, packed beforehand."""
    gru = nn.GRU(78, settings["hidden"], settings["layers"], dropout=settings["dropout"], bidirectional=True)
    gru.to(device, dtype)
    packed = []
    for batch in random_batches(len(part), settings["batch_size"], np.random.default_rng(0)):
        if len(batch) == settings["batch_size"]:
            utterances = [torch.from_numpy(part.features[i]) for i in batch]
            packed.append(pack_sequence(utterances, enforce_sorted=False).to(device, dtype))

    def both_ways(i):
        gru.zero_grad()
        gru(packed[i % len(packed)])[0].data.sum().backward()

    return median_seconds(device, runs, both_ways)


def measure_step(device: str, tiny: bool) -> list[Measure]:
    """GA-GRU's training step beside the GRU alone, and what lower precision would gain."""
    settings, runs = settings_of("ga_gru", tiny), 2 if tiny else 21
    if tiny:
        settings["batch_size"] = 4
    part = draw_part("ga_gru", 5 * settings["batch_size"], longest=2.0 if tiny else 40.0)
    with as_on_a_gpu():
        whole = step_seconds("ga_gru", settings, part, device, runs)
        alone = gru_seconds(settings, part, device, runs)
        halved = gru_seconds(settings, part, device, runs, torch.bfloat16)
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
        rounded = step_seconds("ga_gru", settings, part, device, runs)
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    return [
        Measure("GA-GRU, a training step", 1000 * whole, "ms", note=f"a batch of {settings['batch_size']}"),
        Measure("PyTorch's packed GRU alone, forward and backward", 1000 * alone, "ms"),
        Measure("GA-GRU's step, of the GRU alone", whole / alone, "times", at_most=1.5),
        Measure("GA-GRU's step with TF32, times as fast", whole / rounded, "times", note="1.3 would pay"),
        Measure("the GRU alone in bfloat16, times as fast", alone / halved, "times", note="1.3 would pay"),
    ]


def measure_epoch(device: str, tiny: bool) -> list[Measure]:
    """An epoch of GA-GRU over a fold of IEMOCAP, validation included, and the memory that it takes."""
    settings, longest = settings_of("ga_gru", tiny), 2.0 if tiny else 40.0
    train, validation = (draw_part("ga_gru", n // (100 if tiny else 1), longest=longest) for n in (TRAINED, VALIDATED))
    if device != "cpu":
        torch.cuda.reset_peak_memory_stats()
    with as_on_a_gpu():
        training, inputs = make_training("ga_gru", settings, train, device)
        watched = Inputs(training.system, validation, stays=True)
        seconds = median_seconds(device, 1 if tiny else 3, lambda i: training.run_epoch(inputs, watched))
    measures = [Measure("GA-GRU, an epoch over 4425 utterances, validation included", seconds, "s", at_most=3)]
    return measures + memory(device, "GA-GRU, paper's sizes")


def memory(device: str, what: str) -> list[Measure]:
    """The largest memory of a GPU that PyTorch has asked for since it was last reset."""
    if device == "cpu":
        return []
    return [Measure(f"memory of the GPU, {what}", torch.cuda.max_memory_reserved() / 2**20, "MB", note="without CUDA")]


def measure_networks(device: str, tiny: bool) -> list[Measure]:
    """Utterances a second that every network trains on; of CNN-LSTM-DNN also those of one core of the CPU."""
    measures = []
    for name in NETWORKS:
        settings = settings_of(name, tiny, **({"batch_size": 2} if tiny else {}))
        size = settings["batch_size"]
        part = draw_part(name, 2 * size, longest=1.0 if tiny else 40.0)
        gru_steps.find_replay.cache_clear()
        if device != "cpu":
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
        with as_on_a_gpu():
            speed = size / step_seconds(name, settings, part, device, 1 if tiny else 7)
        measures.append(Measure(f"training, {name}", speed, "utterances/s"))
        measures += memory(device, name)
        if name == "cnn_lstm_dnn":
            threads = torch.get_num_threads()
            torch.set_num_threads(1)
            core = size / step_seconds(name, settings, part, "cpu", 1)
            torch.set_num_threads(threads)
            measures.append(Measure("training, cnn_lstm_dnn, one core of the CPU", core, "utterances/s"))
            measures.append(Measure("CNN-LSTM-DNN, times a core of the CPU", speed / core, "times", at_least=20))
    return measures


def training_job(corpus: Path, device: str, tiny: bool, epochs: int, fold: str = "Ses01F") -> list[str]:
    """The command that trains GA-GRU on a fold of a corpus of `benchmarks.corpora` for so many epochs."""
    settings = settings_of("ga_gru", tiny, max_epochs=epochs, patience=epochs)
    job = {"validation": "partner", "upsample": [], "device": device, "threads": 1, "settings": settings}
    files = {"index": corpus / "index.parquet", "folds": corpus / "folds.csv"}
    files |= {"features": corpus / "normalised/lld", "out": corpus / "out" / fold}
    return program("train_fold", corpus="benchmark", system="ga_gru", seed=0, fold=fold, **files, job=job)


def measure_job(corpus: Path, device: str, tiny: bool) -> list[Measure]:
    """A whole training job, from the start of its process to its results."""
    epochs = 1 if tiny else 30
    seconds = run(training_job(corpus, device, tiny, epochs)).seconds
    return [Measure("GA-GRU, a training job of 30 epochs, start included", seconds, "s", at_most=100)]
