# What is said about the results: for now, whether the paper's own figures agree with each other.


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
