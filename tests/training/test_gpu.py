"""What only a GPU can show. `python -m benchmarks.gpu` shows it of the networks at their full sizes, and how fast."""

import pytest
import torch

from benchmarks import gpu_right
from gagru.training.device import choose_device

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU that PyTorch sees")


@pytest.mark.parametrize(
    "check",
    [
        gpu_right.compare_networks,
        gpu_right.follow_training,
        gpu_right.repeat_trainings,
        gpu_right.look_for_waiting,
    ],
)
def test_results_are_right_the_same_every_time_and_not_waited_for(check):
    choose_device("cuda")
    measures = check("cuda", tiny=True)
    assert measures
    assert [measure for measure in measures if not measure.met] == []
