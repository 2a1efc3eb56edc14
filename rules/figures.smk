# What GA-GRU learned, and the paper's three figures. Figures 2 and 3 are drawn from their CSV files alone.


rule analyse_attention:
    input:
        index=made("index", "index.parquet"),
        folds=made("folds", "folds.csv"),
        features=lambda wildcards: normalised_features(wildcards.place, "ga_gru"),
        statistics=lambda wildcards: [
            path for fold in speakers(wildcards) for path in fold_statistics(wildcards.place, "ga_gru", fold)
        ],
        models=lambda wildcards: [
            f"results/{wildcards.place}/ga_gru/seed{wildcards.seed}/{fold}/model.safetensors"
            for fold in speakers(wildcards)
        ],
        descriptions=lambda wildcards: [
            f"results/{wildcards.place}/ga_gru/seed{wildcards.seed}/{fold}/model.json" for fold in speakers(wildcards)
        ],
    output:
        edges="results/{place}/ga_gru/seed{seed}/edges.parquet",
        profiles="results/{place}/ga_gru/seed{seed}/profiles.parquet",
    log:
        "results/logs/{place}/ga_gru/seed{seed}/analyse_attention.log",
    benchmark:
        "results/benchmarks/{place}/ga_gru/seed{seed}/analyse_attention.tsv"
    conda:
        TRAINING
    params:
        models=lambda wildcards, input: [str(Path(path).parent) for path in input.models],
        features=lambda wildcards, input: str(Path(input.features[0]).parent),
        statistics=lambda wildcards, input: [str(Path(path).parent) for path in input.statistics[:1]],
        options=options(settings=config["analysis"]),
        sources=sources_digest("analyse_attention", "gagru.systems.ga_gru"),
    shell:
        "program analyse_attention --index {input.index:q} --folds {input.folds:q} --features {params.features:q}"
        " --statistics {params.statistics:q} --models {params.models:q} {params.options}"
        " --out-edges {output.edges:q} --out-profiles {output.profiles:q} 2>&1 | tee {log:q}"


heard_by_ga_gru = find_feature_set(config, shown_corpora()[0], "ga_gru")


rule figure1:
    output:
        pdf="results/figure1.pdf",
        png="results/figure1.png",
    log:
        "results/logs/figure1.log",
    benchmark:
        "results/benchmarks/figure1.tsv"
    conda:
        TRAINING
    params:
        options=options(
            settings=settings(config, shown_corpora()[0], "ga_gru"),
            normalisation=config["normalisation"] | config["features"].get(heard_by_ga_gru, {}),
            note=note(config, shown_corpora()[:1]),
        ),
        sources=sources_digest("figure1", "gagru.systems.ga_gru", f"gagru.features.{heard_by_ga_gru}"),
    shell:
        "program figure1 {params.options} --out-pdf {output.pdf:q} --out-png {output.png:q} 2>&1 | tee {log:q}"


rule figure2:
    input:
        lambda wildcards: paths(analyses(wildcards.figure_of, "edges")),
    output:
        csv="results/figure2{figure_of}.csv",
        pdf="results/figure2{figure_of}.pdf",
        png="results/figure2{figure_of}.png",
    log:
        "results/logs/figure2{figure_of}.log",
    benchmark:
        "results/benchmarks/figure2{figure_of}.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        edges=lambda wildcards: named(analyses(wildcards.figure_of, "edges")),
        options=lambda wildcards: options(note=note(config, shown_corpora(wildcards.figure_of))),
        sources=sources_digest("figure2"),
    shell:
        "program figure2 --edges {params.edges:q} {params.options}"
        " --out-csv {output.csv:q} --out-pdf {output.pdf:q} --out-png {output.png:q} 2>&1 | tee {log:q}"


rule figure3:
    input:
        lambda wildcards: paths(analyses(wildcards.figure_of, "profiles")),
    output:
        csv="results/figure3{figure_of}.csv",
        pdf="results/figure3{figure_of}.pdf",
        png="results/figure3{figure_of}.png",
    log:
        "results/logs/figure3{figure_of}.log",
    benchmark:
        "results/benchmarks/figure3{figure_of}.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        profiles=lambda wildcards: named(analyses(wildcards.figure_of, "profiles")),
        options=lambda wildcards: options(note=note(config, shown_corpora(wildcards.figure_of))),
        sources=sources_digest("figure3"),
    shell:
        "program figure3 --profiles {params.profiles:q} {params.options}"
        " --out-csv {output.csv:q} --out-pdf {output.pdf:q} --out-png {output.png:q} 2>&1 | tee {log:q}"
