"""What the environment variables of Snakemake, and so of all that it starts, must say."""

import getpass
import os


def set_variables() -> None:
    """Set the variables that a run needs, before an environment is made or a job is run."""
    # What lies in ~/.local is no part of an environment: neither when conda makes it, nor in a job.
    os.environ["PYTHONNOUSERSITE"] = "1"
    try:
        getpass.getuser()
    except (KeyError, OSError):  # no entry in /etc/passwd, as in a container; Snakemake asks for a name
        os.environ["LOGNAME"] = str(os.getuid())
