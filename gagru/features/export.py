"""Audio files -> one `.npy` file each of a feature set: the form that the feature set `own` reads."""

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from pathlib import Path, PurePosixPath

import numpy as np

from gagru.corpora import tree
from gagru.corpora.audio import header
from gagru.corpora.left_out import is_audio
from gagru.features import audio
from gagru.features.registry import feature_set
from gagru.features.settings import OF_NORMALISING
from gagru.storage.files import PREFIX, check_writable, whole
from gagru.task.errors import InputError, Problems
from gagru.task.settings import check_names, default_settings

SUFFIX = ".npy"


def list_audio(given: Iterable[Path]) -> dict[str, Path]:
    """The audio files that are meant: the name of each one's `.npy` file -> the file.

    That of a file in a given folder is its path within it, as `wav/03a01Fa.npy`; of a given file, its own name.

    Raises `InputError` for a folder without audio, and for two files of the same name.
    """
    found: dict[str, Path] = {}
    for path in map(Path, given):
        names = [name for name in tree.listing(path).files if is_audio(name)] if path.is_dir() else [path.name]
        if not names:
            raise InputError(f"{path}: no audio in this folder, such as .wav or .flac files; name another")
        for name in names:
            file = path / name if path.is_dir() else path
            made = str(PurePosixPath(name).with_suffix(SUFFIX))
            if made in found:
                raise InputError(f"{file} and {found[made]} would both become {made}; extract them one by one")
            found[made] = file
    return found


def choose_settings(name: str, given: Mapping) -> dict:
    """The settings of a feature set: the defaults, and what is given in their place.

    Raises `InputError` where there is no such feature set, one whose values are files already, and where a setting is
    not known or has not such a value.
    """
    module = feature_set(name)
    if not hasattr(module, "extractor"):
        raise InputError(f"{name} are features that are files already; there is nothing to extract")
    settings = {key: one for key, one in module.SETTINGS.items() if key not in OF_NORMALISING}
    check_names(settings, given, name)
    for setting, value in given.items():
        schema = settings[setting].schema
        if "enum" in schema and value not in schema["enum"]:
            raise InputError(f"{name}.{setting}: {value!r} is none of {', '.join(map(str, schema['enum']))}")
        if "enum" not in schema and not _is_whole_number(value, schema):
            bounds = f"from {schema['minimum']} " + (f"to {schema['maximum']}" if "maximum" in schema else "on")
            raise InputError(f"{name}.{setting}: {value!r} is no whole number {bounds}")
    return default_settings(module.SETTINGS) | dict(given)


def _is_whole_number(value: object, schema: Mapping) -> bool:
    integer = isinstance(value, int) and not isinstance(value, bool)
    return integer and schema["minimum"] <= value <= schema.get("maximum", value)


def export_features(
    name: str, settings: Mapping, files: Mapping[str, Path], out: Path, strict: bool, tell: Callable[[], object]
) -> list[str]:
    """Write a `.npy` file for each audio file: (T, D) float32, or (D,) of functionals.

    Parameters
    ----------
    name, settings : the feature set, and its settings, see `choose_settings`
    files : see `list_audio`
    out : folder of the `.npy` files, which takes the place of those that are there
    strict : whether nothing is written when a file cannot be described
    tell : called after each file

    Returns
    -------
    What is wrong with the files that could not be described. Raises `InputError` where that is all of them, or any of
    them if it is `strict`, and where `out` cannot be written to.
    """
    check_writable(out)
    extractor = feature_set(name).extractor(settings)
    problems = Problems(f"{name} of {len(files)} files")
    # With `strict` what is written waits in a folder of its own until all is there.
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=out) if strict else nullcontext(out) as folder:
        for target, path in files.items():
            try:
                values = _describe(path, extractor, name)
            except InputError as error:
                text = str(error)
                problems.add(text if text.startswith(str(path)) else f"{path}: {text}")
            else:
                _write(Path(folder) / target, values)
            tell()
        if strict or len(problems.found) == len(files):
            problems.raise_if_any()
        if strict:
            for target in files:
                with whole(out / target) as temporary:
                    os.replace(Path(folder) / target, temporary)
    return problems.found


def _describe(path: Path, extractor: Callable, name: str) -> np.ndarray:
    found = header(path)
    values = extractor(audio.read(path, 0.0, found.frames / found.rate, None, lambda doubt: None))
    if values.size == 0:
        raise InputError(f"{path}: {1000 * found.frames / found.rate:.3g} ms of audio are too short for {name}")
    if not np.isfinite(values).all():
        raise InputError(f"{path}: {name} are NaN or infinite; listen to the file, and mend it")
    return np.asarray(values, np.float32)


def _write(path: Path, values: np.ndarray) -> None:
    with whole(path) as temporary, temporary.open("wb") as file:
        np.save(file, values)
