"""Running Snakemake itself, as a user does, on a small configuration and in a folder of the test's own."""

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SMALL = """
run: {corpora: [iemocap], systems: [svm, ga_gru]}
demo:
  systems:
    ga_gru: {hidden: 8, max_epochs: 2, batch_size: 64}
"""
EVERY_SYSTEM = """
run: {corpora: [iemocap]}
features: {log_mel: {bands: 8}, modulation: {acoustic: 8, modulation: 4}}
demo:
  systems:
    dnn: {hidden: [4], max_epochs: 1}
    cmn: {units: 4, history: 3, max_epochs: 1}
    mdnn: {local: [4], global: [4], max_epochs: 1}
    cnn_lstm_dnn: {filters: 2, stride: 640, image_filters: 2, lstm: 4, dense: 4, max_epochs: 1}
    bigru_att: {hidden: 4, max_epochs: 1}
    asrnn: {convolutions: [{channels: 2, stride: [2, 2]}], hidden: 4, max_epochs: 1}
    cvae_lstm: {hidden: 4, latent: 2, units: 4, max_epochs: 1}
    ga_gru: {hidden: 4, max_epochs: 1}
"""


class Workflow:
    """Snakemake on this checkout's Snakefile, `cores` jobs at a time, with its results below `folder`."""

    def __init__(self, folder: Path, cores: int = 1):
        self.folder, self.cores = folder, cores
        folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, *arguments: str, root: Path = ROOT) -> subprocess.CompletedProcess:
        return subprocess.run(self.command(*arguments, root=root), capture_output=True, text=True, check=False)

    def command(self, *arguments: str, root: Path = ROOT, module: str = "snakemake") -> list[str]:
        snakemake = [sys.executable, "-m", module, "--snakefile", str(root / "Snakefile")]
        return [*snakemake, "--cores", str(self.cores), "--directory", str(self.folder), *arguments]

    def start(self, *arguments: str, module: str = "snakemake") -> subprocess.Popen:
        """Run in the background; what it says is added to `log`.

        In a session of its own, so that everything it started can be found, and be killed together.
        """
        command, environment = self.command(*arguments, module=module), {**os.environ, "PYTHONPATH": str(ROOT)}
        with open(self.folder / "log", "a") as log:
            return subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)

    def resume(self, *arguments: str) -> int:
        """What `make resume` runs; its exit status."""
        return self.start(*arguments, module="gagru.workflow.resume").wait()

    def log(self) -> str:
        """What it said in the background."""
        return (self.folder / "log").read_text()

    def configure(self, text: str) -> str:
        """Write a configuration file and return its path."""
        path = self.folder / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    def made(self) -> dict[str, str]:
        """SHA-256 of every result by name, without those that hold times.

        These are logs, benchmarks, Snakemake's report, and what `provenance.json` says was measured.
        """
        results = self.folder / "results"
        found = {path.relative_to(results): path for path in sorted(results.rglob("*")) if path.is_file()}
        timed = ("logs", "benchmarks", "report.html")
        return {name.as_posix(): digest(path) for name, path in found.items() if name.parts[0] not in timed}


def programs(folder: Path, *text: str) -> list[int]:
    """The numbers of the live programs that write below `folder`, and have all of `text` in their command line."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            inside = (process / "cwd").readlink() == folder
        except OSError:  # it has ended
            continue
        command = b" ".join(words).decode(errors="replace")
        if inside and b"python" in words[0] and all(part in command for part in ("workflow_scripts", *text)):
            found.append(int(process.name))
    return found


def digest(path: Path) -> str:
    content = path.read_bytes()
    if path.name == "provenance.json":
        content = json.dumps({**json.loads(content), "measured": None}).encode()
    return hashlib.sha256(content).hexdigest()


def same_bytes(made: dict[str, str], expected: dict[str, str], how: str) -> None:
    """Fail where two runs made different files; print how many of which kind they made."""
    assert sorted(made) == sorted(expected)
    assert [name for name, digest in expected.items() if made[name] != digest] == []
    kinds = Counter(Path(name).suffix or Path(name).name for name in made)
    print(f"{how}: {len(made)} files identical, {', '.join(f'{n} {kind}' for kind, n in sorted(kinds.items()))}")
