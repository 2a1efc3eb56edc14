"""Which packages the programs of an environment's rules import, themselves or through `gagru`."""

import ast
import re
import sys
from pathlib import Path

from gagru.workflow.sources import collect_closure
from tools.locks import ROOT, canonical

# Imported name -> distribution, where they differ.
DISTRIBUTIONS = {"sklearn": "scikit-learn", "yaml": "pyyaml", "markdown_it": "markdown-it-py"}
# Programs choose these modules by name when they run, so no import statement leads there.
CHOSEN_BY_NAME = {
    "index_corpus": "corpora/*.py",
    "extract_features": "features/*.py",
    "train_fold": "systems/*.py",
    "analyse_attention": "systems/ga_gru.py",
}
RULE = re.compile(r"^( *)rule \w+:\n((?:(?:\1    .*)?\n)+)", re.MULTILINE)
CONDA = re.compile(r'conda:\s+(?:"../envs/(\w+).yaml"|(\w+))')


def programs() -> dict[str, set[str]]:
    """Environment -> the programs of all rules that run in it."""
    found = {}
    for path in (ROOT / "rules").glob("*.smk"):
        for _, body in RULE.findall(path.read_text(encoding="utf-8")):
            if environment := CONDA.search(body):
                name = environment[1] or environment[2].lower()
                found.setdefault(name, set()).update(re.findall(r'"program (\w+)', body))
    return found


def third_party(path: Path) -> set[str]:
    """The packages that a source imports, wherever in the file."""
    names = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.partition(".")[0])
    return {canonical(DISTRIBUTIONS.get(name, name)) for name in names - sys.stdlib_module_names - {"gagru"}}


def needed(program: str) -> set[str]:
    """The packages that a program imports, itself or through `gagru`."""
    entries = [ROOT / "workflow_scripts" / f"{program}.py"]
    if program in CHOSEN_BY_NAME:
        entries += (ROOT / "gagru").glob(CHOSEN_BY_NAME[program])
    return {name for entry in entries for path in collect_closure(entry) for name in third_party(path)}
