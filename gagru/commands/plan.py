"""Say before a run what it will take: jobs, core hours, GPU hours, disk, memory and time.

It counts the jobs that are still to be done, reads the lengths of the recordings, and multiplies them by how fast this
machine is. That is measured once, with --measure, in about a minute, and kept.
"""

import argparse
import os
from collections import defaultdict
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `gagru plan`."""
    parser.add_argument(
        "--configfile", nargs="+", type=Path, default=[], help="settings files of the run, as snakemake takes them"
    )
    parser.add_argument("--directory", type=Path, default=Path(), help="where the run will work; by default here")
    parser.add_argument("--measure", action="store_true", help="measure what was not measured on this machine before")
    parser.add_argument("--measured", type=Path, help="file of the measurements; by default in the user's cache")
    parser.add_argument("--cores", type=int, default=os.cpu_count(), help="jobs at a time; by default all cores here")
    parser.add_argument("--gpus", type=int, help="jobs on a GPU at a time; by default one")


def main(options: argparse.Namespace) -> None:
    """Print the estimate."""
    from gagru.task.errors import InputError
    from gagru.workflow.configuration import read_configuration
    from gagru.workflow.plan.estimate import Forecast
    from gagru.workflow.plan.jobs import list_planned
    from gagru.workflow.plan.throughput import find_cache, measure, read_measured

    forecast = Forecast(read_configuration(options.configfile))
    planned = list_planned(options.directory, options.configfile)
    if not planned:
        print("Nothing to be done.")
        return
    path = options.measured or find_cache()
    measured, tasks = read_measured(path), forecast.list_tasks(planned)
    missing = {key: task for key, task in tasks.items() if key not in measured}
    if missing and options.measure:
        measured = measure(missing, path, lambda line: print(f"{line} ...", flush=True))
    elif missing:
        names = ", ".join(" ".join(key.split()[:2]) for key in missing)
        raise InputError(f"not yet measured on this machine, with these settings: {names}; add --measure")
    costs = [(job, forecast.estimate(job, measured)) for job in planned]
    print("\n".join(render(costs, options.cores, options.gpus or 1)))
    print(f"\nMeasured on {', '.join(sorted({measured[key]['processor'] for key in tasks}))}; kept in {path}.")


def render(costs: list, cores: int, gpus: int) -> list[str]:
    """The lines of the estimate of some jobs: (job, cost)."""
    from gagru.task.progress import write_duration
    from gagru.workflow.plan.estimate import BEST, schedule

    groups = defaultdict(list)
    for job, cost in costs:
        of = job.wildcards.get("system" if job.rule == "train_fold" else "feature_set", "")
        groups[f"{job.rule} {of}".strip() if job.rule in ("train_fold", "extract_features") else "all else"].append(
            cost
        )
    lines = [f"{'':32}{'jobs':>6}{'core time':>14}{'at most':>14}"]
    for name in sorted(groups, key=lambda name: (name == "all else", name.startswith("train"))):
        found = groups[name]
        seconds, at_most = (write_duration(sum(getattr(c, part) for c in found)) for part in ("seconds", "at_most"))
        lines.append(f"{name:32}{len(found):6}{seconds:>14}{at_most:>14}")
    every = [cost for _, cost in costs]
    total = {part: sum(getattr(cost, part) for cost in every) for part in every[0]._fields}
    lines += ["", f"jobs        {len(every)}"]
    lines.append(f"core hours  {total['seconds'] / 3600:.2f}, at most {total['at_most'] / 3600:.2f}")
    lines.append(f"GPU hours   {total['gpu_seconds'] / 3600:.2f}, at most {total['gpu_at_most'] / 3600:.2f}")
    lines.append(f"disk        {total['disk'] / 1e9:.2f} GB")
    largest = sorted((cost.memory_mb for cost in every), reverse=True)
    lines.append(f"memory      {largest[0]:.0f} MB for one job, {sum(largest[:cores]):.0f} MB for {cores} at a time")
    times = []
    for part in ("seconds", "at_most"):
        by_rule = defaultdict(list)
        for job, cost in costs:
            by_rule[job.rule].append((getattr(cost, part), cost.gpu_seconds > 0))
        times.append(write_duration(schedule(by_rule, cores, gpus)))
    on_gpus = f" and {gpus} GPU{'s' if gpus > 1 else ''}" if total["gpu_seconds"] else ""
    lines.append(f"time        {times[0]} on {cores} core{'s' if cores > 1 else ''}{on_gpus}, at most {times[1]}")
    lines += [
        "",
        f"A training is taken to be at its best after {BEST} epochs, and to wait for its patience then.",
        "At most it goes on to its `max_epochs`.",
    ]
    return lines
