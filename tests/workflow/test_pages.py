"""What is made and shown, by configurations: names and titles typed here as the README has them."""

import copy

import pytest
import yaml
from snakemake.utils import update_config

from gagru.task.corpora import name_table, title_table
from gagru.workflow import paths
from gagru.workflow.configuration import check_configuration
from gagru.workflow.pages import describe_corpora, label_page, list_pages, list_results, list_synthetic, number_category
from gagru.workflow.runs import find_fold_files, list_attention, list_drawn, list_folds, list_runs, write_runs
from gagru.workflow.sources import ROOT

DEFAULTS = yaml.safe_load((ROOT / "config.yaml").read_text())
EMODB = "corpora: {emodb: {reader: emodb, root: corpora/emodb, validation: rotate}}\n"


def checked(text=""):
    config = copy.deepcopy(DEFAULTS)
    update_config(config, yaml.safe_load(text) or {})
    return check_configuration(config)


# What is made.

THE_PAPER = ["results/claims.csv", "results/check.csv", "results/audit.csv"]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        (
            "run: {corpora: [iemocap], systems: [svm, ga_gru]}",
            ["table1.csv", "figure1.pdf", "figure2.pdf", "figure3.pdf", "comparisons_iemocap.csv"],
        ),
        ("run: {corpora: [msp_improv], systems: [svm]}", ["table2.csv"]),
        (
            EMODB + "run: {corpora: [emodb], systems: [ga_gru]}\nchoices: {corpora: [emodb]}",
            ["table_emodb.csv", "figure1.pdf", "figure2_emodb.pdf", "figure3_emodb.pdf", "choices_emodb.csv"],
        ),
        (
            EMODB + "run: {corpora: [emodb, msp_improv], systems: [ga_gru]}",
            [
                "table2.csv",
                "table_emodb.csv",
                "figure1.pdf",
                "figure2.pdf",
                "figure3.pdf",
                "figure2_emodb.pdf",
                "figure3_emodb.pdf",
            ],
        ),
    ],
)
def test_what_is_made(text, made):
    assert list_results(checked(text)) == [*(f"results/{name}" for name in made), *THE_PAPER]


def test_a_tables_name_and_title():
    assert [name_table(corpus) for corpus in ("iemocap", "msp_improv", "emodb")] == ["table1", "table2", "table_emodb"]
    titles = ["Table 1: IEMOCAP", "Table 2: MSP-IMPROV", "Results on EMO-DB", "Results on urdu"]
    assert [title_table(corpus) for corpus in ("iemocap", "msp_improv", "emodb", "urdu")] == titles


# What is shown.


def test_every_result_has_a_page_and_the_report_two_of_its_own():
    config = checked(EMODB + "run: {corpora: [iemocap, emodb]}\nchoices: {corpora: [iemocap]}")
    pages = list_pages(config)
    made = {f"results/{name}{page.made}" for name, page in pages.items() if page.made}
    assert made == set(list_results(config))
    assert [name for name, page in pages.items() if not page.made] == ["provenance", "benchmarks/run_times"]
    assert pages["figure2"].title == "Figure 2: edges of the graph"
    assert pages["figure3_emodb"].title == "Figure 3: attention over time, EMO-DB"
    assert pages["choices_iemocap"].pictures == ("results/choices_iemocap.png",)
    assert {name: page.shown for name, page in pages.items() if page.shown != ".md"} == dict.fromkeys(
        ["figure1", "figure2", "figure3", "figure2_emodb", "figure3_emodb"], ".png"
    )


def test_categories_are_numbered_as_they_come():
    pages = list_pages(checked("run: {corpora: [iemocap], systems: [svm]}"))
    assert [number_category(pages, name) for name in ("table1", "claims", "provenance")] == [
        "1 Tables",
        "2 The paper",
        "3 How it was made",
    ]


def test_a_page_says_whose_speech_is_synthetic():
    config = checked("corpora: {iemocap: {root: /corpora/IEMOCAP}}")
    pages = list_pages(config)
    assert label_page(config, pages["table1"]) == {"page": "Table 1: IEMOCAP"}
    assert label_page(config, pages["table2"]) == {"page": "Table 2: MSP-IMPROV (synthetic)"}
    assert label_page(config, pages["claims"]) == {"page": "The paper's claims (MSP-IMPROV synthetic)"}
    assert label_page(config, pages["audit"]) == {"page": "Audit of the paper's tables"}
    assert list_synthetic(config) == ["msp_improv"]


def test_speech_is_counted_once_it_was_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert describe_corpora(checked(), ["iemocap"]) == "IEMOCAP (synthetic speech in its place)"
    (tmp_path / "results/iemocap").mkdir(parents=True)
    rows = "fold,utterance,role\nA,a1,test\nA,b1,train\nB,b1,test\nB,b2,test\n"
    (tmp_path / "results/iemocap/folds.csv").write_text(rows)
    assert describe_corpora(checked(), ["iemocap"]).endswith(": 2 speakers, 3 utterances")


# What is run.


def test_seeds_are_of_networks_and_runs_of_the_corpora_that_are_run():
    config = checked("run: {corpora: [iemocap], systems: [svm, ga_gru], seeds: [0, 1]}")
    folder = "results/iemocap"
    assert write_runs(list_runs(config)) == [
        f"iemocap/svm:0={folder}/svm/seed0",
        f"iemocap/ga_gru:0={folder}/ga_gru/seed0",
        f"iemocap/ga_gru:1={folder}/ga_gru/seed1",
    ]
    assert write_runs(list_runs(config, ["msp_improv"], paths.METRICS))[0] == (
        "msp_improv/svm:0=results/msp_improv/svm/seed0/metrics.json"
    )
    assert list_folds(config) == {"iemocap": ["Ses01F", "Ses01M", "Ses02F", "Ses02M"]}
    files = find_fold_files(config, paths.PROVENANCE, list_runs(config))
    assert len(files) == 3 * 4
    assert files[0] == "results/iemocap/svm/seed0/Ses01F/provenance.json"


def test_attention_is_of_ga_gru_where_it_is_run_or_shown():
    config = checked("run: {corpora: [iemocap], systems: [svm], seeds: [2]}")
    assert list_attention(config, paths.EDGES) == []
    assert write_runs(list_attention(config, paths.EDGES, ["msp_improv"])) == [
        "msp_improv/ga_gru:2=results/msp_improv/ga_gru/seed2/edges.parquet"
    ]


@pytest.mark.parametrize(
    ("corpora", "drawn"),
    [("[msp_improv, emodb]", ["msp_improv"]), ("[emodb]", ["iemocap", "msp_improv"])],
)
def test_the_papers_figures_show_what_is_run_of_its_corpora_or_both(corpora, drawn):
    config = checked(EMODB + f"run: {{corpora: {corpora}}}")
    assert list_drawn(config) == {"": drawn, "_emodb": ["emodb"]}
