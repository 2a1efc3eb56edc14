"""The corpus readers by name.

A reader is a module with three functions; it imports the standard library only and opens no audio.

`sessions(root) -> dict[str, str | None]`
    Every speaker with an utterance in the task (these name the folds, in canonical order) and the speaker's session,
    None where there is no one session to name. `InputError` where this has to be read from a file that is wrong.
`read(root, problems) -> list[Utterance]`
    Every labelled utterance, also those outside the task. What is wrong with single utterances goes to `problems`
    with file and line; a missing root or another layout is an `InputError`.
`check_counts(utterances, problems)`
    Compare with the counts of the whole published corpus, where it has any.
"""

from importlib import import_module
from types import ModuleType

from gagru.errors import InputError

READERS = ("iemocap", "msp_improv", "emodb", "manifest")


def reader(name: str) -> ModuleType:
    """The reader module called `name`; `InputError` if there is none."""
    if name not in READERS:
        raise InputError(f"no corpus reader is called '{name}'; `reader:` is one of {', '.join(READERS)}")
    return import_module(f"gagru.corpora.{name}")
