from pathlib import Path

from snakemake.utils import min_version

min_version("9.0")


configfile: Path(workflow.basedir) / "config.yaml"


report: "report/workflow.rst"


include: "rules/common.smk"
include: "rules/corpora.smk"
include: "rules/features.smk"
include: "rules/training.smk"
include: "rules/selection.smk"
include: "rules/external.smk"
include: "rules/evaluation.smk"
include: "rules/figures.smk"
include: "rules/report.smk"


rule all:
    default_target: True
    input:
        pages.list_results(config),
        expand(rules.html_page.output.html, page=shown),
