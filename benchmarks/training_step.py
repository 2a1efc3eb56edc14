"""One training step of GA-GRU at the paper's sizes against the same network on PyTorch's own GRU.

Batches of 64 are drawn at random from utterances of IEMOCAP's lengths. A step is forward, cross entropy, backward and
Adam. All networks begin with the same weights and meet the same batches in turn. Denormal numbers are flushed to zero:
gradients die out in padding, and left to themselves they make the padded network four times as slow.

    python -m benchmarks.training_step [--runs 5]
"""

from copy import deepcopy

import torch
import yaml
from torch.nn.functional import cross_entropy

from benchmarks.lengths import lengths
from benchmarks.measure import ROOT, Measure, hand_over, medians, parser, table
from benchmarks.plain import PlainGAGRU
from gagru.layers.ragged import Layout, Ragged
from gagru.systems.ga_gru import GraphAttentiveBiGRU
from gagru.training.optimisers import Adam

INPUTS = 78
BATCHES = 5


def draw_batches(size: int) -> list[tuple[Ragged, torch.Tensor]]:
    """Batches of random frames of `size` utterances, and their emotions."""
    generator = torch.Generator().manual_seed(0)
    steps = lengths(BATCHES * size, seed=0)
    utterances = [torch.randn(length, INPUTS, generator=generator) for length in steps]
    emotions = torch.randint(4, (len(steps),), generator=generator)
    return [(Ragged.of(utterances[i : i + size]), emotions[i : i + size]) for i in range(0, len(steps), size)]


def pad_together(batch: Ragged) -> Ragged:
    """The batch with all its utterances worked on together, which is the form for a GPU."""
    return Ragged(batch.rows, Layout(batch.layout.lengths, together=True))


def training(network: torch.nn.Module, batches: list, lr: float):
    """A function that does a training step on each of the batches."""
    optimiser = Adam(network.parameters(), lr=lr)

    def steps():
        for utterances, emotions in batches:
            loss = cross_entropy(network(utterances), emotions)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()

    return steps


def difference(network: torch.nn.Module, other: torch.nn.Module, utterances: Ragged) -> float:
    """The largest difference between two networks' class probabilities."""
    with torch.no_grad():
        first, second = (each.eval()(utterances).softmax(1) for each in (network, other))
    network.train(), other.train()
    return (first - second).abs().max().item()


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--runs", type=int, default=5)
    args = options.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    runs = 1 if args.tiny else args.runs
    settings = yaml.safe_load((ROOT / "config.yaml").read_text())["systems"]["ga_gru"]
    if args.tiny:
        settings |= {"hidden": 8, "batch_size": 4}
    batches = draw_batches(settings["batch_size"])
    networks = {
        "ours": GraphAttentiveBiGRU(INPUTS, settings),
        "`nn.GRU`, padded": PlainGAGRU(INPUTS, settings, packed=False),
        "`nn.GRU` on a PackedSequence": PlainGAGRU(INPUTS, settings, packed=True),
    }
    ours, padded, packed = networks
    for network in networks.values():
        network.load_state_dict(networks[ours].state_dict())
    apart = difference(networks[ours], networks[packed], batches[0][0])
    steps = {name: training(network, batches, settings["lr"]) for name, network in networks.items()}
    for_gpu, padded_batches = deepcopy(networks[ours]), [(pad_together(batch), emotions) for batch, emotions in batches]
    steps["ours, all utterances together as on a GPU"] = training(for_gpu, padded_batches, settings["lr"])
    median = medians(runs, steps)
    layouts = [utterances.layout for utterances, _ in batches]
    longest = [layout.longest * len(layout) for layout in layouts]
    frames = [layout.count for layout in layouts]
    print(f"GA-GRU, hidden {settings['hidden']}, batches of {settings['batch_size']}, medians of {runs} runs over")
    print(f"{BATCHES} batches; padded, these are {sum(longest) / sum(frames):.1f} times as long as their speech\n")
    rows = [(name, f"{s / BATCHES:.3f}", f"{s / median[ours]:.2f}") for name, s in median.items()]
    print(table("network|s a training step|times ours", rows))
    print(f"\nProbabilities of ours and of `nn.GRU` on a PackedSequence differ by {apart:.1e} at most.")
    measures = [
        Measure("training step, whole GA-GRU, against padded `nn.GRU`", median[padded] / median[ours], "times", 3.5),
        Measure("training step, whole GA-GRU, against packed `nn.GRU`", median[packed] / median[ours], "times"),
        Measure("training step, whole GA-GRU", median[ours] / BATCHES, "s", note="a batch of 64"),
        Measure("probabilities, fast against plain", apart, at_most=1e-5, note="largest difference, untrained"),
    ]
    hand_over(measures, args.json)


if __name__ == "__main__":
    main()
