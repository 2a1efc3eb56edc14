"""The feature sets, each a module that is imported when it is asked for.

A feature set's module offers

- `FRAMES`: whether it has a row a frame, or a row an utterance,
- `TASK_ONLY`: whether only the utterances of the task are described, unless `settings["utterances"]` is `all`,
- `columns(settings)`: the names of its d columns,
- `extractor(settings)`: a function from a signal (float32, 16 kHz) to float32 values, (n, d) or (d,). Nothing, a size
  of 0, says that the signal is too short.

`settings` is the feature set's own part of the configuration.
"""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from gagru.task.errors import InputError


def feature_set(name: str) -> ModuleType:
    """The module `gagru.features.{name}`; `InputError` where there is no such feature set."""
    if not find_spec(f"gagru.features.{name}"):
        raise InputError(f"there is no feature set {name!r}: gagru/features/ has no {name}.py")
    return import_module(f"gagru.features.{name}")
