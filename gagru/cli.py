"""The command `gagru`: one module of `gagru.commands` for each of its subcommands.

A command's module has a docstring whose first line is its help, `add_arguments(parser)`, and `main(options)`, which
returns an exit status or nothing. It imports what is heavy when it runs, so that `gagru --help` is there at once.
"""

import argparse
import os
import signal
import sys
from importlib import import_module

from gagru import __version__
from gagru.task.errors import InputError

COMMANDS = ("predict", "explain", "card", "export", "extract", "audformat", "plan", "doctor")


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options of the command line; `command` is the module to run."""
    parser = argparse.ArgumentParser(prog="gagru", description="Speech emotion recognition with a graph over frames.")
    parser.add_argument("--version", action="version", version=f"gagru {__version__}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in COMMANDS:
        module = import_module(f"gagru.commands.{name}")
        help_line = module.__doc__.splitlines()[0]
        subparser = subparsers.add_parser(name, help=help_line, description=module.__doc__)
        module.add_arguments(subparser)
        subparser.set_defaults(command=module)
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    """Run one command. What a user can mend becomes one message on standard error and exit status 1.

    It ends when it is asked to (Ctrl-C, SIGTERM) without leaving temporary files.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = parse(arguments)
    try:
        sys.exit(options.command.main(options))
    except InputError as error:
        sys.exit(f"gagru: {error}")
    except BrokenPipeError:  # whoever reads what is printed has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OSError as error:
        sys.exit(f"gagru: {error.filename or 'a file'}: {error.strerror or error}")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("gagru"):
            raise
        sys.exit(f"gagru: {error.name} is not installed; run `make setup` in a checkout, and call its .venv/bin/gagru")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
