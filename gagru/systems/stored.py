"""How a trained system lies on disk: arrays in `model.safetensors`, everything else in `model.json`.

Neither needs unpickling, so reading a model cannot run code (https://github.com/huggingface/safetensors).
"""

import json
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from gagru.errors import InputError
from gagru.files import whole, write_json


def save_model(folder, description: dict, arrays: dict[str, np.ndarray]) -> None:
    """Write `description` and `arrays` (name -> array of any shape) into `folder`."""
    folder = Path(folder)
    with whole(folder / "model.safetensors") as temporary:
        save_file({name: np.ascontiguousarray(arrays[name]) for name in sorted(arrays)}, temporary)
    write_json(folder / "model.json", description)


def load_model(folder) -> tuple[dict, dict[str, np.ndarray]]:
    """The `description` and `arrays` that `save_model` wrote. `InputError` where either is missing or damaged."""
    folder = Path(folder)
    try:
        description = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        arrays = load_file(folder / "model.safetensors")
    except (OSError, ValueError, SafetensorError) as error:
        raise InputError(
            f"{folder}: the model cannot be read ({error}); delete the folder and run snakemake again"
        ) from error
    return description, arrays
