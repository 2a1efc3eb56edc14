import csv
import re

import networkx
import pytest
import yaml

from gagru.task.errors import InputError
from gagru.task.systems import SYSTEMS
from gagru.workflow.configuration import DEFAULTS
from gagru.workflow.sources import ROOT
from tools import readme

TEXT, METHOD = (page.read_text(encoding="utf-8") for page in (readme.README, readme.METHOD))
PRINTED = """\
---
title: DAG
---
flowchart TB
\tid0[all]
\tid1[table]
\tid2[train_fold]
\tid3[index_corpus]
\tid4[audit]
\tstyle id0 fill:#D98357,stroke-width:2px,color:#333333
\tid1 --> id0
\tid4 --> id0
\tid3 --> id0
\tid2 --> id1
\tid3 --> id1
\tid3 --> id2
"""


@pytest.fixture(scope="module")
def rules():
    return readme.rule_graph()


def test_the_graph_of_the_rules_is_that_of_the_snakefile(rules):
    assert readme.replace_part(readme.METHOD, "rules", readme.mermaid(rules)) == METHOD, "run `make rulegraph`"


def test_the_graph_of_the_rules_leads_wherever_snakemakes_does(rules):
    shown = networkx.DiGraph(re.findall(r"^    (\w+) --> (\w+)$", METHOD, re.MULTILINE))
    assert {"make_demo_corpus", "train_fold", "table"} <= set(shown)
    assert networkx.transitive_closure(shown).edges == networkx.transitive_closure(rules).edges
    assert set(rules) - set(shown) == set(networkx.isolates(rules))


def test_what_snakemake_prints_becomes_a_graph_without_superfluous_edges():
    graph = readme.read_mermaid(PRINTED)
    assert set(graph) == {"table", "train_fold", "index_corpus", "audit"}
    assert set(graph.edges) == {
        ("index_corpus", "train_fold"),
        ("index_corpus", "table"),
        ("train_fold", "table"),
    }
    assert readme.mermaid(graph) == (
        "```mermaid\nflowchart TB\n    index_corpus --> train_fold\n    train_fold --> table\n    audit\n```\n"
    )


def test_the_table_of_the_demo_has_the_shape_of_its_file(tmp_path):
    part = TEXT.split("<!-- demo: written by `make readme-figures` -->\n")[1].split("<!-- end of demo -->")[0]
    header, rule, *lines = ([cell.strip() for cell in line.split("|")[1:-1]] for line in part.strip().splitlines())
    systems = yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))["run"]["systems"]
    assert header == ["", *(SYSTEMS[system].printed for system in systems)]
    assert [(cell[0], cell[-1]) for cell in rule] == [(":", "-"), *[("-", ":")] * len(systems)]
    assert [line[0] for line in lines] == ["Happiness", "Neutrality", "Sadness", "Anger", "WA", "UA"]
    assert all(re.fullmatch(r"\d{1,3}\.\d\d", cell) for line in lines for cell in line[1:])
    # and is what is made of such a file
    with open(tmp_path / "table1.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["row", *header[1:]], *lines])
    assert readme.demo_table(tmp_path / "table1.csv") == part.strip() + "\n"


def test_a_part_takes_the_place_of_the_old_one_and_of_nothing_else(tmp_path):
    page = tmp_path / "page.md"
    text = "a\n<!-- x: by hand -->\nold\n<!-- end of x -->\nb\n<!-- y: by hand -->\nkept\n<!-- end of y -->\n"
    expected = text.replace("\nold\n", "\n\nnew \\1\n\n")
    for before in (text, expected):
        page.write_text(before)
        assert readme.replace_part(page, "x", "new \\1\n") == expected


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(InputError, match=r"README\.md: needs the comments <!-- z: "):
        readme.replace_part(readme.README, "z", "")
    with pytest.raises(InputError, match=r"table1\.csv: cannot be read .*; run `make demo` first"):
        readme.demo_table(tmp_path / "table1.csv")


def test_pictures_in_the_readme_are_those_that_are_made():
    shown = re.findall(r"!\[[^]]*\]\(([^)]+)\)", TEXT)
    assert shown == [f"docs/{name}" for name in readme.PICTURES]
    assert all((ROOT / path).read_bytes().startswith(b"\x89PNG") for path in shown)
