"""Two systems compared under every specification of the open choices: how much their difference owes to a choice.

Specification curve: Simonsohn, Simmons & Nelson 2020, doi:10.1038/s41562-020-0912-z.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from gagru.evaluation.paired import compare_pair, deviation_over_seeds
from gagru.evaluation.sign_flips import flip_statistic
from gagru.evaluation.speaker_parts import speaker_parts
from gagru.storage.files import read_checked_json
from gagru.storage.tables import per_cent
from gagru.task.choices import LABORATORY, LITERAL, Specification
from gagru.task.errors import InputError
from gagru.task.metrics import METRICS, compute_metrics

AS_CONFIGURED, LITERAL_READING = "as configured", "eq. 5 as printed"
LABORATORYS = "the laboratory's public code"
UA = METRICS.index("UA")
FORMATS = dict.fromkeys(("first_ua", "second_ua", "difference", "low", "high", "detectable", "over_seeds"), per_cent)
FORMATS |= {"p": "{:.4g}".format}


class Curve(NamedTuple):
    """The specifications and their results, the largest difference first.

    table : a row a specification, in the order of their rank: corpus, first, second (the systems), rank, the value of
        each of `CHOICES`, name (`AS_CONFIGURED`, `LITERAL_READING`, `LABORATORYS` or empty), first_ua, second_ua,
        difference (first minus second) with low, high, p and detectable (see `gagru.evaluation.margins.assess`),
        over_seeds (deviation of the difference over seeds, n - 1), seeds, utterances, speakers (how many). UA and
        differences as fractions
    parts : what each speaker adds to the difference: a row a specification, a column a speaker, NaN for a speaker that
        a specification does not have
    """

    table: pd.DataFrame
    parts: pd.DataFrame

    @property
    def own(self) -> pd.Series:
        """The configuration's own specification."""
        return self.table[self.table["name"] == AS_CONFIGURED].iloc[0]


class Joint(NamedTuple):
    """The median difference over specifications, and the sign-flip p of it; over how many specifications."""

    median: float
    p: float
    specifications: int


def read_curve(
    corpus: str, systems: tuple[str, str], runs: list[tuple[Specification, list, list]], level: float
) -> Curve:
    """Every specification's result.

    runs : specifications, the configuration's own first, each with the files `metrics.json` of the first and of the
        second system, a seed each
    Raises `InputError` for a file that cannot be read, and where the two systems were tested on other utterances.
    """
    own = runs[0][0]
    rows, parts = [], []
    for specification, *files in runs:
        speakers, first, second = _read_confusions(*files)
        names = {"corpus": corpus, **dict(zip(("first", "second"), systems, strict=True)), **specification}
        names["name"] = _name(specification, own)
        rows.append(names | _compare(first, second, level))
        summed = [system.sum(axis=0) for system in (first, second)]
        parts.append(dict(zip(speakers, np.subtract(*map(speaker_parts, summed))[:, UA], strict=True)))
    table = pd.DataFrame(rows).sort_values("difference", ascending=False, kind="stable")
    table.insert(3, "rank", range(1, len(table) + 1))
    return Curve(table.reset_index(drop=True), pd.DataFrame(parts).loc[table.index].reset_index(drop=True))


def joint_test(curve: Curve) -> Joint:
    """Sign-flip test of the median difference: a speaker's predictions are exchanged in all specifications together.

    Over the specifications that have the speakers of the configuration's own one.
    """
    own = curve.own
    present = curve.parts.notna()
    alike = (present == present.loc[own.name]).all(axis=1) & (curve.table["speaker_rule"] == own["speaker_rule"])
    parts = curve.parts.loc[alike, present.loc[own.name]].to_numpy().T
    median = float(np.median(parts.sum(axis=0)))
    return Joint(median, flip_statistic(parts, lambda sums: np.abs(np.median(sums, axis=1))), int(alike.sum()))


def _read_confusions(first: list, second: list) -> tuple[list[str], np.ndarray, np.ndarray]:
    """The speakers, and the counts of both systems: (seeds, speakers, 4, 4)."""
    found = [[read_checked_json(path)["speakers"] for path in paths] for paths in (first, second)]
    speakers = list(found[0][0])
    sizes = [{speaker: np.sum(c, axis=1).tolist() for speaker, c in run.items()} for system in found for run in system]
    if any(size != sizes[0] for size in sizes):
        raise InputError(f"{first[0]}, {second[0]}: other utterances in one than in the other; make the folds again")
    return speakers, *(np.array([[run[name] for name in speakers] for run in system]) for system in found)


def _compare(first: np.ndarray, second: np.ndarray, level: float) -> dict:
    summed = [system.sum(axis=0) for system in (first, second)]
    apart = compare_pair(*summed, level)["UA"]
    first_ua, second_ua = (compute_metrics(counts.sum(axis=0))[UA] for counts in summed)
    return {
        "first_ua": first_ua,
        "second_ua": second_ua,
        **{"difference": apart.value, "low": apart.low, "high": apart.high, "p": apart.p},
        "detectable": apart.detectable,
        "over_seeds": deviation_over_seeds(first, second)[UA],
        "seeds": max(len(first), len(second)),
        "utterances": int(first[0].sum()),
        "speakers": len(summed[0]),
    }


def _name(specification: Specification, own: Specification) -> str:
    if specification == own:
        return AS_CONFIGURED
    if specification == own | LABORATORY:
        return LABORATORYS
    return LITERAL_READING if specification == own | LITERAL else ""
