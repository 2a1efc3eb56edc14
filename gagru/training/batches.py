"""Which utterances make up a batch."""

import numpy as np

from gagru.task.emotions import EMOTIONS


def random_batches(count: int, size: int, generator: np.random.Generator) -> list[np.ndarray]:
    """All of `count` utterances in a new random order, cut into batches of `size`; the last may be smaller."""
    return np.split(generator.permutation(count), range(size, count, size))


def batches_by_length(features: list[np.ndarray], size: int) -> list[np.ndarray]:
    """Batches of `size` utterances of like length, for passes that change nothing."""
    order = np.argsort([len(array) for array in features], kind="stable")
    return np.split(order, range(size, len(order), size)) if len(order) else []


def balanced_weights(emotion: np.ndarray) -> np.ndarray:
    """A weight a class, (4,) float32, by which all classes of `emotion` (n,) count alike.

    It is n / (classes * utterances of the class), as of scikit-learn's `class_weight="balanced"`, over the classes that
    have utterances; the others weigh 0.

    >>> import numpy as np
    >>> balanced_weights(np.repeat([0, 1, 2, 3], [2, 8, 2, 4])).tolist()
    [2.0, 0.5, 2.0, 1.0]
    """
    sizes = np.bincount(emotion, minlength=len(EMOTIONS))
    return np.where(sizes > 0, len(emotion) / ((sizes > 0).sum() * np.maximum(sizes, 1)), 0).astype(np.float32)


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
