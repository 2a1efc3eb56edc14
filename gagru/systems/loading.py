"""From a system's name to its class, and from a folder to a trained system.

The file `gagru/systems/{name}.py` holds the system `name` as its `SYSTEM` and declares its settings as `SETTINGS`; it
is imported when it is asked for. The list of all systems is in `gagru.task.systems`.
"""

from types import ModuleType

from gagru.systems.stored import read_description
from gagru.task.registry import import_member


def system_module(system: str) -> ModuleType:
    """The module that holds `system`. Raises `InputError` for a system that does not exist."""
    return import_member("system", "gagru.systems", system, "SYSTEM")


def system_class(system: str) -> type:
    """The class of `system`. Raises `InputError` for a system that does not exist."""
    return system_module(system).SYSTEM


def load(folder):
    """The trained system that `save` wrote to `folder` (`model.json` and `model.safetensors`)."""
    return system_class(read_description(folder)["system"]).load(folder)
