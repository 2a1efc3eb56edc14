# Audio -> descriptors and functionals -> normalised features, one job a speaker.

from gagru.workflow import jobs, paths
from gagru.workflow.lineage import digest_stage
from gagru.workflow.shell import write_options
from gagru.workflow.watch import watch_own_features


# Lists everything that is wrong with the user's own feature files before anything is made of them.
rule index_own_features:
    input:
        lambda wildcards: inputs.find_index(wildcards.place),
    output:
        paths.OWN_FEATURES,
    log:
        "results/logs/{place}/index_own_features.log",
    benchmark:
        "results/benchmarks/{place}/index_own_features.tsv"
    priority: 1
    conda:
        "../envs/features.yaml"
    params:
        options=lambda wildcards: write_options(folder=inputs.find_own_folder(wildcards.place)),
        files=lambda wildcards: watch_own_features(inputs.find_entry(wildcards.place), workflow.is_main_process),
        sources=digest_stage("own_features"),
    shell:
        "program index_own_features --index {input:q} {params.options} --out {output:q} 2>&1 | tee {log:q}"


rule extract_features:
    input:
        lambda wildcards: inputs.find_demo(wildcards.place),
        index=lambda wildcards: inputs.find_speaker_index(wildcards.place, wildcards.speaker),
        own=lambda wildcards: inputs.find_own_table(wildcards.place, wildcards.feature_set),
    output:
        paths.FEATURES,
    log:
        "results/logs/{place}/extract_features/{feature_set}/{speaker}.log",
    benchmark:
        "results/benchmarks/{place}/extract_features/{feature_set}/{speaker}.tsv"
    conda:
        "../envs/features.yaml"
    params:
        options=lambda wildcards: write_options(
            corpus=wildcards.place,
            root=inputs.find_root(wildcards.place),
            speaker=wildcards.speaker,
            feature_set=wildcards.feature_set,
            settings=inputs.describe(jobs.describe_extraction, wildcards.place, wildcards.feature_set),
            **inputs.describe_own(wildcards.place, wildcards.feature_set),
        ),
        sources=lambda wildcards: digest_stage("features", wildcards.feature_set),
    shell:
        "program extract_features --index {input.index:q} {params.options} --out {output:q} 2>&1 | tee {log:q} | hide_progress"


rule normalise_features:
    input:
        index=lambda wildcards: inputs.find_speaker_index(wildcards.place, wildcards.speaker),
        features=lambda wildcards: inputs.find_features(wildcards.place, wildcards.feature_set)[wildcards.speaker],
    output:
        paths.NORMALISED,
    log:
        "results/logs/{place}/normalise_features/{feature_set}/{speaker}.log",
    benchmark:
        "results/benchmarks/{place}/normalise_features/{feature_set}/{speaker}.tsv"
    conda:
        "../envs/features.yaml"
    params:
        options=lambda wildcards: write_options(
            feature_set=wildcards.feature_set,
            settings=inputs.describe(jobs.describe_normalising, wildcards.place, wildcards.feature_set),
        ),
        sources=digest_stage("normalisation"),
    shell:
        "program normalise_features --index {input.index:q} --features {input.features:q}"
        " {params.options} --out {output:q} 2>&1 | tee {log:q}"


rule training_statistics:
    input:
        folds=lambda wildcards: inputs.find_folds(wildcards.place),
        features=lambda wildcards: inputs.find_features(wildcards.place, wildcards.feature_set).values(),
    output:
        paths.STATISTICS,
    log:
        "results/logs/{place}/training_statistics/{feature_set}/{fold}.log",
    benchmark:
        "results/benchmarks/{place}/training_statistics/{feature_set}/{fold}.tsv"
    conda:
        "../envs/features.yaml"
    params:
        sources=digest_stage("statistics"),
    shell:
        "program training_statistics --folds {input.folds:q} --fold {wildcards.fold}"
        " --features {input.features:q} --out {output:q} 2>&1 | tee {log:q}"
