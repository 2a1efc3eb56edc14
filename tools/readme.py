"""Parts of the documentation that are written by a program: in README.md the demo's table and pictures
(`make readme-figures`), from its results, and in docs/method.md the graph of the rules (`make rulegraph`), from the
Snakefile.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import networkx
import pandas as pd

from gagru.storage.files import whole, write_text
from gagru.storage.tables import to_markdown
from gagru.task.errors import InputError
from gagru.workflow.program import run
from gagru.workflow.sources import ROOT

README, METHOD = ROOT / "README.md", ROOT / "docs" / "method.md"
PICTURES = ("figure1.png", "figure2.png", "figure3.png")


def replace_part(page: Path, name: str, part: str) -> str:
    """The text of `page` with `part` between its comments `<!-- NAME: ... -->` and `<!-- end of NAME -->`."""
    pattern = re.compile(rf"(<!-- {name}: .*? -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    text = page.read_text(encoding="utf-8")
    if not pattern.search(text):
        raise InputError(f"{page}: needs the comments <!-- {name}: ... --> and <!-- end of {name} -->; add them")
    return pattern.sub(lambda match: f"{match[1]}\n{part}\n{match[2]}", text)


def demo_table(path) -> str:
    """A table's CSV file as Markdown."""
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); run `make demo` first") from error
    return to_markdown(table.rename(columns={"row": ""}), right=table.columns[1:])


def rule_graph() -> networkx.DiGraph:
    """The rules that run with the defaults: an edge from each to those that need what it makes."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--directory", folder]
        made = subprocess.run([*command, "--rulegraph", "mermaid-js"], stdout=subprocess.PIPE, text=True, check=True)
    return read_mermaid(made.stdout)


def read_mermaid(text: str) -> networkx.DiGraph:
    """The graph that Snakemake prints as Mermaid, without the rule `all`."""
    names = dict(re.findall(r"^\s*(id\d+)\[(\w+)\]$", text, re.MULTILINE))
    edges = re.findall(r"^\s*(id\d+) --> (id\d+)$", text, re.MULTILINE)
    graph = networkx.DiGraph((names[before], names[after]) for before, after in edges)
    graph.add_nodes_from(names.values())
    graph.remove_node("all")
    return graph


def mermaid(graph: networkx.DiGraph) -> str:
    """A graph as a Mermaid flow chart, without the edges that a longer way makes superfluous; always in one order."""
    order = {rule: i for i, rule in enumerate(networkx.lexicographical_topological_sort(graph))}
    edges = sorted(networkx.transitive_reduction(graph).edges, key=lambda edge: [order[rule] for rule in edge])
    alone = sorted(networkx.isolates(graph), key=order.get)
    lines = [*(f"{before} --> {after}" for before, after in edges), *alone]
    return "".join(f"{line}\n" for line in ["```mermaid", "flowchart TB", *(f"    {line}" for line in lines), "```"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=["demo", "rules"])
    if parser.parse_args().part == "rules":
        write_text(METHOD, replace_part(METHOD, "rules", mermaid(rule_graph())))
        return
    results = ROOT / "results"
    write_text(README, replace_part(README, "demo", demo_table(results / "table1.csv")))
    for name in PICTURES:
        with whole(ROOT / "docs" / name) as temporary:
            shutil.copyfile(results / name, temporary)


if __name__ == "__main__":
    run(main)
