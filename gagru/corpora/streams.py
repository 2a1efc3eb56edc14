"""Compressed audio whose header gives no number of bytes: whether a file holds the stream that it begins, and no other.

Nothing is decoded here but a sample or two by `check_flac`.
"""

import io
import re
import struct
from pathlib import Path
from typing import BinaryIO

import soundfile

from gagru.corpora.containers import TAGS, cut_off, is_padding, too_long, unknown_length
from gagru.task.errors import InputError

PAGE_LAST = 4  # a flag
FLAC = re.compile(rb"fLaC[\0\x80]\0\0\x22", re.DOTALL)
# kbit/s by MPEG version 1 or 2 and layer (ISO/IEC 11172-3, 13818-3), in order of the header's four bits.
RATES = {
    (1, 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


def check_ogg(file: BinaryIO, file_size: int) -> None:
    """Raise `InputError` unless the pages of an Ogg file (RFC 3533) are one stream from its first page to its last."""
    position, number, flags = 0, 0, 0
    while position < file_size and not flags & PAGE_LAST:
        file.seek(position)
        head = file.read(27)
        if len(head) < 27 or head[:4] != b"OggS":
            raise cut_off()
        if struct.unpack_from("<I", head, 18)[0] != number:
            raise InputError(
                f"the audio file is damaged (what belongs before byte {position} is missing); copy it again, or take "
                "its label out"
            )
        position += 27 + head[26] + sum(file.read(head[26]))
        number, flags = number + 1, head[5]
    if position > file_size or not flags & PAGE_LAST:
        raise cut_off(position - file_size)
    if not is_padding(file, position, file_size):
        raise too_long(file_size - position)


def check_flac(path: Path, frames: int) -> None:
    """Raise `InputError` unless a FLAC file (RFC 9639) ends after the number of frames that its header announces."""
    if frames >= 2**36:  # libsndfile's way to say that the header has a 0
        raise unknown_length()
    data = bytearray(path.read_bytes())
    starts = [found.start() for found in FLAC.finditer(data)]
    if data.startswith(b"OggS") or not starts:
        return
    if len(starts) > 1:
        raise too_long(len(data) - starts[1])
    if not _decodes(io.BytesIO(data), frames - 1):
        raise cut_off()
    # libFLAC stops where the header says. With a header that says one more it fails, unless there is more.
    announced = starts[0] + 21
    more = int.from_bytes(data[announced : announced + 5], "big") + 1
    data[announced : announced + 5] = more.to_bytes(5, "big")
    if _decodes(io.BytesIO(data), frames):
        raise InputError(
            f"the audio file holds more than the {frames} samples that its header announces; copy it again, and if the "
            "original is the same, write it anew with FFmpeg, which takes all of it"
        )


def _decodes(file: BinaryIO, frame: int) -> bool:
    """Whether the frame of this number can be had from a FLAC file."""
    try:
        with soundfile.SoundFile(file) as audio:
            audio.seek(frame)
            return len(audio.read(1)) == 1
    except soundfile.SoundFileError:
        return False


def check_mpeg(data: bytes) -> int | None:
    """Raise `InputError` unless MPEG audio is one frame after the other, as many as a Xing header counts.

    Returns the number of samples in them where there is no such header.
    """
    position = _after_tags(data)
    count, announced, samples = 0, None, 0
    while frame := _frame(data, position):
        if count == 0:
            announced = _announced(data[position : position + frame[0]])
        position += frame[0]
        samples += frame[1]
        count += 1
    if position > len(data):
        raise cut_off(position - len(data))
    rest = data[position:]
    if count and any(rest) and not TAGS.match(rest):
        raise InputError(
            f"the audio file is damaged (no MPEG audio from byte {position} of {len(data)} on); copy it again, and if "
            "the original is the same, write it anew with FFmpeg, which leaves out what is none"
        )
    # The header is in a frame of its own, which some programs count.
    if announced is not None and announced > count:
        raise cut_off()
    if announced is not None and announced < count - 1:
        raise InputError(
            f"the audio file has {count} MPEG frames, and its header announces {announced}; copy it again, and if the "
            "original is the same, write it anew with FFmpeg, which takes all of them"
        )
    return samples if announced is None else None


def _after_tags(data: bytes) -> int:
    """Where the first frame may be: after tags (ID3, version 2), whose sizes are in groups of 7 bits, and zeros."""
    position = 0
    while data[position : position + 3] == b"ID3" and len(data) > position + 10:
        a, b, c, d = data[position + 6 : position + 10]
        position += 10 + (a << 21 | b << 14 | c << 7 | d)
    return position + len(data[position:]) - len(data[position:].lstrip(b"\0"))


def _frame(data: bytes, position: int) -> tuple[int, int] | None:
    """Bytes and samples of the MPEG audio frame at `position`, or None where there is none."""
    head = int.from_bytes(data[position : position + 4], "big")
    version, layer = head >> 19 & 3, 4 - (head >> 17 & 3)
    rate, frequency = head >> 12 & 15, head >> 10 & 3
    if head >> 21 != 0x7FF or version == 1 or layer == 4 or rate in (0, 15) or frequency == 3:
        return None
    samples = 384 if layer == 1 else 576 if layer == 3 and version != 3 else 1152
    kbits = RATES[1 if version == 3 else 2, layer][rate]
    hertz = (44100, 48000, 32000)[frequency] >> {3: 0, 2: 1, 0: 2}[version]
    slot = 4 if layer == 1 else 1
    return slot * (samples // 8 // slot * 1000 * kbits // hertz + (head >> 9 & 1)), samples


def _announced(frame: bytes) -> int | None:
    """The number of frames that a Xing or VBRI header in the first frame counts."""
    if (at := max(frame.find(b"Xing"), frame.find(b"Info"))) > 0 and frame[at + 7] & 1:
        return struct.unpack_from(">I", frame, at + 8)[0]
    if (at := frame.find(b"VBRI")) > 0:
        return struct.unpack_from(">I", frame, at + 14)[0]
    return None
