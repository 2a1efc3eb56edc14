"""Comparing the utterances found with the counts that a corpus is known to have."""

from collections import Counter
from collections.abc import Iterable, Mapping

from gagru.corpora.utterance import Utterance
from gagru.task.errors import Problems


def check(
    utterances: Iterable[Utterance],
    attribute: str | None,
    expected: Mapping[str | None, Mapping[str, int]],
    problems: Problems,
) -> None:
    """Note one problem that lists every count in the task that is not the expected one.

    `expected` maps a value of the utterances' `attribute` (such as "speaker") to the number of utterances of each
    emotion; what it leaves out is expected not to occur. Where the attribute is None, so is the only value.
    """
    wanted = {(group, emotion): n for group, emotions in expected.items() for emotion, n in emotions.items()}
    found = Counter((getattr(u, attribute) if attribute else None, u.emotion) for u in utterances if u.emotion)
    different = [
        f"{group or ''} {emotion} {found[group, emotion]}, expected {wanted.get((group, emotion), 0)}".strip()
        for group, emotion in [*wanted, *(found.keys() - wanted.keys())]
        if found[group, emotion] != wanted.get((group, emotion), 0)
    ]
    if different:
        by = f"{attribute} and emotion" if attribute else "emotion"
        problems.add(
            f"utterances by {by} are not those of the whole corpus: {'; '.join(sorted(different))}. "
            "Complete the copy, or set `expected_counts: false` for a partial one"
        )
