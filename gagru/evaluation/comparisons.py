"""Every pair of systems on one corpus: how far apart they are, and whether that could be chance."""

from itertools import combinations

import numpy as np
import pandas as pd

from gagru.evaluation.intervals import Bootstrap
from gagru.evaluation.paired import deviation_over_seeds, differences, holm, mcnemar
from gagru.evaluation.predictions import UTTERANCE, count_predictions, to_confusions
from gagru.storage.tables import per_cent
from gagru.task.emotions import EMOTIONS
from gagru.task.metrics import METRICS, compute_metrics
from gagru.task.systems import SYSTEMS

ORDER = ("UA", "WA", *EMOTIONS)
PER_CENT = ["first_value", "second_value", "difference", "low", "high", "over_seeds"]
TESTS = ["p_flip", "p_mcnemar"]
FORMATS = dict.fromkeys(PER_CENT, per_cent) | {
    name: "{:.4g}".format for test in TESTS for name in (test, f"{test}_holm")
}
COLUMNS = [
    *("corpus", "first", "second", "metric", *PER_CENT, "p_flip", "p_flip_holm"),
    *("only_first", "only_second", "p_mcnemar", "p_mcnemar_holm", "utterances", "speakers"),
    *("first_seeds", "second_seeds"),
]


def compare(predictions: pd.DataFrame, bootstrap: Bootstrap) -> pd.DataFrame:
    """A row a pair and metric: GA-GRU against BiGRU+Att first, then GA-GRU against the others, then all other pairs.

    predictions : of one corpus, see `gagru.evaluation.predictions`

    Columns, metrics and differences as fractions, missing where there is none:

    first, second, metric, first_value, second_value, difference : means over seeds; first minus second
    low, high, p_flip : see `gagru.evaluation.paired.differences`
    over_seeds : deviation of the difference over seeds (n - 1)
    only_first, only_second, p_mcnemar : utterances, of those that the metric counts, that one of the two systems alone
        got right, with the first seed of each, and McNemar's p; not of UA, which no utterance has
    p_flip_holm, p_mcnemar_holm : corrected over the pairs
    utterances, speakers, first_seeds, second_seeds : how many there are
    """
    tested = set(predictions["system"])
    systems = [name for name in dict.fromkeys(["ga_gru", "bigru_att", *SYSTEMS]) if name in tested]
    confusions, right = _by_system(predictions)
    pairs = [_compare_pair(pair, confusions, right, bootstrap) for pair in combinations(systems, 2)]
    table = pd.DataFrame([row for pair in pairs for row in pair], columns=COLUMNS)
    table["corpus"] = predictions["corpus"].iloc[0]
    for test in TESTS:
        table[f"{test}_holm"] = table.groupby("metric")[test].transform(holm)
    return table.astype(dict.fromkeys(("only_first", "only_second"), "Int64"))


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


def _compare_pair(pair: tuple[str, str], confusions: dict, right: pd.DataFrame, bootstrap: Bootstrap) -> list[dict]:
    """One pair in all metrics; nothing corrected yet."""
    seeds, others = (confusions[system] for system in pair)
    apart = differences(sum(seeds), sum(others), bootstrap)
    first, second = (compute_metrics(sum(system).sum(axis=0)) for system in (seeds, others))
    spread = deviation_over_seeds(seeds, others)
    emotion = right.index.get_level_values("emotion")
    only_first, only_second = (right[a] & ~right[b] for a, b in (pair, pair[::-1]))
    rows = []
    for metric in ORDER:
        i = METRICS.index(metric)
        counted = emotion == metric if metric in EMOTIONS else np.ones(len(right), dtype=bool)
        row = dict(zip(("first", "second", "metric"), (*pair, metric), strict=True))
        row |= {"first_value": first[i], "second_value": second[i], "difference": apart.value[i]}
        row |= {"low": apart.low[i], "high": apart.high[i], "over_seeds": spread[i], "p_flip": apart.p[i]}
        if metric != "UA":
            only = [int(utterances[counted].sum()) for utterances in (only_first, only_second)]
            row |= {"only_first": only[0], "only_second": only[1], "p_mcnemar": mcnemar(*only)}
        row |= {"utterances": int(counted.sum()), "speakers": len(seeds[0])}
        rows.append(row | {"first_seeds": len(seeds), "second_seeds": len(others)})
    return rows
