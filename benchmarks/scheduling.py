"""What Snakemake's scheduler costs while jobs run, and what a job costs by the way in which it starts a program.

To keep to a limit of jobs a second (100, if none is given), Snakemake looks again for jobs to start a second after
every look that it took. The rules take the limit away where jobs run on this machine. Here many short jobs come before
some that last, as features come before trainings; Snakemake's own processor time is measured, without that of the jobs.

A rule's `shell:` runs a program by the function `program` that stands before every command
(`gagru.workflow.shell.write_prefix`). Compared are a command without it, and Snakemake's `script:`.

    python -m benchmarks.scheduling [--jobs 500] [--seconds 60]
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import ROOT, Measure, hand_over, parser, table

LIMIT = """
import os

onstart:
    if {unlimited}:
        workflow.scheduler.job_rate_limiter = None

onsuccess:
    used = os.times()
    print("processor seconds", used.user + used.system)

rule all:
    input: expand("long/{{i}}", i=range(2))

rule short:
    output: "short/{{i}}"
    shell: "sleep 0.3; touch {{output}}"

rule long:
    input: expand("short/{{i}}", i=range({jobs}))
    output: "long/{{i}}"
    shell: "sleep {seconds}; touch {{output}}"
"""
WAYS = {
    "shell: with the function": """
shell.prefix(PREFIX)

rule job:
    output: "o/{i}"
    shell: "program write {output}"
""",
    "shell: without it": """
rule job:
    output: "o/{i}"
    shell: PYTHON + " -s workflow_scripts/write.py {output}"
""",
    "script:": """
rule job:
    output: "o/{i}"
    script: "workflow_scripts/script.py"
""",
}
START = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from gagru.workflow.shell import write_prefix
PREFIX, PYTHON = write_prefix(Path(workflow.basedir), in_conda=False), sys.executable

rule all:
    input: expand("o/{{i}}", i=range({jobs}))

{rule}
"""


def run_workflow(text: str, cores: int) -> tuple[str, float]:
    """What Snakemake prints while it runs a Snakefile in a folder of its own, and how long it takes (s)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "Snakefile").write_text(text)
        (folder / "workflow_scripts").mkdir()
        (folder / "workflow_scripts/write.py").write_text("import sys\nopen(sys.argv[1], 'w').close()\n")
        (folder / "workflow_scripts/script.py").write_text("open(snakemake.output[0], 'w').close()\n")
        start = time.perf_counter()
        command = [sys.executable, "-m", "snakemake", "--cores", str(cores), "--quiet", "--directory", name]
        command += ["--snakefile", str(folder / "Snakefile")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        return done.stdout, time.perf_counter() - start


def scheduler_seconds(jobs: int, seconds: float, unlimited: bool) -> float:
    """Snakemake's own processor time (s)."""
    said, _ = run_workflow(LIMIT.format(jobs=jobs, seconds=seconds, unlimited=unlimited), cores=4)
    return float(said.rpartition("processor seconds ")[2].split()[0])


def job_seconds(rule: str, jobs: int) -> float:
    """The seconds of a job (with a program that does next to nothing), of `jobs` one after the other."""
    few, many = (run_workflow(START.format(root=str(ROOT), jobs=n, rule=rule), cores=1)[1] for n in (1, jobs + 1))
    return (many - few) / jobs


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--jobs", type=int, default=500)
    arguments.add_argument("--seconds", type=float, default=60, help="that the last jobs take")
    args = arguments.parse_args()
    jobs, seconds = (4, 0.2) if args.tiny else (args.jobs, args.seconds)
    with_limit, without = (scheduler_seconds(jobs, seconds, unlimited) for unlimited in (False, True))
    starts = {way: job_seconds(rule, 2 if args.tiny else 30) for way, rule in WAYS.items()}
    print(f"Snakemake's own processor time, {jobs} short jobs, then two of {seconds:g} s:\n")
    print(table("jobs a second|processor time, s", [("100", f"{with_limit:.2f}"), ("no limit", f"{without:.2f}")]))
    print("\nA job that does next to nothing:\n")
    print(table("way|s", [(way, f"{found:.3f}") for way, found in starts.items()]))
    measures = [
        Measure("Snakemake's processor time, 100 jobs a second at most", with_limit, "s"),
        Measure("Snakemake's processor time, no limit of jobs a second", without, "s"),
        *(Measure(f"a job that does next to nothing, {way}", found, "s") for way, found in starts.items()),
    ]
    hand_over(measures, args.json)


if __name__ == "__main__":
    main()
