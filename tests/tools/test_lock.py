"""`make lock`: how what uv resolved becomes the lock files."""

import pytest

from tools import lock
from tools.locks import TESTS, TORCH, WORKFLOW, closure, parse

RESOLVED = """\
# a comment
annotated==1.0 \\
    --hash=sha256:aa
    # via networks
colorama==0.4 ; sys_platform == 'win32' \\
    --hash=sha256:bb
    # via tester
networks==2.0 \\
    --hash=sha256:cc \\
    --hash=sha256:cd
    # via
    #   -r requirements.txt
    #   torch
nvidia-cublas==13.1 ; platform_machine == 'x86_64' and sys_platform == 'linux' \\
    --hash=sha256:dd
    # via torch
tester==3.0 \\
    --hash=sha256:ee
    # via -r requirements-test.txt
torch==2.0 \\
    --hash=sha256:ff
    # via -r requirements.txt
"""


@pytest.fixture
def pins():
    return parse(RESOLVED)


def test_pins_as_uv_writes_them(pins):
    assert [(pin.name, pin.version, pin.marker) for pin in pins] == [
        ("annotated", "1.0", None),
        ("colorama", "0.4", "sys_platform == 'win32'"),
        ("networks", "2.0", None),
        ("nvidia-cublas", "13.1", "platform_machine == 'x86_64' and sys_platform == 'linux'"),
        ("tester", "3.0", None),
        ("torch", "2.0", None),
    ]
    assert pins[0].needed_by == ["networks"]
    assert pins[2].needed_by == ["-r requirements.txt", "torch"]
    assert pins[3].requirement == "nvidia-cublas==13.1 ; platform_machine == 'x86_64' and sys_platform == 'linux'"
    assert "# a comment\n" + "".join(pin.text for pin in pins) == RESOLVED


def test_closure_follows_who_needs_whom(pins):
    assert [pin.name for pin in closure({"networks"}, pins)] == ["annotated", "networks"]
    assert [pin.name for pin in closure({"torch"}, pins)] == ["annotated", "networks", "nvidia-cublas", "torch"]


def test_files_divide_what_is_resolved(pins):
    divided = {name: [pin.name for pin in found] for name, found in lock.divide(pins).items()}
    assert divided == {
        WORKFLOW: ["annotated", "networks"],
        TESTS: ["tester"],
        TORCH["cuda"]: ["nvidia-cublas", "torch"],
    }


def test_pypis_builds_are_taken_on_macos(pins):
    assert lock.for_macos(pins[-1]).startswith("torch==2.0 ; sys_platform == 'darwin' \\\n    --hash=sha256:ff\n")


@pytest.fixture
def uv(tmp_path):
    """A stand-in for uv: it notes its arguments, and resolves to what it is asked for with a hash."""
    path = tmp_path / "uv"
    path.write_text(f"""#!/bin/sh
echo "$@" > {tmp_path}/arguments
while [ "$1" != --output-file ]; do shift; done
printf "torch==9.9+cpu ; sys_platform == 'linux' \\\\\\\\\\n    --hash=sha256:00\\n" > "$2"
""")
    path.chmod(0o755)
    return path


def test_builds_for_the_cpu_stay_as_they_are_locked(uv, tmp_path):
    (version,) = {pin.version for pin in lock.read(TORCH["cuda"]) if pin.name == "torch"}
    (pin,) = lock.cpu_builds(str(uv), version, tmp_path)
    assert pin.version == f"{version}+cpu"
    assert pin.text.count("--hash=sha256:") == 8  # Python 3.11 to 3.14 on two kinds of processor
    assert not (tmp_path / "arguments").exists()


def test_builds_of_another_version_come_from_pytorchs_index(uv, tmp_path):
    (pin,) = lock.cpu_builds(str(uv), "9.9", tmp_path)
    assert (pin.version, pin.marker) == ("9.9+cpu", "sys_platform == 'linux'")
    arguments = (tmp_path / "arguments").read_text()
    assert "--generate-hashes" in arguments
    assert "--default-index https://download.pytorch.org/whl/cpu" in arguments
    assert (tmp_path / "torch.txt").read_text() == "torch==9.9+cpu ; sys_platform == 'linux'\n"
