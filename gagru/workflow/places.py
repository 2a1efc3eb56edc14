"""Where the files of a corpus lie below `results/`, and those of its specifications: values of the open choices.

A place is `emodb`, or `choices/emodb/graph_normalise=column,validation=oracle`: the choices that differ from the
configuration, and of these only those that change what lies there. So nothing is made twice: the features of this one
are those at `emodb`. A candidate of `selection` lies there as well, by the settings that it has, `lr=0.001`; what is
chosen among candidates lies at `selected/emodb`, or `selected/emodb/graph_normalise=column`.
"""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import PurePath

from gagru.corpora.registry import ALL, check_options
from gagru.data.folds import check_protocol
from gagru.task.choices import CHOICES, CORPUS, Specification
from gagru.task.errors import InputError
from gagru.workflow import jobs
from gagru.workflow.configuration import find_feature_set, find_settings, list_sessions

FOLDER, SELECTED = "choices", "selected"


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
        changed = {choice: value for choice, value in specification.items() if value != own.get(choice)}
        return self._name(corpus, changed, stage, item)

    def name_candidate(self, place: str, system: str, candidate: dict) -> str:
        """The place at which a candidate of what is selected at `place` is trained; see `list_candidates`."""
        corpus = self.find_corpus(place)
        configured = find_settings(self.configure(place), corpus, system)
        changed = {name: write_value(value) for name, value in candidate.items() if value != configured[name]}
        return self._name(corpus, self.read(place) | changed, "training", system)

    def name_selected(self, corpus: str, specification: Specification, system: str) -> str:
        """The place of what is selected of a system under a specification."""
        _, _, words = [*self.name(corpus, specification, "training", system).split("/"), "", ""][:3]
        return "/".join(filter(None, [SELECTED, corpus, words]))

    def _name(self, corpus: str, kept: Specification, stage: str, item: str | None) -> str:
        """The place of these values, without those that change nothing of the stage."""
        for choice in list(kept):
            fewer = {other: value for other, value in kept.items() if other != choice}
            if self._needs(corpus, kept, stage, item) == self._needs(corpus, fewer, stage, item):
                kept = fewer
        if not kept:
            return corpus
        order = [*CHOICES, *sorted(kept.keys() - CHOICES.keys())]
        words = ",".join(f"{choice}={kept[choice]}" for choice in order if choice in kept)
        return f"{FOLDER}/{corpus}/{words}"

    def check_targets(self, words: Iterable[str]) -> None:
        """Raise `InputError` where a file lies at what is no place.

        words : of a command line; all but the names of such files are let by
        """
        for word in words:
            parts = PurePath(word).parts
            if parts[:2] == ("results", FOLDER) or (parts[:2] == ("results", SELECTED) and "=" in "".join(parts[3:4])):
                self.read("/".join(parts[1:4]))

    def write_pattern(self) -> str:
        """A regular expression of all places."""
        return f"{self.write_pattern_of_trained()}|{self.write_pattern_of_selected()}"

    def write_pattern_of_trained(self) -> str:
        """A regular expression of the places where systems are trained: corpora, also under a specification."""
        corpora = self._config["corpora"]
        return "|".join([*corpora, *(f"{FOLDER}/{corpus}/[^/]+" for corpus in corpora)])

    def write_pattern_of_selected(self) -> str:
        """A regular expression of the places of what is selected."""
        return "|".join(f"{SELECTED}/{corpus}(?:/[^/=]+=[^/]*)?" for corpus in self._config["corpora"])

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
        folder, corpus, words = [*place.split("/"), ""][:3]
        if corpus not in self._config["corpora"]:
            raise InputError(f"results/{place}: no corpus is called {corpus!r}; {_list(self._config['corpora'])} are")
        found, tried = {}, list_tried(self._config)
        for word in words.split(",") if words or folder == FOLDER else ():
            choice, _, value = word.partition("=")
            if choice not in CHOICES.keys() | tried.keys() or not value:
                names = _list([*CHOICES, *(name for name in tried if name not in CHOICES)])
                raise InputError(f"results/{place}: {word!r} is no choice: write CHOICE=VALUE, of {names}")
            if choice in found:
                raise InputError(f"results/{place}: {choice} is there twice; keep one")
            values = CHOICES[choice].values if choice in CHOICES else tried[choice]
            if value not in values:
                raise InputError(f"results/{place}: {choice} is one of {_list(values)}, not {value!r}")
            if choice in CHOICES and (reason := explain_impossible(self._config, corpus, choice, value)):
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

    A value such as `ua / loss`, of two systems that differ, stands for what is configured. A setting that is no choice
    is set in every system that has it.
    """
    for choice, text in specification.items():
        if choice in CHOICES:
            value = int(text) if text.isdigit() else text
            keys = CHOICES[choice].keys if text in CHOICES[choice].values else ()
        else:
            value = list_tried(config)[choice][text]
            keys = [("systems", system, choice) for system in config["systems"]]
        for key in keys:
            for path in (key, ("demo", *key)):  # a demo corpus has settings of its own on top
                config = _with(config, [corpus if step == CORPUS else step for step in path], value)
    return config


def list_tried(config: dict) -> dict[str, dict]:
    """The settings that `selection` tries values of: name -> the value as it is written in a place -> the value."""
    tried = {}
    for grid in config["selection"]["grid"].values():
        for name, values in grid.items():
            tried.setdefault(name, {}).update({write_value(value): value for value in values})
    return tried


def write_value(value) -> str:
    """A value as the name of a place has it.

    >>> write_value("balanced"), write_value(0.0002)
    ('balanced', '0.0002')
    """
    return value if isinstance(value, str) else json.dumps(value)


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
    return list(dict.fromkeys(str(value) for value in found if value is not None))


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
