"""Whether a GPU gives what a CPU gives in double precision, and the same bytes every time."""

import hashlib
import statistics
import tempfile
from pathlib import Path

import numpy as np
import torch

from benchmarks.gpu_subjects import NETWORKS, RECURRENT, as_on_a_gpu, build, draw_part, settings_of
from benchmarks.measure import Measure
from gagru.layers.ragged import Ragged
from gagru.training.checkpoint import Checkpoint
from gagru.training.inputs import Inputs, move
from gagru.training.loop import Training


def to_type(inputs, dtype):
    """The input of a module with its floating-point numbers in another type."""
    if isinstance(inputs, Ragged):
        return Ragged(to_type(inputs.rows, dtype), inputs.layout)
    if isinstance(inputs, torch.Tensor):
        return inputs.to(dtype) if inputs.is_floating_point() else inputs
    return tuple(to_type(each, dtype) for each in inputs)


def outputs(name: str, settings: dict, part, device: str, dtype) -> tuple[torch.Tensor, torch.Tensor]:
    """The logits of an untrained network and the gradient of their cross entropy, as vectors on the CPU."""
    system = build(name, settings, device, dtype)
    inputs = move(to_type(system.collate(part), dtype), system.device)
    logits = system.module.train()(inputs)
    emotion = torch.from_numpy(part.emotion).to(system.device)
    torch.nn.functional.cross_entropy(logits, emotion).backward()
    gradient = [p.grad.flatten() for p in system.module.parameters() if p.grad is not None]
    return tuple(tensor.detach().double().cpu() for tensor in (logits, torch.cat(gradient)))


def apart(found: torch.Tensor, expected: torch.Tensor) -> float:
    """Norm of the difference over the norm."""
    return ((found - expected).norm() / expected.norm()).item()


def compare_networks(device: str, tiny: bool) -> list[Measure]:
    """Logits of all networks, and gradients of the recurrent ones, against double precision on a CPU.

    Each is the median of three draws, beside that of single precision on a CPU: where a unit of a ReLU lies within
    rounding of 0, either may have its gradient or not, which in CNN-LSTM-DNN changes a norm by up to 0.4 %.
    """
    measures, size = [], {"count": 4, "longest": 2.0} if tiny else {"count": 16, "longest": 40.0}
    for name in NETWORKS:
        settings = settings_of(name, tiny, dropout=0.0)
        parts = [draw_part(name, **size, seed=seed) for seed in range(1 if tiny else 3)]
        found, on_cpu = (
            [statistics.median(kind) for kind in zip(*each, strict=True)]
            for each in zip(*(errors(name, settings, part, device) for part in parts), strict=True)
        )
        kinds = ["logits", "gradients"] if name in RECURRENT else ["logits"]
        measures += [
            Measure(
                f"{kind}, {name}, from double precision",
                found[i],
                at_most=max(1e-5, 2 * on_cpu[i]),
                note=f"on a CPU {on_cpu[i]:.2g}",
            )
            for i, kind in enumerate(kinds)
        ]
    return measures


def errors(name: str, settings: dict, part, device: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """How far logits and gradients in single precision are from those in double precision: the device's, a CPU's."""
    expected = outputs(name, settings, part, "cpu", torch.float64)
    on_cpu = outputs(name, settings, part, "cpu", torch.float32)
    with as_on_a_gpu():
        found = outputs(name, settings, part, device, torch.float32)
    return tuple(map(apart, found, expected)), tuple(map(apart, on_cpu, expected))


def losses(device: str, settings: dict, part, batches: list[np.ndarray]) -> torch.Tensor:
    """GA-GRU's loss of each batch, trained on one after the other."""
    system = build("ga_gru", settings, device)
    training, inputs = Training(system, settings, 0, len(part)), Inputs(system, part, stays=device != "cpu")
    system.module.train()
    return torch.stack([training.step(inputs, batch) for batch in batches]).cpu()


def follow_training(device: str, tiny: bool) -> list[Measure]:
    """How far GA-GRU's losses of the first ten batches are from those of a training on the CPU, without dropout."""
    settings = settings_of("ga_gru", tiny, dropout=0.0)
    size = 4 if tiny else settings["batch_size"]
    part = draw_part("ga_gru", 10 * size, longest=2.0 if tiny else 40.0)
    batches = np.split(np.random.default_rng(0).permutation(10 * size), 10)
    expected = losses("cpu", settings, part, batches)
    with as_on_a_gpu():
        found = losses(device, settings, part, batches)
    away = ((found - expected).abs() / expected.abs()).max().item()
    return [Measure("losses of the first ten batches, GA-GRU, from the CPU's", away, at_most=1e-3)]


class Interrupted(Exception):
    """Stands for whatever ends a process."""


class InterruptedCheckpoint(Checkpoint):
    """A checkpoint that ends the training when it has been written."""

    def save(self, tensors, values):
        super().save(tensors, values)
        raise Interrupted


def train(name: str, device: str, settings: dict, part, folder: Path | None = None) -> str:
    """A digest of a training's weights and predictions. With a folder, it is interrupted after an epoch and goes on."""
    checkpoints = [None]
    if folder:
        checkpoints = [InterruptedCheckpoint(folder, {"benchmark": name}), Checkpoint(folder, {"benchmark": name})]
        checkpoints[0].token = checkpoints[1].token
    for checkpoint in checkpoints:
        system = build(name, settings, device)
        try:
            system.fit(part, part, 0, lambda line: None, checkpoint)
        except Interrupted:
            continue
    digest = hashlib.sha256(system.predict(part).probability.tobytes())
    for value in system.module.state_dict().values():
        digest.update(value.cpu().numpy().tobytes())
    return digest.hexdigest()


def repeat_trainings(device: str, tiny: bool) -> list[Measure]:
    """How many networks give other bytes in a second training, and in one that is interrupted and goes on."""
    again, resumed = [], []
    for name in NETWORKS:
        settings = settings_of(name, tiny, max_epochs=2, batch_size=8)
        part = draw_part(name, 8 if tiny else 40, longest=2.0 if tiny else 10.0)
        with as_on_a_gpu(), tempfile.TemporaryDirectory() as folder:
            first = train(name, device, settings, part)
            again += [name] * (train(name, device, settings, part) != first)
            resumed += [name] * (train(name, device, settings, part, Path(folder)) != first)
    return [
        Measure("networks whose second training gives other bytes", len(again), at_most=0, note=", ".join(again)),
        Measure("networks that give other bytes when interrupted", len(resumed), at_most=0, note=", ".join(resumed)),
    ]


def look_for_waiting(device: str, tiny: bool) -> list[Measure]:
    """How many networks wait for the GPU within an epoch: PyTorch is told to make an error of it."""
    waiting = []
    for name in NETWORKS:
        settings = settings_of(name, tiny, batch_size=8)
        part = draw_part(name, 16, longest=2.0 if tiny else 10.0)
        with as_on_a_gpu():
            system = build(name, settings, device)
            training, inputs = Training(system, settings, 0, len(part)), Inputs(system, part, stays=True)
            training.step(inputs, np.arange(8))  # what is done once
            waiting += waits(device, lambda: training.step(inputs, np.arange(8, 16)), name)  # noqa: B023
            with torch.no_grad():
                waiting += waits(device, lambda: system.module(inputs.batch(np.arange(8))), name)  # noqa: B023
    return [Measure("networks that wait for the GPU within an epoch", len(waiting), at_most=0, note="; ".join(waiting))]


def waits(device: str, work, name: str) -> list[str]:
    """The name, and why, if `work` waits for the GPU."""
    if device == "cpu":
        work()
        return []
    torch.cuda.set_sync_debug_mode("error")
    try:
        work()
    except RuntimeError as error:
        return [f"{name}: {str(error).splitlines()[0]}"]
    finally:
        torch.cuda.set_sync_debug_mode("default")
    return []
