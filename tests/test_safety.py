"""Nothing that is read back from disk can run code: what the sources may not use, and that the search would find it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(
    path for folder in ("gagru", "workflow_scripts", "benchmarks") for path in (ROOT / folder).rglob("*.py")
)
RULES = [ROOT / "Snakefile", *sorted((ROOT / "rules").glob("*.smk"))]
# Modules that unpickle, or run what they read.
MODULES = {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "code", "runpy"}
FUNCTIONS = {"eval", "exec", "compile", "__import__"}
METHODS = {"read_pickle", "to_pickle", "unsafe_load", "full_load", "load_all", "system", "popen"}


def dangers(source: str) -> list[str]:
    """What in `source` could run code that a file holds, or that a name in a file becomes."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.split(".")[0] in MODULES]
        elif isinstance(node, ast.ImportFrom):
            found += [node.module] if (node.module or "").split(".")[0] in MODULES else []
        elif isinstance(node, ast.Call):
            found += list(dangerous_call(node))
    return found


def dangerous_call(node: ast.Call):
    keywords = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
    name = ast.unparse(node.func)
    if name in FUNCTIONS or name.rpartition(".")[2] in METHODS:
        yield name
    # yaml.BaseLoader makes text, lists and mappings only, less than the safe one.
    loader = keywords.get("Loader", "")
    if name == "yaml.load" and "Safe" not in loader and loader != "yaml.BaseLoader":
        yield name
    if name == "torch.load" and keywords.get("weights_only") != "True":
        yield name
    if keywords.get("allow_pickle", "False") != "False" or keywords.get("shell", "False") != "False":
        yield name


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_sources_run_nothing_that_they_read(path):
    assert dangers(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_rules_run_nothing_that_they_read(path):
    text = path.read_text(encoding="utf-8")
    assert [word for word in (*MODULES - {"code"}, "eval(", "exec(", "yaml.load(", "os.system") if word in text] == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from joblib import load",
        "import numpy.lib, marshal",
        "eval(text)",
        "def f():\n    exec(open('x').read())",
        "torch.load(path)",
        "torch.load(path, weights_only=False)",
        "np.load(path, allow_pickle=True)",
        "pd.read_pickle(path)",
        "yaml.load(text)",
        "yaml.load(text, Loader=yaml.Loader)",
        "yaml.unsafe_load(text)",
        "subprocess.run(command, shell=True)",
        "os.system(command)",
    ],
)
def test_the_search_finds(source):
    assert dangers(source) != []


@pytest.mark.parametrize(
    "source",
    [
        "module.eval()",
        "torch.load(path, weights_only=True)",
        "yaml.safe_load(text)",
        "np.load(path)",
        "re.compile('x')",
    ],
)
def test_the_search_lets_be(source):
    assert dangers(source) == []
