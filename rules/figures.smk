# What GA-GRU learned, and the paper's three figures. Figures 2 and 3 are drawn from their CSV files alone.

from gagru.workflow import paths
from gagru.workflow.configuration import find_settings, write_note
from gagru.workflow.runs import list_attention, list_paths, write_runs
from gagru.workflow.shell import write_options
from gagru.workflow.sources import digest_sources


rule analyse_attention:
    input:
        index=lambda wildcards: inputs.find_index(wildcards.place),
        folds=lambda wildcards: inputs.find_folds(wildcards.place),
        features=lambda wildcards: inputs.find_normalised(wildcards.place, "ga_gru"),
        statistics=lambda wildcards: inputs.find_statistics(
            wildcards.place, "ga_gru", inputs.list_speakers(wildcards.place)
        ),
        models=lambda wildcards: inputs.find_fold_files(paths.WEIGHTS, system="ga_gru", **wildcards),
        descriptions=lambda wildcards: inputs.find_fold_files(paths.MODEL, system="ga_gru", **wildcards),
    output:
        edges=paths.EDGES,
        profiles=paths.PROFILES,
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
        # How profiles of utterances are put together concerns Figure 3 alone.
        options=write_options(
            settings={name: config["analysis"][name] for name in config["analysis"] if name != "profile"}
        ),
        sources=digest_sources("analyse_attention", "gagru.systems.ga_gru"),
    shell:
        "program analyse_attention --index {input.index:q} --folds {input.folds:q} --features {params.features:q}"
        " --statistics {params.statistics:q} --models {params.models:q} {params.options}"
        " --out-edges {output.edges:q} --out-profiles {output.profiles:q} 2>&1 | tee {log:q}"


# Of the first of the corpora that Figures 2 and 3 show.
figure1_settings = find_settings(config, drawn[""][0], "ga_gru")


rule figure1:
    output:
        multiext(f"results/{paths.FIGURE1}", pdf=".pdf", png=".png"),
    log:
        f"results/logs/{paths.FIGURE1}.log",
    benchmark:
        f"results/benchmarks/{paths.FIGURE1}.tsv"
    conda:
        TRAINING
    params:
        options=write_options(
            settings=figure1_settings,
            normalisation=config["normalisation"] | config["features"].get(figure1_settings["features"], {}),
            note=write_note(config, drawn[""][:1]),
        ),
        sources=digest_sources("figure1", "gagru.systems.ga_gru", f"gagru.features.{figure1_settings['features']}"),
    shell:
        "program figure1 {params.options} --out-pdf {output.pdf:q} --out-png {output.png:q} 2>&1 | tee {log:q}"


rule figure2:
    input:
        lambda wildcards: list_paths(list_attention(config, paths.EDGES, drawn[wildcards.figure_of])),
    output:
        multiext(f"results/{paths.FIGURE2}", csv=".csv", pdf=".pdf", png=".png"),
    log:
        f"results/logs/{paths.FIGURE2}.log",
    benchmark:
        f"results/benchmarks/{paths.FIGURE2}.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        edges=lambda wildcards: write_runs(list_attention(config, paths.EDGES, drawn[wildcards.figure_of])),
        options=lambda wildcards: write_options(note=write_note(config, drawn[wildcards.figure_of])),
        sources=digest_sources("figure2"),
    shell:
        "program figure2 --edges {params.edges:q} {params.options}"
        " --out-csv {output.csv:q} --out-pdf {output.pdf:q} --out-png {output.png:q} 2>&1 | tee {log:q}"


rule figure3:
    input:
        lambda wildcards: list_paths(list_attention(config, paths.PROFILES, drawn[wildcards.figure_of])),
    output:
        multiext(f"results/{paths.FIGURE3}", csv=".csv", pdf=".pdf", png=".png"),
    log:
        f"results/logs/{paths.FIGURE3}.log",
    benchmark:
        f"results/benchmarks/{paths.FIGURE3}.tsv"
    conda:
        "../envs/reporting.yaml"
    params:
        profiles=lambda wildcards: write_runs(list_attention(config, paths.PROFILES, drawn[wildcards.figure_of])),
        options=lambda wildcards: write_options(
            over_utterances=config["analysis"]["profile"], note=write_note(config, drawn[wildcards.figure_of])
        ),
        sources=digest_sources("figure3"),
    shell:
        "program figure3 --profiles {params.profiles:q} {params.options}"
        " --out-csv {output.csv:q} --out-pdf {output.pdf:q} --out-png {output.png:q} 2>&1 | tee {log:q}"
