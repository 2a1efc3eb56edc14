"""Our Adam against PyTorch's."""

import subprocess
import sys
from pathlib import Path

import torch
from torch import nn

from gagru.training.adam import Adam

ROOT = Path(__file__).resolve().parents[2]


def trained(make_optimiser):
    """The weights after twenty steps, all else being equal."""
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 3))
    optimiser = make_optimiser(module.parameters(), lr=0.01)
    for _ in range(20):
        optimiser.zero_grad()
        module(torch.randn(4, 5)).square().sum().backward()
        optimiser.step()
    return list(module.parameters())


def test_the_weights_are_those_of_torch_optim_adam_to_the_bit():
    for ours, theirs in zip(trained(Adam), trained(torch.optim.Adam), strict=True):
        assert torch.equal(ours, theirs)


def test_the_gradients_of_a_batch_are_forgotten_before_the_next():
    parameter = nn.Parameter(torch.ones(2))
    optimiser = Adam([parameter], lr=0.1)
    parameter.sum().backward()
    optimiser.zero_grad()
    (3 * parameter).sum().backward()
    assert parameter.grad.tolist() == [3, 3]


def test_training_does_not_import_the_compiler_of_pytorch():
    code = """
import sys
import torch
from gagru.training.adam import Adam
parameter = torch.nn.Parameter(torch.ones(2))
optimiser = Adam([parameter], lr=0.1)
optimiser.zero_grad()
parameter.sum().backward()
optimiser.step()
print("torch._dynamo" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
