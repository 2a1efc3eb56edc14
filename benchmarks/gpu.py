"""Whether a GPU gives the right results, the same every time, and fast: all in one run of a few minutes.

    python -m benchmarks.gpu --out FOLDER [--seconds 340] [--device cuda]

Writes `gpu_NAME-OF-THE-CARD.md` and the measures as JSON into FOLDER. It needs no openSMILE and no Snakemake: features
of IEMOCAP's lengths are drawn (`benchmarks.corpora`, `benchmarks.gpu_subjects`). What failed, or had no time left, is
said below the table. `--tiny` runs through the same code on a CPU; there, figures of speed say nothing.
"""

import os
import re
import sys
import tempfile
import time
import traceback
from pathlib import Path

from benchmarks import gpu_folds, gpu_right, gpu_speed
from benchmarks.__main__ import row
from benchmarks.corpora import write_corpus
from benchmarks.measure import Measure, hand_over, parser, table


def sections(corpus: Path, device: str, tiny: bool) -> dict[str, tuple[float, object]]:
    """Title -> the seconds that have to be left for it on a large GPU, and the function that measures it."""
    environment = dict(os.environ)
    return {
        "Right": (30, lambda: gpu_right.compare_networks(device, tiny) + gpu_right.follow_training(device, tiny)),
        "The same every time": (40, lambda: gpu_right.repeat_trainings(device, tiny)),
        "No waiting within an epoch": (10, lambda: gpu_right.look_for_waiting(device, tiny)),
        "A training step": (10, lambda: gpu_speed.measure_step(device, tiny)),
        "An epoch": (15, lambda: gpu_speed.measure_epoch(device, tiny)),
        "Every network": (30, lambda: gpu_speed.measure_networks(device, tiny)),
        "A training job": (95, lambda: gpu_speed.measure_job(corpus, device, tiny)),
        "Folds at once, stacked": (5, lambda: gpu_folds.measure_stacked(device, tiny)),
        "Folds at once, service": (80, lambda: gpu_folds.measure_service(corpus, device, tiny, environment)),
        "Folds at once, processes": (110, lambda: gpu_folds.measure_processes(corpus, device, tiny, environment)),
    }


def measure_all(device: str, tiny: bool, seconds: float, corpus: Path) -> tuple[list[Measure], list[str]]:
    """The measures of all sections, and a line for each that failed or had no time left."""
    start, measures, problems = time.perf_counter(), [], []
    write_corpus(corpus, 0.02 if tiny else 1)
    for title, (needed, work) in sections(corpus, device, tiny).items():
        spent = time.perf_counter() - start
        if spent + needed > seconds:
            problems.append(f"{title}: not run, {seconds - spent:.0f} s left")
            continue
        try:
            found = work()
        except FileNotFoundError as missing:
            problems.append(f"{title}: not run, {missing.filename} is not there")
            continue
        except Exception:
            problems.append(f"{title}: failed\n\n```\n{traceback.format_exc().strip()}\n```")
            continue
        measures += found
        print(f"{title} ({time.perf_counter() - start - spent:.0f} s)", *map(describe, found), sep="\n", flush=True)
    return measures, problems


def describe(measure: Measure) -> str:
    """A measure in a line, for whoever waits."""
    name, bound, value, kept = row(measure)
    return f"  {name}: {value}" + (f" ({bound}: {kept})" if bound else "")


def render(about: dict, measures: list[Measure], problems: list[str]) -> str:
    """The page of a run."""
    parts = [
        f"# {about['card']}",
        ", ".join(f"{name} {value}" for name, value in about.items() if name != "card"),
        table("measure|bound|measured|kept", list(map(row, measures))),
        *problems,
    ]
    return "\n\n".join(parts) + "\n"


def describe_machine(device: str) -> dict:
    """The card, or the processor, and what computes on it."""
    import torch

    from gagru.experiment.provenance import processor
    from gagru.training.device import choose_device, describe_gpu

    choose_device(device)
    card = {"card": processor()} if device == "cpu" else describe_gpu()
    return card | {"torch": torch.__version__, "cores": os.cpu_count()}


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--out", type=Path, help="folder for the page and the measures")
    options.add_argument("--device", choices=["cuda", "cpu"], help="default: cuda; cpu with --tiny")
    options.add_argument("--seconds", type=float, default=340, help="all in all, about")
    args = options.parse_args()
    device = args.device or ("cpu" if args.tiny else "cuda")
    about = describe_machine(device)
    with tempfile.TemporaryDirectory() as folder:
        measures, problems = measure_all(device, args.tiny, args.seconds, Path(folder))
    text = render(about, measures, problems)
    print(text)
    hand_over(measures, args.json)
    if args.out:
        name = re.sub(r"[^A-Za-z0-9]+", "-", about["card"]).strip("-")
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / f"gpu_{name}.md").write_text(text, encoding="utf-8")
        hand_over(measures, args.out / f"gpu_{name}.json")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
