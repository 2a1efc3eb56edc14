"""How a trained system lies on disk: arrays in `model.safetensors`, everything else in `model.json`.

Neither needs unpickling, so reading a model cannot run code (https://github.com/huggingface/safetensors). The
description holds a checksum of itself and a digest of the arrays' file: what belongs together is recognised.
"""

import hashlib
from pathlib import Path

import numpy as np
from safetensors.numpy import load, save

from gagru.storage.files import REMEDY, read_checked_json, whole, write_checked_json
from gagru.task.errors import InputError


def save_model(folder, description: dict, arrays: dict[str, np.ndarray]) -> None:
    """Write `description` and `arrays` (name -> array of any shape) into `folder`."""
    folder = Path(folder)
    content = save({name: np.asarray(arrays[name], order="C") for name in sorted(arrays)})
    with whole(folder / "model.safetensors") as temporary:
        temporary.write_bytes(content)
    write_checked_json(folder / "model.json", description | {"sha256": hashlib.sha256(content).hexdigest()})


def load_model(folder, system: str) -> tuple[dict, dict[str, np.ndarray]]:
    """The `description` and `arrays` that `save_model` wrote of a model of `system`.

    Raises
    ------
    InputError : one of the files is missing, damaged, altered, or belongs to another model or system
    """
    description = read_description(folder)
    path = Path(folder) / "model.safetensors"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); run snakemake again") from error
    if hashlib.sha256(content).hexdigest() != description.pop("sha256"):
        raise InputError(f"{path}: damaged, or not of the model that model.json describes; {REMEDY}")
    if description["system"] != system:
        raise InputError(f"{folder}: a model of {description['system']}, not of {system}; {REMEDY}")
    return description, load(content)


def read_description(folder) -> dict:
    """What `model.json` in `folder` says; `InputError` where it is missing, damaged or altered."""
    return read_checked_json(Path(folder) / "model.json")
