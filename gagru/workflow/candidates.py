"""The configurations among which a fold's validation part chooses: the configured one, and others drawn from a grid.

They are drawn alike for every system that has the same grid, as GA-GRU and BiGRU+Att have, so that both have the same
chance. The first of a smaller budget are those of a larger one.
"""

import math
import random
from collections.abc import Iterable
from itertools import product

from gagru.task.errors import InputError
from gagru.task.systems import SYSTEMS
from gagru.workflow.configuration import find_settings


def is_selected(config: dict, corpus: str, system: str) -> bool:
    """Whether a system is selected on a corpus, if it is run there."""
    block = config["selection"]
    chosen = SYSTEMS[system].network if block["systems"] is None else system in block["systems"]
    return chosen and corpus in block["corpora"]


def list_selected(config: dict, corpus: str) -> list[str]:
    """The systems that are run and selected on a corpus."""
    return [system for system in config["run"]["systems"] if is_selected(config, corpus, system)]


def list_selected_corpora(config: dict) -> list[str]:
    """The corpora that are run and on which systems are selected."""
    return [corpus for corpus in config["run"]["corpora"] if list_selected(config, corpus)]


def write_use(config: dict, corpora: Iterable[str]) -> str:
    """What must stand on the face of comparisons of what is selected; empty where they are of systems as described."""
    block = config["selection"]
    if block["use"] == "described" or not set(corpora) & set(block["corpora"]):
        return ""
    return (
        "Systems as selected: where one was, the validation part of each fold chose among "
        f"{block['budget']} configurations, see the table."
    )


def list_candidates(config: dict, corpus: str, system: str) -> list[dict]:
    """The values that each candidate has of the settings in the grid; the configured ones first.

    A setting with a single value in the grid has that value in all of them. No two differ in `patience_steps` alone:
    where patience in epochs is the longer one anyway, they would be one training, and the budget less than it says.
    """
    block, settings = config["selection"], find_settings(config, corpus, system)
    grid = block["grid"][system]
    first = {name: values[0] if len(values) == 1 else settings[name] for name, values in grid.items()}
    others = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    others = [candidate for candidate in others if candidate != first]
    random.Random(block["seed"]).shuffle(others)
    drawn = {}
    for candidate in [first, *others]:
        drawn.setdefault(tuple(_without_patience(candidate).items()), candidate)
    return [*drawn.values()][: block["budget"]]


def _without_patience(of_settings: dict) -> dict:
    return {name: value for name, value in of_settings.items() if name != "patience_steps"}


def check_selection(config: dict) -> None:
    """Raise `InputError` where a system that is selected has fewer configurations than the budget."""
    block = config["selection"]
    for system in dict.fromkeys(system for corpus in block["corpora"] for system in list_selected(config, corpus)):
        grid = block["grid"].get(system, {})
        number = math.prod(map(len, _without_patience(grid).values()))
        if number < block["budget"]:
            raise InputError(
                f"selection: the budget of {block['budget']} is more than the grid of {system} has, {number} without "
                f"`patience_steps`; lower `budget`, give `grid.{system}` more values, or leave {system} out of "
                "`systems`"
            )
