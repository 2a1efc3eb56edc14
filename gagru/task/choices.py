"""The choices that the paper leaves open, and the keys of the configuration that each sets."""

from typing import NamedTuple

from gagru.task.features import FEATURE_SETS
from gagru.task.systems import SYSTEMS


class Choice(NamedTuple):
    """An open choice: what it is called in print, and the keys of the configuration that it sets, where they are."""

    printed: str
    keys: tuple[tuple[str, ...], ...]


NETWORKS = ("ga_gru", *(name for name, system in SYSTEMS.items() if system.network and name != "ga_gru"))
OF_FRAMES = [name for name, feature_set in FEATURE_SETS.items() if feature_set.rows == "frame"]
CORPUS = "CORPUS"  # in keys: the corpus's name
CHOICES = {
    "graph_normalise": Choice("Graph: what sums to 1", (("systems", "ga_gru", "graph", "normalise"),)),
    "graph_propagate": Choice("Graph: what it acts on", (("systems", "ga_gru", "graph", "propagate"),)),
    "validation": Choice("Validation", (("corpora", CORPUS, "validation"),)),
    "stop_on": Choice("Early stopping by", tuple(("systems", system, "stop_on") for system in NETWORKS)),
    "normalisation": Choice("z-score", (("normalisation", "method"),)),
    "statistics_over": Choice("z-score: statistics over", (("normalisation", "statistics_over"),)),
    "remainder": Choice(
        "Last, shorter group of frames", tuple(("features", feature_set, "remainder") for feature_set in OF_FRAMES)
    ),
    "egemaps": Choice("eGeMAPS", (("features", "egemaps", "version"),)),
    "part": Choice("Part of the corpus", (("corpora", CORPUS, "part"),)),
    "speaker_rule": Choice("Speaker by", (("corpora", CORPUS, "speaker_rule"),)),
}
# Equation 5 as it is printed, with equation 6.
LITERAL = {"graph_normalise": "column", "graph_propagate": "frames"}

Specification = dict[str, str]  # choice -> value
