"""The history of an utterance: what was said before it in the same dialog. Names only, and no label is looked at."""

from collections import defaultdict
from collections.abc import Set
from itertools import groupby
from operator import itemgetter

import pyarrow as pa

COLUMNS = ["utterance", "speaker", "session", "dialog", "turn", "start"]


def earlier_utterances(index: pa.Table, available: Set[str], limit: int) -> dict[str, list[tuple[str, bool]]]:
    """What was said before each utterance of `index`, oldest first: (utterance, whether the same speaker said it).

    A dialog is a name of `dialog` within a session. It is ordered by `start`, or by `turn` where any of its utterances
    has no start: with starts, turns may be numbered by speaker, as in IEMOCAP. Utterances at the same time are not
    before each other. An utterance without a dialog or without a place in it has no history and is in none.

    Parameters
    ----------
    index : the utterance table, or its columns `COLUMNS`
    available : the utterances that have features; no others are in a history, whatever their label
    limit : how many are in a history at most, whoever said them; the latest are
    """
    history, dialogs = {}, defaultdict(list)
    for row in index.select(COLUMNS).to_pylist():
        history[row["utterance"]] = []
        if row["dialog"] is not None:
            dialogs[row["session"], row["dialog"]].append(row)
    for dialog in dialogs.values():
        clock = itemgetter("turn" if any(row["start"] is None for row in dialog) else "start")
        said = []  # the rows so far
        for _, now in groupby(sorted((row for row in dialog if clock(row) is not None), key=clock), key=clock):
            now = list(now)
            for row in now:
                latest = said[-limit:]
                history[row["utterance"]] = [(b["utterance"], b["speaker"] == row["speaker"]) for b in latest]
            said += [row for row in now if row["utterance"] in available]
    return history
