"""What every command-line program of the workflow shares."""

import logging
import os
import signal
import sys
import threading
import time

from gagru.task.errors import InputError
from gagru.task.progress import PROGRESS

# Seconds between two looks at whether the workflow is alive.
PATIENCE = 0.2


def run(main) -> None:
    """Call `main()`; an `InputError` becomes one clear message on standard error and exit status 1.

    Where the only argument is `-`, the arguments are read from standard input, each with a zero byte behind it: a
    command line takes 128 kB at most.

    The program ends when it is asked to (SIGTERM) without leaving temporary files, and when the workflow that started
    it, the process of number `WORKFLOW` in the environment, is no more: what would go on could write over the results
    of the next workflow.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if workflow := os.environ.get("WORKFLOW"):
        threading.Thread(target=end_with, args=[int(workflow)], daemon=True).start()
    show_progress()
    if sys.argv[1:] == ["-"]:
        sys.argv[1:] = sys.stdin.buffer.read().decode(errors="surrogateescape").split("\0")[:-1]
    try:
        main()
    except InputError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(1)


def show_progress() -> None:
    """Print the lines of `gagru.task.progress` with the time of day, by which the rules keep them from the terminal."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    PROGRESS.addHandler(handler)
    PROGRESS.setLevel(logging.INFO)


def end_with(process: int) -> None:
    """End this process as soon as another has ended."""
    while True:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            os._exit(1)
        except PermissionError:
            pass  # alive, and another user's
        time.sleep(PATIENCE)
