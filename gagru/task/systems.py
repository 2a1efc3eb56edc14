"""The registry of the compared systems: their names, and how much of each the paper tells us.

Each is a module of `gagru.systems`, which holds the network and declares the settings, its input features among them.
"""

from typing import NamedTuple

from gagru.task.registry import Registry


class System(NamedTuple):
    """What is known of a system without importing it.

    printed : its name in tables, as the paper prints it
    fidelity : `specified` (the paper gives all that matters), `partly` (sizes are ours) or
        `described` (re-implemented from a description; sizes and training are ours); `external` is a system that was
        trained elsewhere
    hears : what it takes a row of, as `gagru.task.features.FeatureSet.rows`
    network : whether it is a PyTorch network, which can use a GPU
    protocol : of an external system, how it was trained and tested
    dialogs : whether it takes in what was said before in the dialog
    """

    printed: str
    fidelity: str
    hears: str = "frame"
    network: bool = True
    dialogs: bool = False
    protocol: str = ""


# In the order of the paper's Table 1.
SYSTEMS = Registry(
    "system",
    {
        "svm": System("SVM", "specified", "utterance", network=False),
        "dnn": System("DNN", "partly", "utterance"),
        "cmn": System("CMN", "described", "utterance", dialogs=True),
        "mdnn": System("MDNN", "described", "utterance"),
        "cnn_lstm_dnn": System("CNN-LSTM-DNN", "partly", "sample"),
        "bigru_att": System("BiGRU+Att", "specified"),
        "asrnn": System("ASRNN", "described"),
        "cvae_lstm": System("CVAE-LSTM", "described"),
        "ga_gru": System("GA-GRU", "specified"),
    },
)
EXTERNAL = "external"


def add_external(name: str, printed: str, protocol: str) -> None:
    """Put a system that was trained elsewhere behind the others, for the rest of this process."""
    SYSTEMS[name] = System(printed, EXTERNAL, network=False, protocol=protocol)
