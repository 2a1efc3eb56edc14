"""What is read off the machine, on Linux and elsewhere."""

import resource
import subprocess
from types import SimpleNamespace

import pytest

from gagru.experiment import provenance


def without_proc(monkeypatch):
    def read_text(path, **options):
        raise FileNotFoundError(path)

    monkeypatch.setattr(provenance.Path, "read_text", read_text)


def test_processor_on_macos(monkeypatch):
    without_proc(monkeypatch)

    def sysctl(command, **options):
        assert command == ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.CompletedProcess(command, 0, "Apple M3\n")

    monkeypatch.setattr(provenance.subprocess, "run", sysctl)
    assert provenance.processor() == "Apple M3"


def test_processor_where_nothing_says_its_name(monkeypatch):
    without_proc(monkeypatch)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(provenance.platform, "processor", lambda: "")
    monkeypatch.setattr(provenance.platform, "machine", lambda: "riscv64")
    assert provenance.processor() == "riscv64"


@pytest.mark.parametrize(("system", "reported"), [("linux", 300 * 2**10), ("darwin", 300 * 2**20)])
def test_peak_memory_is_in_mb_everywhere(monkeypatch, system, reported):
    """getrusage(2) of both: kilobytes on Linux, bytes on macOS."""
    monkeypatch.setattr(provenance.sys, "platform", system)
    monkeypatch.setattr(resource, "getrusage", lambda who: SimpleNamespace(ru_maxrss=reported))
    assert provenance.peak_memory_mb() == 300.0
