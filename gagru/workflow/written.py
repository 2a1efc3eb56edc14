"""The settings as they were written, before YAML made values of them: each one's place and text, and what YAML loses.

Snakemake reads `--configfile` and `--config` before the Snakefile. It drops the first of two keys of one name, and
makes 202408 of `--config emodb=2024_08`. So the same files and words are looked at once more, here.
"""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

Key = tuple[str, ...]
STR, INT, MERGE = (f"tag:yaml.org,2002:{name}" for name in ("str", "int", "merge"))
# YAML 1.1 counts in eights after a 0 and in sixties between colons.
ODD_NUMBER = re.compile(r"[-+]?0[0-7_]+|[-+]?[0-9_]+(:[0-9]+)+")
ONCE = {"--config": ("--config", "-C"), "--configfile": ("--configfile", "--configfiles")}


class Written:
    """What settings files and the command line say.

    Attributes
    ----------
    places : key, as its steps -> where its last value was written, `mine.yaml:4` or `--config`
    plain : key -> its text, where that is a word or a number without quotes
    odd : the keys among them that YAML reads as another number than is written
    roots : NAME -> PATH, of every `--config NAME=PATH` whose NAME is no block of settings
    unread : the keys whose text is no YAML
    problems : what cannot be used, with file and line
    """

    def __init__(self):
        self.places: dict[Key, str] = {}
        self.plain: dict[Key, str] = {}
        self.odd: set[Key] = set()
        self.roots: dict[str, str] = {}
        self.unread: set[Key] = set()
        self.problems: list[str] = []

    def read_file(self, path: Path) -> None:
        """Look at a settings file, YAML or JSON, which Snakemake could read."""
        # In JSON a tab may stand between words; within them it may not stand.
        text = Path(path).read_text(encoding="utf-8-sig")
        self._read(text.replace("\t", " ") if path.suffix == ".json" else text, _shown(path))

    def read_arguments(self, arguments: Sequence[str], blocks) -> None:
        """Look at the words after `--config`; `blocks` are the names of the blocks of settings."""
        given: dict[str, str] = {}
        for argument in arguments:
            name, _, text = argument.partition("=")
            if name not in blocks:
                if name in given:
                    self.problems.append(f"--config: `{name}` is given twice; keep one of them")
                self.roots[name] = without_quotes(text)
                self.places[name,], self.plain[name,] = f"--config {name}", text
            else:
                self._read(text, f"--config {name}", (name,), lines=False)
            given[name] = text

    def read_command(self, words: Sequence[str]) -> None:
        """Look at the whole command line, of which Snakemake keeps the last `--config` and the last `--configfile`."""
        for option, names in ONCE.items():
            if sum(word.partition("=")[0] in names for word in words) > 1:
                self.problems.append(f"`{option}` is given twice, and the first would be lost; name all after one")

    def move(self, key: Key, to: Key) -> None:
        """What is known of a key is of another one from now on."""
        for known in (self.places, self.plain):
            known.pop(to, None)
            if key in known:
                known[to] = known.pop(key)

    def _read(self, text: str, origin: str, key: Key = (), lines: bool = True) -> None:
        try:
            node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except yaml.YAMLError as error:
            example = "mend it there" if lines else "write it like 'run={seeds: [0, 1]}', with a space after each colon"
            self.problems.append(f"{origin}: is not YAML ({_first_line(error)}); {example}")
            self.unread.add(key)
            return
        if node is not None:
            self._walk(node, key, origin, lines, ())

    def _walk(self, node: yaml.Node, key: Key, origin: str, lines: bool, within: tuple[int, ...]) -> None:
        """Note a value and what is below it; `within` are the ids of the nodes that it lies in."""
        if id(node) in within:
            return
        if key in self.places and not isinstance(node, yaml.MappingNode):
            self._forget(key)
        place = f"{origin}:{node.start_mark.line + 1}" if lines else origin
        self.places[key] = place
        for step, child in self._children(node, key, place):
            self._walk(child, (*key, *step), origin, lines, (*within, id(node)))
        if isinstance(node, yaml.ScalarNode) and not node.style:
            self.plain[key] = node.value
            if node.tag == INT and ODD_NUMBER.fullmatch(node.value):
                self.odd.add(key)

    def _children(self, node: yaml.Node, key: Key, place: str) -> Iterator[tuple[Key, yaml.Node]]:
        """Of a node: the steps to each (none to what is merged into it, which comes first), and the node there."""
        if isinstance(node, yaml.SequenceNode):
            yield from (((str(i),), child) for i, child in enumerate(node.value))
        elif isinstance(node, yaml.MappingNode):
            merged = [child for name, child in node.value if name.tag == MERGE]
            for child in merged:
                children = child.value if isinstance(child, yaml.SequenceNode) else [child]
                yield from (((), child) for child in reversed(children))
            self._check_keys([name for name, _ in node.value if name.tag != MERGE], key, place)
            yield from (((str(name.value),), child) for name, child in node.value if name.tag != MERGE)

    def _check_keys(self, names: list[yaml.Node], key: Key, place: str) -> None:
        first: dict[str, yaml.Node] = {}
        origin = place.rpartition(":")[0] or place
        for name in names:
            line, text = name.start_mark.line + 1, str(name.value)
            here = f"{origin}:{line}" if origin != place else place
            if name.tag != STR:
                self.problems.append(f'{here}: YAML reads the key {text} as {meaning(name.tag)}; quote it: "{text}"')
            elif text in first:
                whole = ".".join((*key, text))
                at = f" in line {first[text].start_mark.line + 1}" if origin != place else ""
                self.problems.append(
                    f"{here}: the key `{whole}` is there already{at}, and that one would be lost; put both into one"
                )
            first.setdefault(text, name)

    def _forget(self, key: Key) -> None:
        """Forget what was written below a key, which a later value replaces."""
        for known in [known for known in self.places if known[: len(key)] == key]:
            del self.places[known]
            self.plain.pop(known, None)
            self.odd.discard(known)


def meaning(tag: str) -> str:
    """What YAML takes a word for, by its tag."""
    words = {"int": "a number", "float": "a number", "bool": "true or false", "null": "nothing", "timestamp": "a date"}
    return words.get(tag.rpartition(":")[2], "no word")


def without_quotes(text: str) -> str:
    """The text, without a pair of quotes around all of it."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def _shown(path: Path) -> str:
    """The file's path as in a message: from here, where it lies below the folder that Snakemake works in."""
    path = Path(path).absolute()
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def _first_line(error: yaml.YAMLError) -> str:
    problem, mark = getattr(error, "problem", None), getattr(error, "problem_mark", None)
    return f"{problem or error}" + (f", at letter {mark.column + 1} of line {mark.line + 1}" if mark else "")
