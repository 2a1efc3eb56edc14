"""What the graph does to edges and attention, as evidence for a claim: margins, positive where the claim holds."""

from collections.abc import Callable

import numpy as np

from gagru.analysis.by_speaker import BySpeaker
from gagru.analysis.edges import CHANCE, PAIRS
from gagru.evaluation.evidence import Evidence, weigh_margin
from gagru.evaluation.margins import contrast, jackknife
from gagru.evaluation.sign_flips import flip_statistic
from gagru.task.emotions import EMOTIONS

FB = list(PAIRS).index("FB")
WITHIN = np.array([first == second for first, second in PAIRS.values()])


def measure_edges_within(sums: BySpeaker, by_chance: bool, level: float) -> list[Evidence]:
    """In each emotion, the mean share of FF, MM and BB over that of FM, FB and MB.

    by_chance : each share as a multiple of what edges that fell anywhere would have
    """
    unit = np.array(list(CHANCE.values())) if by_chance else np.ones(len(PAIRS))
    within = sums.totals @ (np.where(WITHIN, 1, -1) / (WITHIN.sum() * unit))
    margins = [contrast(within, sums.utterances, _one(i)) for i in range(len(EMOTIONS))]
    return [weigh_margin(margin, emotion, level) for margin, emotion in zip(margins, EMOTIONS, strict=True)]


def measure_front_to_back(sums: BySpeaker, subject: str, sign: int, level: float) -> list[Evidence]:
    """By how much the share of FB edges in an emotion is above (sign 1) or below (-1) that of each other emotion."""
    i, across = EMOTIONS.index(subject), sums.totals[:, :, FB]
    return [
        weigh_margin(contrast(across, sums.utterances, sign * (_one(i) - _one(j))), EMOTIONS[j], level)
        for j in _others(sums, i)
    ]


def measure_ends_gain(sums: BySpeaker, ends: float, level: float) -> list[Evidence]:
    """The weight that the first and the last `ends` of the utterance gain by the graph, in the mean of the emotions."""
    first = _beginning(sums, ends)
    return [_measure_gain(sums, first, "beginning", level), _measure_gain(sums, first[::-1], "end", level)]


def measure_ends_controls(sums: BySpeaker, ends: float, level: float) -> list[Evidence]:
    """What to hold the gain of the ends against: the middle's gain, and how the ends' shares of all weight change.

    Where the graph gives all of an utterance more weight, the ends gain too, and the middle with them. Shares do not.
    """
    first = _beginning(sums, ends)
    shares = (("share of the beginning", first), ("share of the end", first[::-1]))
    return [
        _measure_gain(sums, 1 - first - first[::-1], "middle", level),
        *(_measure_share_gain(sums, part, name, level) for name, part in shares),
    ]


def measure_shape_change(sums: BySpeaker, subject: str) -> list[Evidence]:
    """How far the shape of an emotion's profile is from what it was before the graph, 0 to 1: only p, no interval.

    A distance cannot be below 0, so no interval around it could hold 0. The test asks whether the speakers' own changes
    point the same way: of each speaker, the parts of both shapes are exchanged together.
    """
    i = EMOTIONS.index(subject)
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = sums.totals[:, i] / sums.totals[:, i].sum(axis=(0, 2))[:, None]  # (S, 2, bins)
    changes = (parts[:, 1] - parts[:, 0])[sums.utterances[:, i] > 0]
    p = flip_statistic(changes, lambda sums: np.abs(sums).sum(axis=1))
    return [Evidence("before the graph", float(np.abs(changes.sum(axis=0)).sum() / 2), *[np.nan] * 2, p, np.nan)]


def measure_most_changed_shape(sums: BySpeaker, subject: str, level: float) -> list[Evidence]:
    """By how much the shape of an emotion's profile changes more than that of each other emotion."""
    i = EMOTIONS.index(subject)

    def measure(j: int) -> Evidence:
        return _jackknifed(sums, [i, j], lambda means: _distance(means)[i] - _distance(means)[j], EMOTIONS[j], level)

    return [measure(j) for j in _others(sums, i)]


def _measure_gain(sums: BySpeaker, part: np.ndarray, name: str, level: float) -> Evidence:
    """The weight that a part of the utterance, of (bins,), gains by the graph, in the mean of the emotions."""
    present = sums.utterances.sum(axis=0) > 0
    gain = (sums.totals[:, :, 1] - sums.totals[:, :, 0]) @ part
    return weigh_margin(contrast(gain, sums.utterances, present / present.sum()), name, level)


def _measure_share_gain(sums: BySpeaker, part: np.ndarray, name: str, level: float) -> Evidence:
    """How much more of all weight lies in a part of the utterance after the graph, in the mean of the emotions."""
    present = np.flatnonzero(sums.utterances.sum(axis=0))

    def margin(means: np.ndarray) -> float:
        shapes = _shapes(means[present])
        return ((shapes[:, 1] - shapes[:, 0]) @ part).mean()

    return _jackknifed(sums, present, margin, name, level)


def _jackknifed(sums: BySpeaker, emotions, margin: Callable, name: str, level: float) -> Evidence:
    """A margin of the (4, ...) means that is no sum over speakers; over those who have one of the emotions."""
    who = sums.utterances[:, emotions].any(axis=1)
    having = BySpeaker([], sums.totals[who], sums.utterances[who])
    return weigh_margin(jackknife(lambda weights: margin(having.means(weights[None])[0]), int(who.sum())), name, level)


def _beginning(sums: BySpeaker, ends: float) -> np.ndarray:
    """How much of each bin lies in the first `ends` of the utterance: (bins,)."""
    bins = sums.totals.shape[-1]
    return np.clip(ends * bins - np.arange(bins), 0, 1)


def _one(emotion: int) -> np.ndarray:
    """Weights of the emotions' means that leave one."""
    return np.eye(len(EMOTIONS))[emotion]


def _others(sums: BySpeaker, subject: int) -> list[int]:
    """The other emotions that the corpus has."""
    present = sums.utterances.sum(axis=0) > 0
    return [i for i in range(len(EMOTIONS)) if i != subject and present[i]]


def _shapes(profiles) -> np.ndarray:
    """Profiles (..., bins) scaled to sum to 1."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return profiles / profiles.sum(axis=-1, keepdims=True)


def _distance(means) -> np.ndarray:
    """Total variation between the shapes before and after the graph: (4, 2, bins) -> (4,), 0 (same) to 1."""
    shapes = _shapes(means)
    return np.abs(shapes[:, 1] - shapes[:, 0]).sum(axis=-1) / 2
