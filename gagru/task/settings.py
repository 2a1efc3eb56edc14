"""How a system or a feature set declares its settings: name, type, bounds, default, meaning, and whose choice each is.

A module's `SETTINGS` maps names to settings, or to groups of them. What is said of a setting beside its default and its
meaning is JSON Schema (https://json-schema.org), which the configuration is checked by. `make config` writes
config/schema.yaml, the blocks of config.yaml and config/README.md from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gagru.task.errors import InputError

PAPER = "paper"  # given by the paper, or by the system's own source
OPEN = "open"  # the paper needs it and leaves it open
OURS = "ours"

# JSON Schema of what occurs often.
COUNT = {"type": "integer", "minimum": 1}
STEPS = {"type": "integer", "minimum": 0}
POSITIVE = {"type": "number", "exclusiveMinimum": 0}
NOT_NEGATIVE = {"type": "number", "minimum": 0}
DROPOUT = {"type": "number", "minimum": 0, "exclusiveMaximum": 1}
COUNTS = {"type": "array", "items": COUNT, "minItems": 1}


@dataclass(frozen=True)
class Setting:
    """One setting.

    Attributes
    ----------
    default : its value in config.yaml
    meaning : in words, without a full stop
    whose : `PAPER`, `OPEN` or `OURS`
    schema : JSON Schema of its values. `rows` is no keyword of that: it allows the feature sets with such rows.
    grid : the values that `selection` tries; none, where it leaves the setting as it is
    """

    default: Any
    meaning: str
    whose: str = PAPER
    schema: dict = field(default_factory=dict)
    grid: tuple = ()


@dataclass(frozen=True)
class Group:
    """Settings with a name in common.

    Attributes
    ----------
    meaning : of all of them, in words
    settings : name -> setting
    """

    meaning: str
    settings: Mapping[str, Setting]


Settings = Mapping[str, Setting | Group]


def setting(default, meaning: str, whose: str = PAPER, grid: Sequence = (), **schema) -> Setting:
    """A setting, with its JSON Schema as keywords.

    >>> setting(0.1, "Dropout between layers", type="number", minimum=0, exclusiveMaximum=1).default
    0.1
    """
    return Setting(default, meaning, whose, schema, tuple(grid))


def change(settings: Settings, whose: str | None = None, **defaults) -> dict[str, Setting | Group]:
    """The same settings with other defaults, and of these whose choice they are, if that differs too."""
    changed = {
        name: replace(settings[name], default=default, whose=whose or settings[name].whose)
        for name, default in defaults.items()
    }
    return {**settings, **changed}


def check_names(settings: Settings, given: Mapping, block: str) -> None:
    """Raise `InputError` for a name in `given`, a block of settings, that is not declared."""
    for name, value in given.items():
        if name not in settings:
            known = f"choose from {', '.join(settings)}" if settings else "there is none"
            raise InputError(f"{block}: there is no setting {name!r}; {known}")
        if isinstance(settings[name], Group):
            check_names(settings[name].settings, value, f"{block}.{name}")


def default_settings(settings: Settings) -> dict:
    """The defaults, as a block of the configuration holds them."""
    return {
        name: default_settings(one.settings) if isinstance(one, Group) else one.default
        for name, one in settings.items()
    }
