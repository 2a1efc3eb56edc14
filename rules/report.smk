# What is said about the results, whether the paper's own figures agree with each other, and the pages of the report.

# What the templates of report/ see besides the configuration.
config["report"] = {
    "spoken": spoken,
    "pages": pages(),
    "printed": printed,
    "synthetic": synthetic(),
    "systems": SYSTEMS,
    "validation": VALIDATION,
}


rule audit:
    input:
        table1=PAPER / "table1_reported.csv",
        table2=PAPER / "table2_reported.csv",
        class_counts=PAPER / "class_counts.csv",
        text_figures=PAPER / "text_figures.csv",
    output:
        csv="results/audit.csv",
        md="results/audit.md",
    log:
        "results/logs/audit.log",
    benchmark:
        "results/benchmarks/audit.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        sources=sources_digest("audit"),
    shell:
        "program audit --table1 {input.table1:q} --table2 {input.table2:q} --class-counts {input.class_counts:q}"
        " --text-figures {input.text_figures:q} --out-csv {output.csv:q} --out-md {output.md:q} 2>&1 | tee {log:q}"


rule claims:
    input:
        metrics=paths(with_file(all_runs(), "metrics.json")),
        edges=paths(attention("edges")),
        profiles=paths(attention("profiles")),
        paper=[
            PAPER / "claims_made.csv",
            PAPER / "table1_reported.csv",
            PAPER / "table2_reported.csv",
            PAPER / "class_counts.csv",
        ],
    output:
        csv="results/claims.csv",
        md="results/claims.md",
    log:
        "results/logs/claims.log",
    benchmark:
        "results/benchmarks/claims.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        metrics=named(with_file(all_runs(), "metrics.json")),
        edges=named(attention("edges")),
        profiles=named(attention("profiles")),
        synthetic=synthetic(),
        options=options(
            level=config["evaluation"]["level"],
            ends=config["claims"]["ends"],
            note=note(config, config["run"]["corpora"]),
        ),
        sources=sources_digest("claims"),
    shell:
        "program claims --metrics {params.metrics:q} --edges {params.edges:q} --profiles {params.profiles:q}"
        " --synthetic {params.synthetic:q} {params.options}"
        " --out-csv {output.csv:q} --out-md {output.md:q} 2>&1 | tee {log:q}"


rule check:
    input:
        metrics=paths(with_file(all_runs(), "metrics.json")),
        paper=[
            PAPER / "table1_reported.csv",
            PAPER / "table2_reported.csv",
            PAPER / "class_counts.csv",
        ],
    output:
        csv="results/check.csv",
        md="results/check.md",
    log:
        "results/logs/check.log",
    benchmark:
        "results/benchmarks/check.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        metrics=named(with_file(all_runs(), "metrics.json")),
        synthetic=synthetic(),
        options=options(
            level=config["evaluation"]["level"],
            fail=config["check"]["fail"],
            note=note(config, config["run"]["corpora"]),
        ),
        sources=sources_digest("check"),
    shell:
        "program check --metrics {params.metrics:q} --synthetic {params.synthetic:q} {params.options}"
        " --out-csv {output.csv:q} --out-md {output.md:q} 2>&1 | tee {log:q}"


rule provenance:
    input:
        all_provenance(),
    output:
        csv="results/provenance.csv",
        md="results/provenance.md",
    log:
        "results/logs/provenance.log",
    benchmark:
        "results/benchmarks/provenance.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        runs=named(all_runs()),
        options=options(folds=all_folds()),
        sources=sources_digest("provenance"),
    shell:
        "program provenance --runs {params.runs:q} {params.options}"
        " --out-csv {output.csv:q} --out-md {output.md:q} 2>&1 | tee {log:q}"


# Benchmark files are no input, for where one is missing its job would be run again. They are as old as what is.
rule run_times:
    input:
        provenance=all_provenance(),
        results=results(),
    output:
        csv="results/benchmarks/run_times.csv",
        md="results/benchmarks/run_times.md",
    log:
        "results/logs/run_times.log",
    benchmark:
        "results/benchmarks/run_times.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        runs=named(all_runs()),
        options=options(folds=all_folds(), benchmarks="results/benchmarks"),
        sources=sources_digest("run_times"),
    shell:
        "program run_times --runs {params.runs:q} --results {input.results:q} {params.options}"
        " --out-csv {output.csv:q} --out-md {output.md:q} 2>&1 | tee {log:q}"


rule html_page:
    input:
        source=lambda wildcards: f"results/{wildcards.page}.{pages()[wildcards.page].kind}",
        pictures=lambda wildcards: pages()[wildcards.page].pictures,
    output:
        html=report(
            "results/{page}.html",
            caption="../report/page.rst",
            category=lambda wildcards: category(pages()[wildcards.page]),
            labels=lambda wildcards: label(pages()[wildcards.page]),
        ),
    log:
        "results/logs/html_page/{page}.log",
    benchmark:
        "results/benchmarks/html_page/{page}.tsv"
    wildcard_constraints:
        page="|".join(pages()),
    conda:
        "../envs/reporting.yaml"
    params:
        options=lambda wildcards: options(title=pages()[wildcards.page].title),
        sources=sources_digest("html_page"),
    shell:
        "program html_page --source {input.source:q} {params.options} --out {output.html:q} 2>&1 | tee {log:q}"
