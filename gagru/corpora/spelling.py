"""Words that are nearly a known one, and names that differ only in how they are written."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

from gagru.task.errors import Problems

# Shorter words, and shorter synonyms, are one letter from too many others: "sad" from "bad", "stop" from "step".
SHORTEST, SHORTEST_SYNONYM = 4, 5
# What programs and people write into a cell where there is nothing.
MISSING = frozenset(("nan", "none", "null", "na", "nil", "nat", "unknown", "unk", "undefined", "missing"))


def folded(word: str) -> str:
    """The word's letters and digits alone, whatever their case and Unicode form.

    >>> folded("File_Path "), folded("Ärger") == folded("A\\u0308RGER")
    ('filepath', True)
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
    return "".join(filter(str.isalnum, text))


@cache
def is_missing(word: str) -> bool:
    """Whether a cell says that it holds nothing, as `nan` and `N/A` do.

    >>> is_missing("N/A"), is_missing("#N/A"), is_missing("Nana")
    (True, True, False)
    """
    return folded(word) in MISSING


def meant(word: str, known: Mapping[str, Iterable[str]]) -> str | None:
    """The known word that `word` stands for, but for case, blanks and signs, as a synonym, or with one letter wrong.

    known : word -> its synonyms

    >>> known = {"anger": ["angry"], "sadness": ["sad"]}
    >>> [meant(word, known) for word in ("Anger ", "ANGRY", "sadnes", "bad", "fear")]
    ['anger', 'anger', 'sadness', None, None]
    """
    text = folded(word)
    for name, synonyms in known.items():
        if text in map(folded, (name, *synonyms)):
            return name
    for name, synonyms in known.items():
        long = [other for other in map(folded, synonyms) if len(other) >= SHORTEST_SYNONYM]
        if any(differ_by_one(text, other) for other in (folded(name), *long) if len(other) >= SHORTEST):
            return name
    return None


def differ_by_one(first: str, second: str) -> bool:
    """Whether one letter more, less or other, or two neighbours exchanged, make one word the other; or nothing does.

    >>> differ_by_one("hapiness", "happiness"), differ_by_one("agner", "anger"), differ_by_one("fear", "anger")
    (True, True, False)
    """
    while first and second and first[0] == second[0]:
        first, second = first[1:], second[1:]
    while first and second and first[-1] == second[-1]:
        first, second = first[:-1], second[:-1]
    return max(len(first), len(second)) <= 1 or (len(first) == 2 and first == second[::-1])


def identity(name: str) -> str:
    """What a name has in common with all other ways to write it.

    Case, Unicode form, zeros before a number, and blanks, `_` and `-` make no difference; but `1-1` is not `11`.

    >>> identity("S03") == identity("s-3"), identity("Anna") == identity("anna "), identity("1-1") == identity("11")
    (True, True, False)
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    text = re.sub(r"[\s_-]+", "-", text)
    text = re.sub(r"(?<!\d)-|-(?!\d)", "", text)
    return re.sub(r"(?<!\d)0+(?=\d)", "", text)


def check_names(kind: str, named: Iterable[tuple[str, str]], problems: Problems) -> None:
    """Note a problem for all names of a `kind`, such as "speaker", that differ only in how they are written.

    named : every name that occurs, and where; a name counts as often as it is there
    """
    written: dict[str, list] = {}
    for name, place in named:
        written.setdefault(name, [place, 0])[1] += 1
    found: dict[str, dict[str, list]] = {}
    for name, where in written.items():
        found.setdefault(identity(name), {})[name] = where
    for ways in found.values():
        (first, (first_place, first_count)), *others = ways.items()
        for name, (place, count) in others:
            problems.add(
                f"{place}: {kind} {name!r} ({_times(count)}) is {first!r} (first at {first_place}, "
                f"{_times(first_count)}) written in another way; write it in one way. If they are different {kind}s, "
                "give them names that differ in more than case, zeros, blanks, '_' and '-'"
            )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
