# One system on one fold with one seed.

from gagru.workflow import jobs, paths
from gagru.workflow.lineage import digest_stage, trace_lineage
from gagru.workflow.runs import list_paths, list_runs
from gagru.workflow.shell import write_options
from gagru.workflow.sources import digest_sources


rule train_fold:
    input:
        index=lambda wildcards: inputs.find_index(wildcards.place),
        folds=lambda wildcards: inputs.find_folds(wildcards.place),
        features=lambda wildcards: inputs.find_normalised(wildcards.place, wildcards.system),
        statistics=lambda wildcards: inputs.find_statistics(wildcards.place, wildcards.system, [wildcards.fold]),
    output:
        predictions=paths.PREDICTIONS,
        history=paths.HISTORY,
        weights=paths.WEIGHTS,
        model=paths.MODEL,
        provenance=paths.PROVENANCE,
    log:
        "results/logs/{place}/{system}/seed{seed}/{fold}.log",
    benchmark:
        "results/benchmarks/{place}/{system}/seed{seed}/{fold}.tsv"
    wildcard_constraints:
        place=places.write_pattern_of_trained(),
        system="|".join(SYSTEMS),
    conda:
        TRAINING
    threads: config["training"]["threads"]
    resources:
        mem_mb=2000,
        runtime=240,
        gpu=lambda wildcards: int(config["training"]["device"] == "cuda" and SYSTEMS[wildcards.system].network),
    params:
        features=lambda wildcards, input: str(Path(input.features[0]).parent),
        out=lambda wildcards, output: str(Path(output.model).parent),
        options=lambda wildcards: write_options(
            job=inputs.describe(jobs.describe_training, wildcards.place, wildcards.system),
            lineage=inputs.describe(trace_lineage, wildcards.place, wildcards.system),
            about=inputs.describe(jobs.describe_corpus, wildcards.place, wildcards.system),
        ),
        sources=lambda wildcards: digest_stage("training", wildcards.system),
    shell:
        "program train_fold --corpus {wildcards.place} --system {wildcards.system} --seed {wildcards.seed}"
        " --fold {wildcards.fold} --index {input.index:q} --folds {input.folds:q} --features {params.features:q}"
        " --statistics {input.statistics:q} {params.options} --sources {params.sources} --out {params.out:q}"
        " 2>&1 | tee {log:q} | hide_progress"


# Folders to hand over, and a page that lists those of a corpus.


rule export_model:
    input:
        models=lambda wildcards: inputs.find_fold_files(paths.MODEL, **wildcards),
        weights=lambda wildcards: inputs.find_fold_files(paths.WEIGHTS, **wildcards),
        metrics=paths.METRICS,
    output:
        directory(paths.EXPORTED),
    log:
        "results/logs/{place}/models/{system}/seed{seed}.log",
    benchmark:
        "results/benchmarks/{place}/models/{system}/seed{seed}.tsv"
    conda:
        TRAINING
    params:
        run=lambda wildcards, input: str(Path(input.metrics).parent),
        sources=digest_sources("export_model"),
    shell:
        "program export_model --run {params.run:q} --out {output:q} 2>&1 | tee {log:q}"


rule models:
    input:
        lambda wildcards: list_paths(
            run for run in list_runs(config, [wildcards.corpus], paths.EXPORTED) if run.system in SYSTEMS
        ),
    output:
        paths.MODELS,
    log:
        "results/logs/{corpus}/models.log",
    benchmark:
        "results/benchmarks/{corpus}/models.tsv"
    conda:
        TRAINING
    params:
        sources=digest_sources("list_models"),
    shell:
        "program list_models --models {input:q} --out {output:q} 2>&1 | tee {log:q}"
