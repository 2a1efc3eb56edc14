"""What GA-GRU is made of, read from a constructed model (Figure 1)."""

from dataclasses import dataclass

import numpy as np
import torch

from gagru.features.registry import feature_set
from gagru.layers.graph import edge_weights
from gagru.layers.ragged import Layout
from gagru.systems.ga_gru import GraphAttentiveBiGRU

STATIC = 26  # emobase's low-level descriptors, which come with their deltas and the deltas of these


@dataclass(frozen=True)
class Architecture:
    """Sizes and trainable parameters of a GA-GRU, and a small worked example of its attention.

    Attributes
    ----------
    inputs, hidden, attention, classes : values a step, GRU units a direction, attention units, emotions
    gru_parameters : parameters of each bidirectional layer
    attention_parameters, classifier_parameters, parameters : of W, b and u; of the last linear layer; of all
    alpha, modulated, edges : (9,), (9,) and (9, 9), what the model's own attention and graph make of nine steps
    """

    inputs: int
    hidden: int
    attention: int
    classes: int
    gru_parameters: list[int]
    attention_parameters: int
    classifier_parameters: int
    parameters: int
    alpha: np.ndarray
    modulated: np.ndarray
    edges: np.ndarray


def count_inputs(name: str, settings: dict) -> int:
    """The values a frame of a feature set with `settings`; openSMILE, which names those of `lld`, need not be there."""
    return 3 * STATIC if name == "lld" else len(feature_set(name).columns(settings))


def architecture(settings: dict, features: dict) -> Architecture:
    """Construct GA-GRU with `settings` (the system's block of the configuration) and read it off.

    features : the block of the feature set that it hears
    """
    model = GraphAttentiveBiGRU(count_inputs(settings["features"], features), settings)
    # Nine steps that turn away from where they started and come back, so that the graph joins front and back.
    angle = torch.tensor([0.0, 0.2, 0.7, 1.2, 1.7, 1.4, 0.8, 0.3, 0.1])
    h = torch.stack([torch.cos(2 * angle), torch.sin(2 * angle)], dim=1) * (0.8 + 0.4 * torch.cos(5 * angle))[:, None]
    alpha = torch.softmax(torch.cos(3 * (angle - 1.0)), dim=0)
    with torch.no_grad():
        modulated = model.weigh(h, alpha, Layout([len(h)]))
    return Architecture(
        inputs=model.gru.input_size,
        hidden=model.gru.hidden_size,
        attention=model.attention.out_features,
        classes=model.classifier.out_features,
        gru_parameters=[layer_parameters(model.gru, layer) for layer in range(model.gru.num_layers)],
        attention_parameters=count(model.attention.parameters()) + model.u.numel(),
        classifier_parameters=count(model.classifier.parameters()),
        parameters=count(model.parameters()),
        alpha=alpha.numpy(),
        modulated=modulated.numpy(),
        edges=edge_weights(h, settings["graph"]["normalise"]).numpy(),
    )


def layer_parameters(gru: torch.nn.GRU, layer: int) -> int:
    """Trainable parameters of one layer of `gru`, both directions (PyTorch names them `..._l0`, `..._l0_reverse`)."""
    ending = f"_l{layer}"
    return count(value for name, value in gru.named_parameters() if name.removesuffix("_reverse").endswith(ending))


def count(parameters) -> int:
    """How many numbers `parameters` hold."""
    return sum(parameter.numel() for parameter in parameters)
