"""Snakemake that asks every second which jobs have ended. The plugin waits 10 s longer after a look that finds none."""

from snakemake.cli import main
from snakemake_interface_executor_plugins.executors.remote import RemoteExecutor

RemoteExecutor.next_seconds_between_status_checks = property(lambda self: 1, lambda self, seconds: None)
main()
