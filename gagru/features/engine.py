"""openSMILE, set up once and run over many signals."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from gagru.features.audio import SAMPLE_RATE
from gagru.task.errors import InputError


class Engine:
    """The descriptors of one openSMILE feature set, a signal at a time.

    Gives the values of `opensmile.Smile.process_signal` to the bit, but reads the configuration once, not for every
    signal, resets the engine between signals, and makes no data frame.

    Parameters
    ----------
    feature_set : name of an `opensmile.FeatureSet`, as in "emobase"
    level : name of an `opensmile.FeatureLevel`, as in "LowLevelDescriptors"

    Attributes
    ----------
    names : openSMILE's names of the d descriptors
    """

    def __init__(self, feature_set: str, level: str):
        import opensmile
        from opensmile.core import lib
        from opensmile.core.config import config

        folder = Path(lib.__file__).parent / config.CONFIG_ROOT
        if not str(folder).isascii():
            raise InputError(f"{folder}: openSMILE needs a path of ASCII characters; move the environment to one")
        self._source, self._sink = config.EXTERNAL_SOURCE_COMPONENT, config.EXTERNAL_OUTPUT_COMPONENT
        self._rows: list[bytes] = []
        self._smile = lib.OpenSMILE()
        # The options that opensmile.Smile gives.
        self._smile.initialize(
            str(folder / (opensmile.FeatureSet[feature_set].value + config.CONFIG_EXT)),
            {
                "source": folder / config.EXTERNAL_INPUT_CONFIG,
                "sampleRate": SAMPLE_RATE,
                "nBits": 16,
                "sink": folder / config.EXTERNAL_OUTPUT_SINGLE_CONFIG,
                "sinkLevel": opensmile.FeatureLevel[level].value,
                "bufferModeRbConf": folder / "shared" / "BufferModeRb.conf.inc",
                "frameModeFunctionalsConf": folder / "shared" / "FrameModeFunctionals.conf.inc",
            },
        )
        count = self._smile.external_sink_get_num_elements(self._sink)
        self.names = [self._smile.external_sink_get_element_name(self._sink, i) for i in range(count)]

    def __call__(self, audio: np.ndarray) -> np.ndarray:
        """Describe `audio` (16 kHz, float32 in [-1, 1)): (n, d) float32; n is 0 where it is too short."""
        samples = (audio * np.float32(32768)).astype(np.int16)
        self._rows.clear()
        # A reset forgets the callback. The binding keeps every callback ever set: this one holds no rows of its own.
        self._smile.external_sink_set_callback(self._sink, self._keep)
        if not self._smile.external_audio_source_write_data(self._source, samples.tobytes()):
            raise RuntimeError("openSMILE did not take the signal")
        self._smile.external_audio_source_set_eoi(self._source)
        with interruptions_wait():
            self._smile.run()
            self._smile.reset()
        return np.frombuffer(b"".join(self._rows), np.float32).reshape(-1, len(self.names))

    def _keep(self, row: np.ndarray) -> None:
        self._rows.append(row.tobytes())


@contextmanager
def interruptions_wait() -> Iterator[None]:
    """What ends a program, Ctrl-C and SIGTERM, waits for the end of the block.

    Python would raise it within the callback of openSMILE, and there ctypes ignores it: the program would go on, with a
    row lost.
    """
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    if threading.current_thread() is not threading.main_thread() or None in before.values():
        yield  # nobody raises anything here, or whoever does so is not Python
        return
    try:
        for number in before:
            signal.signal(number, lambda number, _: came.append(number))
        yield
    finally:
        # Ctrl-C last: where its exception is caught, nothing may be left that waits.
        for number, handler in reversed(before.items()):
            signal.signal(number, handler)
        for number in came:
            signal.raise_signal(number)
