"""The lock files: what they are called, what a line of them says, and who needs whom."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Together they hold all that is ever installed; `tools.install` says which of them are.
WORKFLOW, TESTS = "requirements.lock", "requirements-test.lock"
TORCH = {"cpu": "requirements-torch-cpu.lock", "cuda": "requirements-torch-cuda.lock"}
# What only PyTorch's CUDA build needs.
CUDA = re.compile(r"(nvidia|cuda)-.+|triton")
PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>[^\\]+?))? \\$")
VIA = re.compile(r"^    #(?: via|  ) (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Pin:
    """A package at one version, as uv writes it: the pin, a hash of every file, and by whom it is needed."""

    name: str
    version: str
    marker: str | None  # where it is installed, as in PEP 508; None is everywhere
    text: str

    @property
    def needed_by(self) -> list[str]:
        """Packages, and the files of requirements that name it (`-r requirements.txt`)."""
        return VIA.findall(self.text)

    @property
    def requirement(self) -> str:
        """Without hashes: `triton==3.7.1 ; sys_platform == 'linux'`."""
        return f"{self.name}=={self.version}" + (f" ; {self.marker}" if self.marker else "")


def canonical(name: str) -> str:
    """A distribution's name as PyPI compares it: `safetensors`, `scikit-learn`, `pyyaml`."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parse(text: str) -> list[Pin]:
    """The pins of a lock file; other lines, as comments and options, are skipped."""
    pins = []
    for block in re.split(r"^(?=[^\s#-])", text, flags=re.MULTILINE):
        if found := PIN.match(block.partition("\n")[0]):
            pins.append(Pin(found["name"], found["version"], found["marker"], block))
    return pins


def read(*names: str) -> list[Pin]:
    """The pins of lock files of this checkout."""
    return [pin for name in names for pin in parse((ROOT / name).read_text(encoding="utf-8"))]


def closure(names, pins) -> list[Pin]:
    """The pins of `names`, given as PyPI compares them, and of all that they need, in the order of `pins`.

    Who needs whom is what uv wrote into the lock: `# via`.
    """
    found = set(names)
    while new := {pin.name for pin in pins if found & set(pin.needed_by)} - found:
        found |= new
    return [pin for pin in pins if pin.name in found]
