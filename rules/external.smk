# Predictions of systems that were trained elsewhere: a CSV file of a corpus -> the files that a training leaves.

from gagru.workflow import paths
from gagru.workflow.shell import write_options
from gagru.workflow.sources import digest_sources


rule import_predictions:
    input:
        index=lambda wildcards: inputs.find_index(wildcards.place),
        predictions=lambda wildcards: config["external"][wildcards.system]["predictions"][wildcards.place],
    output:
        predictions=paths.EXTERNAL_PREDICTIONS,
        description=paths.EXTERNAL_DESCRIPTION,
    log:
        "results/logs/{place}/{system}/seed{seed}/import_predictions.log",
    benchmark:
        "results/benchmarks/{place}/{system}/seed{seed}/import_predictions.tsv"
    wildcard_constraints:
        place="|".join(config["corpora"]),
        system="|".join(config["external"]) or "(?!)",
    conda:
        "../envs/reporting.yaml"
    params:
        options=lambda wildcards: write_options(
            printed=config["external"][wildcards.system]["printed"],
            protocol=config["external"][wildcards.system]["protocol"],
        ),
        sources=digest_sources("import_predictions"),
    shell:
        "program import_predictions --predictions {input.predictions:q} --index {input.index:q} {params.options}"
        " --out {output.predictions:q} --out-description {output.description:q} 2>&1 | tee {log:q}"


rule split_predictions:
    input:
        paths.EXTERNAL_PREDICTIONS,
    output:
        paths.PREDICTIONS,
    log:
        "results/logs/{place}/{system}/seed{seed}/{fold}.log",
    benchmark:
        "results/benchmarks/{place}/{system}/seed{seed}/{fold}.tsv"
    wildcard_constraints:
        place="|".join(config["corpora"]),
        system="|".join(config["external"]) or "(?!)",
    conda:
        "../envs/reporting.yaml"
    params:
        sources=digest_sources("split_predictions"),
    shell:
        "program split_predictions --predictions {input:q} --fold {wildcards.fold} --out {output:q} 2>&1 | tee {log:q}"
