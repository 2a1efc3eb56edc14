"""Versions of what results are made with."""

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Package -> its version, for those that are installed here; an environment holds only what its rules need."""
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def merged(found: Iterable[dict[str, str]]) -> dict[str, str]:
    """Package -> its version; where they differ, all of them: `2.4.5, 2.4.6`."""
    gathered: dict[str, set[str]] = {}
    for one in found:
        for package, number in one.items():
            gathered.setdefault(package, set()).update(number.split(", "))
    return {package: ", ".join(sorted(numbers)) for package, numbers in sorted(gathered.items())}
