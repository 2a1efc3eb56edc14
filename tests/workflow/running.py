"""Running Snakemake itself, as a user does, on a small configuration and in a folder of the test's own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SMALL = """
run: {corpora: [iemocap], systems: [svm, ga_gru]}
evaluation: {draws: 200}
demo:
  systems:
    ga_gru: {hidden: 8, max_epochs: 2, batch_size: 64}
"""


class Workflow:
    """Snakemake on this checkout's Snakefile, with its results below `folder`."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, *arguments: str, root: Path = ROOT) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(root / "Snakefile"), "--cores", "1"]
        return subprocess.run(
            [*command, "--directory", str(self.folder), *arguments], capture_output=True, text=True, check=False
        )

    def configure(self, text: str) -> str:
        """Write a configuration file and return its path."""
        path = self.folder / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)
