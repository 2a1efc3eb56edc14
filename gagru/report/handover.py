"""A folder to hand over: the models, their metrics and the card, and nothing that runs when it is read."""

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from gagru.predict.folders import DESCRIPTION, WEIGHTS
from gagru.report.card import METRICS_FILE, find_metrics, in_words, read_source, with_interval, write_card
from gagru.storage.files import PREFIX, write_text
from gagru.task.errors import InputError
from gagru.task.systems import SYSTEMS

CARD = "README.md"


def export_model(paths: Sequence[Path], out: Path) -> list[str]:
    """Write the folder `out`, which `gagru.load` reads, whole or not at all; the names of its files.

    paths : folders of a fold, of a seed or of a system. One fold lies in `out` itself, the folds of one seed in folders
        of their names, and those of several seeds in `seed0`, `seed1` and so on.

    Raises `InputError` where a model is missing or altered, there are no metrics, or there is something at `out`.
    """
    source = read_source(paths)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out}: is there already; name a new folder")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=PREFIX, dir=out.parent))
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror}); name a folder elsewhere") from error
    try:
        inner = temporary / out.name
        for folder, description in zip(source.folders, source.descriptions, strict=True):
            seed = inner if len(source.metrics) == 1 else inner / f"seed{description['seed']}"
            fold = seed if len(source.folders) == 1 else seed / description["fold"]
            fold.mkdir(parents=True)
            for name in (DESCRIPTION, WEIGHTS):
                shutil.copyfile(folder / name, fold / name)
            shutil.copyfile(find_metrics(folder), seed / METRICS_FILE)
        write_text(inner / CARD, write_card(source, out.name))
        if out.exists():
            out.rmdir()
        os.replace(inner, out)
    except OSError as error:
        raise InputError(
            f"{out}: cannot be written ({error.strerror}); make room, or name a folder elsewhere"
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())


def list_models(folders: Sequence[Path], out: Path) -> None:
    """Write a page that lists the folders that `export_model` wrote, below the page's own, with UA and its interval."""
    rows, level = [], ""
    for folder in folders:
        source = read_source([folder])
        (metrics,) = source.metrics.values()
        said = source.descriptions[0]
        level = in_words(metrics["intervals"])
        ua, name = with_interval(metrics["pooled"]["UA"]), folder.relative_to(out.parent).as_posix()
        rows.append(f"| [{name}]({name}/{CARD}) | {SYSTEMS[said['system']].printed} | {said['seed']} | {ua} |")
    corpus = said["corpus"]["printed"]
    head = f"# Models trained on {corpus}\n\nEach folder can be handed over, and be given to `gagru predict`.\n\n"
    table = f"| folder | system | seed | UA in per cent, with its interval of {level} |\n|---|---|---:|---:|\n"
    write_text(out, head + table + "\n".join(rows) + "\n")
