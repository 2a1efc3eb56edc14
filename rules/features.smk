# Audio -> descriptors and functionals -> normalised features, one job a speaker.


rule extract_features:
    input:
        index=made("index", "index.parquet"),
        corpus=corpus_files,
    output:
        "results/{corpus}/features/{feature_set}/{speaker}.parquet",
    log:
        "results/logs/{corpus}/extract_features/{feature_set}/{speaker}.log",
    benchmark:
        "results/benchmarks/{corpus}/extract_features/{feature_set}/{speaker}.tsv"
    conda:
        "../envs/features.yaml"
    params:
        options=lambda wildcards: options(
            corpus=wildcards.corpus,
            root=corpus_root(wildcards),
            speaker=wildcards.speaker,
            feature_set=wildcards.feature_set,
            settings=job(jobs.extraction, wildcards, wildcards.feature_set),
        ),
        sources=lambda wildcards: sources_digest("extract_features", f"gagru.features.{wildcards.feature_set}"),
    shell:
        "program extract_features --index {input.index:q} {params.options} --out {output:q} 2>&1 | tee {log:q}"


rule normalise_features:
    input:
        index=made("index", "index.parquet"),
        features=lambda wildcards: features(wildcards.corpus, wildcards.feature_set)[wildcards.speaker],
    output:
        "results/{corpus}/normalised/{feature_set}/{speaker}.parquet",
    log:
        "results/logs/{corpus}/normalise_features/{feature_set}/{speaker}.log",
    benchmark:
        "results/benchmarks/{corpus}/normalise_features/{feature_set}/{speaker}.tsv"
    conda:
        "../envs/features.yaml"
    params:
        options=lambda wildcards: options(
            feature_set=wildcards.feature_set,
            settings=job(jobs.normalising, wildcards, wildcards.feature_set),
        ),
        sources=sources_digest("normalise_features"),
    shell:
        "program normalise_features --index {input.index:q} --features {input.features:q}"
        " {params.options} --out {output:q} 2>&1 | tee {log:q}"


rule training_statistics:
    input:
        folds=made("folds", "folds.csv"),
        features=lambda wildcards: features(wildcards.corpus, wildcards.feature_set).values(),
    output:
        "results/{corpus}/normalised/{feature_set}/statistics/{fold}.json",
    log:
        "results/logs/{corpus}/training_statistics/{feature_set}/{fold}.log",
    benchmark:
        "results/benchmarks/{corpus}/training_statistics/{feature_set}/{fold}.tsv"
    conda:
        "../envs/features.yaml"
    params:
        sources=sources_digest("training_statistics"),
    shell:
        "program training_statistics --folds {input.folds:q} --fold {wildcards.fold}"
        " --features {input.features:q} --out {output:q} 2>&1 | tee {log:q}"
