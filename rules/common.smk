# What the rules share: the checked configuration, and small functions that turn it into files and parameters.

import json
import os
import shlex
import sys
from collections import namedtuple

import snakemake
from snakemake.exceptions import WorkflowError
from snakemake.settings.types import DeploymentMethod

sys.path.insert(0, str(workflow.basedir))

from gagru.workflow import jobs
from gagru.workflow.again import remember_deployment
from gagru.workflow.choices import list_specifications, locate_metrics, select_relevant
from gagru.workflow.configuration import (
    check_configuration,
    find_feature_set,
    is_demo,
    note,
    read_written,
    seeds,
    sessions,
    settings,
)
from gagru.task.corpora import printed
from gagru.task.errors import InputError
from gagru.storage.files import check_writable
from gagru.data.folds import VALIDATION
from gagru.report.speech import speech
from gagru.workflow.places import FOLDER, Places
from gagru.workflow.lineage import digest_stage, trace_lineage
from gagru.workflow.resume import announce_workflow
from gagru.workflow.sources import sources_digest
from gagru.workflow.surroundings import set_variables
from gagru.workflow.watch import watch_corpus, watch_speaker
from gagru.task.runs import Run
from gagru.task.features import FEATURE_SETS
from gagru.task.systems import SYSTEMS

try:
    given = workflow.config_settings
    files = [Path(workflow.basedir) / "config.yaml", *given.configfiles]
    config = check_configuration(config, read_written(files, given.config_args, sys.argv))
    alive = announce_workflow()  # `make resume` refuses while this is open
    places = Places(config)
    for word in sys.argv:  # what is asked for, among the rest; Snakemake would say nothing of the reason
        places.check_target(word)
except InputError as error:
    raise WorkflowError(str(error)) from None

CORPORA = config["corpora"]
SESSIONS = {corpus: sessions(entry) for corpus, entry in CORPORA.items()}
SPEAKERS = {corpus: list(found) for corpus, found in SESSIONS.items()}
PAPER_TABLES = {"iemocap": "table1", "msp_improv": "table2"}
TABLES = {PAPER_TABLES.get(corpus, f"table_{corpus}"): corpus for corpus in CORPORA}
PAPER = Path(workflow.basedir) / "gagru" / "paper"
OTHER_CORPORA = [corpus for corpus in CORPORA if corpus not in PAPER_TABLES]
FIGURES = {"1": "architecture", "2": "edges of the graph", "3": "attention over time"}
# A page of the report: whose speech it shows, the kind of file it is made from, and the pictures that this file names.
Page = namedtuple("Page", "category title corpora kind pictures", defaults=[[], "md", []])

# PyTorch comes for the CPU, or with CUDA for those who train with it.
TRAINING = "../envs/training_cuda.yaml" if config["training"]["device"] == "cuda" else "../envs/training.yaml"
set_variables()
# `program NAME ...` in a shell command runs workflow_scripts/NAME.py. Within conda by the environment's own python, by
# its path, for another one may be first in PATH; otherwise by the one that runs Snakemake.
deployment = workflow.deployment_settings.deployment_method
in_conda = DeploymentMethod.CONDA in deployment
python = '"$CONDA_PREFIX/bin/python" -s' if in_conda else f"{shlex.quote(sys.executable)} -s"
base = shlex.quote(str(workflow.basedir))
run_program = f'{python} {base}/workflow_scripts/"$1".py'
# Arguments that no command line takes (128 kB on Linux) come through a pipe.
program = (
    f'program() {{ words="${{*:2}}"; if [ "${{#words}}" -lt 100000 ]; then {run_program} "${{@:2}}"; '
    f"else printf '%s\\0' \"${{@:2}}\" | {run_program} -; fi; }}; "
)
# It takes the place of Snakemake's own prefix, `set -euo pipefail`; without that, `| tee` hides that a program failed.
# Snakemake formats it once more, hence the braces.
version = f"SNAKEMAKE_VERSION={snakemake.__version__}"
prefix = f"set -euo pipefail; export PYTHONPATH={base} WORKFLOW={os.getpid()} {version}; {program}"
shell.prefix(prefix.replace("{", "{{").replace("}", "}}"))


onstart:
    # Where a job's files cannot be made Snakemake ends with a traceback.
    try:
        check_writable("results")
    except InputError as error:
        raise WorkflowError(str(error)) from None
    remember_deployment(map(str, deployment))
    # To keep to a limit of jobs a second (100, if none is given), Snakemake looks for jobs to start a second after every
    # look that it took, and so as often a second as jobs are done: up to half a core. Jobs on this machine need no limit.
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None


# Done in seconds, and therefore not worth a cluster's queue.
localrules:
    make_demo_corpus,
    index_corpus,
    index_speaker,
    make_folds,
    evaluate_system,
    table,
    compare,
    choices,
    claims,
    check,
    figure1,
    figure2,
    figure3,
    audit,
    run_times,
    provenance,
    html_page,


wildcard_constraints:
    corpus="|".join(CORPORA),
    # A corpus, or a corpus under a specification of choices.
    place="|".join([*CORPORA, *(f"{FOLDER}/{corpus}/[^/]+" for corpus in CORPORA)]),
    system="|".join(SYSTEMS),
    feature_set="|".join(FEATURE_SETS),
    speaker="|".join(sorted({speaker for speakers in SPEAKERS.values() for speaker in speakers})),
    fold="|".join(sorted({speaker for speakers in SPEAKERS.values() for speaker in speakers})),
    seed=r"\d+",
    table="|".join(TABLES),
    figure_of="|".join(["()", *(f"_{corpus}" for corpus in OTHER_CORPORA)]),


def options(**values):
    """Command-line options of a program, as one string: Snakemake sees every change of a setting, and of its name."""
    words = []
    for name, value in values.items():
        text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        words += [f"--{name.replace('_', '-')}", shlex.quote(text)]
    return " ".join(words)


def tables():
    """The tables of the corpora that are run."""
    return [f"results/{table}.csv" for table, corpus in TABLES.items() if corpus in config["run"]["corpora"]]


def figures():
    """The figures of the corpora that are run, which show what GA-GRU learned."""
    if "ga_gru" not in config["run"]["systems"]:
        return []
    run = config["run"]["corpora"]
    names = ["figure1"]
    if any(corpus in PAPER_TABLES for corpus in run):
        names += ["figure2", "figure3"]
    names += [f"figure{number}_{corpus}" for corpus in run if corpus in OTHER_CORPORA for number in (2, 3)]
    return [f"results/{name}.pdf" for name in names]


def speakers(wildcards):
    """Of the corpus at the place."""
    return SPEAKERS[places.find_corpus(wildcards.place)]


def job(kind, wildcards, *item):
    """What a job depends on beside its files; `kind` is a function of `gagru.workflow.jobs`."""
    return kind(places.configure(wildcards.place), places.find_corpus(wildcards.place), *item)


def made(stage, file):
    """A function from wildcards to a file of a stage (`index`, `folds`) at the place that makes it."""
    return lambda wildcards: f"results/{places.locate(wildcards.place, stage)}/{file}"


def results():
    """What is made of the corpora that are run, and the audit of the paper."""
    said = [f"results/{page}.csv" for page in ("audit", "claims", "check")]
    return [*tables(), *comparisons(), *choices(), *figures(), *said]


def entry(wildcards):
    """What the configuration says of the corpus at the place."""
    return places.configure(wildcards.place)["corpora"][places.find_corpus(wildcards.place)]


def speaker_index(wildcards):
    """The speaker's part of the index."""
    return f"results/{places.locate(wildcards.place, 'index')}/index/{wildcards.speaker}.parquet"


def demo(wildcards):
    """The corpus that is read, where the workflow makes it."""
    name = places.find_corpus(wildcards.place)
    return [f"results/{name}/demo"] if is_demo(CORPORA[name]) else []


def corpus_root(wildcards):
    """Where the corpus's reader looks: the folder, or the manifest."""
    name = places.find_corpus(wildcards.place)
    return f"results/{name}/demo" if is_demo(CORPORA[name]) else CORPORA[name]["root"]


def features(place, feature_set):
    """The features as extracted: speaker -> file."""
    folder = f"results/{places.locate(place, 'features', feature_set)}/features/{feature_set}"
    return {speaker: f"{folder}/{speaker}.parquet" for speaker in SPEAKERS[places.find_corpus(place)]}


def normalised_features(place, system):
    """The normalised features of every speaker that the system is trained or tested on."""
    feature_set = find_feature_set(places.configure(place), places.find_corpus(place), system)
    folder = f"results/{places.locate(place, 'normalised', feature_set)}/normalised/{feature_set}"
    return [f"{folder}/{speaker}.parquet" for speaker in SPEAKERS[places.find_corpus(place)]]


def fold_statistics(place, system, fold):
    """The statistics of the fold's training part, where features are normalised by them."""
    if places.configure(place)["normalisation"]["method"] != "training_speakers":
        return []
    feature_set = find_feature_set(places.configure(place), places.find_corpus(place), system)
    return [
        f"results/{places.locate(place, 'statistics', feature_set)}/normalised/{feature_set}/statistics/{fold}.json"
    ]


def comparisons():
    """The comparisons of the systems on the corpora that are run."""
    run = config["run"]
    return [f"results/comparisons_{corpus}.csv" for corpus in run["corpora"] if len(run["systems"]) > 1]


def choices():
    """The specification curves that are made without being asked for."""
    return [f"results/choices_{corpus}.csv" for corpus in config["choices"]["corpora"]]


def specified_metrics(corpus):
    """The pooled figures of the two systems under every specification, each file once."""
    found = [locate_metrics(config, corpus, specification) for specification in list_specifications(config, corpus)]
    return list(dict.fromkeys(path for pair in found for files in pair for path in files))


def runs(corpus):
    """What is run on a corpus, with its folders."""
    pairs = [(system, seed) for system in config["run"]["systems"] for seed in seeds(config, system)]
    return [Run(corpus, system, seed, Path(f"results/{corpus}/{system}/seed{seed}")) for system, seed in pairs]


def run_at(wildcards):
    """The run of the wildcards as the programs take it; its folder lies at the place."""
    folder = Path(f"results/{wildcards.place}/{wildcards.system}/seed{wildcards.seed}")
    return str(Run(places.find_corpus(wildcards.place), wildcards.system, wildcards.seed, folder))


def all_runs():
    """All that is run, with its folders."""
    return [run for corpus in config["run"]["corpora"] for run in runs(corpus)]


def all_folds():
    """The folds of the corpora that are run, by corpus."""
    return {corpus: SPEAKERS[corpus] for corpus in config["run"]["corpora"]}


def all_provenance():
    """What is written of every training."""
    return [
        f"{run.path}/{fold}/provenance.json"
        for corpus, folds in all_folds().items()
        for run in runs(corpus)
        for fold in folds
    ]


def attention(kind):
    """The analysed attention of all corpora that are run, if GA-GRU is."""
    return with_file([run for run in all_runs() if run.system == "ga_gru"], f"{kind}.parquet")


def synthetic():
    """The corpora that are run and are demos."""
    return [corpus for corpus in config["run"]["corpora"] if is_demo(CORPORA[corpus])]


def spoken(corpora):
    """What speech the corpora hold, in words; with its counts, once the corpora were read."""
    return "; ".join(speech(name, is_demo(CORPORA[name]), f"results/{name}/folds.csv") for name in corpora)


def pages():
    """What the report shows: name of the page -> Page."""
    run = config["run"]["corpora"]
    found = {}
    for table, corpus in TABLES.items():
        if corpus in run:
            title = (
                f"Table {table[-1]}: {printed(corpus)}" if corpus in PAPER_TABLES else f"Results on {printed(corpus)}"
            )
            found[table] = Page("Tables", title, [corpus])
    for path in figures():
        name = Path(path).stem
        number, figure_of = name[6], name[7:]
        shown = [] if number == "1" else shown_corpora(figure_of)
        title = f"Figure {number}: {FIGURES[number]}" + (f", {printed(*shown)}" if figure_of else "")
        found[name] = Page("Figures", title, shown, "png")
    for path in comparisons():
        corpus = Path(path).stem.removeprefix("comparisons_")
        found[Path(path).stem] = Page("Comparisons", f"Comparisons on {printed(corpus)}", [corpus])
    for corpus in config["choices"]["corpora"]:
        picture = f"results/choices_{corpus}.png"
        found[f"choices_{corpus}"] = Page("Choices", f"Open choices on {printed(corpus)}", [corpus], pictures=[picture])
    return found | {
        "claims": Page("The paper", "The paper's claims", run),
        "check": Page("The paper", "Check against the paper", run),
        "audit": Page("The paper", "Audit of the paper's tables"),
        "provenance": Page("How it was made", "Provenance", run),
        "benchmarks/run_times": Page("How it was made", "Run times and memory", run),
    }


def category(page):
    """The page's category with its number, for the report lists categories by name."""
    present = list(dict.fromkeys(found.category for found in pages().values()))
    return f"{1 + present.index(page.category)} {page.category}"


def label(page):
    """How the report lists a page: its title, and whether its speech is synthetic."""
    demos = [name for name in page.corpora if is_demo(CORPORA[name])]
    mark = "synthetic" if demos == list(page.corpora) else f"{printed(*demos)} synthetic"
    return {"page": page.title + (f" ({mark})" if demos else "")}


def metrics(table):
    """The pooled figures that a table prints."""
    return with_file(runs(TABLES[table]), "metrics.json")


def shown_corpora(figure_of=""):
    """The corpora of a figure: `_NAME` is one, nothing the paper's (those that are run; both, where none of them is)."""
    if figure_of:
        return [figure_of.removeprefix("_")]
    return [corpus for corpus in PAPER_TABLES if corpus in config["run"]["corpora"]] or list(PAPER_TABLES)


def analyses(figure_of, kind):
    """The analysed attention that a figure shows."""
    pairs = [(corpus, seed) for corpus in shown_corpora(figure_of) for seed in seeds(config, "ga_gru")]
    return [
        Run(corpus, "ga_gru", seed, Path(f"results/{corpus}/ga_gru/seed{seed}/{kind}.parquet"))
        for corpus, seed in pairs
    ]


def with_file(runs, name):
    """Runs with a file in their folders in place of the folders."""
    return [run._replace(path=run.path / name) for run in runs]


def paths(runs):
    return [run.path for run in runs]


def named(runs):
    """As the programs take them."""
    return [str(run) for run in runs]
