"""The specifications that a grid of the choices makes which the paper leaves open.

A specification gives a value to every choice of the grid; all of them together are the specification curve (Simonsohn,
Simmons & Nelson 2020, doi:10.1038/s41562-020-0912-z). Each is an ordinary run, whose files lie at a place of their own,
see `gagru.workflow.places`.
"""

import random
from itertools import product

from gagru.task.choices import LABORATORY, LITERAL, Specification
from gagru.workflow import paths
from gagru.workflow.candidates import is_selected
from gagru.workflow.configuration import list_seeds
from gagru.workflow.places import SELECTED, Places, explain_impossible, read_choices


def limit_grid(config: dict, corpus: str) -> dict[str, list[str]]:
    """The grid as far as the corpus has it: `partner` needs sessions, a part or another speaker its reader's word.

    The configuration's own value stands first, whether or not the grid names it.
    """
    grid = {}
    for choice, own in read_choices(config, corpus).items():
        values = [value for value in map(str, config["choices"]["grid"][choice]) if value != own]
        grid[choice] = [own, *(value for value in values if not explain_impossible(config, corpus, choice, value))]
    return grid


def list_specifications(config: dict, corpus: str) -> list[Specification]:
    """The specifications of the configured design; the configuration's own first, the literal reading of eq. 5 second.

    The third is the protocol of the laboratory's public code, where the corpus and the grid have all of it.

    `one_at_a_time` changes one choice in each, `factorial` has all combinations, `random` draws `number` of these. Of
    those that train the two systems alike one stands for all, in which what changes nothing is as configured.
    """
    settings, grid = config["choices"], limit_grid(config, corpus)
    own = {choice: values[0] for choice, values in grid.items()}
    literal = {choice: value for choice, value in LITERAL.items() if value in grid[choice]}
    found = [own, own | literal]
    if all(value in grid[choice] for choice, value in LABORATORY.items()):
        found.append(own | LABORATORY)
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


def find_idle(config: dict, corpus: str) -> list[str]:
    """The choices of the grid that by themselves change nothing of how the two systems are trained."""
    places, systems, grid = Places(config), config["choices"]["systems"], limit_grid(config, corpus)
    return [
        choice
        for choice, values in grid.items()
        if values[1:]
        and all(places.name(corpus, {choice: v}, "training", system) == corpus for v in values for system in systems)
    ]


def locate_metrics(config: dict, corpus: str, specification: Specification) -> tuple[list[str], list[str]]:
    """The files `metrics.json` of the first and of the second system under a specification, a seed each.

    They are those of what is selected, if `selection.use` says so and the system is selected on the corpus.
    """
    places, found = Places(config), []
    for system in config["choices"]["systems"]:
        if config["selection"]["use"] == SELECTED and is_selected(config, corpus, system):
            place = places.name_selected(corpus, specification, system)
        else:
            place = places.name(corpus, specification, "training", system)
        seeds = list_seeds(config, system)
        found.append([paths.METRICS.format(place=place, system=system, seed=seed) for seed in seeds])
    return tuple(found)


def list_compared(config: dict, corpus: str) -> list[str]:
    """The files `metrics.json` of the two systems under every specification, each once."""
    found = [locate_metrics(config, corpus, specification) for specification in list_specifications(config, corpus)]
    return list(dict.fromkeys(path for pair in found for files in pair for path in files))


def select_relevant(config: dict, corpus: str) -> dict:
    """As much of the configuration as the corpus's specifications follow from."""
    systems = config["choices"]["systems"]
    read = {*systems, "ga_gru"}  # GA-GRU's settings hold the graph's choices
    needed = {name: config[name] for name in ("features", "normalisation", "folds", "training", "choices", "selection")}
    return needed | {
        "run": {"seeds": config["run"]["seeds"]},
        "corpora": {corpus: config["corpora"][corpus]},
        "systems": {s: settings if s in read else {} for s, settings in config["systems"].items()},
        "demo": {"systems": {s: v for s, v in config["demo"]["systems"].items() if s in systems}},
    }
