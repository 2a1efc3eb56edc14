"""From a system's name to its class, and from a folder to a trained system.

The file `gagru/systems/{name}.py` holds the system `name` as its `SYSTEM`; it is imported only when it is asked for.
The list of all systems is in `gagru.task.systems`, so that a new system does not change what the others depend on.
"""

from importlib import import_module
from importlib.util import find_spec

from gagru.systems.stored import read_description
from gagru.task.errors import InputError


def module_name(system: str) -> str:
    """The module that holds `system`: `ga_gru` -> `gagru.systems.ga_gru`."""
    return f"gagru.systems.{system}"


def system_class(system: str) -> type:
    """The class of `system`. Raises `InputError` for a system that does not exist."""
    module = import_module(module_name(system)) if system.isidentifier() and find_spec(module_name(system)) else None
    if not hasattr(module, "SYSTEM"):
        raise InputError(f"unknown system {system!r}: gagru/systems/ has no {system}.py with a system")
    return module.SYSTEM


def load(folder):
    """The trained system that `save` wrote to `folder` (`model.json` and `model.safetensors`)."""
    return system_class(read_description(folder)["system"]).load(folder)
