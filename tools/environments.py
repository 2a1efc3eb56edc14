"""Write envs/, the conda environments, from the lock files: part of `make lock`.

Python and pip come from conda-forge. Everything else is what `make setup` installs: the same wheels of PyPI, at the
versions of the lock, down to the last package. So the results are the same, and it does not matter which versions
conda-forge has.
"""

from pathlib import Path

from tools.imports import needed, programs
from tools.locks import CUDA, ROOT, TORCH, WORKFLOW, Pin, closure, read

PYTHON = "3.11"
ENVIRONMENTS = {
    "features": "From audio to normalised features: the rules of rules/corpora.smk and rules/features.smk.",
    "training": "Training, the analysis of the trained models, and Figure 1, which is drawn from a constructed model.\n"
    "# PyTorch for the CPU comes by training.post-deploy.sh, which Snakemake runs.",
    "training_cuda": "The same as training.yaml for `training: {device: cuda}`: PyTorch with CUDA.",
    "reporting": "From predictions to tables, comparisons, choices, claims, Figures 2 and 3, the audit of the paper's\n"
    "# figures, and the pages of the report.",
}
HEAD = """\
# {purpose}
# Written by `make lock`: Python and pip from conda-forge, all else from PyPI at the versions of
# {lock}.
channels:
  - conda-forge
dependencies:
  - python={python}
  - pip
  - pip:
"""
POST_DEPLOY = """\
# PyTorch for the CPU, which PyPI has not for Linux, into the environment of training.yaml. Snakemake runs this.
# Written by `make lock` from {lock}.
"$CONDA_PREFIX/bin/python" -s -m pip install --no-deps --require-hashes --requirement /dev/stdin <<'END'
{content}END
"""


def content(name: str) -> str:
    """The environment's file."""
    cuda = name == "training_cuda"
    pins = packages("training" if cuda else name, cuda)
    lock = f"{WORKFLOW} and {TORCH['cuda']}" if cuda else WORKFLOW
    head = HEAD.format(purpose=ENVIRONMENTS[name], lock=lock, python=PYTHON)
    return head + "".join(f"      - {pin.requirement}\n" for pin in pins)


def packages(name: str, cuda: bool) -> list[Pin]:
    """What the programs of an environment import, and all that this needs; with PyTorch and CUDA or without both."""
    imported = {package for program in programs()[name] for package in needed(program)}
    found = closure(imported, read(WORKFLOW, TORCH["cuda"]))
    return [pin for pin in found if cuda or not (pin.name == "torch" or CUDA.fullmatch(pin.name))]


def files() -> dict[Path, str]:
    """Path -> content of all files of envs/."""
    folder = ROOT / "envs"
    found = {folder / f"{name}.yaml": content(name) for name in ENVIRONMENTS}
    cpu = (ROOT / TORCH["cpu"]).read_text(encoding="utf-8")
    script = POST_DEPLOY.format(lock=TORCH["cpu"], content=cpu)
    return found | {folder / "training.post-deploy.sh": script}


def main() -> None:
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
