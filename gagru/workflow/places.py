"""Where the files of a corpus lie below `results/`, and those of its specifications: values of the open choices.

A place is `emodb`, or `choices/emodb/graph_normalise=column,validation=oracle`: the choices that differ from the
configuration, and of these only those that change what lies there. So nothing is made twice: the features of this one
are those at `emodb`.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import PurePath

from gagru.corpora.registry import ALL, check_options
from gagru.data.folds import check_protocol
from gagru.task.choices import CHOICES, CORPUS, Specification
from gagru.task.errors import InputError
from gagru.workflow import jobs
from gagru.workflow.configuration import find_feature_set, find_settings, list_sessions

FOLDER = "choices"


class Places:
    """The places of a configuration.

    config : the checked configuration
    """

    def __init__(self, config: dict):
        self._config = config
        self.read, self.configure, self.locate = cache(self._read), cache(self._configure), cache(self._locate)

    def find_corpus(self, place: str) -> str:
        """The name of the corpus at a place."""
        return place.split("/")[1] if "/" in place else place

    def _configure(self, place: str) -> dict:
        """The configuration that holds at a place."""
        return choose(self._config, self.find_corpus(place), self.read(place))

    def _locate(self, place: str, stage: str, item: str | None = None) -> str:
        """The place that makes what is used at `place`.

        stage : `index`, `folds`; `features`, `statistics`, `normalised`, of the feature set `item`; `training`, of the
            system `item`
        """
        return self.name(self.find_corpus(place), self.read(place), stage, item)

    def name(self, corpus: str, specification: Specification, stage: str, item: str | None = None) -> str:
        """The place at which a stage of a specification is made; `stage` and `item` as for `locate`."""
        own = read_choices(self._config, corpus)
        kept = {choice: value for choice, value in specification.items() if value != own[choice]}
        for choice in list(kept):
            fewer = {other: value for other, value in kept.items() if other != choice}
            if self._needs(corpus, kept, stage, item) == self._needs(corpus, fewer, stage, item):
                kept = fewer
        if not kept:
            return corpus
        words = ",".join(f"{choice}={kept[choice]}" for choice in CHOICES if choice in kept)
        return f"{FOLDER}/{corpus}/{words}"

    def check_targets(self, words: Iterable[str]) -> None:
        """Raise `InputError` where a file lies at what is no place.

        words : of a command line; all but the names of such files are let by
        """
        for word in words:
            parts = PurePath(word).parts
            if parts[:2] == ("results", FOLDER):
                self.read("/".join(parts[1:4]))

    def write_pattern(self) -> str:
        """A regular expression of places: corpora, and corpora under a specification."""
        corpora = self._config["corpora"]
        return "|".join([*corpora, *(f"{FOLDER}/{corpus}/[^/]+" for corpus in corpora)])

    def _needs(self, corpus: str, specification: Specification, stage: str, item: str | None) -> list[dict]:
        """All that a stage depends on, through the stages before it."""
        config = choose(self._config, corpus, specification)
        index, folds = jobs.describe_index(config, corpus), jobs.describe_folds(config, corpus)
        if stage == "index":
            return [index]
        if stage == "folds":
            return [index, folds]
        feature_set = find_feature_set(config, corpus, item) if stage == "training" else item
        extraction = jobs.describe_extraction(config, corpus, feature_set)
        if stage == "features":  # those of a part are among those of the whole
            whole = self._config["corpora"][corpus]["part"] == ALL
            return [index | {"part": ALL} if whole else index, extraction]
        if stage == "statistics":
            return [index, extraction, folds]
        needs = [index, extraction, jobs.describe_normalising(config, corpus, feature_set)]
        return needs if stage == "normalised" else [*needs, folds, jobs.describe_training(config, corpus, item)]

    def _read(self, place: str) -> Specification:
        """The choices that a place names. Raises `InputError` where it is no place, and says why."""
        if "/" not in place:
            return {}
        corpus, words = [*place.split("/"), "", ""][1:3]
        if corpus not in self._config["corpora"]:
            raise InputError(f"results/{place}: no corpus is called {corpus!r}; {_list(self._config['corpora'])} are")
        found = {}
        for word in words.split(","):
            choice, _, value = word.partition("=")
            if choice not in CHOICES or not value:
                raise InputError(f"results/{place}: {word!r} is no choice: write CHOICE=VALUE, of {_list(CHOICES)}")
            if choice in found:
                raise InputError(f"results/{place}: {choice} is there twice; keep one")
            if value not in CHOICES[choice].values:
                raise InputError(f"results/{place}: {choice} is one of {_list(CHOICES[choice].values)}, not {value!r}")
            if reason := explain_impossible(self._config, corpus, choice, value):
                raise InputError(f"results/{place}: {reason}")
            found[choice] = value
        return found


def read_choices(config: dict, corpus: str) -> Specification:
    """The value that each choice has in the configuration.

    It is that of the two systems compared. Where it is one for the first and another for the second, it is both:
    `ua / loss`.
    """
    return {choice: " / ".join(_values(config, corpus, choice)) for choice in CHOICES}


def choose(config: dict, corpus: str, specification: Specification) -> dict:
    """The configuration, with the values of the specification; what they do not touch is not copied.

    A value such as `ua / loss`, of two systems that differ, stands for what is configured.
    """
    for choice, value in specification.items():
        for key in CHOICES[choice].keys if value in CHOICES[choice].values else ():
            for path in (key, ("demo", *key)):  # a demo corpus has settings of its own on top
                config = _with(config, [corpus if step == CORPUS else step for step in path], value)
    return config


def explain_impossible(config: dict, corpus: str, choice: str, value: str) -> str | None:
    """Why a corpus cannot have the value of a choice, such as `partner` without sessions; None where it can."""
    entry = config["corpora"][corpus]
    changed = entry | {choice: value} if choice in entry else entry
    try:
        check_options(corpus, entry["reader"], changed["part"], changed["speaker_rule"])
        check_protocol(corpus, list_sessions(entry), changed["validation"])
    except InputError as error:
        return str(error)
    return None


def _values(config: dict, corpus: str, choice: str) -> list[str]:
    """The different values that a choice has for the systems compared; of a choice that is of neither, the first."""
    systems = {system: find_settings(config, corpus, system) for system in config["choices"]["systems"]}
    compared = [("systems", system) for system in systems]
    compared += [("features", found["features"]) for found in systems.values()]
    config, keys = config | {"systems": config["systems"] | systems}, CHOICES[choice].keys
    ordered = sorted((key for key in keys if key[:2] in compared), key=lambda key: compared.index(key[:2]))
    found = [_get(config, key, corpus) for key in ordered]
    if not ordered:
        found = [value for key in keys if (value := _get(config, key, corpus)) is not None][:1]
    return list(dict.fromkeys(value for value in found if value is not None))


def _get(mapping: dict, key: tuple[str, ...], corpus: str):
    """The value of a key, None where there is no such key."""
    for step in key:
        mapping = mapping.get(corpus if step == CORPUS else step)
        if mapping is None:
            break
    return mapping


def _with(mapping: dict, key: list[str], value) -> dict:
    """The mapping with a key's value in place of its own; as it is, where it has no such key."""
    first, *rest = key
    if first not in mapping:
        return mapping
    return mapping | {first: _with(mapping[first], rest, value) if rest else value}


def _list(names) -> str:
    return ", ".join(names)
