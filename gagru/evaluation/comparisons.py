"""Every pair of systems on one corpus: how far apart they are, and whether that could be chance.

One comparison was planned before anything was measured, the paper's own: GA-GRU against BiGRU+Att, in UA. GA-GRU
against each other system is a family whose p-values are adjusted together; the primary pair belongs to it too. All
other pairs are exploratory: their p-values are not adjusted and claim nothing.
"""

from itertools import combinations

import numpy as np
import pandas as pd

from gagru.evaluation.margins import difference
from gagru.evaluation.paired import compare_pair, deviation_over_seeds, mcnemar
from gagru.evaluation.predictions import UTTERANCE, count_predictions, to_confusions
from gagru.evaluation.sign_flips import family_p_values
from gagru.storage.tables import per_cent
from gagru.task.emotions import EMOTIONS
from gagru.task.metrics import METRICS, compute_metrics
from gagru.task.systems import SYSTEMS

PRIMARY = ("ga_gru", "bigru_att")
PRIMARY_FAMILY, PLANNED, EXPLORATORY = "primary", "planned", "exploratory"
ORDER = ("UA", "WA", *EMOTIONS)
PER_CENT = ["first_value", "second_value", "difference", "low", "high", "detectable", "over_seeds"]
FORMATS = dict.fromkeys(PER_CENT, per_cent) | dict.fromkeys(("p", "p_adjusted", "p_mcnemar"), "{:.4g}".format)
COLUMNS = [
    *("corpus", "first", "second", "family", "metric", *PER_CENT, "p", "p_adjusted"),
    *("only_first", "only_second", "p_mcnemar", "utterances", "speakers", "first_seeds", "second_seeds"),
]


def compare(predictions: pd.DataFrame, level: float) -> pd.DataFrame:
    """A row a pair and metric: GA-GRU against BiGRU+Att first, then GA-GRU against the others, then all other pairs.

    predictions : of one corpus, see `gagru.evaluation.predictions`; level : of the intervals

    Columns, metrics and differences as fractions, missing where there is none:

    first, second, metric, first_value, second_value, difference : means over seeds; first minus second
    family : `PRIMARY_FAMILY`, `PLANNED` or `EXPLORATORY`
    low, high, p, detectable : see `gagru.evaluation.margins.assess`
    p_adjusted : over all pairs of GA-GRU in this metric, by the step-down maximum statistic; of other pairs missing
    over_seeds : deviation of the difference over seeds (n - 1)
    only_first, only_second, p_mcnemar : utterances, of those that the metric counts, that one of the two systems alone
        got right, with the first seed of each, and McNemar's p; not of UA, which no utterance has
    utterances, speakers, first_seeds, second_seeds : how many there are
    """
    tested = set(predictions["system"])
    systems = [name for name in dict.fromkeys([*PRIMARY, *SYSTEMS]) if name in tested]
    confusions, right = _by_system(predictions)
    pairs = [_compare_pair(pair, confusions, right, level) for pair in combinations(systems, 2)]
    table = pd.DataFrame([row for pair in pairs for row in pair], columns=COLUMNS)
    table["corpus"] = predictions["corpus"].iloc[0]
    own = table["first"] == PRIMARY[0]
    table.loc[own, "p_adjusted"] = _adjust(confusions, table[own])
    return table.astype(dict.fromkeys(("only_first", "only_second"), "Int64") | {"p_adjusted": float})


def name_family(first: str, second: str) -> str:
    """Which family a pair belongs to."""
    if (first, second) == PRIMARY:
        return PRIMARY_FAMILY
    return PLANNED if first == PRIMARY[0] else EXPLORATORY


def _adjust(confusions: dict[str, list[np.ndarray]], rows: pd.DataFrame) -> list[float]:
    """p of GA-GRU's comparisons, adjusted in each metric over all of them."""
    rivals = rows["second"].unique()
    parts = [difference(sum(confusions[PRIMARY[0]]), sum(confusions[rival])).parts for rival in rivals]
    adjusted = {
        metric: dict(zip(rivals, family_p_values(np.column_stack([p[:, i] for p in parts])), strict=True))
        for i, metric in enumerate(METRICS if len(rivals) else ())
    }
    return [adjusted[row.metric][row.second] for row in rows.itertuples()]


def _by_system(predictions: pd.DataFrame) -> tuple[dict[str, list[np.ndarray]], pd.DataFrame]:
    """Of each system the (speakers, 4, 4) counts of its seeds, and which utterances its first seed got right."""
    counts = count_predictions(predictions)
    confusions, right = {}, {}
    for system, rows in predictions.groupby("system", sort=False):
        seeds = rows["seed"].unique()
        confusions[system] = [to_confusions(counts.xs((system, seed), level=("system", "seed"))) for seed in seeds]
        first = rows[rows["seed"] == seeds[0]].set_index(UTTERANCE)["predicted"]
        right[system] = first == first.index.get_level_values("emotion")
    return confusions, pd.DataFrame(right)


def _compare_pair(pair: tuple[str, str], confusions: dict, right: pd.DataFrame, level: float) -> list[dict]:
    """One pair in all metrics; nothing adjusted yet."""
    seeds, others = (confusions[system] for system in pair)
    apart = compare_pair(sum(seeds), sum(others), level)
    first, second = (compute_metrics(sum(system).sum(axis=0)) for system in (seeds, others))
    spread = deviation_over_seeds(seeds, others)
    emotion = right.index.get_level_values("emotion")
    only_first, only_second = (right[a] & ~right[b] for a, b in (pair, pair[::-1]))
    rows = []
    for metric in ORDER:
        i, found = METRICS.index(metric), apart[metric]
        counted = emotion == metric if metric in EMOTIONS else np.ones(len(right), dtype=bool)
        row = {"first": pair[0], "second": pair[1], "family": name_family(*pair), "metric": metric}
        row |= {"first_value": first[i], "second_value": second[i], "difference": found.value, "over_seeds": spread[i]}
        row |= {name: getattr(found, name) for name in ("low", "high", "p", "detectable")}
        if metric != "UA":
            only = [int(utterances[counted].sum()) for utterances in (only_first, only_second)]
            row |= {"only_first": only[0], "only_second": only[1], "p_mcnemar": mcnemar(*only)}
        row |= {"utterances": int(counted.sum()), "speakers": len(seeds[0])}
        rows.append(row | {"first_seeds": len(seeds), "second_seeds": len(others)})
    return rows
