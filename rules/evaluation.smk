# Pooled test predictions -> recalls, WA and UA -> the paper's tables, and the comparisons of the systems.


rule evaluate_system:
    input:
        index=made("index", "index.parquet"),
        predictions=lambda wildcards: [
            f"results/{wildcards.place}/{wildcards.system}/seed{wildcards.seed}/{fold}/predictions.parquet"
            for fold in speakers(wildcards)
        ],
    output:
        metrics="results/{place}/{system}/seed{seed}/metrics.json",
        confusion="results/{place}/{system}/seed{seed}/confusion.csv",
    log:
        "results/logs/{place}/{system}/seed{seed}/evaluate_system.log",
    benchmark:
        "results/benchmarks/{place}/{system}/seed{seed}/evaluate_system.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        run=run_at,
        folds=speakers,
        options=options(level=config["evaluation"]["level"]),
        sources=sources_digest("evaluate_system"),
    shell:
        "program evaluate_system --run {params.run:q} --folds {params.folds:q} --index {input.index:q} {params.options}"
        " --out-metrics {output.metrics:q} --out-confusion {output.confusion:q} 2>&1 | tee {log:q}"


rule table:
    input:
        metrics=lambda wildcards: paths(metrics(wildcards.table)),
        left_out=lambda wildcards: f"results/{TABLES[wildcards.table]}/left_out.csv",
        reported=[
            PAPER / "table1_reported.csv",
            PAPER / "table2_reported.csv",
            PAPER / "class_counts.csv",
        ],
    output:
        csv="results/{table}.csv",
        md="results/{table}.md",
        tex="results/{table}.tex",
        long="results/long/{table}.csv",
    log:
        "results/logs/{table}.log",
    benchmark:
        "results/benchmarks/{table}.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        options=lambda wildcards: options(
            corpus=TABLES[wildcards.table],
            table=wildcards.table,
            note=note(config, [TABLES[wildcards.table]]),
        ),
        metrics=lambda wildcards: named(metrics(wildcards.table)),
        sources=sources_digest("table"),
    shell:
        "program table {params.options} --metrics {params.metrics:q} --left-out {input.left_out:q}"
        " --out-csv {output.csv:q} --out-md {output.md:q} --out-tex {output.tex:q} --out-long {output.long:q} 2>&1 | tee {log:q}"


rule compare:
    input:
        lambda wildcards: [
            f"{run.path}/{fold}/predictions.parquet"
            for run in runs(wildcards.corpus)
            for fold in SPEAKERS[wildcards.corpus]
        ],
    output:
        csv="results/comparisons_{corpus}.csv",
        md="results/comparisons_{corpus}.md",
    log:
        "results/logs/comparisons_{corpus}.log",
    benchmark:
        "results/benchmarks/comparisons_{corpus}.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        runs=lambda wildcards: named(runs(wildcards.corpus)),
        folds=lambda wildcards: SPEAKERS[wildcards.corpus],
        options=lambda wildcards: options(
            level=config["evaluation"]["level"],
            note=note(config, [wildcards.corpus]),
        ),
        sources=sources_digest("compare"),
    shell:
        "program compare {params.options} --runs {params.runs:q} --folds {params.folds:q}"
        " --out-csv {output.csv:q} --out-md {output.md:q} 2>&1 | tee {log:q}"


rule choices:
    input:
        lambda wildcards: specified_metrics(wildcards.corpus),
    output:
        csv="results/choices_{corpus}.csv",
        md="results/choices_{corpus}.md",
        pdf="results/choices_{corpus}.pdf",
        png="results/choices_{corpus}.png",
    log:
        "results/logs/choices_{corpus}.log",
    benchmark:
        "results/benchmarks/choices_{corpus}.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        options=lambda wildcards: options(
            corpus=wildcards.corpus,
            configuration=select_relevant(config, wildcards.corpus),
            level=config["evaluation"]["level"],
            note=note(config, [wildcards.corpus]),
        ),
        sources=sources_digest("choices"),
    shell:
        "program choices {params.options} --out-csv {output.csv:q} --out-md {output.md:q}"
        " --out-pdf {output.pdf:q} --out-png {output.png:q} 2>&1 | tee {log:q}"
