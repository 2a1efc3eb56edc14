"""Where networks are trained."""

import torch

from gagru.layers.ragged import Ragged
from gagru.layers.rows import to_device
from gagru.task.errors import InputError


def choose_device(name: str) -> torch.device:
    """`auto` is the GPU where there is one; `cuda` without a GPU raises `InputError`."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise InputError("training.device is 'cuda', but PyTorch sees no GPU here: set it to 'auto' or 'cpu'")
    return torch.device(name)


def move(inputs, device: torch.device):
    """Tensors, `Ragged` sequences, or tuples of these, on the device."""
    if isinstance(inputs, Ragged):
        return inputs.to(device)
    if isinstance(inputs, torch.Tensor):
        return to_device(inputs, device)
    return tuple(move(each, device) for each in inputs)
