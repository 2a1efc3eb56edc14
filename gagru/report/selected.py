"""What was selected, for readers of a corpus's table."""

import pandas as pd

from gagru.evaluation.selected import Selected
from gagru.storage.tables import to_markdown
from gagru.task.systems import SYSTEMS

SELECTED = "selected"


def explain_selected(selected: Selected) -> str:
    """What the label `selected` means."""
    trained = "trained once more on training and validation part" if selected.refit else "not trained again"
    of_svm = (
        " The SVM's are trained on the training part alone, so that the validation part can choose."
        if "svm" in set(selected.chosen["system"])
        else ""
    )
    return (
        f"the same, but in every fold and with every seed the validation part alone chose among {selected.budget} "
        "configurations of each system, as many for all: the described one and others drawn from a grid. The highest "
        f"validation UA wins, then the lowest loss.{of_svm} The chosen one is {trained}."
    )


def name_lines(lines: dict[str, list[str]]) -> dict[str, list[str]]:
    """The lines of a system as selected, by their labels beside those of the system as described."""
    named = {SELECTED if label == "measured" else f"{SELECTED}, {label}": cells for label, cells in lines.items()}
    return {label: cells for label, cells in named.items() if "over folds" not in label}


def render_chosen(selected: Selected) -> list[str]:
    """The section of a page: which configurations were chosen, and how often."""
    table = pd.DataFrame(
        {
            "System": [SYSTEMS[system].printed for system in selected.chosen["system"]],
            "Configuration": selected.chosen["settings"],
            "Chosen": [f"{times} of {of}" for times, of in selected.chosen[["times", "of"]].itertuples(index=False)],
        }
    )
    return [
        "## What was selected\n",
        f"Of {selected.budget} configurations of each system, by how many folds and seeds each was chosen. What every "
        "fold tried, with its validation results, stands in its `selection.json` below `results/selected`.\n",
        to_markdown(table, right=["Chosen"]),
    ]
