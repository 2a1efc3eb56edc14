"""Utterance lengths distributed as IEMOCAP's: log-normal, fitted to its median and percentiles, cut to its range."""

import numpy as np

MEDIAN = 3.58  # s
PERCENTILES = {1.6449: 11.06, 2.3263: 15.5}  # s, at the standard normal deviates of the 95th and 99th
SHORTEST, LONGEST = 0.58, 34.1  # s
STEP = 0.05  # s: 10 ms frames averaged over 5

# Least squares over the percentiles, of ln(length / median) = deviation * z.
DEVIATION = sum(z * np.log(p / MEDIAN) for z, p in PERCENTILES.items()) / sum(z * z for z in PERCENTILES)


def durations(count: int, seed: int) -> np.ndarray:
    """Draw the durations of `count` utterances, in s."""
    drawn = np.random.default_rng(seed).lognormal(np.log(MEDIAN), DEVIATION, count)
    return drawn.clip(SHORTEST, LONGEST)


def lengths(count: int, seed: int) -> list[int]:
    """Draw the lengths of `count` utterances, in steps of 50 ms (the last may be shorter)."""
    return np.ceil(durations(count, seed) / STEP).astype(int).tolist()
