"""A digest of exactly the code that a program runs, so that a changed module re-runs what uses it and nothing else.

Snakemake does not see changes in imported modules; the rules put this digest among their parameters.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def find_module(name: str) -> Path | None:
    """The file of a module of this package, by its dotted name; None where there is no such module."""
    base = ROOT.joinpath(*name.split("."))
    candidates = (base.with_suffix(".py"), base / "__init__.py")
    return next((path for path in candidates if path.is_file()), None)


@cache
def list_imported(path: Path) -> frozenset[Path]:
    """The files of this package that the source at `path` imports itself, wherever in the file it does so.

    What is imported under `if TYPE_CHECKING:` is for type checkers and never runs.
    """
    names, tree = set(), ast.parse(path.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.update([node.module, *(f"{node.module}.{alias.name}" for alias in node.names)])
    own = {name for name in names if name.split(".")[0] == "gagru"}
    packages = {".".join(name.split(".")[:n]) for name in own for n in range(1, name.count(".") + 2)}
    return frozenset(filter(None, map(find_module, packages)))


@cache
def collect_closure(entry: Path) -> frozenset[Path]:
    """`entry` and all files of this package that it imports, directly or through others."""
    found, waiting = set(), [entry]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting.extend(list_imported(path))
    return frozenset(found)


@cache
def digest_file(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def digest_sources(program: str, *modules: str) -> str:
    """A digest of `workflow_scripts/{program}.py`, all it imports, and the same of `modules` it imports by name.

    Parameters
    ----------
    program : name of a program, as in "train_fold"
    modules : dotted names that a registry imports when it runs, as in "gagru.systems.svm"
    """
    files = set(collect_closure(ROOT / "workflow_scripts" / f"{program}.py"))
    for name in modules:
        files |= collect_closure(find_module(name))
    lines = (f"{path.relative_to(ROOT).as_posix()} {digest_file(path)}" for path in sorted(files))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
