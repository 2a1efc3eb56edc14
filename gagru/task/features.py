"""The registry of the feature sets: what they have a row of. Each is a module of `gagru.features`."""

from typing import NamedTuple

from gagru.task.registry import Registry


class FeatureSet(NamedTuple):
    """What is known of a feature set without importing it.

    rows : what it has a row of: an `utterance` (functionals), a `frame`, or a `sample`. A system hears any feature set
        with the rows that it is made for, unless it names some.
    """

    rows: str


FEATURE_SETS = Registry(
    "feature set",
    {
        "egemaps": FeatureSet("utterance"),
        "lld": FeatureSet("frame"),
        "log_mel": FeatureSet("frame"),
        "modulation": FeatureSet("frame"),
        "waveform": FeatureSet("sample"),
    },
)
