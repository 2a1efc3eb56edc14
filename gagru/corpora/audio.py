"""Audio headers: what a file says about itself, without decoding it."""

import os
import struct
from pathlib import Path
from typing import BinaryIO

import soundfile

from gagru.task.errors import InputError

# Telephone speech is the least that carries the descriptors used here; a rate outside these is a damaged header.
LOWEST_RATE, HIGHEST_RATE = 8_000, 384_000
# Programs that write to a pipe cannot know the length; they leave 0 or a size from here up (SoX, FFmpeg).
UNKNOWN_SIZE = 0x7FFFF000


def folder(root: Path) -> Path:
    """The folder that a corpus's audio paths are relative to: `root`, or where the manifest lies."""
    return root.parent if root.is_file() else root


def header(path: Path) -> tuple[int, int]:
    """Sample rate (Hz) and number of frames (samples per channel) of an audio file that holds what it announces.

    Raises
    ------
    InputError : what is wrong with the file, and what to do, without its name, which the caller adds
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            missing = _missing_bytes(file, size)
        if size == 0:
            raise InputError("the audio file is empty (0 bytes); copy it again")
        if missing:
            raise InputError(f"the audio file is truncated ({missing} bytes are missing at its end); copy it again")
        info = soundfile.info(str(path))
    except FileNotFoundError as error:
        raise InputError("there is no such audio file; copy it, or take its label out") from error
    except OSError as error:
        raise InputError(f"the audio file cannot be opened ({error.strerror}); check its permissions") from error
    except soundfile.SoundFileError as error:
        reason = str(error).rpartition(": ")[2].rstrip(".")
        raise InputError(f"the file cannot be read as audio ({reason}); copy it again") from error
    if info.frames <= 0:
        raise InputError("the audio file holds no audio (0 samples); copy it again")
    if not LOWEST_RATE <= info.samplerate <= HIGHEST_RATE:
        raise InputError(
            f"the sample rate is {info.samplerate} Hz, not {LOWEST_RATE} to {HIGHEST_RATE} Hz; "
            "mend the header, or take the original recording"
        )
    return info.samplerate, info.frames


def _missing_bytes(file: BinaryIO, file_size: int) -> int:
    """How many bytes of audio a RIFF wave file announces beyond its end; 0 for other formats and unknown sizes.

    libsndfile reads a truncated wave file without a word, as a shorter one.
    """
    if file.read(12)[:4] != b"RIFF":
        return 0
    while len(chunk := file.read(8)) == 8:
        name, size = struct.unpack("<4sI", chunk)
        if name == b"data":
            announced = file.tell() + size if 0 < size < UNKNOWN_SIZE else 0
            return max(0, announced - file_size)
        file.seek(size + size % 2, os.SEEK_CUR)
    return 0
