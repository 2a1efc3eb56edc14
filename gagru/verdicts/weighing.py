"""The evidence for a claim: every margin that it rests on, from what was measured, and what was not run."""

from collections.abc import Sequence
from typing import NamedTuple

from gagru.analysis.by_speaker import BySpeaker, edges_by_speaker, profiles_by_speaker
from gagru.analysis.evidence import (
    measure_edges_within,
    measure_ends_controls,
    measure_ends_gain,
    measure_front_to_back,
    measure_most_changed_shape,
    measure_shape_change,
)
from gagru.evaluation.comparisons import PRIMARY
from gagru.evaluation.evidence import Evidence, compare_gains, compare_jointly, compare_systems
from gagru.evaluation.results import Results, read_results
from gagru.evaluation.tables import METRIC_OF_ROW, table_systems
from gagru.paper.printed_claims import BOTH, CLAIMS, EVERY_OTHER, Claim
from gagru.paper.reported import NAMES, TABLES
from gagru.task.corpora import printed
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError
from gagru.task.runs import Run
from gagru.task.systems import EXTERNAL, SYSTEMS


class Measured(NamedTuple):
    """What was measured on one corpus: its results, and the edges and profiles of GA-GRU, if that was run."""

    results: Results
    edges: BySpeaker | None
    profiles: BySpeaker | None


class Weighed(NamedTuple):
    """The margins that a claim rests on, and in words what it needs that was not run.

    controls : margins to hold those against, which decide nothing
    """

    evidence: list[Evidence]
    missing: list[str]
    controls: list[Evidence] = []  # noqa: RUF012 - never changed


def read_measured(metrics: Sequence[Run], edges: Sequence[Run], profiles: Sequence[Run]) -> dict[str, Measured]:
    """By corpus, from the `metrics.json` of all runs and the `edges.parquet` and `profiles.parquet` of GA-GRU's."""

    def read_of(corpus, runs, read) -> BySpeaker | None:
        own = [run for run in runs if run.corpus == corpus]
        return read(own) if own else None

    return {
        corpus: Measured(
            results, read_of(corpus, edges, edges_by_speaker), read_of(corpus, profiles, profiles_by_speaker)
        )
        for corpus, results in read_results(metrics).items()
    }


def corpora_of(claim: Claim) -> list[str]:
    """The corpora that a claim is about."""
    return list(TABLES) if claim.corpus == BOTH else [claim.corpus]


def systems_of(claim: Claim) -> list[tuple[str, str]]:
    """What a claim needs, (corpus, system); systems that were trained elsewhere are none of it."""
    if claim.measure == "gain":
        return [(corpus, system) for corpus in (claim.subject, claim.against) for system in PRIMARY]
    if claim.measure not in METRIC_OF_ROW:
        return [(corpus, "ga_gru") for corpus in corpora_of(claim)]
    return [(corpus, system) for corpus in corpora_of(claim) for system in (claim.subject, *_rivals_of(claim, corpus))]


def weigh(claim: Claim, measured: dict[str, Measured], ends: float, level: float) -> Weighed:
    """The margins that a claim rests on, on all its corpora.

    ends : share of an utterance that is its beginning or its end
    """
    corpora = corpora_of(claim)
    if absent := [printed(corpus) for corpus in corpora if corpus not in measured]:
        return Weighed([], absent)
    if claim.measure == "gain":
        return _weigh_gain(claim, measured, level)
    evidence, missing, controls = [], [], []
    for corpus in corpora:
        ours = _weigh_on_corpus(claim, measured[corpus], ends, level)
        where = f" ({printed(corpus)})" if len(corpora) > 1 else ""
        evidence += [margin._replace(against=margin.against + where) for margin in ours.evidence]
        missing += ours.missing
        controls += ours.controls
    return Weighed(evidence, list(dict.fromkeys(missing)), controls)


def weigh_jointly(measured: dict[str, Measured], synthetic: Sequence[str], level: float) -> Evidence | None:
    """The primary comparison, GA-GRU's UA over BiGRU+Att's, on all corpora together that both ran on.

    None with fewer than two of them. `against` names the corpora, the synthetic ones as such.
    """
    found = {corpus: ours.results.confusions for corpus, ours in measured.items()}
    pairs = {corpus: [ours.get(system) for system in PRIMARY] for corpus, ours in found.items()}
    pairs = {corpus: pair for corpus, pair in pairs.items() if all(counts is not None for counts in pair)}
    if len(pairs) < 2:
        return None
    names = [printed(corpus) + " (synthetic speech)" * (corpus in synthetic) for corpus in pairs]
    return compare_jointly(list(pairs.values()), "UA", " and ".join(names), level)


def _weigh_on_corpus(claim: Claim, measured: Measured, ends: float, level: float) -> Weighed:
    if claim.measure in METRIC_OF_ROW:
        return _weigh_systems(claim, measured.results, level)
    if measured.edges is None or measured.profiles is None:
        return Weighed([], [NAMES["ga_gru"].printed])
    of_edges = claim.measure in ("edges within", "FB most", "FB least")
    sums, subject = measured.edges if of_edges else measured.profiles, claim.subject
    if subject in EMOTIONS and not sums.utterances[:, EMOTIONS.index(subject)].any():
        return Weighed([], [f"utterances of {subject}"])
    match claim.measure, claim.against:
        case "edges within", reading:
            evidence = measure_edges_within(sums, reading == "chance", level)
        case "FB most", _:
            evidence = measure_front_to_back(sums, subject, 1, level)
        case "FB least", _:
            evidence = measure_front_to_back(sums, subject, -1, level)
        case "ends", _:
            evidence = measure_ends_gain(sums, ends, level)
        case "shape", "original":
            evidence = measure_shape_change(sums, subject)
        case "shape", _:
            evidence = measure_most_changed_shape(sums, subject, level)
        case _:
            raise InputError(f"{CLAIMS}: {claim.measure!r} is no measure")
    controls = measure_ends_controls(sums, ends, level) if claim.measure == "ends" else []
    return Weighed(evidence, [], controls)


def _weigh_systems(claim: Claim, results: Results, level: float) -> Weighed:
    rivals, confusions = _rivals_of(claim, results.corpus), results.confusions
    missing = [NAMES[system].printed for system in (claim.subject, *rivals) if system not in confusions]
    if claim.subject not in confusions:
        return Weighed([], missing)
    own, metric = confusions[claim.subject], METRIC_OF_ROW[claim.measure]
    run = [system for system in rivals if system in confusions]
    evidence = [compare_systems(own, confusions[rival], metric, NAMES[rival].printed, level) for rival in run]
    # The paper claims nothing about systems that were trained elsewhere: these stand beside what decides.
    external = [system for system in confusions if SYSTEMS[system].fidelity == EXTERNAL]
    beside = external if claim.against == EVERY_OTHER else []
    controls = [compare_systems(own, confusions[name], metric, NAMES[name].printed, level) for name in beside]
    return Weighed(evidence, missing, controls)


def _rivals_of(claim: Claim, corpus: str) -> list[str]:
    """Whom a claim on a row of the tables compares its subject with."""
    if claim.against != EVERY_OTHER:
        return [claim.against]
    ours = [system for system in table_systems(corpus) if system in SYSTEMS and system != claim.subject]
    return [system for system in ours if SYSTEMS[system].fidelity != EXTERNAL]


def _weigh_gain(claim: Claim, measured: dict[str, Measured], level: float) -> Weighed:
    """GA-GRU's gain over BiGRU+Att on one corpus over that on another."""
    confusions = [measured[corpus].results.confusions for corpus in (claim.subject, claim.against)]
    pair = ("ga_gru", "bigru_att")
    if missing := [NAMES[system].printed for system in pair if system not in confusions[0]]:
        return Weighed([], missing)
    large, small = ([ours[system] for system in pair] for ours in confusions)
    return Weighed([compare_gains(large, small, "UA", printed(claim.against), level)], [])
