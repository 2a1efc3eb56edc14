# Of several trainings of a fold the one that its validation part chooses. What chooses reads no more than histories.

from gagru.workflow import jobs, paths
from gagru.workflow.lineage import digest_stage, trace_lineage
from gagru.workflow.shell import write_options
from gagru.workflow.sources import digest_sources


rule select_candidate:
    input:
        lambda wildcards: inputs.find_candidate_files(paths.HISTORY, **wildcards),
    output:
        paths.SELECTION,
    log:
        "results/logs/{place}/select_candidate/{system}/seed{seed}/{fold}.log",
    benchmark:
        "results/benchmarks/{place}/select_candidate/{system}/seed{seed}/{fold}.tsv"
    wildcard_constraints:
        place=places.write_pattern_of_selected(),
    conda:
        "../envs/reporting.yaml"
    params:
        options=lambda wildcards: write_options(
            candidates=list(inputs.find_candidates(wildcards.place, wildcards.system).values()),
            refit=config["selection"]["refit"],
        ),
        sources=digest_sources("select_candidate"),
    shell:
        "program select_candidate --histories {input:q} {params.options} --out {output:q} 2>&1 | tee {log:q}"


if config["selection"]["refit"]:

    rule refit_chosen:
        input:
            selection=paths.SELECTION,
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
            "results/logs/{place}/refit_chosen/{system}/seed{seed}/{fold}.log",
        benchmark:
            "results/benchmarks/{place}/refit_chosen/{system}/seed{seed}/{fold}.tsv"
        wildcard_constraints:
            place=places.write_pattern_of_selected(),
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
                jobs=inputs.describe_candidates(wildcards.place, wildcards.system),
                lineage=inputs.describe(trace_lineage, wildcards.place, wildcards.system),
                about=inputs.describe(jobs.describe_corpus, wildcards.place, wildcards.system),
            ),
            sources=lambda wildcards: digest_sources("refit_chosen", f"gagru.systems.{wildcards.system}"),
        shell:
            "program refit_chosen --corpus {wildcards.place} --system {wildcards.system} --seed {wildcards.seed}"
            " --fold {wildcards.fold} --selection {input.selection:q} --index {input.index:q} --folds {input.folds:q}"
            " --features {params.features:q} --statistics {input.statistics:q} {params.options}"
            " --sources {params.sources} --out {params.out:q} 2>&1 | tee {log:q} | hide_progress"

else:

    rule copy_chosen:
        input:
            selection=paths.SELECTION,
            predictions=lambda wildcards: inputs.find_candidate_files(paths.PREDICTIONS, **wildcards),
            history=lambda wildcards: inputs.find_candidate_files(paths.HISTORY, **wildcards),
            weights=lambda wildcards: inputs.find_candidate_files(paths.WEIGHTS, **wildcards),
            models=lambda wildcards: inputs.find_candidate_files(paths.MODEL, **wildcards),
            provenance=lambda wildcards: inputs.find_candidate_files(paths.PROVENANCE, **wildcards),
        output:
            predictions=paths.PREDICTIONS,
            history=paths.HISTORY,
            weights=paths.WEIGHTS,
            model=paths.MODEL,
            provenance=paths.PROVENANCE,
        log:
            "results/logs/{place}/copy_chosen/{system}/seed{seed}/{fold}.log",
        benchmark:
            "results/benchmarks/{place}/copy_chosen/{system}/seed{seed}/{fold}.tsv"
        wildcard_constraints:
            place=places.write_pattern_of_selected(),
        conda:
            "../envs/reporting.yaml"
        params:
            candidates=lambda wildcards, input: [str(Path(path).parent) for path in input.models],
            out=lambda wildcards, output: str(Path(output.model).parent),
            sources=digest_sources("copy_chosen"),
        shell:
            "program copy_chosen --selection {input.selection:q} --candidates {params.candidates:q} --out {params.out:q}"
            " 2>&1 | tee {log:q}"
