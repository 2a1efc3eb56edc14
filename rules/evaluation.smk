# Pooled test predictions -> recalls, WA and UA -> the paper's tables, and the comparisons of the systems.

from gagru.paper.counts import CLASS_COUNTS
from gagru.paper.reported import TABLES
from gagru.workflow import pages, paths
from gagru.workflow.choices import list_compared, select_relevant
from gagru.workflow.configuration import write_note
from gagru.workflow.runs import find_fold_files, list_descriptions, list_paths, list_runs, list_selected_runs
from gagru.workflow.runs import list_used_runs, write_runs
from gagru.workflow.shell import write_options
from gagru.workflow.sources import digest_sources


rule evaluate_system:
    input:
        index=lambda wildcards: inputs.find_index(wildcards.place),
        predictions=lambda wildcards: inputs.find_fold_files(paths.PREDICTIONS, **wildcards),
    output:
        metrics=paths.METRICS,
        confusion=paths.CONFUSION,
    log:
        "results/logs/{place}/{system}/seed{seed}/evaluate_system.log",
    benchmark:
        "results/benchmarks/{place}/{system}/seed{seed}/evaluate_system.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        run=lambda wildcards: str(inputs.find_run(**wildcards)),
        folds=lambda wildcards: inputs.list_speakers(wildcards.place),
        options=write_options(level=config["evaluation"]["level"]),
        sources=digest_sources("evaluate_system"),
    shell:
        "program evaluate_system --run {params.run:q} --folds {params.folds:q} --index {input.index:q} {params.options}"
        " --out-metrics {output.metrics:q} --out-confusion {output.confusion:q} 2>&1 | tee {log:q}"


rule table:
    input:
        metrics=lambda wildcards: list_paths(list_runs(config, [tables[wildcards.table]], paths.METRICS)),
        selected=lambda wildcards: list_paths(list_selected_runs(config, [tables[wildcards.table]], paths.METRICS)),
        selections=lambda wildcards: find_fold_files(
            config, paths.SELECTION, list_selected_runs(config, [tables[wildcards.table]])
        ),
        left_out=lambda wildcards: paths.LEFT_OUT.format(place=tables[wildcards.table]),
        external=lambda wildcards: list_descriptions(config, [tables[wildcards.table]]),
        reported=[*TABLES.values(), CLASS_COUNTS],
    output:
        multiext("results/{table}", csv=".csv", md=".md", tex=".tex"),
        long=paths.LONG_TABLE,
    log:
        "results/logs/{table}.log",
    benchmark:
        "results/benchmarks/{table}.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        options=lambda wildcards: write_options(
            corpus=tables[wildcards.table],
            table=wildcards.table,
            note=write_note(config, [tables[wildcards.table]]),
        ),
        metrics=lambda wildcards: write_runs(list_runs(config, [tables[wildcards.table]], paths.METRICS)),
        selected=lambda wildcards: write_runs(list_selected_runs(config, [tables[wildcards.table]], paths.METRICS)),
        selections=lambda wildcards: write_runs(list_selected_runs(config, [tables[wildcards.table]])),
        folds=lambda wildcards: inputs.list_speakers(tables[wildcards.table]),
        sources=digest_sources("table"),
    shell:
        "program table {params.options} --metrics {params.metrics:q} --selected {params.selected:q}"
        " --selections {params.selections:q} --folds {params.folds:q} --left-out {input.left_out:q}"
        " --out-csv {output.csv:q} --out-md {output.md:q} --out-tex {output.tex:q} --out-long {output.long:q} 2>&1 | tee {log:q}"


rule compare:
    input:
        lambda wildcards: find_fold_files(config, paths.PREDICTIONS, list_used_runs(config, [wildcards.corpus])),
        lambda wildcards: list_descriptions(config, [wildcards.corpus]),
    output:
        multiext(f"results/{paths.COMPARISONS}", csv=".csv", md=".md"),
    log:
        f"results/logs/{paths.COMPARISONS}.log",
    benchmark:
        f"results/benchmarks/{paths.COMPARISONS}.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        runs=lambda wildcards: write_runs(list_used_runs(config, [wildcards.corpus])),
        folds=lambda wildcards: inputs.list_speakers(wildcards.corpus),
        options=lambda wildcards: write_options(
            level=config["evaluation"]["level"],
            note=pages.write_note_of_comparisons(config, [wildcards.corpus]),
        ),
        sources=digest_sources("compare"),
    shell:
        "program compare {params.options} --runs {params.runs:q} --folds {params.folds:q}"
        " --out-csv {output.csv:q} --out-md {output.md:q} 2>&1 | tee {log:q}"


rule choices:
    input:
        lambda wildcards: list_compared(config, wildcards.corpus),
    output:
        multiext(f"results/{paths.CHOICES}", csv=".csv", md=".md", pdf=".pdf", png=".png"),
    log:
        f"results/logs/{paths.CHOICES}.log",
    benchmark:
        f"results/benchmarks/{paths.CHOICES}.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        options=lambda wildcards: write_options(
            corpus=wildcards.corpus,
            configuration=select_relevant(config, wildcards.corpus),
            level=config["evaluation"]["level"],
            note=pages.write_note_of_comparisons(config, [wildcards.corpus]),
        ),
        sources=digest_sources("choices"),
    shell:
        "program choices {params.options} --out-csv {output.csv:q} --out-md {output.md:q}"
        " --out-pdf {output.pdf:q} --out-png {output.png:q} 2>&1 | tee {log:q}"
