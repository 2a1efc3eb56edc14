"""The registry of the feature sets: what they have a row of. Each is a module of `gagru.features`."""

from typing import NamedTuple

from gagru.task.registry import Registry


class FeatureSet(NamedTuple):
    """What is known of a feature set without importing it.

    rows : what it has a row of: an `utterance` (functionals), a `frame`, or a `sample`. A system hears any feature set
        with the rows that it is made for, unless it names some.
    form_of : the feature set of which it is another form, under whose name a system chooses it
    licence : what stands in a model that hears it, where its making puts a condition on that
    """

    rows: str
    form_of: str | None = None
    licence: str = ""


OPENSMILE = (
    "Features by openSMILE, which is for research only: without a commercial licence of audEERING, neither these nor "
    "models trained on them may be used in a product"
)
FEATURE_SETS = Registry(
    "feature set",
    {
        "egemaps": FeatureSet("utterance", licence=OPENSMILE),
        "lld": FeatureSet("frame", licence=OPENSMILE),
        "log_mel": FeatureSet("frame"),
        "modulation": FeatureSet("frame"),
        "waveform": FeatureSet("sample"),
        "own": FeatureSet("frame"),
        "own_mean": FeatureSet("utterance", form_of="own"),
    },
)
OWN = "own"  # whose values come from files, not from audio


def list_heard(rows: str) -> list[str]:
    """What a system made for such rows can choose from.

    >>> list_heard("utterance")
    ['egemaps', 'own']
    """
    return [known.form_of or name for name, known in FEATURE_SETS.items() if known.rows == rows]


def find_form(name: str, rows: str) -> str:
    """The feature set that a system made for such rows hears when it chooses `name`.

    >>> find_form("own", "utterance"), find_form("own", "frame"), find_form("lld", "frame")
    ('own_mean', 'own', 'lld')
    """
    forms = (form for form, known in FEATURE_SETS.items() if known.form_of == name and known.rows == rows)
    return next(forms, name)


def is_own(feature_set: str) -> bool:
    """Whether a feature set's values come from the user's files."""
    return OWN in (feature_set, FEATURE_SETS[feature_set].form_of)
