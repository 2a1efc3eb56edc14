import doctest
import os

import pytest
import torch

from gagru.experiment import trainings
from gagru.task.errors import InputError
from gagru.training import device
from gagru.training.device import choose_device, describe_gpu


@pytest.fixture(autouse=True)
def settings_are_put_back(monkeypatch):
    for name in ("CUBLAS_WORKSPACE_CONFIG", "CUBLASLT_WORKSPACE_SIZE"):
        monkeypatch.setenv(name, "")  # so that it is put back, too
        monkeypatch.delenv(name)
    products, cudnn = torch.backends.cuda.matmul, torch.backends.cudnn
    before = torch.are_deterministic_algorithms_enabled(), products.allow_tf32, cudnn.allow_tf32, cudnn.benchmark
    yield
    torch.use_deterministic_algorithms(before[0])
    products.allow_tf32, cudnn.allow_tf32, cudnn.benchmark = before[1:]


@pytest.mark.parametrize(("gpu", "expected"), [(False, "cpu"), (True, "cuda")])
def test_auto_is_the_gpu_where_there_is_one(monkeypatch, gpu, expected):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu)
    assert choose_device("auto").type == expected


@pytest.mark.parametrize("gpu", [False, True])
def test_cpu_is_the_cpu(monkeypatch, gpu):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu)
    assert choose_device("cpu").type == "cpu"


def test_a_gpu_that_is_not_there_is_an_error_with_a_remedy(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(InputError, match=r"training\.device.*'auto' or 'cpu'"):
        choose_device("cuda")


def test_a_gpu_is_asked_for_the_same_bytes_every_time(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert torch.backends.cudnn.allow_tf32  # PyTorch's default, which rounds to 10 bits
    choose_device("cuda")
    assert torch.are_deterministic_algorithms_enabled()
    assert not torch.backends.cudnn.allow_tf32
    assert not torch.backends.cuda.matmul.allow_tf32
    # Of what torch.nn.GRU's page and torch.use_deterministic_algorithms' page name, the one that both do.
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":16:8"  # eight buffers of 16 KiB
    assert os.environ["CUBLASLT_WORKSPACE_SIZE"] == str(8 * 16)


def test_a_cpu_is_left_as_it_is():
    choose_device("cpu")
    assert not torch.are_deterministic_algorithms_enabled()
    assert "CUBLAS_WORKSPACE_CONFIG" not in os.environ


def test_what_is_said_of_a_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Pretended Card")
    monkeypatch.setattr(device, "driver_version", lambda: "580.1")
    choose_device("cuda")
    found = describe_gpu()
    assert found.pop("cuda") == torch.version.cuda
    assert found.pop("cudnn") == torch.backends.cudnn.version()
    assert found == {"card": "Pretended Card", "driver": "580.1", "precision": "float32", "deterministic": True}


def test_the_device_in_words():
    assert doctest.testmod(trainings).failed == 0
