# What the rules share: the checked configuration, what it makes, and where files lie.

import sys

sys.path.insert(0, str(workflow.basedir))

from gagru.storage.files import check_writable
from gagru.task.corpora import name_table
from gagru.task.features import FEATURE_SETS
from gagru.task.systems import SYSTEMS
from gagru.workflow.again import remember_deployment
from gagru.workflow.candidates import check_selection
from gagru.workflow.configuration import check_configuration, read_written
from gagru.workflow.display import show_progress
from gagru.workflow.errors import end_workflow
from gagru.workflow.inputs import Inputs
from gagru.workflow.places import Places
from gagru.workflow.resume import announce_workflow
from gagru.workflow.runs import list_drawn
from gagru.workflow.shell import share_gpus, write_prefix
from gagru.workflow.surroundings import set_variables

with end_workflow():
    given = workflow.config_settings
    files = [Path(workflow.basedir) / "config.yaml", *given.configfiles]
    config = check_configuration(config, read_written(files, given.config_args, sys.argv))
    if workflow.is_main_process and (skipped := config["run"].get("skipped")):
        print(f"Left out, for they are not there: {skipped}", file=sys.stderr)
    alive = announce_workflow()  # `make resume` refuses while this is open
    check_selection(config)
    places = Places(config)
    places.check_targets(sys.argv)

inputs = Inputs(config, places)
tables = {name_table(corpus): corpus for corpus in config["corpora"]}
drawn = list_drawn(config)
# PyTorch comes for the CPU, or with CUDA for those who train with it.
TRAINING = "../envs/training_cuda.yaml" if config["training"]["device"] == "cuda" else "../envs/training.yaml"
set_variables()
deployment = set(map(str, workflow.deployment_settings.deployment_method))
shell.prefix(write_prefix(workflow.basedir, "conda" in deployment, config["training"]["per_gpu"]))


onstart:
    with end_workflow():
        check_writable("results")
    remember_deployment(deployment)
    if workflow.local_exec:  # the limit of jobs a second costs more than it can help, see benchmarks/scheduling.py
        workflow.scheduler.job_rate_limiter = None
        share_gpus(workflow.scheduler, config["training"]["per_gpu"])
    show_progress(workflow)


# Done in seconds, and therefore not worth a cluster's queue.
localrules:
    make_demo_corpus,
    export_model,
    index_corpus,
    index_speaker,
    make_folds,
    models,
    select_candidate,
    copy_chosen,
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
    corpus="|".join(config["corpora"]),
    place=places.write_pattern(),
    system="|".join([*SYSTEMS, *config["external"]]),
    feature_set="|".join(FEATURE_SETS),
    speaker=inputs.write_speaker_pattern(),
    fold=inputs.write_speaker_pattern(),
    seed=r"\d+",
    table="|".join(tables),
    figure_of="|".join(end or "()" for end in drawn),
