"""Write the features of audio files as .npy files, one each.

The files are (T, D) arrays of 32-bit floats, a row a frame, or (D,) of functionals, as the feature set says. They are
what the feature set `own` of the workflow reads, see docs/own_features.md. A file that cannot be described is named at
the end and costs only itself.
"""

import argparse
import json
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `gagru extract`."""
    parser.add_argument("feature_set", metavar="FEATURE_SET", help="egemaps, lld, log_mel, modulation or waveform")
    parser.add_argument("given", metavar="FILE|FOLDER", nargs="+", type=Path, help="audio files, and folders of them")
    parser.add_argument("--out", type=Path, required=True, help="folder of the .npy files")
    parser.add_argument(
        "--set", nargs="+", metavar="NAME=VALUE", default=[], help="settings of the feature set, as bands=64"
    )
    parser.add_argument("--strict", action="store_true", help="write nothing if a file cannot be described")


def main(options: argparse.Namespace) -> None:
    """Write the files; what could not be described is said at the end."""
    from gagru.commands.count import count_files
    from gagru.features.export import choose_settings, export_features, list_audio
    from gagru.task.errors import mention

    settings = choose_settings(options.feature_set, dict(map(_setting, options.set)))
    files = list_audio(options.given)
    with count_files(len(files)) as tell:
        bad = export_features(options.feature_set, settings, files, options.out, options.strict, tell)
    print(f"{options.out}: {options.feature_set} of {len(files) - len(bad)} of {len(files)} files")
    if bad:
        print("\n".join(["Without features:", *(f"  - {problem}" for problem in mention(bad))]), file=sys.stderr)


def _setting(text: str) -> tuple[str, object]:
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value
