"""Write the lock files and envs/ from requirements.txt and requirements-test.txt: `make lock`.

uv resolves both for every Python and platform at once. Versions that are locked stay; `make lock ARGS=--upgrade` takes
the newest, `ARGS="--upgrade-package NAME"` the newest of one package.
"""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from tools import environments
from tools.locks import CUDA, ROOT, TESTS, TORCH, WORKFLOW, Pin, closure, parse, read

UV = "uv==0.13.9"
OLDEST_PYTHON = "3.11"
# PyPI's builds for Linux are for CUDA; PyTorch's own index has those for the CPU.
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
HEADERS = {
    WORKFLOW: "What the workflow needs, without PyTorch.",
    TESTS: "What the tests and checks need besides.",
    TORCH["cpu"]: "PyTorch for the CPU.",
    TORCH["cuda"]: "PyTorch with CUDA, and what it needs of NVIDIA's.",
}


def resolve(uv: str, requirements: list[str], output: Path, *options: str) -> list[Pin]:
    """Resolve files of requirements with hashes for all files; what `output` already holds is preferred."""
    command = [uv, "pip", "compile", "--quiet", "--universal", "--fork-strategy", "fewest", "--no-header"]
    command += ["--python-version", OLDEST_PYTHON, "--generate-hashes", "--output-file", str(output), *options]
    subprocess.run([*command, *requirements], check=True, cwd=ROOT)
    return parse(output.read_text(encoding="utf-8"))


def cpu_builds(uv: str, version: str, folder: Path, index: str = CPU_INDEX) -> list[Pin]:
    """PyTorch's pins for Linux without CUDA: as they are locked, or, for another version, from PyTorch's own index."""
    wanted = f"{version}+cpu"
    locked = [pin for pin in read(TORCH["cpu"]) if pin.version == wanted]
    if locked:
        return locked
    file = folder / "torch.txt"
    file.write_text(f"torch=={wanted} ; sys_platform == 'linux'\n")
    return resolve(uv, [str(file)], folder / "torch.lock", "--no-deps", "--no-annotate", "--default-index", index)


def divide(pins: list[Pin]) -> dict[str, list[Pin]]:
    """Lock file -> pins, of all but the CPU builds for Linux, which PyPI has not.

    Nothing is locked for Windows alone: there the workflow runs in WSL, a Linux.
    """
    pins = [pin for pin in pins if pin.marker != "sys_platform == 'win32'"]
    cuda = [pin for pin in pins if pin.name == "torch" or CUDA.fullmatch(pin.name)]
    roots = {pin.name for pin in pins if "-r requirements.txt" in pin.needed_by}
    workflow = [pin for pin in closure(roots, pins) if pin not in cuda]
    tests = [pin for pin in pins if pin not in cuda and pin not in workflow]
    return {WORKFLOW: workflow, TESTS: tests, TORCH["cuda"]: cuda}


def for_macos(torch: Pin) -> str:
    """PyPI's builds for macOS are for the CPU: the same pin, there alone."""
    return torch.text.replace(" \\\n", " ; sys_platform == 'darwin' \\\n", 1)


def write(name: str, blocks: list[str], *options: str) -> None:
    """Write a lock file: its header, options of pip, and pins."""
    header = f"# {HEADERS[name]} Exact versions and the hashes of all their files, made by `make lock`.\n"
    (ROOT / name).write_text(header + "".join(f"{option}\n" for option in options) + "".join(blocks), encoding="utf-8")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        venv.create(folder / "venv", with_pip=True)
        subprocess.run([folder / "venv/bin/python", "-m", "pip", "install", "--quiet", UV], check=True)
        uv, locked = str(folder / "venv/bin/uv"), folder / "locked"
        locked.write_text("".join(pin.text for pin in read(WORKFLOW, TESTS, TORCH["cuda"])))
        pins = resolve(uv, ["requirements.txt", "requirements-test.txt"], locked, *sys.argv[1:])
        divided = divide(pins)
        torch = next(pin for pin in pins if pin.name == "torch")
        cpu = cpu_builds(uv, torch.version, folder)
    for name, found in divided.items():
        write(name, [pin.text for pin in found])
    write(TORCH["cpu"], [*(pin.text for pin in cpu), for_macos(torch)], f"--find-links {CPU_INDEX}/torch/")
    environments.main()


if __name__ == "__main__":
    main()
