"""Trainings and their benchmark files, as a run leaves them."""

import json

import pytest

from gagru.task.runs import Run

VERSIONS = {"python": "3.11.9", "numpy": "2.4.6"}


def provenance(seconds=10.0, memory=300.0, **changes):
    """What the training of one fold writes, as far as it is read here."""
    return {
        "settings_digest": "a" * 64,
        "sources_digest": "b" * 64,
        "data_digest": "c" * 64,
        "commit": "c0ffee",
        "processor": "A processor",
        "device": "cpu",
        "versions": VERSIONS,
        "measured": {"seconds": seconds, "peak_memory_mb": memory},
        **changes,
    }


@pytest.fixture
def write_training(tmp_path):
    """Write the provenance of a fold; the result is its run, with the folder."""

    def write(corpus, system, seed, fold, **changes):
        folder = tmp_path / corpus / system / f"seed{seed}"
        (folder / fold).mkdir(parents=True)
        (folder / fold / "provenance.json").write_text(json.dumps(provenance(**changes)))
        return Run(corpus, system, seed, folder)

    return write


@pytest.fixture
def write_benchmark(tmp_path):
    """Write a benchmark file as Snakemake does."""

    def write(name, seconds, memory):
        path = tmp_path / "benchmarks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        header = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"
        path.write_text(header + f"{seconds}\t0:00:01\t{memory}\t1\t1\t1\t0\t0\t50\t1\n")
        return path

    return write
