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
        sources=digest_stage("demo"),
    shell:
        "program make_demo_corpus {params.options} --out {output:q} 2>&1 | tee {log:q}"


# Before all else, for it lists everything that is wrong with a corpus.
rule index_corpus:
    input:
        demo,
    output:
        index="results/{place}/index.parquet",
        left_out="results/{place}/left_out.csv",
    log:
        "results/logs/{place}/index_corpus.log",
    benchmark:
        "results/benchmarks/{place}/index_corpus.tsv"
    priority: 1
    conda:
        "../envs/features.yaml"
    params:
        options=lambda wildcards: options(
            root=corpus_root(wildcards),
            speakers=speakers(wildcards),
            **job(jobs.index, wildcards),
        ),
        corpus=lambda wildcards: watch_corpus(entry(wildcards), workflow.is_main_process),
        sources=lambda wildcards: digest_stage("index", entry(wildcards)["reader"]),
    shell:
        "program index_corpus {params.options} --out {output.index:q} --out-left-out {output.left_out:q} 2>&1 | tee {log:q}"


# What the features of a speaker follow from, so that those of the others stay where one speaker's utterances change.
rule index_speaker:
    input:
        demo,
    output:
        "results/{place}/index/{speaker}.parquet",
    log:
        "results/logs/{place}/index_speaker/{speaker}.log",
    benchmark:
        "results/benchmarks/{place}/index_speaker/{speaker}.tsv"
    conda:
        "../envs/features.yaml"
    params:
        options=lambda wildcards: options(
            root=corpus_root(wildcards), speaker=wildcards.speaker, **job(jobs.speaker_index, wildcards)
        ),
        corpus=lambda wildcards: watch_speaker(entry(wildcards), wildcards.speaker, workflow.is_main_process),
        sources=lambda wildcards: digest_stage("index", entry(wildcards)["reader"]),
    shell:
        "program index_corpus {params.options} --out {output:q} 2>&1 | tee {log:q}"


rule make_folds:
    input:
        made("index", "index.parquet"),
    output:
        "results/{place}/folds.csv",
    log:
        "results/logs/{place}/make_folds.log",
    benchmark:
        "results/benchmarks/{place}/make_folds.tsv"
    conda:
        "../envs/features.yaml"
    params:
        options=lambda wildcards: options(
            sessions=list(SESSIONS[places.find_corpus(wildcards.place)].items()),
            **job(jobs.folds, wildcards),
        ),
        sources=digest_stage("folds"),
    shell:
        "program make_folds --index {input:q} {params.options} --out {output:q} 2>&1 | tee {log:q}"
