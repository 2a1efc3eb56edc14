import pytest
import torch

from gagru.task.errors import InputError
from gagru.training.device import choose_device


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
