# What is said about the results, and whether the paper's own figures agree with each other.


rule audit:
    input:
        table1=PAPER / "table1_reported.csv",
        table2=PAPER / "table2_reported.csv",
        class_counts=PAPER / "class_counts.csv",
        text_figures=PAPER / "text_figures.csv",
    output:
        csv=report("results/audit.csv", caption="../report/audit.rst", category="Audit"),
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
        metrics=all_metrics().values(),
        edges=attention("edges").values(),
        profiles=attention("profiles").values(),
        paper=[
            PAPER / "claims_made.csv",
            PAPER / "table1_reported.csv",
            PAPER / "table2_reported.csv",
            PAPER / "class_counts.csv",
        ],
    output:
        csv="results/claims.csv",
        md=report("results/claims.md", caption="../report/claims.rst", category="Claims"),
    log:
        "results/logs/claims.log",
    benchmark:
        "results/benchmarks/claims.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        metrics=[f"{run}={path}" for run, path in all_metrics().items()],
        edges=named(attention("edges")),
        profiles=named(attention("profiles")),
        synthetic=synthetic(),
        options=options(
            settings=config["evaluation"],
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
        metrics=all_metrics().values(),
        paper=[
            PAPER / "table1_reported.csv",
            PAPER / "table2_reported.csv",
            PAPER / "class_counts.csv",
        ],
    output:
        csv="results/check.csv",
        md=report("results/check.md", caption="../report/check.rst", category="Check"),
    log:
        "results/logs/check.log",
    benchmark:
        "results/benchmarks/check.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        metrics=[f"{run}={path}" for run, path in all_metrics().items()],
        synthetic=synthetic(),
        options=options(fail=config["check"]["fail"], note=note(config, config["run"]["corpora"])),
        sources=sources_digest("check"),
    shell:
        "program check --metrics {params.metrics:q} --synthetic {params.synthetic:q} {params.options}"
        " --out-csv {output.csv:q} --out-md {output.md:q} 2>&1 | tee {log:q}"
