"""What a trained model's `model.json` says of where it comes from, so that its folder can be used by itself."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from gagru.data.dataset import FoldFiles, Part
from gagru.features.normalise import read_statistics, speaker_statistics
from gagru.features.store import made_with
from gagru.storage.versions import merged

SPEAKER, TRAINING_SPEAKERS = "speaker", "training_speakers"
# The settings that say how values are normalised; the others of that stage are the feature set's own.
NORMALISING = ("method", "statistics_over", "max_frames", "downsample", "remainder")


def describe_origin(
    corpus: Mapping, lineage: Mapping[str, Mapping], files: FoldFiles, parts: Mapping[str, Part]
) -> dict:
    """What the model heard, and how new audio has to be described for it.

    Parameters
    ----------
    corpus : what the configuration says of it, see `gagru.workflow.jobs.describe_corpus`
    lineage : the stages before the training, see `gagru.workflow.lineage.trace_lineage`
    parts : role -> utterances of the fold

    Returns
    -------
    `corpus`, with the `speakers` and the number of `utterances` of each role; `features`: `feature_set`, `settings` and
    `versions` of what made them; `normalisation`: its settings and `statistics`, `mean` and `std` of every column
    over so many `rows` of the training speakers (none where values are not normalised); `licences`.
    """
    index = lineage["index"]["settings"]
    extraction = {**lineage["features"]["settings"]}
    feature_set = extraction.pop("feature_set")
    extraction.pop("utterances", None)  # which ones were described says nothing of how
    normalising = lineage["normalisation"]["settings"]
    about = {name: value for name, value in corpus.items() if name != "licences"}
    roles = {role: sorted(set(part.speaker)) for role, part in parts.items()}
    return {
        "corpus": {
            **about,
            **{name: index[name] for name in ("reader", "part", "speaker_rule")},
            "speakers": roles,
            "utterances": {role: len(part) for role, part in parts.items()},
        },
        "features": {
            "feature_set": feature_set,
            "settings": extraction,
            "versions": _versions(files.features, {speaker for names in roles.values() for speaker in names}),
        },
        "normalisation": {
            **{name: normalising[name] for name in NORMALISING if name in normalising},
            "statistics": _statistics(normalising["method"], files, roles["train"]),
        },
        "licences": corpus.get("licences", {}),
    }


def _statistics(method: str, files: FoldFiles, speakers: Iterable[str]) -> dict | None:
    """Of the training speakers: those of the fold, or pooled from what each speaker's file was normalised by."""
    if method == TRAINING_SPEAKERS:
        found = read_statistics(files.statistics)
    elif method == SPEAKER:
        found = speaker_statistics(files.features, speakers)
    else:
        return None
    return {name: value for name, value in found.as_json().items() if name != "columns"}  # the model's own


def _versions(features: Path, speakers: Iterable[str]) -> dict[str, str]:
    return merged(made_with(Path(features) / f"{speaker}.parquet") for speaker in sorted(speakers))
