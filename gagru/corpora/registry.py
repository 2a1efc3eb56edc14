"""From a corpus reader's name, as `gagru.task.corpora` lists it, to its module.

A reader is a module with three functions; it imports the standard library only and opens no audio.

`sessions(root) -> dict[str, str | None]`
    Every speaker with an utterance in the task (these name the folds, in canonical order) and the speaker's session,
    None where there is no one session to name. `InputError` where this has to be read from a file that is wrong.
`read(root, problems, left_out=None) -> list[Utterance]`
    Every labelled utterance, also those outside the task. What is wrong with single utterances goes to `problems`
    with file and line; a missing root or another layout is an `InputError`. What is there and not read, such as audio
    without a label, is counted in `left_out`, if one is given.
`check_counts(utterances, problems)`
    Compare with the counts of the whole published corpus, where it has any.

A reader may have, besides,

`PARTS: dict[str, tuple[str, ...]]`
    The scenarios of a part of the corpus, such as `improvised`, that can be read by itself.
`SPEAKER_RULES: dict[str, Callable[[Utterance], str]]`
    Other answers to who the speaker of an utterance is than the one `read` gives.
`configure(options) -> a reader`
    What has these functions for a corpus as its entry in the configuration describes it, where one module reads many
    corpora. `options` is what the entry says under the reader's name. `InputError` where that cannot be.
"""

import json
from functools import cache
from types import ModuleType

from gagru.task.errors import InputError
from gagru.task.registry import import_member

ALL = "all"  # the part that is the whole corpus
ACTOR = "actor"  # the speaker is who speaks


@cache
def reader(name: str, options: str = "") -> ModuleType:
    """The reader called `name`; `InputError` if there is none.

    options : JSON of what the configuration says of the corpus under the reader's name, for one that has `configure`
    """
    module = import_member("corpus reader", "gagru.corpora", name, "check_counts")
    return module.configure(json.loads(options)) if options else module


def check_options(corpus: str, name: str, part: str, speaker_rule: str) -> None:
    """Raise `InputError` where the reader called `name` cannot tell the part or the speakers that are asked for."""
    module = reader(name)
    for option, value, usual, known in (
        ("part", part, ALL, getattr(module, "PARTS", {})),
        ("speaker_rule", speaker_rule, ACTOR, getattr(module, "SPEAKER_RULES", {})),
    ):
        if value != usual and value not in known:
            possible = " or ".join([usual, *known])
            raise InputError(f"corpora.{corpus}: with reader '{name}' its `{option}` can be {possible}, not {value}")
