"""The card of a trained model: `README.md` in the form that model hubs read, a YAML header and Markdown.

The header's keys are those of https://huggingface.co/docs/hub/model-cards. It is written as JSON, which YAML reads.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gagru.predict.folders import find_folds
from gagru.storage.files import read_checked_json
from gagru.systems.stored import load_model, read_description
from gagru.task.errors import InputError
from gagru.task.metrics import METRICS, compute_metrics
from gagru.task.systems import SYSTEMS

METRICS_FILE = "metrics.json"
FIDELITY = {
    "specified": "The GA-GRU paper specifies all of it that matters.",
    "partly": "The GA-GRU paper specifies part of it; sizes are a choice of this implementation.",
    "described": "It is re-implemented from a description; sizes and training are choices of this implementation.",
}
LANGUAGES = {"en": "English", "de": "German", "pl": "Polish", "it": "Italian"}
USE = """\
With `gagru` installed, in Python

```python
import gagru

model = gagru.load("{name}")
model.predict("recordings/", speaker="anna")  # a row for each file
```

or on the command line

```sh
gagru predict {name} recordings/ --speaker anna
```"""
INTENDED = """\
Research: to compare systems under one protocol, to repeat a published experiment, to look at what a network attends to.
It is not made for decisions about people."""
NORMALISED = {
    "speaker": "with z-scores over all of the speaker's utterances",
    "training_speakers": "with z-scores by the training speakers",
    "none": "without z-scores",
}
TRAINED_ON_ALL = " The speakers that validate were trained on as well: this system needs no validation."
LIMITS = (
    "It knows four classes, {emotions}, and gives one of them to whatever it hears: to other emotions and sounds, too.",
    "It was trained on {speech}. On spontaneous speech, other languages, other rooms and microphones it will be right "
    "less often than the table says. How much less was not measured.",
    "Its probabilities, if it gives any, are not calibrated: 0.9 does not mean right nine times in ten.",
    "What a voice sounds like is not what a person feels.",
)
NEEDS_SPEAKERS = (
    "It hears a voice against other recordings of the same speaker. With few of these it uses the statistics of the "
    "training speakers, which costs accuracy."
)


class Source(NamedTuple):
    """Where a model lies, and what is said of it.

    folders : of the folds
    descriptions : their `model.json`
    metrics : seed -> its `metrics.json`
    """

    folders: list[Path]
    descriptions: list[dict]
    metrics: dict[int, dict]


def read_source(paths: Sequence[Path]) -> Source:
    """The models in folders of a fold, a seed or a system, and the metrics of their seeds.

    Raises `InputError` where a model is missing or altered, or a seed has no metrics.
    """
    folders = find_folds(paths)
    descriptions = [read_description(folder) for folder in folders]
    for folder, description in zip(folders, descriptions, strict=True):
        load_model(folder, description["system"])  # which compares the digest of its arrays
    metrics = {}
    for folder, description in zip(folders, descriptions, strict=True):
        if description["seed"] not in metrics:
            metrics[description["seed"]] = read_checked_json(find_metrics(folder))
    return Source(folders, descriptions, metrics)


def find_metrics(fold: Path) -> Path:
    """The `metrics.json` of a fold's seed: beside the folds, or beside a fold that was handed over by itself."""
    for path in (fold.parent / METRICS_FILE, fold / METRICS_FILE):
        if path.is_file():
            return path
    raise InputError(
        f"{fold.parent / METRICS_FILE}: there is no such file; make it first: snakemake {fold.parent}/{METRICS_FILE}"
    )


def write_card(source: Source, name: str) -> str:
    """The card. `name` : what the folder is called in its example."""
    first = source.descriptions[0]
    corpus, emotions = first["corpus"], _list(first["emotions"])
    header = json.dumps(_header(source), indent=2, ensure_ascii=False)
    limits = [*LIMITS, NEEDS_SPEAKERS] if first["normalisation"]["method"] == "speaker" else LIMITS
    sections = {
        "How to use it": USE.format(name=name),
        "Intended use": INTENDED,
        "Data": _say_data(source),
        "Results": _say_results(source),
        "Limits": "\n".join(f"- {one.format(emotions=emotions, speech=_say_speech(corpus))}" for one in limits),
        "Licences": _say_licences(first),
        "Where it comes from": _say_origin(first),
    }
    head = [f"---\n{header}\n---", f"# {_title(first)}"]
    if corpus["synthetic"]:
        head.append("> **Trained on synthetic speech: it says nothing about emotion in speech.**")
    head.append(f"Speech emotion recognition: {emotions}. {_say_system(first)}")
    return "\n\n".join([*head, *(f"## {title}\n\n{text}" for title, text in sections.items())]) + "\n"


def _title(description: Mapping) -> str:
    return f"{SYSTEMS[description['system']].printed} on {description['corpus']['printed']}"


def _header(source: Source) -> dict:
    first = source.descriptions[0]
    corpus = first["corpus"]
    own = _find_own(source)
    values = {name: _over_seeds(source, name) if own is None else own[name] for name in ("UA", "WA")}
    measured = [
        {"type": kind, "name": f"{name} ({long})", "value": round(100 * values[name], 2)}
        for name, kind, long in (("UA", "recall", "mean recall, %"), ("WA", "accuracy", "accuracy, %"))
    ]
    result = {
        "task": {"type": "audio-classification", "name": "Speech emotion recognition"},
        "dataset": {"name": corpus["printed"], "type": corpus["name"]},
        "metrics": measured,
    }
    language = {"language": [corpus["language"]]} if corpus.get("language") else {}
    return {
        **language,
        "library_name": "gagru",
        "pipeline_tag": "audio-classification",
        "license": "other",
        "license_name": "see-licences-in-this-card",
        "tags": ["speech-emotion-recognition", first["system"]],
        "metrics": ["recall", "accuracy"],
        "model-index": [{"name": _title(first), "results": [result]}],
    }


def _say_system(description: Mapping) -> str:
    known = SYSTEMS[description["system"]]
    features = description["features"]["feature_set"]
    return f"The system is {known.printed}, which hears the feature set `{features}`. {FIDELITY[known.fidelity]}"


def _say_data(source: Source) -> str:
    corpus = source.descriptions[0]["corpus"]
    rows = [
        f"| {said['seed']} | {said['fold']} | {_list(said['corpus']['speakers']['train'])} | "
        f"{_list(said['corpus']['speakers']['validation'])} | {said['corpus']['utterances']['train']} |"
        for said in source.descriptions
    ]
    text = f"{corpus['printed']}: {_say_speech(corpus)}. Each model leaves one speaker out."
    if len(source.descriptions) > 1:
        text += " Together they predict by their mean or vote, so some of them were trained on each of these speakers."
    first = source.descriptions[0]
    if not SYSTEMS[first["system"]].network and first["settings"].get("train_on") != "training":
        text += TRAINED_ON_ALL
    head = "| seed | left out | trained on | validated on | utterances trained on |\n|---|---|---|---|---:|\n"
    return f"{text}\n\n{head}" + "\n".join(rows)


def _say_results(source: Source) -> str:
    seeds = sorted(source.metrics)
    first = source.metrics[seeds[0]]
    z_scores = source.descriptions[0]["normalisation"]["method"]
    level, method = in_words(first["intervals"]), first["intervals"]["method"]
    rows = []
    for name in METRICS:
        values = (with_interval(source.metrics[seed]["pooled"][name]) for seed in seeds)
        rows.append(f"| {name.capitalize() if name.islower() else name} | {' | '.join(values)} |")
    head = f"| | {' | '.join(f'seed {seed}' for seed in seeds)} |\n|---|{'---:|' * len(seeds)}\n"
    alone = ""
    if (own := _find_own(source)) is not None:
        fold = source.descriptions[0]["fold"]
        alone = (
            f"This model was tested on speaker {fold}: UA {100 * own['UA']:.1f}, WA {100 * own['WA']:.1f} per cent. "
            f"It is one of {len(first['speakers'])}, and the tables are of all of them. "
        )
    return (
        f"{alone}Each speaker was predicted by the model that leaves the speaker out, {NORMALISED[z_scores]}. "
        f"All {first['utterances']} predictions are pooled. In per cent, with intervals of {level} "
        f"({method}). Emotions: recall. UA: mean recall. WA: accuracy.\n\n{head}"
        + "\n".join(rows)
        + f"\n\n{_say_confusions(source, seeds)}"
    )


def _say_confusions(source: Source, seeds: Sequence[int]) -> str:
    emotions = source.metrics[seeds[0]]["emotions"]
    matrices = [source.metrics[seed]["confusion"] for seed in seeds]
    rows = []
    for i, emotion in enumerate(emotions):
        counts = [sum(matrix[i][j] for matrix in matrices) for j in range(len(emotions))]
        rows.append(f"| {emotion} | {' | '.join(map(str, counts))} |")
    over = f", summed over {len(seeds)} seeds" if len(seeds) > 1 else ""
    head = f"| | {' | '.join(emotions)} |\n|---|{'---:|' * len(emotions)}\n"
    return f"Confusions{over}: a row an emotion, a column what it was taken for.\n\n{head}" + "\n".join(rows)


def _say_licences(description: Mapping) -> str:
    lines = [f"- {text}." for text in description["licences"].values()]
    return "\n".join([*lines, "- The code of gagru, which reads this model, is under the MIT licence."])


def _say_origin(description: Mapping) -> str:
    versions = _list([f"{package} {number}" for package, number in description["features"]["versions"].items()])
    return (
        "`model.json` holds the settings, the normalisation, the speakers, and SHA-256 digests of the code, the "
        "settings and the data that the model follows from. `model.safetensors` holds arrays: reading them runs no "
        "code.\n\n"
        f"Features were made with {versions}."
    )


def _say_speech(corpus: Mapping) -> str:
    if corpus["synthetic"]:
        return "synthetic speech"
    language = LANGUAGES.get(corpus.get("language"))
    return f"acted {language} speech" if language else "the speech of that corpus"


def _find_own(source: Source) -> dict[str, float] | None:
    """The metrics of a single fold on the speaker that it tests; None for several models."""
    if len(source.descriptions) > 1:
        return None
    (metrics,), fold = source.metrics.values(), source.descriptions[0]["fold"]
    return dict(zip(METRICS, map(float, compute_metrics(np.array(metrics["speakers"][fold]))), strict=True))


def _over_seeds(source: Source, name: str) -> float:
    return sum(metrics["pooled"][name]["value"] for metrics in source.metrics.values()) / len(source.metrics)


def in_words(intervals: Mapping) -> str:
    """The level of intervals, as `95 %`. Without pandas, which an environment that trains does not have."""
    return f"{100 * intervals['level']:g} %"


def with_interval(metric: Mapping) -> str:
    """A metric in per cent, as `86.2 (82.5 to 89.9)`."""
    if metric["value"] is None:
        return ""
    low, high = metric["low"], metric["high"]
    interval = "" if low is None else f" ({100 * low:.1f} to {100 * high:.1f})"
    return f"{100 * metric['value']:.1f}{interval}"


def _list(names: Sequence[str]) -> str:
    return ", ".join(names)
