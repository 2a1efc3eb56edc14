"""What the rules watch of corpora that lie outside the workflow: a digest of what each holds now.

The corpus is read once, by the Snakemake that plans. The Snakemake of a single job on a cluster finds what that one
read in `.snakemake`. So does one that plans while the corpus is not there, its disk not mounted: what was made of it
is still valid.
"""

import hashlib
import json
import os
import sys
from functools import cache
from pathlib import Path

from gagru.corpora.fingerprint import Fingerprint, take_fingerprint
from gagru.corpora.tree import listing
from gagru.storage.files import write_json, write_text
from gagru.workflow.configuration import find_reader_options, is_demo

# Below the folder that Snakemake works in.
KEPT = Path(".snakemake") / "corpora"
NOTHING = Fingerprint("", {}, "")


def watch_corpus(entry: dict, planning: bool) -> str:
    """A digest of a corpus, by its entry in the configuration; nothing for a demo, which is made by a rule."""
    return "" if is_demo(entry) else _look(entry, planning).whole


def watch_speaker(entry: dict, speaker: str, planning: bool) -> str:
    """A digest of the utterances of one speaker; see `watch_corpus`."""
    if is_demo(entry):
        return ""
    return _look(entry, planning).speakers.get(entry["speaker_rule"], {}).get(speaker, "")


def _look(entry: dict, planning: bool) -> Fingerprint:
    return read_fingerprint(entry["reader"], entry["root"], planning, find_reader_options(entry))


@cache
def read_fingerprint(reader: str, root: str, planning: bool, options: str = "") -> Fingerprint:
    """The fingerprint of a corpus as it is, if this process is `planning`, else as the one that planned saw it.

    Where the corpus is not there, what was last seen, or nothing. A corpus that was never there, or that the reader
    cannot read at all, is warned of here, since a dry run comes no further.
    """
    kept = KEPT / f"{hashlib.sha256(f'{reader} {root}{options}'.encode()).hexdigest()[:16]}.json"
    if planning and is_there(Path(root)):
        found = take_fingerprint(reader, Path(root), options)
        if found.unreadable:
            warn(found.unreadable)
        write_json(kept, found._asdict())
        return found
    try:
        return Fingerprint(**json.loads(kept.read_text(encoding="utf-8")))
    except FileNotFoundError:
        if planning:
            warn(f"{root}: there is nothing; mount the disk, or give the corpus's folder: --config NAME=/path/to/it")
        return NOTHING


def warn(problem: str) -> None:
    """Say before anything runs what the index will end with."""
    print(f"Warning: {problem}\nThe corpus cannot be indexed like this.", file=sys.stderr)


def watch_own_features(entry: dict, planning: bool) -> str:
    """A digest of the names, sizes and times of a corpus's own feature files."""
    return read_listing(entry["own_features"], planning)


@cache
def read_listing(folder: str, planning: bool) -> str:
    """The digest of a folder as it is, if this process is `planning`, else as the one that planned saw it."""
    kept = KEPT / f"{hashlib.sha256(folder.encode()).hexdigest()[:16]}.txt"
    if not planning or not is_there(Path(folder)):
        return kept.read_text(encoding="utf-8") if kept.is_file() else ""
    digest = hashlib.sha256()
    for name in listing(Path(folder)).files:
        found = os.stat(os.path.join(folder, name))
        digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode(errors="surrogateescape"))
    write_text(kept, digest.hexdigest()[:16])
    return digest.hexdigest()[:16]


def is_there(root: Path) -> bool:
    """Whether there is a file or a folder that is not empty, as one is that a disk would be mounted at."""
    return root.is_file() or (root.is_dir() and any(os.scandir(root)))
