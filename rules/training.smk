# One system on one fold with one seed.


rule train_fold:
    input:
        index=made("index", "index.parquet"),
        folds=made("folds", "folds.csv"),
        features=lambda wildcards: normalised_features(wildcards.place, wildcards.system),
        statistics=lambda wildcards: fold_statistics(wildcards.place, wildcards.system, wildcards.fold),
    output:
        predictions="results/{place}/{system}/seed{seed}/{fold}/predictions.parquet",
        history="results/{place}/{system}/seed{seed}/{fold}/history.csv",
        weights="results/{place}/{system}/seed{seed}/{fold}/model.safetensors",
        model="results/{place}/{system}/seed{seed}/{fold}/model.json",
        provenance="results/{place}/{system}/seed{seed}/{fold}/provenance.json",
    log:
        "results/logs/{place}/{system}/seed{seed}/{fold}.log",
    benchmark:
        "results/benchmarks/{place}/{system}/seed{seed}/{fold}.tsv"
    conda:
        TRAINING
    threads: config["training"]["threads"]
    resources:
        mem_mb=2000,
        runtime=240,
        gpu=lambda wildcards: int(config["training"]["device"] == "cuda" and SYSTEMS[wildcards.system].network),
    params:
        features=lambda wildcards, input: str(Path(input.features[0]).parent),
        out=lambda wildcards, output: str(Path(output.model).parent),
        options=lambda wildcards: options(
            job=job(jobs.training, wildcards, wildcards.system),
            lineage=job(trace_lineage, wildcards, wildcards.system),
        ),
        sources=lambda wildcards: digest_stage("training", wildcards.system),
    shell:
        "program train_fold --corpus {wildcards.place} --system {wildcards.system} --seed {wildcards.seed}"
        " --fold {wildcards.fold} --index {input.index:q} --folds {input.folds:q} --features {params.features:q}"
        " --statistics {input.statistics:q} {params.options} --sources {params.sources} --out {params.out:q}"
        " 2>&1 | tee {log:q}"
