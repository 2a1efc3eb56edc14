"""The choices that the paper leaves open, and the specifications that a grid of them makes.

A specification gives a value to every choice of the grid; all of them together are the specification curve (Simonsohn,
Simmons & Nelson 2020, doi:10.1038/s41562-020-0912-z). Each is an ordinary run, whose files lie at a place of their own:
`results/choices/emodb/graph_normalise=column/...` as `results/emodb/...`. A place names the choices that differ from
the configuration, and of these only those that change what lies there. So nothing is made twice: the features of this
one are those at `emodb`.
"""

import random
from functools import cache
from itertools import product

from gagru.corpora.registry import ALL, check_options
from gagru.data.folds import check_protocol
from gagru.task.choices import CHOICES, CORPUS, LITERAL, Specification
from gagru.task.errors import InputError
from gagru.workflow import jobs
from gagru.workflow.configuration import find_feature_set, seeds, sessions

FOLDER = "choices"


class Places:
    """Where the files of a corpus, and of its specifications, lie below `results/`: a place is `emodb` or
    `choices/emodb/graph_normalise=column,validation=oracle`.

    config : the checked configuration
    """

    def __init__(self, config: dict):
        self._config = config
        self.of = cache(self._of)
        self.config = cache(self._config_at)

    def corpus(self, place: str) -> str:
        """The name of the corpus at a place."""
        return place.split("/")[1] if "/" in place else place

    def _config_at(self, place: str) -> dict:
        """The configuration that holds at a place."""
        return chosen(self._config, self.corpus(place), self.read(place))

    def _of(self, place: str, stage: str, item: str | None = None) -> str:
        """The place that makes what is used at `place`.

        stage : `index`, `folds`; `features`, `statistics`, `normalised`, of the feature set `item`; `training`, of the
            system `item`
        """
        return self.name(self.corpus(place), self.read(place), stage, item)

    def name(self, corpus: str, specification: Specification, stage: str, item: str | None = None) -> str:
        """The place at which a stage of a specification is made; `stage` and `item` as for `of`."""
        own = own_choices(self._config, corpus)
        kept = {choice: value for choice, value in specification.items() if value != own[choice]}
        for choice in list(kept):
            fewer = {other: value for other, value in kept.items() if other != choice}
            if self._needs(corpus, kept, stage, item) == self._needs(corpus, fewer, stage, item):
                kept = fewer
        if not kept:
            return corpus
        words = ",".join(f"{choice}={kept[choice]}" for choice in CHOICES if choice in kept)
        return f"{FOLDER}/{corpus}/{words}"

    def _needs(self, corpus: str, specification: Specification, stage: str, item: str | None) -> list[dict]:
        """All that a stage depends on, through the stages before it."""
        config = chosen(self._config, corpus, specification)
        index, folds = jobs.index(config, corpus), jobs.folds(config, corpus)
        if stage == "index":
            return [index]
        if stage == "folds":
            return [index, folds]
        feature_set = find_feature_set(config, corpus, item) if stage == "training" else item
        extraction = jobs.extraction(config, corpus, feature_set)
        if stage == "features":  # those of a part are among those of the whole
            whole = self._config["corpora"][corpus]["part"] == ALL
            return [index | {"part": ALL} if whole else index, extraction]
        if stage == "statistics":
            return [index, extraction, folds]
        needs = [index, extraction, jobs.normalising(config, corpus, feature_set)]
        return needs if stage == "normalised" else [*needs, folds, jobs.training(config, corpus, item)]

    def read(self, place: str) -> Specification:
        """The choices that a place names. Raises `InputError` where it names what is no choice."""
        if "/" not in place:
            return {}
        found = dict(word.split("=", 1) for word in place.split("/")[2].split(",") if "=" in word)
        if unknown := [choice for choice in found if choice not in CHOICES]:
            raise InputError(f"results/{place}: {', '.join(unknown)}: choose from {', '.join(CHOICES)}")
        return found


def own_choices(config: dict, corpus: str) -> Specification:
    """The value that each choice has in the configuration."""
    return {name: _value(config, choice.keys[0], corpus) for name, choice in CHOICES.items()}


def chosen(config: dict, corpus: str, specification: Specification) -> dict:
    """The configuration, with the values of the specification; what they do not touch is not copied."""
    for choice, value in specification.items():
        for key in CHOICES[choice].keys:
            config = _with(config, [corpus if step == CORPUS else step for step in key], value)
    return config


def possible(config: dict, corpus: str) -> dict[str, list[str]]:
    """The grid as far as the corpus has it: `partner` needs sessions, a part or another speaker its reader's word.

    The configuration's own value stands first, whether or not the grid names it.
    """
    entry, grid = config["corpora"][corpus], {}
    for choice, own in own_choices(config, corpus).items():
        values = [value for value in config["choices"]["grid"][choice] if value != own]
        grid[choice] = [own, *(value for value in values if _is_possible(corpus, entry, choice, value))]
    return grid


def specifications(config: dict, corpus: str) -> list[Specification]:
    """The specifications of the configured design; the configuration's own first, the literal reading of eq. 5 second.

    `one_at_a_time` changes one choice in each, `factorial` has all combinations, `random` draws `number` of these. Of
    those that train the two systems alike one stands for all, in which what changes nothing is as configured.
    """
    settings, grid = config["choices"], possible(config, corpus)
    own = {choice: values[0] for choice, values in grid.items()}
    literal = {choice: value for choice, value in LITERAL.items() if value in grid[choice]}
    found = [own, own | literal]
    if settings["design"] == "one_at_a_time":
        found += [own | {choice: value} for choice, values in grid.items() for value in values[1:]]
    else:
        factorial = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
        if settings["design"] == "random":
            random.Random(settings["seed"]).shuffle(factorial)
        found += factorial
    number = settings["number"] if settings["design"] == "random" else len(found)
    places, different = Places(config), []
    for specification in found:
        if len(different) < number:
            runs = [places.name(corpus, specification, "training", system) for system in settings["systems"]]
            made = own | {choice: value for run in runs for choice, value in places.read(run).items()}
            different += [made] if made not in different else []
    return different


def without_effect(config: dict, corpus: str) -> list[str]:
    """The choices of the grid that by themselves change nothing of how the two systems are trained."""
    places, systems, grid = Places(config), config["choices"]["systems"], possible(config, corpus)
    return [
        choice
        for choice, values in grid.items()
        if values[1:]
        and all(places.name(corpus, {choice: v}, "training", system) == corpus for v in values for system in systems)
    ]


def metrics_files(config: dict, corpus: str, specification: Specification) -> tuple[list[str], list[str]]:
    """The files `metrics.json` of the first and of the second system under a specification, a seed each."""
    places = Places(config)
    return tuple(
        [
            f"results/{places.name(corpus, specification, 'training', system)}/{system}/seed{seed}/metrics.json"
            for seed in seeds(config, system)
        ]
        for system in config["choices"]["systems"]
    )


def relevant(config: dict, corpus: str) -> dict:
    """As much of the configuration as the corpus's specifications follow from."""
    systems = config["choices"]["systems"]
    read = {*systems, "ga_gru"}  # GA-GRU's settings hold the graph's choices
    needed = {name: config[name] for name in ("features", "normalisation", "folds", "training", "choices")}
    return needed | {
        "run": {"seeds": config["run"]["seeds"]},
        "corpora": {corpus: config["corpora"][corpus]},
        "systems": {s: settings if s in read else {} for s, settings in config["systems"].items()},
        "demo": {"systems": {s: v for s, v in config["demo"]["systems"].items() if s in systems}},
    }


def _is_possible(corpus: str, entry: dict, choice: str, value: str) -> bool:
    changed = entry | {choice: value} if choice in entry else entry
    try:
        check_options(corpus, entry["reader"], changed["part"], changed["speaker_rule"])
        check_protocol(corpus, sessions(entry), changed["validation"])
    except InputError:
        return False
    return True


def _with(mapping: dict, key: list[str], value) -> dict:
    """The mapping with a key's value in place of its own; as it is, where it has no such key."""
    first, *rest = key
    if first not in mapping:
        return mapping
    return mapping | {first: _with(mapping[first], rest, value) if rest else value}


def _value(config: dict, key, corpus: str):
    for step in key:
        config = config[corpus if step == CORPUS else step]
    return config
