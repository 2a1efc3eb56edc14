"""What every kind of job depends on besides the files it reads: what the rules hand to the programs.

Each function takes the checked configuration, the name of a corpus in it, and what else names the job.
"""

from gagru.demo import plan as demo
from gagru.features.settings import OF_NORMALISING
from gagru.task.corpora import DEMO_LICENCE, READERS, printed
from gagru.task.features import FEATURE_SETS
from gagru.task.systems import SYSTEMS
from gagru.workflow.configuration import find_feature_set, find_reader_options, find_settings, is_demo


def describe_index(config: dict, corpus: str) -> dict:
    """Of the utterance table, beside where the corpus lies and who its speakers are."""
    entry = config["corpora"][corpus]
    counts = entry["expected_counts"]  # true: the published corpus's, or the demo's
    return {
        "reader": entry["reader"],
        "expected_counts": demo.expected_counts(entry["reader"]) if counts and is_demo(entry) else counts,
        "part": entry["part"],
        "speaker_rule": entry["speaker_rule"],
    } | ({"reader_options": options} if (options := find_reader_options(entry)) else {})


def describe_speaker_index(config: dict, corpus: str) -> dict:
    """Of a speaker's part of the utterance table, beside where the corpus lies and who the speaker is."""
    return {name: value for name, value in describe_index(config, corpus).items() if name != "expected_counts"}


def describe_folds(config: dict, corpus: str) -> dict:
    """Of the folds, beside who the speakers are."""
    entry = config["corpora"][corpus]
    named_by_dialog = (entry["validation"], entry["speaker_rule"]) == ("oracle", "dialog")
    return {
        "validation": entry["validation"],
        "share": config["folds"]["random_share"],
        "seed": config["folds"]["random_seed"],
    } | ({"hold_out_session": True} if named_by_dialog else {})


def describe_extraction(config: dict, corpus: str, feature_set: str) -> dict:
    """Of a speaker's features: the settings that their values follow from, and which utterances are described."""
    given = config["features"].get(feature_set, {})
    own = {name: value for name, value in given.items() if name not in OF_NORMALISING}
    if FEATURE_SETS[feature_set].rows == "utterance":  # of all utterances
        return own
    normalisation = config["normalisation"]
    needed = normalisation["statistics_over"] if normalisation["method"] == "speaker" else "task"
    return own | {"utterances": needed}


def describe_normalising(config: dict, corpus: str, feature_set: str) -> dict:
    """Of a speaker's normalised features."""
    normalisation = config["normalisation"]
    if normalisation["method"] != "speaker":  # then no statistics are taken here
        normalisation = {"method": normalisation["method"]}
    return {**normalisation, **config["features"].get(feature_set, {})}


def describe_training(config: dict, corpus: str, system: str) -> dict:
    """Of a fold's training."""
    entry = config["corpora"][corpus]
    job = {"settings": find_settings(config, corpus, system), "validation": entry["validation"]}
    if SYSTEMS[system].network:
        # How many share a GPU makes no difference to the results, so a change of it repeats nothing.
        where = {name: value for name, value in config["training"].items() if name != "per_gpu"}
        job |= {"upsample": entry["upsample"], **where}
    return job


def describe_corpus(config: dict, corpus: str, system: str) -> dict:
    """What a trained system says of the corpus, and which licences concern whoever uses the system."""
    entry = config["corpora"][corpus]
    synthetic = is_demo(entry)
    features = FEATURE_SETS[find_feature_set(config, corpus, system)].licence
    return {
        "name": corpus,
        "printed": printed(corpus),
        "synthetic": synthetic,
        "language": READERS[entry["reader"]].language,
        "licences": {
            "corpus": DEMO_LICENCE if synthetic else READERS[entry["reader"]].licence,
            **({"features": features} if features else {}),
        },
    }
