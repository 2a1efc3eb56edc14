"""What every command-line program of the workflow shares."""

import sys

from gagru.errors import InputError


def run(main) -> None:
    """Call `main()`; an `InputError` becomes one clear message on standard error and exit status 1."""
    keep_pandas_from_pyarrow()
    try:
        main()
    except InputError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(1)


def keep_pandas_from_pyarrow() -> None:
    """Let pyarrow find no pandas, which it imports with its first array to tell data frames: 0.3 s of most programs.

    No program hands it a data frame. It looks once, so pandas can be imported afterwards.
    """
    if "pyarrow" in sys.modules:
        sys.meta_path.insert(0, NoPandas)
        sys.modules["pyarrow"].array([])
        sys.meta_path.remove(NoPandas)


class NoPandas:
    """An importer for `sys.meta_path` under which pandas is not installed."""

    @staticmethod
    def find_spec(name: str, path=None, target=None) -> None:
        """Raise `ImportError` for pandas; leave all else to the other importers."""
        if name == "pandas":
            raise ImportError(name)
