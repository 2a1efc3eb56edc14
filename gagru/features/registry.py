"""The feature sets, each a module that is imported when it is asked for.

A feature set's module offers

- `FRAMES`: whether it has a row a frame, or a row an utterance,
- `TASK_ONLY`: whether only the utterances of the task are described, or all of the corpus,
- `columns(settings)`: the names of its d columns,
- `extractor(settings)`: a function from a signal (float32, 16 kHz) to float32 values, (n, d) or (d,). Nothing, a size
  of 0, says that the signal is too short.

`settings` is the feature set's own part of the configuration.
"""

from importlib import import_module
from types import ModuleType

from gagru.errors import InputError

FEATURE_SETS = {
    "lld": "gagru.features.lld",
    "egemaps": "gagru.features.egemaps",
}


def feature_set(name: str) -> ModuleType:
    """The module of a feature set; `InputError` where there is no such one."""
    if name not in FEATURE_SETS:
        raise InputError(f"there is no feature set {name!r}; there are {', '.join(FEATURE_SETS)}")
    return import_module(FEATURE_SETS[name])
