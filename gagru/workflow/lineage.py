"""What a training's results follow from, from the corpus on: the settings of every stage, and digests of their code."""

from gagru.workflow import jobs
from gagru.workflow.configuration import find_feature_set, is_demo, list_sessions
from gagru.workflow.sources import digest_sources

# Stage -> its program, and the package whose member the program imports by name.
PROGRAMS = {
    "demo": ("make_demo_corpus", None),
    "index": ("index_corpus", "gagru.corpora"),
    "own_features": ("index_own_features", None),
    "folds": ("make_folds", None),
    "features": ("extract_features", "gagru.features"),
    "normalisation": ("normalise_features", None),
    "statistics": ("training_statistics", None),
    "training": ("train_fold", "gagru.systems"),
}


def digest_stage(stage: str, member: str | None = None) -> str:
    """A digest of the code of a stage; `member` is the reader of the index, the feature set or the system."""
    program, package = PROGRAMS[stage]
    return digest_sources(program, *([f"{package}.{member}"] if package else []))


def trace_lineage(config: dict, corpus: str, system: str) -> dict[str, dict]:
    """The stages before a training of `system` on `corpus`: name -> `settings`, and `sources`, a digest of its code.

    Nothing in it depends on where the corpus or the workflow lies.
    """
    entry, feature_set = config["corpora"][corpus], find_feature_set(config, corpus, system)
    reader, extraction = entry["reader"], jobs.describe_extraction(config, corpus, feature_set)
    stages = {"demo": ({"reader": reader}, None)} if is_demo(entry) else {}
    stages |= {
        "index": (jobs.describe_speaker_index(config, corpus), reader),
        "folds": ({**jobs.describe_folds(config, corpus), "sessions": list_sessions(entry)}, None),
        "features": ({"feature_set": feature_set} | extraction, feature_set),
        "normalisation": (jobs.describe_normalising(config, corpus, feature_set), None),
    }
    if config["normalisation"]["method"] == "training_speakers":
        stages["statistics"] = ({}, None)
    return {
        stage: {"settings": settings, "sources": digest_stage(stage, member)}
        for stage, (settings, member) in stages.items()
    }
