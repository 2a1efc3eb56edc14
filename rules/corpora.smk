# A corpus's own files -> the utterance table -> frozen folds.


rule make_demo_corpus:
    output:
        directory("results/{corpus}/demo"),
    log:
        "results/logs/{corpus}/make_demo_corpus.log",
    benchmark:
        "results/benchmarks/{corpus}/make_demo_corpus.tsv"
    conda:
        "../envs/features.yaml"
    params:
        options=lambda wildcards: options(reader=CORPORA[wildcards.corpus]["reader"]),
        sources=sources_digest("make_demo_corpus"),
    shell:
        "program make_demo_corpus {params.options} --out {output:q} 2>&1 | tee {log:q}"


rule index_corpus:
    input:
        corpus_files,
    output:
        "results/{corpus}/index.parquet",
    log:
        "results/logs/{corpus}/index_corpus.log",
    benchmark:
        "results/benchmarks/{corpus}/index_corpus.tsv"
    conda:
        "../envs/features.yaml"
    params:
        options=lambda wildcards: options(
            root=corpus_root(wildcards),
            speakers=speakers(wildcards),
            **job(jobs.index, wildcards),
        ),
        sources=lambda wildcards: sources_digest(
            "index_corpus", f"gagru.corpora.{job(jobs.index, wildcards)['reader']}"
        ),
    shell:
        "program index_corpus {params.options} --out {output:q} 2>&1 | tee {log:q}"


rule make_folds:
    input:
        made("index", "index.parquet"),
    output:
        "results/{corpus}/folds.csv",
    log:
        "results/logs/{corpus}/make_folds.log",
    benchmark:
        "results/benchmarks/{corpus}/make_folds.tsv"
    conda:
        "../envs/features.yaml"
    params:
        options=lambda wildcards: options(
            sessions=list(SESSIONS[places.corpus(wildcards.corpus)].items()),
            **job(jobs.folds, wildcards),
        ),
        sources=sources_digest("make_folds"),
    shell:
        "program make_folds --index {input:q} {params.options} --out {output:q} 2>&1 | tee {log:q}"
