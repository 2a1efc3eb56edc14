# A corpus's own files -> the utterance table -> frozen folds.

from gagru.workflow import jobs, paths
from gagru.workflow.lineage import digest_stage
from gagru.workflow.shell import write_options
from gagru.workflow.watch import watch_corpus, watch_speaker


rule make_demo_corpus:
    output:
        directory(paths.DEMO),
    log:
        "results/logs/{corpus}/make_demo_corpus.log",
    benchmark:
        "results/benchmarks/{corpus}/make_demo_corpus.tsv"
    conda:
        "../envs/features.yaml"
    params:
        options=lambda wildcards: write_options(reader=config["corpora"][wildcards.corpus]["reader"]),
        sources=digest_stage("demo"),
    shell:
        "program make_demo_corpus {params.options} --out {output:q} 2>&1 | tee {log:q}"


# Before all else, for it lists everything that is wrong with a corpus.
rule index_corpus:
    input:
        lambda wildcards: inputs.find_demo(wildcards.place),
    output:
        index=paths.INDEX,
        left_out=paths.LEFT_OUT,
    log:
        "results/logs/{place}/index_corpus.log",
    benchmark:
        "results/benchmarks/{place}/index_corpus.tsv"
    priority: 1
    conda:
        "../envs/features.yaml"
    params:
        options=lambda wildcards: write_options(
            root=inputs.find_root(wildcards.place),
            speakers=inputs.list_speakers(wildcards.place),
            **inputs.describe(jobs.describe_index, wildcards.place),
        ),
        corpus=lambda wildcards: watch_corpus(inputs.find_entry(wildcards.place), workflow.is_main_process),
        sources=lambda wildcards: digest_stage("index", inputs.find_entry(wildcards.place)["reader"]),
    shell:
        "program index_corpus {params.options} --out {output.index:q} --out-left-out {output.left_out:q} 2>&1 | tee {log:q}"


# What the features of a speaker follow from, so that those of the others stay where one speaker's utterances change.
rule index_speaker:
    input:
        lambda wildcards: inputs.find_demo(wildcards.place),
    output:
        paths.SPEAKER_INDEX,
    log:
        "results/logs/{place}/index_speaker/{speaker}.log",
    benchmark:
        "results/benchmarks/{place}/index_speaker/{speaker}.tsv"
    conda:
        "../envs/features.yaml"
    params:
        options=lambda wildcards: write_options(
            root=inputs.find_root(wildcards.place),
            speaker=wildcards.speaker,
            **inputs.describe(jobs.describe_speaker_index, wildcards.place),
        ),
        corpus=lambda wildcards: watch_speaker(
            inputs.find_entry(wildcards.place), wildcards.speaker, workflow.is_main_process
        ),
        sources=lambda wildcards: digest_stage("index", inputs.find_entry(wildcards.place)["reader"]),
    shell:
        "program index_corpus {params.options} --out {output:q} 2>&1 | tee {log:q}"


rule make_folds:
    input:
        lambda wildcards: inputs.find_index(wildcards.place),
    output:
        paths.FOLDS,
    log:
        "results/logs/{place}/make_folds.log",
    benchmark:
        "results/benchmarks/{place}/make_folds.tsv"
    conda:
        "../envs/features.yaml"
    params:
        options=lambda wildcards: write_options(
            sessions=list(inputs.list_sessions(wildcards.place).items()),
            **inputs.describe(jobs.describe_folds, wildcards.place),
        ),
        sources=digest_stage("folds"),
    shell:
        "program make_folds --index {input:q} {params.options} --out {output:q} 2>&1 | tee {log:q}"
