"""What the graph does to edges and attention, as evidence for a claim: margins, positive where the claim holds."""

from collections.abc import Callable

import numpy as np

from gagru.analysis.by_speaker import BySpeaker
from gagru.analysis.edges import CHANCE, PAIRS
from gagru.evaluation.evidence import Evidence
from gagru.evaluation.intervals import Bootstrap, percentiles, speaker_weights
from gagru.evaluation.paired import sign_flip_test, sign_flips
from gagru.task.emotions import EMOTIONS

FB = list(PAIRS).index("FB")
WITHIN = np.array([first == second for first, second in PAIRS.values()])


def measure_margin(sums: BySpeaker, margin: Callable, against: str, bootstrap: Bootstrap) -> Evidence:
    """A margin of the means over utterances: (n, 4, ...) -> (n,).

    The value is that of all utterances, the interval the bootstrap's over speakers, and the test the sign-flip test of
    the speakers' own margins.
    """
    speakers = len(sums.speakers)
    low, high = percentiles(margin(sums.means(speaker_weights(speakers, bootstrap)))[:, None], bootstrap.level)
    own = margin(sums.means(np.eye(speakers)))
    own = own[~np.isnan(own)]  # not every speaker has every emotion
    p = sign_flip_test(own[:, None], sign_flips(len(own), bootstrap))[0] if len(own) else np.nan
    value = margin(sums.means(np.ones((1, speakers))))[0]
    return Evidence(against, *map(float, (value, low[0], high[0], p)))


def measure_edges_within(sums: BySpeaker, by_chance: bool, bootstrap: Bootstrap) -> list[Evidence]:
    """In each emotion, the mean share of FF, MM and BB over that of FM, FB and MB.

    by_chance : each share as a multiple of what edges that fell anywhere would have
    """
    unit = np.array(list(CHANCE.values())) if by_chance else np.ones(len(PAIRS))

    def margin(means, i):
        shares = means[:, i] / unit
        return shares[:, WITHIN].mean(axis=1) - shares[:, ~WITHIN].mean(axis=1)

    return [measure_margin(sums, lambda m, i=i: margin(m, i), emotion, bootstrap) for i, emotion in enumerate(EMOTIONS)]


def measure_front_to_back(sums: BySpeaker, subject: str, sign: int, bootstrap: Bootstrap) -> list[Evidence]:
    """By how much the share of FB edges in an emotion is above (sign 1) or below (-1) that of each other emotion."""
    return _against_others(sums, lambda means: sign * means[:, :, FB], subject, bootstrap)


def measure_ends_gain(sums: BySpeaker, ends: float, bootstrap: Bootstrap) -> list[Evidence]:
    """The weight that the first and the last `ends` of the utterance gain by the graph, in the mean of the emotions."""
    bins = sums.totals.shape[-1]
    first = np.clip(ends * bins - np.arange(bins), 0, 1)  # how much of each bin lies there

    def margin(means, part):
        gain = (means[:, :, 1] - means[:, :, 0]) @ part  # (n, 4)
        present = ~np.isnan(gain)
        with np.errstate(invalid="ignore"):
            return np.where(present, gain, 0).sum(axis=1) / present.sum(axis=1)

    return [
        measure_margin(sums, lambda means, part=part: margin(means, part), name, bootstrap)
        for name, part in (("beginning", first), ("end", first[::-1]))
    ]


def measure_shape_change(sums: BySpeaker, subject: str, bootstrap: Bootstrap) -> list[Evidence]:
    """How far the shape of an emotion's profile is from what it was before the graph; 0 to 1.

    The test asks whether the speakers' own changes point the same way: their summed change, over all bins, is compared
    with what other signs of the speakers' changes would sum to.
    """
    i = EMOTIONS.index(subject)
    change = measure_margin(sums, lambda means: _distance(means)[:, i], "before the graph", bootstrap)
    own = np.diff(_shapes(sums.means(np.eye(len(sums.speakers)))[:, i]), axis=1)[:, 0]  # (S, bins)
    own = own[~np.isnan(own).any(axis=1)]
    size = np.abs(sign_flips(len(own), bootstrap) @ own).sum(axis=1)
    p = float((size >= np.abs(own.sum(axis=0)).sum() * (1 - 1e-9)).mean()) if len(own) else np.nan
    return [change._replace(p=p)]


def measure_most_changed_shape(sums: BySpeaker, subject: str, bootstrap: Bootstrap) -> list[Evidence]:
    """By how much the shape of an emotion's profile changes more than that of each other emotion."""
    return _against_others(sums, _distance, subject, bootstrap)


def _against_others(sums: BySpeaker, quantity: Callable, subject: str, bootstrap: Bootstrap) -> list[Evidence]:
    """An emotion's quantity, of (n, 4), over that of each other emotion that the corpus has."""
    i = EMOTIONS.index(subject)
    present = sums.utterances.sum(axis=0) > 0
    return [
        measure_margin(sums, lambda means, j=j: quantity(means)[:, i] - quantity(means)[:, j], other, bootstrap)
        for j, other in enumerate(EMOTIONS)
        if j != i and present[j]
    ]


def _shapes(profiles) -> np.ndarray:
    """Profiles (..., bins) scaled to sum to 1."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return profiles / profiles.sum(axis=-1, keepdims=True)


def _distance(means) -> np.ndarray:
    """Total variation between the shapes before and after the graph: (n, 4, 2, bins) -> (n, 4), 0 (same) to 1."""
    shapes = _shapes(means)
    return np.abs(shapes[:, :, 1] - shapes[:, :, 0]).sum(axis=-1) / 2
