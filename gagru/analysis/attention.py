"""What trained GA-GRUs attend to: edges and profiles of every utterance, each by the model that was tested on it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import torch

from gagru.analysis.edges import PAIRS, edge_shares
from gagru.analysis.profiles import WEIGHTS, find_thresholds, profile
from gagru.data.dataset import FoldFiles, read_fold
from gagru.storage.files import REMEDY
from gagru.storage.parquet import write_parquet
from gagru.systems.ga_gru import GAGRU, Explanation
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError


@dataclass(frozen=True)
class AnalysisSettings:
    """The `analysis` block of the configuration, but `profile`; see `edge_shares`, `find_thresholds` and `profile`."""

    edge_percentile: float = 50
    edge_directions: str = "both"
    self_edges: bool = False
    zero_edges: bool = False
    weight_percentile: float = 70
    weight_percentile_over: str = "utterance"
    bins: int = 100


def explain_folds(
    models: list, index, folds, features, statistics=None, report=print
) -> Iterator[tuple[str, str, str, Explanation]]:
    """Yield (utterance, speaker, emotion, explanation) for the test utterances of each fold, by that fold's model.

    Parameters
    ----------
    models : folders of trained GA-GRUs, each named by its fold
    index, folds, features : as in `gagru.data.dataset.FoldFiles`
    statistics : folder of the folds' training statistics (`{fold}.json`), where features are normalised by them
    report : called with one line a fold
    """
    torch.set_num_threads(1)  # more would change the order of floating-point sums
    for folder in map(Path, models):
        fold = folder.name
        system = GAGRU.load(folder)
        if (found := system.description["fold"]) != fold:
            raise InputError(f"{folder}: a model of fold {found}, not of {fold}; {REMEDY}")
        shift = statistics and Path(statistics) / f"{fold}.json"
        test = read_fold(FoldFiles(index, folds, features, shift), fold, only=("test",))["test"]
        for utterance, speaker, code, values in zip(
            test.utterance, test.speaker, test.emotion, test.features, strict=True
        ):
            yield utterance, speaker, EMOTIONS[code], system.explain(values)
        report(f"{folder}: attention of {len(test)} utterances")


def analyse(explained: Iterable, settings: AnalysisSettings) -> tuple[pa.Table, pa.Table]:
    """Edge shares and attention profiles of utterances.

    Parameters
    ----------
    explained : (utterance, speaker, emotion, explanation), in any order
    settings : which edges and weights count

    Returns
    -------
    edges : `utterance`, `speaker`, `emotion`, `pair`, `share` (float64); six rows an utterance, none for one without
        edges
    profiles : `utterance`, `speaker`, `emotion`, `weights` (`original` or `graph`), `profile` (float32, a value a bin);
        two rows an utterance

    Both are sorted by utterance.
    """
    edge_rows, attended = [], []
    for *who, explanation in explained:
        shares = edge_shares(
            explanation.edges,
            settings.edge_percentile,
            settings.edge_directions,
            settings.self_edges,
            settings.zero_edges,
        )
        edge_rows += [(*who, pair, share) for pair, share in (shares or {}).items()]
        attended.append((who, explanation.alpha, explanation.modulated))
    profile_rows = []
    for kind, column in zip(WEIGHTS, (1, 2), strict=True):
        weights = [row[column] for row in attended]
        thresholds = find_thresholds(weights, settings.weight_percentile, settings.weight_percentile_over)
        for (who, *_), own, threshold in zip(attended, weights, thresholds, strict=True):
            profile_rows.append((*who, kind, profile(own, threshold, settings.bins)))
    return (
        _table(edge_rows, "pair", tuple(PAIRS), "share", pa.float64()),
        _table(profile_rows, "weights", WEIGHTS, "profile", pa.list_(pa.float32())),
    )


def _table(rows: list[tuple], key: str, order: tuple[str, ...], value: str, kind: pa.DataType) -> pa.Table:
    """Rows of (utterance, speaker, emotion, `key`, `value`), sorted by utterance and by `order` of the key."""
    rows = sorted(rows, key=lambda row: (row[0], order.index(row[3])))
    name = pa.dictionary(pa.int32(), pa.string())
    types = {"utterance": name, "speaker": name, "emotion": name, key: name, value: kind}
    return pa.table([pa.array([row[i] for row in rows], type) for i, type in enumerate(types.values())], list(types))


def write_attention(edges: pa.Table, profiles: pa.Table, edges_path, profiles_path) -> None:
    """Write both tables of `analyse` as Parquet, each whole or not at all."""
    for table, path in ((edges, edges_path), (profiles, profiles_path)):
        write_parquet(path, table, compression="zstd")
