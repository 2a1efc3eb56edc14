"""From a feature set's name, as `gagru.task.features` lists it, to its module, which is imported when it is asked for.

A feature set's module offers

- `ROWS`: what it has a row of, an `utterance`, a `frame` or a `sample`,
- `SETTINGS`: its settings, as `gagru.task.settings` declares them,
- `columns(settings)`: the names of its d columns,
- `extractor(settings)`: a function from a signal (float32, 16 kHz) to float32 values, (n, d) or, with a row an
  utterance, (d,). Nothing, a size of 0, says that the signal is too short.

In place of `extractor`, one whose values come from files has `lookup(settings)`: a function from an utterance's name to
its values, or to None where it has none.

`settings` is the feature set's own part of the configuration. Functionals are described of all utterances, since
histories hold them; frames and samples of the task's only, unless `settings["utterances"]` is `all`.
"""

from types import ModuleType

from gagru.task.registry import import_member


def feature_set(name: str) -> ModuleType:
    """The module `gagru.features.{name}`; `InputError` where there is no such feature set."""
    return import_member("feature set", "gagru.features", name, "columns")
