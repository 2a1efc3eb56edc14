# Pooled test predictions -> recalls, WA and UA -> the paper's tables.


rule evaluate_system:
    input:
        index="results/{corpus}/index.parquet",
        predictions=lambda wildcards: [
            f"results/{wildcards.corpus}/{wildcards.system}/seed{wildcards.seed}/{fold}/predictions.parquet"
            for fold in SPEAKERS[wildcards.corpus]
        ],
    output:
        metrics="results/{corpus}/{system}/seed{seed}/metrics.json",
        confusion="results/{corpus}/{system}/seed{seed}/confusion.csv",
    log:
        "results/logs/{corpus}/{system}/seed{seed}/evaluate_system.log",
    benchmark:
        "results/benchmarks/{corpus}/{system}/seed{seed}/evaluate_system.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        options=options(settings=config["evaluation"]),
        sources=sources_digest("evaluate_system"),
    shell:
        "program evaluate_system --index {input.index:q} --predictions {input.predictions:q} {params.options}"
        " --out-metrics {output.metrics:q} --out-confusion {output.confusion:q} 2>&1 | tee {log:q}"


rule table:
    input:
        metrics=lambda wildcards: metrics(wildcards.table).values(),
        reported=[
            PAPER / "table1_reported.csv",
            PAPER / "table2_reported.csv",
            PAPER / "class_counts.csv",
        ],
    output:
        csv=report(
            "results/{table}.csv",
            caption="../report/table.rst",
            category="Tables",
            labels={"table": "{table}"},
        ),
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
        "program table {params.options} --metrics {params.metrics:q} --out-csv {output.csv:q}"
        " --out-md {output.md:q} --out-tex {output.tex:q} --out-long {output.long:q} 2>&1 | tee {log:q}"
