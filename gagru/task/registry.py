"""The one mechanism of the registries: names, what is known of each without importing its module, and the module.

The tables are `gagru.task.systems`, `gagru.task.corpora` (the readers) and `gagru.task.features`. They import nothing,
so the workflow asks them while it is planned. A program that works with one member imports its module by name and reads
no table: a new line in a table then changes nothing of what the other members' results depend on.
"""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from gagru.task.errors import InputError


class Registry(dict):
    """The members of a kind in their order: name -> what is known of it. A name that there is not is an `InputError`.

    >>> shapes = Registry("shape", {"square": 4, "triangle": 3})
    >>> shapes["square"]
    4
    >>> shapes["circle"]
    Traceback (most recent call last):
    gagru.task.errors.InputError: there is no shape 'circle'; choose from square, triangle
    """

    def __init__(self, kind: str, members: dict):
        super().__init__(members)
        self.kind = kind

    def __missing__(self, name):
        raise InputError(f"there is no {self.kind} {name!r}; choose from {', '.join(self)}")


def import_member(kind: str, package: str, name: str, needed: str) -> ModuleType:
    """The module `{package}.{name}` of a member of a kind, by which its work is done.

    needed : what every module of this kind offers; another module of the package is no member

    >>> import_member("feature set", "gagru.features", "log_mel", "extractor").ROWS
    'frame'

    Raises `InputError` where there is no such module.
    """
    module = import_module(f"{package}.{name}") if name.isidentifier() and find_spec(f"{package}.{name}") else None
    if not hasattr(module, needed):
        folder = package.replace(".", "/")
        raise InputError(f"there is no {kind} {name!r}: {folder}/ has no {name}.py with `{needed}`")
    return module
