"""The choices that the paper leaves open, and the keys of the configuration that each sets."""

from typing import NamedTuple

from gagru.task.features import FEATURE_SETS
from gagru.task.systems import SYSTEMS


class Choice(NamedTuple):
    """An open choice.

    printed : what it is called in print
    values : those that it can have, as `choices.grid` lists them
    keys : of the configuration, that it sets where they are
    """

    printed: str
    values: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]


NETWORKS = ("ga_gru", *(name for name, system in SYSTEMS.items() if system.network and name != "ga_gru"))
OF_FRAMES = [name for name, feature_set in FEATURE_SETS.items() if feature_set.rows == "frame"]
CORPUS = "CORPUS"  # in keys: the corpus's name
CHOICES = {
    "graph_normalise": Choice(
        "Graph: what sums to 1", ("row", "column", "symmetric"), (("systems", "ga_gru", "graph", "normalise"),)
    ),
    "graph_propagate": Choice(
        "Graph: what it acts on", ("frames", "attention"), (("systems", "ga_gru", "graph", "propagate"),)
    ),
    "validation": Choice("Validation", ("partner", "rotate", "random", "oracle"), (("corpora", CORPUS, "validation"),)),
    "stop_on": Choice(
        "Early stopping by", ("ua", "loss"), tuple(("systems", system, "stop_on") for system in NETWORKS)
    ),
    "normalisation": Choice("z-score", ("speaker", "training_speakers", "none"), (("normalisation", "method"),)),
    "statistics_over": Choice("z-score: statistics over", ("task", "all"), (("normalisation", "statistics_over"),)),
    "remainder": Choice(
        "Last, shorter group of frames",
        ("average", "drop"),
        tuple(("features", feature_set, "remainder") for feature_set in OF_FRAMES),
    ),
    "max_frames": Choice(
        "Frames heard of an utterance",
        ("all", "2500"),
        tuple(("features", feature_set, "max_frames") for feature_set in OF_FRAMES),
    ),
    "class_weight": Choice(
        "Weights of the classes",
        ("none", "balanced"),
        tuple(("systems", system, "class_weight") for system in SYSTEMS),
    ),
    "egemaps": Choice("eGeMAPS", ("eGeMAPSv02", "eGeMAPSv01b", "eGeMAPSv01a"), (("features", "egemaps", "version"),)),
    "part": Choice("Part of the corpus", ("all", "improvised", "scripted"), (("corpora", CORPUS, "part"),)),
    "speaker_rule": Choice("Speaker by", ("actor", "dialog"), (("corpora", CORPUS, "speaker_rule"),)),
}
# Equation 5 as it is printed, with equation 6.
LITERAL = {"graph_normalise": "column", "graph_propagate": "frames"}
# What the public code of the paper's laboratory does for a sister paper: the z-score is over all frames of a dialog's
# prefix (`Ses01F`, both speakers mixed), 2,500 frames are heard, and the best step is chosen on the held-out session.
LABORATORY = {
    "normalisation": "speaker",
    "speaker_rule": "dialog",
    "statistics_over": "all",
    "validation": "oracle",
    "max_frames": "2500",
}

Specification = dict[str, str]  # choice -> value
