"""What the jobs of the workflow cost beside their work: starting Python, importing, scheduling, waiting.

A training job's overhead is all the time of a job that has next to nothing to read and train (55 utterances, one epoch
of a hidden state of 4): an upper bound.

Over the demo it is (wall time x cores - useful work) / jobs. Useful work is what the jobs' programs take (their
benchmark files), less the seconds in which they import (`-X importtime`) and less the start of a bare interpreter.

    python -m benchmarks.overhead [--cores 2] [--runs 5]
"""

import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import ROOT, Measure, hand_over, parser, program, run, table
from gagru.systems.loading import system_module
from gagru.task.settings import default_settings

IMPORT = re.compile(r"^import time:\s+(\d+) \|", re.MULTILINE)
JOB = {"validation": "partner", "upsample": [], "device": "cpu", "threads": 1}
SMALL = {
    "svm": {},
    "dnn": {"hidden": [4], "max_epochs": 1},
    "bigru_att": {"hidden": 4, "max_epochs": 1},
    "ga_gru": {"hidden": 4, "max_epochs": 1},
}


def import_seconds(text: str) -> float:
    """The seconds of all imports in what `-X importtime` printed."""
    return sum(map(int, IMPORT.findall(text))) / 1e6


def training_job(corpus: Path, system: str) -> list[str]:
    """The command of a training job with next to nothing to do."""
    names = {"corpus": "benchmark", "system": system, "seed": 0, "fold": "Ses01F"}
    settings = default_settings(system_module(system).SETTINGS) | SMALL[system]
    files = {"index": corpus / "index.parquet", "folds": corpus / "folds.csv"}
    files |= {"features": corpus / "normalised" / settings["features"], "out": corpus / "out"}
    return program("train_fold", **names, **files, job=JOB | {"settings": settings})


def training_overheads(systems: list[str], runs: int) -> dict[str, tuple[float, float]]:
    """System -> median seconds of a training job with next to nothing to do, and its seconds of imports."""
    overheads = {}
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder)
        run([sys.executable, "-m", "benchmarks.corpora", folder, "--size", "0.01"])
        for system in systems:
            command = training_job(corpus, system)
            with open(corpus / "imports", "w") as file:
                run(command, stderr=file, PYTHONPROFILEIMPORTTIME="1")
            seconds = statistics.median(run(command).seconds for _ in range(runs))
            overheads[system] = seconds, import_seconds((corpus / "imports").read_text())
    return overheads


OPTIMISER = """
import time, torch
from gagru.training.optimisers import Adam
parameter = torch.nn.Parameter(torch.zeros(1))
for kind in (Adam, torch.optim.Adam):
    start = time.process_time()
    kind([parameter], lr=1e-3)
    print(time.process_time() - start)
"""


def optimiser_seconds(runs: int) -> tuple[float, float]:
    """Median processor seconds of making the first optimiser of a process: ours, and `torch.optim`'s."""
    command = [sys.executable, "-c", OPTIMISER]
    found = [subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True) for _ in range(runs)]
    ours, torchs = zip(*(map(float, run.stdout.split()) for run in found), strict=True)
    return statistics.median(ours), statistics.median(torchs)


def workflow(targets: list[str], cores: int, folder: Path) -> dict[str, float]:
    """Run the workflow's demo in `folder`; what its time went into, in core seconds.

    The jobs' logs hold the import times: every rule sends its program's standard error there.
    """
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--cores", str(cores)]
    with open(folder / "imports", "w") as file:
        wall = run([*command, "--directory", str(folder), *targets], stderr=file, PYTHONPROFILEIMPORTTIME="1").seconds
    benchmarks, logs = folder / "results/benchmarks", folder / "results/logs"
    paths = sorted(benchmarks.rglob("*.tsv"))
    programs = sum(float(path.read_text().splitlines()[1].split("\t")[0]) for path in paths)
    imports = sum(import_seconds(path.read_text(errors="replace")) for path in logs.rglob("*.log"))
    start = statistics.median(run([sys.executable, "-c", "pass"]).seconds for _ in range(5)) * len(paths)
    return {
        "wall": wall,
        "jobs": len(paths),
        "work": programs - imports - start,
        "imports": imports + start,
        "scheduling": wall * cores - programs,
    }


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--cores", type=int, default=2, help="for the demo")
    options.add_argument("--runs", type=int, default=5, help="of a training job")
    args = options.parse_args()
    systems, runs = (["dnn"], 1) if args.tiny else (list(SMALL), args.runs)
    overheads = training_overheads(systems, runs)
    lines = [(f"`{system}`", f"{seconds:.2f}", f"{imports:.2f}") for system, (seconds, imports) in overheads.items()]
    print(f"Training jobs with next to nothing to do, medians of {runs} runs\n")
    print(table("job|s|of which imports (one more run, timed)", lines))
    ours, torchs = optimiser_seconds(1 if args.tiny else 10)
    print(f"\nMaking the optimiser takes {ours:.3f} s of processor time; PyTorch's own would take {torchs:.2f} s.")
    with tempfile.TemporaryDirectory() as folder:
        spent = workflow(["results/audit.csv"] if args.tiny else [], args.cores, Path(folder))
    jobs = spent["jobs"]
    print(f"\nThe demo: {jobs} jobs in {spent['wall']:.0f} s on {args.cores} cores, one run\n")
    names = {
        "work": "the programs' work",
        "imports": "starting and importing",
        "scheduling": "all else: Snakemake and its start, cores without a job",
    }
    lines = [(text, f"{spent[key]:.0f}", f"{spent[key] / jobs:.2f}") for key, text in names.items()]
    print(table("core seconds in|all|a job", lines))
    measures = [
        Measure(f"overhead of a training job, {system}", seconds, "s", at_most=2.5, note="start, imports, end")
        for system, (seconds, _) in overheads.items()
    ]
    measures.append(Measure("`torch.optim` in place of our optimisers", torchs - ours, "s", note="of a training job"))
    overhead = (spent["imports"] + spent["scheduling"]) / jobs
    measures.append(Measure("overhead of a job over the demo", overhead, "s", at_most=2, note=f"{args.cores} cores"))
    hand_over(measures, args.json)


if __name__ == "__main__":
    main()
