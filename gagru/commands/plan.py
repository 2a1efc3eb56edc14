"""Say before a run what it will take: jobs, core hours, GPU hours, disk, memory and time.

It counts the jobs that are still to be done, reads the lengths of the recordings, and multiplies them by how fast this
machine is. That is measured once, with --measure, in about a minute, and kept.
"""

import argparse
import os
from pathlib import Path

from gagru.commands.numbers import positive
from gagru.commands.settings import add_run_arguments, enter_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `gagru plan`."""
    add_run_arguments(parser)
    parser.add_argument("--measure", action="store_true", help="measure what was not measured on this machine before")
    parser.add_argument("--measured", type=Path, help="file of the measurements; by default in the user's cache")
    parser.add_argument(
        "--cores", type=positive, default=os.cpu_count(), help="jobs at a time; by default all cores here"
    )
    parser.add_argument("--gpus", type=positive, default=1, help="jobs on a GPU at a time; by default one")


def main(options: argparse.Namespace) -> None:
    """Print the estimate."""
    from gagru.task.errors import InputError
    from gagru.workflow.configuration import read_configuration
    from gagru.workflow.plan.estimate import Forecast
    from gagru.workflow.plan.jobs import list_planned
    from gagru.workflow.plan.throughput import find_cache, measure, read_measured

    if options.measured:
        options.measured = options.measured.resolve()
    enter_folder(options)
    forecast = Forecast(read_configuration(options.configfile, options.config))
    planned = list_planned(options.directory, options.configfile, options.config)
    if not planned:
        print("Nothing to be done.")
        return
    path = options.measured or find_cache()
    measured, tasks = read_measured(path), forecast.list_tasks(planned)
    missing = {key: task for key, task in tasks.items() if key not in measured}
    if missing and options.measure:
        measured = measure(missing, path, lambda line: print(f"{line} ...", flush=True))
    elif missing:
        names = ", ".join(dict.fromkeys(" ".join(key.split()[:2]) for key in missing))
        raise InputError(f"not yet measured on this machine, with these settings: {names}; add --measure")
    costs = [(job, forecast.estimate(job, measured)) for job in planned]
    print("\n".join(render(costs, options.cores, options.gpus)))
    print(f"\nMeasured on {', '.join(sorted({measured[key]['processor'] for key in tasks}))}; kept in {path}.")


def render(costs: list, cores: int, gpus: int) -> list[str]:
    """The lines of the estimate of some jobs: (job, cost)."""
    from gagru.task.progress import write_duration
    from gagru.workflow.plan.estimate import BEST, add_up, schedule

    total = add_up(cost for _, cost in costs)
    usual, most = (write_duration(seconds) for seconds in schedule(costs, cores, gpus))
    largest = sorted((cost.memory_mb for _, cost in costs), reverse=True)
    where = f"{cores} core{'s' if cores > 1 else ''}"
    if total.gpu_seconds:
        where += f" and {gpus} GPU{'s' if gpus > 1 else ''}"
    return [
        *tabulate(costs),
        "",
        f"jobs        {len(costs)}",
        f"core hours  {total.seconds / 3600:.2f}, at most {total.at_most / 3600:.2f}",
        f"GPU hours   {total.gpu_seconds / 3600:.2f}, at most {total.gpu_at_most / 3600:.2f}",
        f"disk        {total.disk / 1e9:.2f} GB",
        f"memory      {largest[0]:.0f} MB for one job, {sum(largest[:cores]):.0f} MB for {cores} at a time",
        f"time        {usual} on {where}, at most {most}",
        "",
        f"A training is taken to be at its best after {BEST} epochs, and to wait for its patience then.",
        "At most it goes on to its `max_epochs`.",
    ]


def tabulate(costs: list) -> list[str]:
    """A line each feature set and system, and one for all short jobs."""
    from gagru.task.progress import write_duration
    from gagru.workflow.plan.estimate import add_up

    groups = {"extract_features": {}, "train_fold": {}, "all else": {}}
    for job, cost in costs:
        rule = job.rule if job.rule in groups else "all else"
        of = job.wildcards["system" if rule == "train_fold" else "feature_set"] if rule == job.rule else ""
        groups[rule].setdefault(of, []).append(cost)
    lines = [f"{'':32}{'jobs':>6}{'core time':>14}{'at most':>14}"]
    for rule, found in groups.items():
        for of, own in found.items():
            total = add_up(own)
            times = write_duration(total.seconds), write_duration(total.at_most)
            lines.append(f"{rule + ' ' + of:32}{len(own):6}{times[0]:>14}{times[1]:>14}")
    return lines
