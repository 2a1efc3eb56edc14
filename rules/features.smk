# Audio -> descriptors and functionals -> normalised features, one job a speaker.


rule extract_features:
    input:
        demo,
        index=speaker_index,
    output:
        "results/{place}/features/{feature_set}/{speaker}.parquet",
    log:
        "results/logs/{place}/extract_features/{feature_set}/{speaker}.log",
    benchmark:
        "results/benchmarks/{place}/extract_features/{feature_set}/{speaker}.tsv"
    conda:
        "../envs/features.yaml"
    params:
        options=lambda wildcards: options(
            corpus=wildcards.place,
            root=corpus_root(wildcards),
            speaker=wildcards.speaker,
            feature_set=wildcards.feature_set,
            settings=job(jobs.extraction, wildcards, wildcards.feature_set),
        ),
        sources=lambda wildcards: digest_stage("features", wildcards.feature_set),
    shell:
        "program extract_features --index {input.index:q} {params.options} --out {output:q} 2>&1 | tee {log:q}"


rule normalise_features:
    input:
        index=speaker_index,
        features=lambda wildcards: features(wildcards.place, wildcards.feature_set)[wildcards.speaker],
    output:
        "results/{place}/normalised/{feature_set}/{speaker}.parquet",
    log:
        "results/logs/{place}/normalise_features/{feature_set}/{speaker}.log",
    benchmark:
        "results/benchmarks/{place}/normalise_features/{feature_set}/{speaker}.tsv"
    conda:
        "../envs/features.yaml"
    params:
        options=lambda wildcards: options(
            feature_set=wildcards.feature_set,
            settings=job(jobs.normalising, wildcards, wildcards.feature_set),
        ),
        sources=digest_stage("normalisation"),
    shell:
        "program normalise_features --index {input.index:q} --features {input.features:q}"
        " {params.options} --out {output:q} 2>&1 | tee {log:q}"


rule training_statistics:
    input:
        folds=made("folds", "folds.csv"),
        features=lambda wildcards: features(wildcards.place, wildcards.feature_set).values(),
    output:
        "results/{place}/normalised/{feature_set}/statistics/{fold}.json",
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
