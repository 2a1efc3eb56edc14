"""How Snakemake is told that something a user gave is wrong."""

from collections.abc import Iterator
from contextlib import contextmanager

from snakemake.exceptions import WorkflowError

from gagru.task.errors import InputError


@contextmanager
def end_workflow() -> Iterator[None]:
    """Let an `InputError` end Snakemake with its message, where it would show a traceback."""
    try:
        yield
    except InputError as error:
        raise WorkflowError(str(error)) from None
