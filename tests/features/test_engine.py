"""The engine and what interrupts it; its values are tested in `test_opensmile_values`."""

import os
import signal
import sys
import threading

import numpy as np
import pytest

from gagru.features.engine import Engine


@pytest.fixture
def ends_when_asked():
    """SIGTERM ends the program as the workflow's programs have it, and Ctrl-C does, also where the shell ignores it."""
    handlers = {signal.SIGTERM: lambda *_: sys.exit(143), signal.SIGINT: signal.default_int_handler}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("ends_when_asked")
@pytest.mark.parametrize(("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)])
def test_an_interruption_is_not_lost_within_opensmile(voice, number, raised):
    """Raised in openSMILE's callback, it would be ignored by ctypes, and with it the row."""
    engine = Engine("emobase", "LowLevelDescriptors")
    short, long = voice(1.0), voice(120.0)
    expected, handler = engine(short), signal.getsignal(number)
    soon = threading.Timer(0.05, os.kill, (os.getpid(), number))
    soon.start()
    with pytest.raises(raised):
        engine(long)
    assert signal.getsignal(number) == handler
    np.testing.assert_array_equal(engine(short), expected)


def test_another_thread_can_extract(voice):
    engine, audio, found = Engine("emobase", "LowLevelDescriptors"), voice(1.0), []
    thread = threading.Thread(target=lambda: found.append(engine(audio)))
    thread.start()
    thread.join()
    np.testing.assert_array_equal(found[0], engine(audio))
