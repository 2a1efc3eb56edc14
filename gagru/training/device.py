"""Where networks are trained."""

import torch

from gagru.task.errors import InputError


def choose_device(name: str) -> torch.device:
    """`auto` is the GPU where there is one; `cuda` without a GPU raises `InputError`."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise InputError("training.device is 'cuda', but PyTorch sees no GPU here: set it to 'auto' or 'cpu'")
    return torch.device(name)
