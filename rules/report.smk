# What is said about the results, whether the paper's own values agree with each other, and the pages of the report.

from gagru.data.folds import VALIDATION
from gagru.paper.counts import CLASS_COUNTS
from gagru.paper.printed_claims import CLAIMS
from gagru.paper.reported import TABLES
from gagru.paper.text import TEXT_VALUES
from gagru.task.corpora import printed
from gagru.workflow import pages, paths
from gagru.workflow.candidates import list_selected_corpora
from gagru.workflow.configuration import write_note
from gagru.workflow.runs import (
    find_fold_files,
    list_attention,
    list_attention_under_selection,
    list_descriptions,
    list_folds,
    list_paths,
    list_runs,
    list_runs_under_selection,
    list_selected_runs,
    list_trained_runs,
    write_runs,
)
from gagru.workflow.shell import write_options
from gagru.workflow.sources import digest_sources

shown = pages.list_pages(config)
selected_corpora = list_selected_corpora(config)
# What the templates of report/ see besides the configuration.
config["report"] = {
    "spoken": lambda corpora: pages.describe_corpora(config, corpora),
    "pages": shown,
    "printed": printed,
    "synthetic": pages.list_synthetic(config),
    "systems": SYSTEMS,
    "validation": VALIDATION,
}


rule audit:
    input:
        table1=TABLES["iemocap"],
        table2=TABLES["msp_improv"],
        class_counts=CLASS_COUNTS,
        text_values=TEXT_VALUES,
    output:
        multiext("results/audit", csv=".csv", md=".md"),
    log:
        "results/logs/audit.log",
    benchmark:
        "results/benchmarks/audit.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        sources=digest_sources("audit"),
    shell:
        "program audit --table1 {input.table1:q} --table2 {input.table2:q} --class-counts {input.class_counts:q}"
        " --text-values {input.text_values:q} --out-csv {output.csv:q} --out-md {output.md:q} 2>&1 | tee {log:q}"


rule claims:
    input:
        metrics=list_paths(list_runs(config, path=paths.METRICS)),
        external=list_descriptions(config, config["run"]["corpora"]),
        edges=list_paths(list_attention(config, paths.EDGES)),
        profiles=list_paths(list_attention(config, paths.PROFILES)),
        selected=list_paths(
            [
                *list_runs_under_selection(config, selected_corpora, paths.METRICS),
                *list_attention_under_selection(config, paths.EDGES, selected_corpora),
                *list_attention_under_selection(config, paths.PROFILES, selected_corpora),
            ]
        ),
        paper=[CLAIMS, *TABLES.values(), CLASS_COUNTS],
    output:
        multiext("results/claims", csv=".csv", md=".md"),
    log:
        "results/logs/claims.log",
    benchmark:
        "results/benchmarks/claims.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        metrics=write_runs(list_runs(config, path=paths.METRICS)),
        edges=write_runs(list_attention(config, paths.EDGES)),
        profiles=write_runs(list_attention(config, paths.PROFILES)),
        selected_metrics=write_runs(list_runs_under_selection(config, selected_corpora, paths.METRICS)),
        selected_edges=write_runs(list_attention_under_selection(config, paths.EDGES, selected_corpora)),
        selected_profiles=write_runs(list_attention_under_selection(config, paths.PROFILES, selected_corpora)),
        synthetic=pages.list_synthetic(config),
        options=write_options(
            level=config["evaluation"]["level"],
            ends=config["claims"]["ends"],
            note=write_note(config, config["run"]["corpora"]),
        ),
        sources=digest_sources("claims"),
    shell:
        "program claims --metrics {params.metrics:q} --edges {params.edges:q} --profiles {params.profiles:q}"
        " --selected-metrics {params.selected_metrics:q} --selected-edges {params.selected_edges:q}"
        " --selected-profiles {params.selected_profiles:q} --synthetic {params.synthetic:q} {params.options}"
        " --out-csv {output.csv:q} --out-md {output.md:q} 2>&1 | tee {log:q}"


rule check:
    input:
        metrics=list_paths(list_runs(config, path=paths.METRICS)),
        external=list_descriptions(config, config["run"]["corpora"]),
        paper=[*TABLES.values(), CLASS_COUNTS],
    output:
        multiext("results/check", csv=".csv", md=".md"),
    log:
        "results/logs/check.log",
    benchmark:
        "results/benchmarks/check.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        metrics=write_runs(list_runs(config, path=paths.METRICS)),
        synthetic=pages.list_synthetic(config),
        options=write_options(
            level=config["evaluation"]["level"],
            fail=config["check"]["fail"],
            note=write_note(config, config["run"]["corpora"]),
        ),
        sources=digest_sources("check"),
    shell:
        "program check --metrics {params.metrics:q} --synthetic {params.synthetic:q} {params.options}"
        " --out-csv {output.csv:q} --out-md {output.md:q} 2>&1 | tee {log:q}"


rule provenance:
    input:
        find_fold_files(config, paths.PROVENANCE, list_trained_runs(config) + list_selected_runs(config)),
    output:
        multiext("results/provenance", csv=".csv", md=".md"),
    log:
        "results/logs/provenance.log",
    benchmark:
        "results/benchmarks/provenance.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        runs=write_runs(list_trained_runs(config)),
        selected=write_runs(list_selected_runs(config)),
        options=write_options(folds=list_folds(config)),
        sources=digest_sources("provenance"),
    shell:
        "program provenance --runs {params.runs:q} --selected {params.selected:q} {params.options}"
        " --out-csv {output.csv:q} --out-md {output.md:q} 2>&1 | tee {log:q}"


# Benchmark files are no input, for where one is missing its job would be run again. They are as old as what is.
rule run_times:
    input:
        provenance=find_fold_files(config, paths.PROVENANCE, list_trained_runs(config)),
        results=pages.list_results(config),
    output:
        multiext("results/benchmarks/run_times", csv=".csv", md=".md"),
    log:
        "results/logs/run_times.log",
    benchmark:
        "results/benchmarks/run_times.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        runs=write_runs(list_trained_runs(config)),
        options=write_options(folds=list_folds(config), benchmarks="results/benchmarks"),
        sources=digest_sources("run_times"),
    shell:
        "program run_times --runs {params.runs:q} --results {input.results:q} {params.options}"
        " --out-csv {output.csv:q} --out-md {output.md:q} 2>&1 | tee {log:q}"


rule html_page:
    input:
        source=lambda wildcards: f"results/{wildcards.page}{shown[wildcards.page].shown}",
        pictures=lambda wildcards: shown[wildcards.page].pictures,
    output:
        html=report(
            "results/{page}.html",
            caption="../report/page.rst",
            category=lambda wildcards: pages.number_category(shown, wildcards.page),
            labels=lambda wildcards: pages.label_page(config, shown[wildcards.page]),
        ),
    log:
        "results/logs/html_page/{page}.log",
    benchmark:
        "results/benchmarks/html_page/{page}.tsv"
    wildcard_constraints:
        page="|".join(shown),
    conda:
        "../envs/reporting.yaml"
    params:
        options=lambda wildcards: write_options(title=shown[wildcards.page].title),
        sources=digest_sources("html_page"),
    shell:
        "program html_page --source {input.source:q} {params.options} --out {output.html:q} 2>&1 | tee {log:q}"
