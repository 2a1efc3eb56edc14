"""What every command-line program of the workflow shares."""

import sys

from gagru.errors import InputError


def run(main) -> None:
    """Call `main()`; an `InputError` becomes one clear message on standard error and exit status 1."""
    try:
        main()
    except InputError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(1)
