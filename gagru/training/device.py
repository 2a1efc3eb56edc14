"""Where networks are trained, and what makes a GPU give the same bytes every time."""

import os
import subprocess

import torch

from gagru.task.errors import InputError

# Buffers of cuBLAS that both the networks' matrix products and cuDNN's recurrent networks are deterministic with
# (https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html and torch.use_deterministic_algorithms).
WORKSPACE = ":16:8"


def choose_device(name: str) -> torch.device:
    """`auto` is the GPU where there is one; `cuda` without a GPU raises `InputError`."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise InputError("training.device is 'cuda', but PyTorch sees no GPU here: set it to 'auto' or 'cpu'")
    if name == "cuda":
        make_deterministic()
    return torch.device(name)


def make_deterministic() -> None:
    """Have every operation on a GPU give the same bytes each time, in full single precision.

    It has to come before the first work on the GPU. What has no deterministic form raises an error from then on.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", WORKSPACE)
    os.environ.setdefault("CUBLASLT_WORKSPACE_SIZE", "128")  # KiB, as in WORKSPACE: PyTorch warns of more
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # which would only take time
    torch.backends.cudnn.benchmark = False
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False  # on by default, also for recurrent networks


def describe_gpu() -> dict:
    """What the results on the GPU depend on beside PyTorch, for the provenance."""
    exact = not (torch.backends.cuda.matmul.allow_tf32 or torch.backends.cudnn.allow_tf32)
    return {
        "card": torch.cuda.get_device_name(),
        "driver": driver_version(),
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),
        "precision": "float32" if exact else "TF32",
        "deterministic": torch.are_deterministic_algorithms_enabled(),
    }


def driver_version() -> str | None:
    """The version of NVIDIA's driver; None where it cannot be asked for."""
    command = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0].strip()
    except (OSError, subprocess.CalledProcessError, IndexError):
        return None
