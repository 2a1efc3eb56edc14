"""Which folders hold the models that are meant, and whether they are whole."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from gagru.systems.loading import system_class
from gagru.systems.stored import read_description
from gagru.task.errors import InputError

DESCRIPTION, WEIGHTS = "model.json", "model.safetensors"
REMEDY = "copy the model again, or train it again"
# What models have to have in common to predict together.
COMMON = (
    "system",
    "emotions",
    "columns",
    "features",
    "corpus.name",
    "normalisation.method",
    "normalisation.statistics_over",
    "normalisation.downsample",
    "normalisation.remainder",
    "normalisation.max_frames",
    "settings.history",
)


def find_folds(paths: Iterable[str | Path]) -> list[Path]:
    """The folders of the folds that are meant by folders of folds, seeds and systems.

    Raises `InputError` where there is no model, a fold of a seed is missing, or models do not belong together.
    """
    folders = [folder for path in paths for folder in _expand(Path(path))]
    if not folders:
        raise InputError("no model is given: name the folder of a fold, of a seed or of a system")
    if twice := [folder for i, folder in enumerate(folders) if folder in folders[:i]]:
        raise InputError(f"{twice[0]}: is given twice")
    _check_common(folders)
    return folders


def read_model(folder: Path, device: str = "cpu") -> tuple[dict, object]:
    """What `model.json` says, and the trained system. `InputError` where one is missing, damaged or altered."""
    try:
        description = _describe(folder)
        kind = system_class(description["system"])
        # Only networks run on a device.
        return description, kind.load(folder, device) if kind.EARLY_STOPPING else kind.load(folder)
    except InputError as error:
        raise InputError(f"{str(error).partition('; ')[0]}; {REMEDY}") from error


def _expand(path: Path) -> list[Path]:
    if (path / DESCRIPTION).exists() or (path / WEIGHTS).exists():
        return [path]
    folds = sorted(_holding(path, "*"))
    if folds:
        _check_complete(path, folds)
        return folds
    seeds = sorted({fold.parent for fold in _holding(path, "seed*/*")}, key=lambda p: (len(p.name), p.name))
    if not seeds:
        what = "no trained model in this folder" if path.is_dir() else "there is no such folder"
        raise InputError(
            f"{path}: {what}; name that of a fold, of a seed or of a system, such as results/emodb/ga_gru/seed0"
        )
    return [fold for seed in seeds for fold in _expand(seed)]


def _holding(path: Path, pattern: str) -> Iterator[Path]:
    return (file.parent for file in path.glob(f"{pattern}/{DESCRIPTION}"))


def _check_complete(path: Path, folds: list[Path]) -> None:
    """Every speaker of the corpus has a fold, which `model.json` names in each of them."""
    roles = _describe(folds[0]).get("corpus", {}).get("speakers", {})
    expected = {speaker for speakers in roles.values() for speaker in speakers}
    if missing := sorted(expected - {_describe(fold)["fold"] for fold in folds}):
        raise InputError(
            f"{path}: incomplete, without the folds {', '.join(missing)}; train them, or name the folder of one fold"
        )


def _describe(folder: Path) -> dict:
    try:
        description = read_description(folder)
    except InputError as error:
        raise InputError(f"{str(error).partition('; ')[0]}; {REMEDY}") from error
    if "features" not in description:
        raise InputError(f"{folder}: model.json does not say which features the model hears; train it by the workflow")
    return description


def _check_common(folders: list[Path]) -> None:
    """The models hear the same and answer the same question, and each is there once."""
    first = _describe(folders[0])
    there = {(first["seed"], first["fold"]): folders[0]}
    for folder in folders[1:]:
        other = _describe(folder)
        for name in COMMON:
            if _get(first, name) != _get(other, name):
                raise InputError(f"{folder}: differs from {folders[0]} in {name}; name models of one kind")
        if (same := there.setdefault((other["seed"], other["fold"]), folder)) != folder:
            raise InputError(f"{folder}: fold {other['fold']} of seed {other['seed']}, as {same} is; name one of them")


def _get(mapping: dict, name: str):
    for key in name.split("."):
        mapping = mapping.get(key) if isinstance(mapping, dict) else None
    return mapping
