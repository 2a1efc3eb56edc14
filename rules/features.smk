# Audio -> descriptors and functionals -> normalised features, one job a speaker.


rule extract_features:
    input:
        index="results/{corpus}/index.parquet",
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
            settings=extraction_settings(wildcards),
        ),
        sources=lambda wildcards: sources_digest("extract_features", f"gagru.features.{wildcards.feature_set}"),
    shell:
        "program extract_features --index {input.index:q} {params.options} --out {output:q} 2>&1 | tee {log:q}"


rule normalise_features:
    input:
        index="results/{corpus}/index.parquet",
        features="results/{corpus}/features/{feature_set}/{speaker}.parquet",
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
            settings={
                **config["normalisation"],
                **config["features"].get(wildcards.feature_set, {}),
            },
        ),
        sources=sources_digest("normalise_features"),
    shell:
        "program normalise_features --index {input.index:q} --features {input.features:q}"
        " {params.options} --out {output:q} 2>&1 | tee {log:q}"


rule training_statistics:
    input:
        folds="results/{corpus}/folds.csv",
        features=lambda wildcards: [
            f"results/{wildcards.corpus}/features/{wildcards.feature_set}/{speaker}.parquet"
            for speaker in SPEAKERS[wildcards.corpus]
        ],
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
