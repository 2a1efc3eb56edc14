"""The registry of the compared systems: their names, what they take in, and how much of each the paper tells us."""

from typing import NamedTuple


class System(NamedTuple):
    """What is known of a system without importing it.

    printed : its name in tables, as the paper prints it
    fidelity : `specified` (the paper gives all that matters), `partly` (sizes are ours) or
        `described` (re-implemented from a description; sizes and training are ours)
    features : the feature set it is trained on; None for what is only quoted
    network : whether it is a PyTorch network, which can use a GPU
    dialogs : whether it takes in what was said before in the dialog
    """

    printed: str
    fidelity: str
    features: str | None = None
    network: bool = True
    dialogs: bool = False


# In the order of the paper's Table 1.
SYSTEMS = {
    "svm": System("SVM", "specified", "egemaps", network=False),
    "dnn": System("DNN", "partly", "egemaps"),
    "cmn": System("CMN", "described", "egemaps", dialogs=True),
    "mdnn": System("MDNN", "described", "egemaps"),
    "cnn_lstm_dnn": System("CNN-LSTM-DNN", "partly", "waveform"),
    "bigru_att": System("BiGRU+Att", "specified", "lld"),
    "asrnn": System("ASRNN", "described", "modulation"),
    "cvae_lstm": System("CVAE-LSTM", "described", "log_mel"),
    "ga_gru": System("GA-GRU", "specified", "lld"),
}
