"""Adam, without what PyTorch imports for it."""

import torch
from torch.optim.adam import adam


class Adam:
    """`torch.optim.Adam` at its defaults: the same function does the step, so the weights are the same to the bit.

    The class of PyTorch imports its compiler (`torch._dynamo`) at the first step, which takes longer than many a job.

    Source: Kingma and Ba: Adam: a method for stochastic optimization, ICLR 2015.
    """

    def __init__(self, parameters, lr: float):
        self.parameters = list(parameters)
        self.lr = lr
        self.means = [torch.zeros_like(p) for p in self.parameters]
        self.squares = [torch.zeros_like(p) for p in self.parameters]
        self.steps = [torch.tensor(0.0) for _ in self.parameters]

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Move every parameter by its gradient."""
        adam(
            self.parameters,
            [p.grad for p in self.parameters],
            self.means,
            self.squares,
            [],
            self.steps,
            amsgrad=False,
            beta1=0.9,
            beta2=0.999,
            lr=self.lr,
            weight_decay=0.0,
            eps=1e-8,
            maximize=False,
        )
