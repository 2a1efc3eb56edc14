"""Our optimisers against PyTorch's."""

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import torch
from torch import nn

from gagru.training.optimisers import Adam, RMSprop

ROOT = Path(__file__).resolve().parents[2]
PAIRS = [
    (Adam, torch.optim.Adam),
    (partial(RMSprop, rho=0.9), partial(torch.optim.RMSprop, alpha=0.9)),
]
NAMES = ["Adam", "RMSprop"]


def make_module():
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 3))
    module.unused = nn.Parameter(torch.ones(2))
    return module


def steps(module, optimiser, count):
    for _ in range(count):
        optimiser.zero_grad()
        module(torch.randn(4, 5)).square().sum().backward()
        optimiser.step()


def trained(make_optimiser):
    """The weights after twenty steps, all else being equal."""
    module = make_module()
    steps(module, make_optimiser(module.parameters(), lr=0.01), 20)
    return list(module.parameters())


@pytest.mark.parametrize(("our_kind", "their_kind"), PAIRS, ids=NAMES)
def test_the_weights_are_those_of_torch_optim_to_the_bit(our_kind, their_kind):
    for ours, theirs in zip(trained(our_kind), trained(their_kind), strict=True):
        assert torch.equal(ours, theirs)


def test_rho_makes_a_difference():
    assert not torch.equal(trained(partial(RMSprop, rho=0.9))[-1], trained(partial(RMSprop, rho=0.99))[-1])


@pytest.mark.parametrize("kind", [Adam, partial(RMSprop, rho=0.9)], ids=NAMES)
def test_an_optimiser_goes_on_from_its_state(kind):
    module = make_module()
    optimiser = kind(module.parameters(), lr=0.01)
    steps(module, optimiser, 3)
    optimiser.lr = 0.002
    weights = {name: value.clone() for name, value in module.state_dict().items()}
    state = {name: value.clone() for name, value in optimiser.state().items()}
    draws = torch.get_rng_state()
    steps(module, optimiser, 4)

    again = make_module()
    again.load_state_dict(weights)
    restored = kind(again.parameters(), lr=1.0)
    restored.restore(state)
    torch.set_rng_state(draws)
    steps(again, restored, 4)
    for one, other in zip(module.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, other)


def test_the_gradients_of_a_batch_are_forgotten_before_the_next():
    parameter = nn.Parameter(torch.ones(2))
    optimiser = Adam([parameter], lr=0.1)
    parameter.sum().backward()
    optimiser.zero_grad()
    (3 * parameter).sum().backward()
    assert parameter.grad.tolist() == [3, 3]


@pytest.mark.parametrize(("kind", "rest"), [("Adam", ""), ("RMSprop", ", rho=0.9")])
def test_training_does_not_import_the_compiler_of_pytorch(kind, rest):
    code = f"""
import sys
import torch
from gagru.training.optimisers import {kind}
parameter = torch.nn.Parameter(torch.ones(2))
optimiser = {kind}([parameter], lr=0.1{rest})
optimiser.zero_grad()
parameter.sum().backward()
optimiser.step()
print("torch._dynamo" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
