"""What is run: systems with seeds on corpora, each with its folder or a file in it."""

from collections.abc import Iterable
from pathlib import Path, PurePath

from gagru.task.corpora import PAPER_TABLES
from gagru.task.runs import Run
from gagru.workflow import paths
from gagru.workflow.candidates import is_selected
from gagru.workflow.configuration import list_seeds, list_sessions
from gagru.workflow.places import SELECTED


def list_runs(config: dict, corpora: Iterable[str] | None = None, path: str = paths.RUN) -> list[Run]:
    """Every configured run on `corpora`, or on all that are run; those of systems trained elsewhere come last.

    path : of `gagru.workflow.paths`, what each run is to be given with: its folder, or a file
    """
    corpora = config["run"]["corpora"] if corpora is None else list(corpora)
    return list_trained_runs(config, corpora, path) + list_external_runs(config, corpora, path)


def list_external_runs(config: dict, corpora: Iterable[str], path: str = paths.RUN) -> list[Run]:
    """The runs of systems that were trained elsewhere, each with the first seed; arguments as for `list_runs`."""
    seed = config["run"]["seeds"][0]
    return [
        Run(corpus, system, seed, Path(path.format(place=corpus, system=system, seed=seed)))
        for corpus in corpora
        for system, entry in config["external"].items()
        if corpus in entry["predictions"]
    ]


def list_descriptions(config: dict, corpora: Iterable[str]) -> list[Path]:
    """What is said of the systems that were trained elsewhere."""
    return list_paths(list_external_runs(config, corpora, paths.EXTERNAL_DESCRIPTION))


def list_trained_runs(config: dict, corpora: Iterable[str] | None = None, path: str = paths.RUN) -> list[Run]:
    """The runs of the systems that are trained here; arguments as for `list_runs`."""
    run = config["run"]
    return [
        Run(corpus, system, seed, Path(path.format(place=corpus, system=system, seed=seed)))
        for corpus in (run["corpora"] if corpora is None else corpora)
        for system in run["systems"]
        for seed in list_seeds(config, system)
    ]


def list_selected_runs(config: dict, corpora: Iterable[str] | None = None, path: str = paths.RUN) -> list[Run]:
    """Every run of a system that is selected; arguments as for `list_runs`."""
    return [
        run._replace(path=Path(path.format(place=f"{SELECTED}/{run.corpus}", system=run.system, seed=run.seed)))
        for run in list_trained_runs(config, corpora)
        if is_selected(config, run.corpus, run.system)
    ]


def list_used_runs(config: dict, corpora: Iterable[str] | None = None, path: str = paths.RUN) -> list[Run]:
    """What comparisons are made of: as `selection.use` says, every run as described or, where it is, as selected."""
    if config["selection"]["use"] != SELECTED:
        return list_runs(config, corpora, path)
    return list_runs_under_selection(config, corpora, path)


def list_runs_under_selection(config: dict, corpora: Iterable[str] | None = None, path: str = paths.RUN) -> list[Run]:
    """Every run; in place of one that is selected, what is selected of it."""
    selected = {run[:3]: run for run in list_selected_runs(config, corpora, path)}
    return [selected.get(run[:3], run) for run in list_runs(config, corpora, path)]


def list_folds(config: dict) -> dict[str, list[str]]:
    """The folds of the corpora that are run, by corpus."""
    return {corpus: list(list_sessions(config["corpora"][corpus])) for corpus in config["run"]["corpora"]}


def find_fold_files(config: dict, path: str, runs: Iterable[Run]) -> list[str]:
    """A file of every fold of these runs, whose paths are their folders; `path` is one of `gagru.workflow.paths`."""
    name = PurePath(path).name
    return [str(run.path / fold / name) for run in runs for fold in list_sessions(config["corpora"][run.corpus])]


def list_attention(config: dict, path: str, corpora: Iterable[str] | None = None) -> list[Run]:
    """The runs of GA-GRU, each with what is analysed of it; `path` is `paths.EDGES` or `paths.PROFILES`.

    corpora : those that a figure shows, whether or not they are run; by default all that are run, if GA-GRU is
    """
    if corpora is None:
        corpora = config["run"]["corpora"] if "ga_gru" in config["run"]["systems"] else ()
    return [
        Run(corpus, "ga_gru", seed, Path(path.format(place=corpus, seed=seed)))
        for corpus in corpora
        for seed in list_seeds(config, "ga_gru")
    ]


def list_attention_under_selection(config: dict, path: str, corpora: Iterable[str]) -> list[Run]:
    """As `list_attention`; where GA-GRU is selected, of what is selected."""
    return [
        run._replace(path=Path(path.format(place=f"{SELECTED}/{run.corpus}", seed=run.seed)))
        if is_selected(config, run.corpus, "ga_gru")
        else run
        for run in list_attention(config, path, corpora if "ga_gru" in config["run"]["systems"] else ())
    ]


def list_drawn(config: dict) -> dict[str, list[str]]:
    """What Figures 2 and 3 can show: the end of a figure's name -> corpora.

    The paper's figures, without an end, show its corpora: those that are run; both, where none of them is. Every other
    corpus has figures of its own.
    """
    in_paper = [corpus for corpus in PAPER_TABLES if corpus in config["run"]["corpora"]] or list(PAPER_TABLES)
    return {"": in_paper} | {f"_{corpus}": [corpus] for corpus in config["corpora"] if corpus not in PAPER_TABLES}


def list_paths(runs: Iterable[Run]) -> list[Path]:
    """What the runs are given with."""
    return [run.path for run in runs]


def write_runs(runs: Iterable[Run]) -> list[str]:
    """The runs as the programs take them."""
    return [str(run) for run in runs]
