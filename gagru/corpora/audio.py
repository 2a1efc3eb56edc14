"""Audio headers: what a file says about itself, held against what is there, without decoding it."""

import os
from pathlib import Path
from typing import BinaryIO, NamedTuple

import soundfile

from gagru.corpora import containers, streams
from gagru.task.errors import InputError

# Telephone speech is the least that carries the descriptors used here; a rate outside these is a damaged header.
LOWEST_RATE, HIGHEST_RATE = 8_000, 384_000
# Bytes of a sample. Any other encoding is compressed.
WIDTHS = {"PCM_S8": 1, "PCM_U8": 1, "PCM_16": 2, "PCM_24": 3, "PCM_32": 4}
WIDTHS |= {"FLOAT": 4, "DOUBLE": 8, "ULAW": 1, "ALAW": 1}
# Containers that libsndfile compresses whole; their subtype says how many bits come out.
STREAMS = ("FLAC", "OGG", "MP3")
# Samples that a decoder may leave out at either end.
MPEG_DELAY = 2 * 1152
# Here libsndfile takes what follows compressed audio for audio.
UNBOUNDED = ("W64", "AU")
# Where a file begins so (offset, bytes), libsndfile cannot read it.
CONVERT = "convert it to WAV or FLAC, for example with FFmpeg"
FOREIGN = (
    (4, b"ftyp", "MPEG-4 audio (m4a, AAC)", CONVERT),
    (0, b"\x30\x26\xb2\x75", "Windows Media audio", CONVERT),
    (0, b"\x1a\x45\xdf\xa3", "Matroska or WebM", CONVERT),
    (0, b"#!AMR", "AMR", CONVERT),
    (0, b"\xff\xf1", "AAC", CONVERT),
    (0, b"\xff\xf9", "AAC", CONVERT),
    (0, b"wvpk", "WavPack", CONVERT),
    (0, b"MAC ", "Monkey's Audio", CONVERT),
    (0, b"BW64", "a BW64 wave file", CONVERT),
    (8, b"AVI ", "a video", CONVERT),
    (0, b"ajkg", "Shorten", CONVERT),
    (0, b"NIST_1A", "NIST SPHERE in an encoding such as Shorten", "convert it to WAV, for example with sph2pipe"),
    (0, b"\x1f\x8b", "a gzip archive", "unpack it"),
    (0, b"PK\x03\x04", "a zip archive", "unpack it"),
    (0, b"version https://git-lfs", "a pointer of Git LFS in place of the file", "get the file with `git lfs pull`"),
    (0, b"<", "a web page", "download the file again"),
)


class Header(NamedTuple):
    """Sample rate (Hz), number of frames (samples per channel) and of channels."""

    rate: int
    frames: int
    channels: int


def folder(root: Path) -> Path:
    """The folder that a corpus's audio paths are relative to: `root`, or where the manifest lies."""
    return root.parent if root.is_file() else root


def header(path: Path) -> Header:
    """What an audio file that holds what it announces says about itself.

    Raises
    ------
    InputError : what is wrong with the file, and what to do, without its name, which the caller adds
    """
    try:
        with path.open("rb") as file:
            found = _header(path, file, os.fstat(file.fileno()).st_size)
    except FileNotFoundError as error:
        raise InputError("there is no such audio file; copy it, or take its label out") from error
    except IsADirectoryError as error:
        raise InputError("this is a folder; name an audio file") from error
    except PermissionError as error:
        raise InputError("the audio file may not be read; change its permissions") from error
    except OSError as error:
        raise InputError(f"the audio file cannot be opened ({error.strerror}); check the path and the disk") from error
    if found.frames <= 0:
        raise InputError("the audio file holds no audio (0 samples); copy it again, or take its label out")
    if not LOWEST_RATE <= found.rate <= HIGHEST_RATE:
        raise InputError(
            f"the sample rate is {found.rate} Hz, not {LOWEST_RATE} to {HIGHEST_RATE} Hz; "
            "mend the header, or take the original recording"
        )
    return found


def _header(path: Path, file: BinaryIO, file_size: int) -> Header:
    if file_size == 0:
        raise InputError("the audio file is empty (0 bytes); copy it again, or take its label out")
    if file.read(4) == b"OggS":
        streams.check_ogg(file, file_size)
    try:
        with soundfile.SoundFile(path) as audio:
            frames = _frames(path, file, file_size, audio)
            return Header(audio.samplerate, frames, audio.channels)
    except soundfile.SoundFileError as error:
        raise _unreadable(file, file_size, str(error)) from error


def _frames(path: Path, file: BinaryIO, file_size: int, audio: soundfile.SoundFile) -> int:
    """The number of frames, after comparing what the header announces with what is there."""
    compressed = audio.format in STREAMS or audio.subtype not in WIDTHS
    frame = 1 if compressed else WIDTHS[audio.subtype] * audio.channels
    extent = containers.extent(file, file_size, None if compressed else frame)
    if extent:
        extent.check(file, file_size, frame)
        if extent.size is None and audio.frames <= 0:
            raise containers.unknown_length()
        if extent.size == 0:
            return 0
        if compressed and audio.format in UNBOUNDED and extent.follows(file_size):
            raise containers.too_long(extent.follows(file_size))
    if compressed:
        return _decoded(path, audio, extent) if audio.frames > 0 else 0
    # In some containers libsndfile takes what follows the audio for audio.
    return min(audio.frames, extent.size // frame) if extent and extent.size else audio.frames


def _decoded(path: Path, audio: soundfile.SoundFile, extent: containers.Extent | None) -> int:
    """The number of frames of compressed audio, the last of which can be had (the first where there is no seeking)."""
    samples = None
    if audio.format == "OGG":  # its pages have been looked at; to seek takes ten times as long
        return audio.frames
    if audio.format == "FLAC":
        streams.check_flac(path, audio.frames)
    elif audio.subtype.startswith("MPEG"):
        data = path.read_bytes()
        samples = streams.check_mpeg(data[extent.begin :][: extent.size] if extent else data)
    if samples is not None:
        # Without a count, libsndfile takes the length from the bytes and the first bit rate: too long, or too short.
        found = len(soundfile.read(path, dtype="int16", always_2d=True)[0])
        if found < samples - MPEG_DELAY:
            raise InputError(
                f"the audio file does not count its MPEG frames, so that only {found} of {samples} samples would be "
                "read; write it anew with FFmpeg, or convert it to WAV"
            )
        return found
    if audio.seekable():
        audio.seek(audio.frames - 1)
    if len(audio.read(1)) == 1:
        return audio.frames
    raise containers.cut_off()


def _unreadable(file: BinaryIO, file_size: int, reason: str) -> InputError:
    """The error for a file that libsndfile cannot read, with the cause where it can be told."""
    extent = containers.extent(file, file_size, None)
    if extent:
        extent.check(file, file_size, 1)
        if extent.size is None:
            return containers.unknown_length()
    file.seek(0)
    head = file.read(64)
    for offset, mark, what, remedy in FOREIGN:
        if head[offset:].startswith(mark):
            return InputError(f"the audio file is {what}, which cannot be read; {remedy}")
    reason = reason.rpartition(": ")[2].rstrip(".")
    return InputError(
        f"the file cannot be read as audio ({reason}); copy it again, and if the original is the same, convert it to "
        "WAV or FLAC, for example with FFmpeg"
    )
