"""Spellings against the textbook's edit distance, and names that are one name."""

import doctest
import random

import pytest

from gagru.corpora import columns, spelling
from gagru.task.errors import Problems


def distance(first: str, second: str) -> int:
    """Optimal string alignment by the full matrix: insertions, deletions, substitutions, exchanges of neighbours."""
    d = [[i + j if i * j == 0 else 0 for j in range(len(second) + 1)] for i in range(len(first) + 1)]
    for i in range(1, len(first) + 1):
        for j in range(1, len(second) + 1):
            cost = first[i - 1] != second[j - 1]
            d[i][j] = min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost)
            if i > 1 and j > 1 and first[i - 1] == second[j - 2] and first[i - 2] == second[j - 1]:
                d[i][j] = min(d[i][j], d[i - 2][j - 2] + 1)
    return d[-1][-1]


def test_one_letter_apart_is_an_edit_distance_of_at_most_one():
    draw, found = random.Random(0), set()
    for _ in range(5000):
        first, second = ("".join(draw.choices("ab", k=draw.randint(0, 6))) for _ in range(2))
        expected = distance(first, second) <= 1
        found.add(expected)
        assert spelling.differ_by_one(first, second) == expected, (first, second)
    assert found == {True, False}


@pytest.mark.parametrize("module", [spelling, columns])
def test_examples(module):
    tried = doctest.testmod(module)
    assert tried.attempted > 0
    assert tried.failed == 0


def test_no_known_word_is_taken_for_another():
    for name in columns.REQUIRED + columns.OPTIONAL:
        problems = Problems("")
        columns.check_columns(
            [*columns.REQUIRED, name] if name in columns.OPTIONAL else [*columns.REQUIRED], 1, problems
        )
        assert problems.found == []
    words = [(word, name) for name, synonyms in columns.EMOTION_SYNONYMS.items() for word in synonyms]
    assert [word for word, name in words if columns.meant_emotion(word) != name] == []


def test_names_in_several_forms_are_told_with_their_counts():
    problems = Problems("")
    named = [
        ("\u00c4", "a:1"),
        ("A\u0308", "a:2"),
        ("\u00e4", "a:3"),
        ("\u00c4", "a:4"),
        ("B", "a:5"),
        ("\uff22", "a:6"),
    ]
    spelling.check_names("speaker", named, problems)
    assert [problem.partition(" written in")[0] for problem in problems.found] == [
        "a:2: speaker 'A\u0308' (once) is '\u00c4' (first at a:1, 2 times)",
        "a:3: speaker '\u00e4' (once) is '\u00c4' (first at a:1, 2 times)",
        "a:6: speaker '\uff22' (once) is 'B' (first at a:5, once)",
    ]
