"""The history of an utterance: what was said before it in the same dialog. Names only, and no label is looked at."""

from collections import defaultdict
from collections.abc import Iterable, Set
from itertools import groupby, islice
from operator import itemgetter

import pyarrow as pa

COLUMNS = ["utterance", "speaker", "session", "dialog", "turn", "start"]


def earlier_utterances(index: pa.Table, available: Set[str], limit: int) -> dict[str, tuple[list[str], list[str]]]:
    """What the speaker, and what everybody else, said before each utterance of `index`: (own, others), oldest first.

    A dialog is a name of `dialog` within a session. It is ordered by `start`, or by `turn` where any of its utterances
    has no start: turns may be numbered by speaker, as in IEMOCAP. Utterances at the same time are not before each
    other. An utterance without a dialog or without a place in it has no history and is in none.

    Parameters
    ----------
    index : the utterance table, or its columns `COLUMNS`
    available : the utterances that have features; no others are in a history, whatever their label
    limit : how many are in each of the two lists at most; the latest are
    """
    history, dialogs = {}, defaultdict(list)
    for row in index.select(COLUMNS).to_pylist():
        history[row["utterance"]] = [], []
        if row["dialog"] is not None:
            dialogs[row["session"], row["dialog"]].append(row)
    for dialog in dialogs.values():
        clock = itemgetter("turn" if any(row["start"] is None for row in dialog) else "start")
        said = []  # the rows so far
        for _, now in groupby(sorted((row for row in dialog if clock(row) is not None), key=clock), key=clock):
            now = list(now)
            for row in now:
                own = (before for before in reversed(said) if before["speaker"] == row["speaker"])
                others = (before for before in reversed(said) if before["speaker"] != row["speaker"])
                history[row["utterance"]] = _latest(own, limit), _latest(others, limit)
            said += [row for row in now if row["utterance"] in available]
    return history


def _latest(newest_first: Iterable[dict], limit: int) -> list[str]:
    return [row["utterance"] for row in islice(newest_first, limit)][::-1]
