"""Which utterances make up a batch."""

import numpy as np


def random_batches(count: int, size: int, generator: np.random.Generator) -> list[np.ndarray]:
    """All of `count` utterances in a new random order, cut into batches of `size`; the last may be smaller."""
    return np.split(generator.permutation(count), range(size, count, size))


def batches_by_length(features: list[np.ndarray], size: int) -> list[np.ndarray]:
    """Batches of `size` utterances of like length, for passes that change nothing."""
    order = np.argsort([len(array) for array in features], kind="stable")
    return np.split(order, range(size, len(order), size)) if len(order) else []


def balanced_indices(emotion: np.ndarray, upsample: list[int], generator: np.random.Generator) -> np.ndarray:
    """Every utterance once, and those of the classes in `upsample` duplicated at random up to the largest class's size.

    GA-GRU paper, section 3.1 ("upsample the sadness and anger class by random duplication").

    Parameters
    ----------
    emotion : (n,) classes of the training utterances
    upsample : the classes to duplicate; one without utterances stays without

    Returns indices into `emotion`.
    """
    largest = max(np.bincount(emotion), default=0)
    extra = []
    for code in upsample:
        members = np.flatnonzero(emotion == code)
        if len(members):
            extra.append(generator.choice(members, largest - len(members)))
    return np.concatenate([np.arange(len(emotion)), *extra]).astype(np.int64)
