"""PyTorch's optimisers, without what it imports for them.

The classes of PyTorch import its compiler (`torch._dynamo`) when they are made. With PyTorch 2.13 that takes every
training job more than a second of processor time (`benchmarks/overhead.py` measures it), longer than many a fold of the
demo trains; if it were under 0.3 s, these classes would go. The functions that do the step are PyTorch's own, so
the weights are those of `torch.optim` to the bit.
"""

import torch
from torch.optim.adam import adam
from torch.optim.rmsprop import rmsprop


class Optimiser:
    """What moves parameters by their gradients. A subclass keeps `STATE`, lists of a tensor a parameter, and steps."""

    STATE: tuple[str, ...]

    def __init__(self, parameters, lr: float):
        self.parameters = list(parameters)
        self.lr = lr
        self.steps = [torch.tensor(0.0) for _ in self.parameters]

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Move every parameter that has a gradient by it."""
        moved = [i for i, parameter in enumerate(self.parameters) if parameter.grad is not None]
        state = ([getattr(self, name)[i] for i in moved] for name in self.STATE)
        self.update([self.parameters[i] for i in moved], [self.parameters[i].grad for i in moved], *state)

    def state(self) -> dict[str, torch.Tensor]:
        """Everything that the next steps depend on besides the parameters and their gradients."""
        lists = {f"{name}.{i}": value for name in self.STATE for i, value in enumerate(getattr(self, name))}
        return lists | {"lr": torch.tensor(self.lr, dtype=torch.float64)}

    def restore(self, state: dict[str, torch.Tensor]) -> None:
        """Go on from what `state` gave."""
        self.lr = state["lr"].item()
        for name in self.STATE:
            for i, value in enumerate(getattr(self, name)):
                value.copy_(state[f"{name}.{i}"])


class Adam(Optimiser):
    """`torch.optim.Adam` at its defaults. Source: Kingma, Ba: Adam: a method for stochastic optimization, ICLR 2015."""

    STATE = ("means", "squares", "steps")

    def __init__(self, parameters, lr: float):
        super().__init__(parameters, lr)
        self.means = [torch.zeros_like(p) for p in self.parameters]
        self.squares = [torch.zeros_like(p) for p in self.parameters]

    def update(self, parameters, gradients, means, squares, steps) -> None:
        """One step of the parameters that have a gradient."""
        adam(
            parameters,
            gradients,
            means,
            squares,
            [],
            steps,
            amsgrad=False,
            beta1=0.9,
            beta2=0.999,
            lr=self.lr,
            weight_decay=0.0,
            eps=1e-8,
            maximize=False,
        )


class RMSprop(Optimiser):
    """`torch.optim.RMSprop`. Source: Tieleman, Hinton: Lecture 6.5, COURSERA, 2012.

    rho : what stays of the running mean of squares in a step; PyTorch calls it alpha
    """

    STATE = ("squares", "steps")

    def __init__(self, parameters, lr: float, rho: float):
        super().__init__(parameters, lr)
        self.rho = rho
        self.squares = [torch.zeros_like(p) for p in self.parameters]

    def update(self, parameters, gradients, squares, steps) -> None:
        """One step of the parameters that have a gradient."""
        rmsprop(
            parameters,
            gradients,
            squares,
            [],
            [],
            steps,
            lr=self.lr,
            alpha=self.rho,
            eps=1e-8,
            weight_decay=0.0,
            momentum=0.0,
            centered=False,
        )
