"""Where a container's header says that the audio lies, read without libsndfile.

libsndfile takes a file that was cut off for a shorter one, and in some containers takes what follows the audio for
audio. PAF, PVF, IRCAM and SD2 files announce no length: nothing can be held against theirs. Layouts are those of
libsndfile's sources (https://github.com/libsndfile/libsndfile, release 1.2.2) and of the formats' own documents.
"""

import re
import struct
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from gagru.task.errors import InputError

# Programs that write to a pipe cannot know the length. They leave 0, or about the largest number with or without a sign
# (SoX, FFmpeg; what they count of the header themselves is taken off).
UNKNOWN_SIZES = (range(0x7EFFF000, 2**31), range(0xFFFFF000, 2**32), range(2**62, 2**64))
# Copying programs fill a file up with zeros to a block of a disk or a tape.
BLOCK = 4096
# Tags that players append: ID3, APE and Lyrics3.
TAGS = re.compile(rb"TAG|APETAGEX|LYRICSBEGIN|ID3")
# A chunk of these does not follow the audio of the same recording.
NEW_AUDIO = (b"RIFF", b"RIFX", b"RF64", b"riff", b"FORM", b"caff", b"data", b"SSND", b"BODY")


class Chunks(NamedTuple):
    """How a container's chunks follow one another.

    Attributes
    ----------
    form : of the name and the size in front of a chunk, see `struct`
    align : the next chunk begins at a multiple of this
    own : how many bytes of its own header a chunk's size counts
    """

    form: str
    align: int
    own: int = 0

    def walk(self, file: BinaryIO, position: int, file_size: int) -> Iterator[tuple[bytes, int, int]]:
        """Name, first byte and size of every chunk from `position` on; the last may end beyond the file."""
        while position < file_size:
            # Some programs leave the padding out.
            starts = position + -position % self.align, position
            chunk = next(filter(None, (self._chunk(file, start) for start in starts)), None)
            if chunk is None:
                return
            yield chunk
            position = chunk[1] + chunk[2]

    def _chunk(self, file: BinaryIO, start: int) -> tuple[bytes, int, int] | None:
        file.seek(start)
        head = file.read(struct.calcsize(self.form))
        if len(head) < struct.calcsize(self.form) or not re.match(rb"[ -~]{4}", head):
            return None
        name, size = struct.unpack(self.form, head)
        return name[:4], start + len(head), max(0, size - self.own)


class Extent(NamedTuple):
    """What a header announces.

    Attributes
    ----------
    begin : the first byte of the audio
    size : bytes of audio, or None where whoever wrote the header could not know
    chunks : what may follow the audio, besides zeros up to the end of a block
    """

    begin: int
    size: int | None
    chunks: Chunks | None = None

    def check(self, file: BinaryIO, file_size: int, frame: int) -> None:
        """Raise `InputError` unless the file holds as many frames of `frame` bytes as announced, and no more."""
        if self.size is None:
            return
        end, held = self.begin + self.size, max(0, file_size - self.begin)
        if self.size // frame > held // frame:
            raise cut_off(end - file_size)
        if self.size // frame < held // frame and not self.ends_well(file, file_size):
            raise too_long(file_size - end)

    def follows(self, file_size: int) -> int:
        """How many bytes follow the audio."""
        return 0 if self.size is None else max(0, file_size - self.begin - self.size)

    def ends_well(self, file: BinaryIO, file_size: int) -> bool:
        """Whether nothing but chunks and zeros follows the audio, up to the end of the file."""
        position = self.begin + self.size
        for name, begin, size in self.chunks.walk(file, position, file_size) if self.chunks else ():
            if name in NEW_AUDIO or begin + size > file_size + 1:
                break
            position = begin + size
        return is_padding(file, position, file_size)


def is_padding(file: BinaryIO, position: int, file_size: int) -> bool:
    """Whether nothing but zeros, and less than a block of them, or a tag is left of a file from `position` on."""
    file.seek(position)
    rest = file.read(BLOCK)
    return position + len(rest) >= file_size and len(rest) < BLOCK and (not any(rest) or TAGS.match(rest) is not None)


def is_unknown(size: int) -> bool:
    """Whether this is what programs write that do not know the size."""
    return any(size in sizes for sizes in UNKNOWN_SIZES)


def cut_off(missing: int | None = None) -> InputError:
    """The error for a file that ends before the audio that its header announces does."""
    how_much = f"{missing} bytes are missing at its end" if missing else "its end is missing"
    return InputError(
        f"the audio file is truncated ({how_much}), or its header is wrong; copy it again, and if the original is the "
        "same, write it anew with SoX or FFmpeg, which take what is there"
    )


def too_long(surplus: int) -> InputError:
    """The error for a file that goes on after the audio that its header announces."""
    return InputError(
        f"the audio file holds {surplus} bytes more than its header announces; copy it again, and if the original is "
        "the same, write it anew, with `sox --ignore-length` or `ffmpeg -ignore_length 1` to take all of it, without "
        "these to take what is announced"
    )


def unknown_length() -> InputError:
    """The error for a file that does not say how long it is, where libsndfile cannot do without."""
    return InputError(
        "the audio file does not say how long it is, as one that was written to a pipe, and cannot be read so; make "
        "it anew without a pipe, or write it anew with FFmpeg"
    )


def extent(file: BinaryIO, file_size: int, frame: int | None) -> Extent | None:
    """What the file's header announces, given the bytes of a frame where those are fixed.

    None where the container announces no bytes, or its header is too damaged to tell.
    """
    file.seek(0)
    head = file.read(BLOCK)
    read = next((read for magic, read in READERS if re.match(magic, head, re.DOTALL)), None)
    try:
        found = read(head, file, file_size, frame) if read else None
    except (struct.error, ValueError):
        return None
    if found and (is_unknown(found.size) or (found.size == 0 and not found.ends_well(file, file_size))):
        return found._replace(size=None)
    return found


def _riff(head, file, file_size, frame) -> Extent | None:
    """WAV, big-endian WAV and RF64, whose true size is in its first chunk (EBU Tech 3306)."""
    chunks = Chunks(">4sI" if head[:4] == b"RIFX" else "<4sI", align=2)
    long_size = None
    for name, begin, size in chunks.walk(file, 12, file_size):
        if name == b"ds64":
            file.seek(begin)
            long_size = struct.unpack("<8xQ", file.read(16))[0]
        elif name == b"data":
            return Extent(begin, long_size if size == 0xFFFFFFFF and long_size is not None else size, chunks)
    return None


def _aiff(head, file, file_size, frame) -> Extent | None:
    """AIFF and AIFF-C, which give the length twice: in frames (COMM) and in bytes (SSND)."""
    chunks, announced, found = Chunks(">4sI", align=2), None, None
    for name, begin, size in chunks.walk(file, 12, file_size):
        file.seek(begin)
        if name == b"COMM" and frame:
            announced = struct.unpack(">2xI", file.read(6))[0] * frame
        elif name == b"SSND":
            offset = struct.unpack(">I", file.read(4))[0]
            found = Extent(begin + 8 + offset, max(0, size - 8 - offset), chunks)
    if found and announced and not is_unknown(announced) and announced > found.size + 1 > 1:
        raise cut_off(announced - found.size)
    # SSND may count a byte of padding.
    return found._replace(size=announced) if found and announced and announced < found.size else found


def _svx(head, file, file_size, frame) -> Extent | None:
    chunks = Chunks(">4sI", align=2)
    return next((Extent(b, s, chunks) for name, b, s in chunks.walk(file, 12, file_size) if name == b"BODY"), None)


def _w64(head, file, file_size, frame) -> Extent | None:
    chunks = Chunks("<16sQ", align=8, own=24)
    return next((Extent(b, s, chunks) for name, b, s in chunks.walk(file, 40, file_size) if name == b"data"), None)


def _caf(head, file, file_size, frame) -> Extent | None:
    """Core Audio: the audio comes after a count of edits; a size of -1 is one that was not known."""
    chunks = Chunks(">4sQ", align=1)
    found = ((b, s) for name, b, s in chunks.walk(file, 8, file_size) if name == b"data")
    return next((Extent(b + 4, max(0, s - 4), chunks) for b, s in found), None)


def _au(head, file, file_size, frame) -> Extent:
    return Extent(*struct.unpack_from(">II" if head[:1] == b"." else "<II", head, 4))


def _nist(head, file, file_size, frame) -> Extent | None:
    """NIST SPHERE: a text header, whose length is in its second line."""
    count = re.search(rb"\nsample_count -i +(\d+)", head)
    return Extent(int(head[8:16]), int(count[1]) * frame) if count and frame else None


def _voc(head, file, file_size, frame) -> Extent | None:
    """Creative Voice: blocks of a type and 24 bits of size; types 1 and 9 hold audio after a header, 0 is the end."""
    position = struct.unpack_from("<H", head, 20)[0]
    while position < file_size:
        file.seek(position)
        block = file.read(4)
        if len(block) < 4 or block[0] == 0:
            return None
        size = int.from_bytes(block[1:], "little")
        if block[0] in (1, 9):
            skipped = 2 if block[0] == 1 else 12
            file.seek(position + 4 + size)
            if file.read(1) == b"\x02":
                raise InputError("the audio file's audio is in several blocks, which cannot be read; convert it to WAV")
            return Extent(position + 4 + skipped, max(0, size - skipped))
        position += 4 + size
    return None


def _mat4(head, file, file_size, frame) -> Extent | None:
    """MATLAB 4 and Octave: the second matrix is the audio, its columns the frames."""
    order, position = "<" if head[:4] == bytes(4) else ">", 0
    for _ in range(2):
        rows, columns, name = struct.unpack_from(f"{order}4xII4xI", head, position)
        begin = position + 20 + name
        position = begin + 8 * rows * columns
    return Extent(begin, columns * frame) if frame else None


def _mat5(head, file, file_size, frame) -> Extent | None:
    """MATLAB 5: the second element is the audio; in it come flags, dimensions, its name and the samples."""
    order = "<" if head[126:128] == b"IM" else ">"
    position = 136 + struct.unpack_from(f"{order}I", head, 132)[0] + 8
    for _ in range(3):
        kind, size = struct.unpack_from(f"{order}II", head, position)
        # Up to four bytes are stored in the element's own header.
        position += 8 if kind >> 16 else 8 + size + -size % 8
    return Extent(position + 8, struct.unpack_from(f"{order}4xI", head, position)[0])


def _xi(head, file, file_size, frame) -> Extent:
    count, size = struct.unpack_from("<HI", head, 296)
    return Extent(298 + 40 * count, size)


def _sds(head, file, file_size, frame) -> Extent:
    """MIDI Sample Dump: numbers in groups of 7 bits; packets of 127 bytes hold 120 of audio, a sample 2, 3 or 4."""
    frames = head[10] | head[11] << 7 | head[12] << 14
    return Extent(21, 127 * -(-frames // (120 // -(-head[6] // 7))))


def _flat(begin: int, form: str, at: int, width: int | None = None) -> Callable[..., Extent | None]:
    """A reader of a header of fixed length that counts, at a fixed place, frames or units of `width` bytes."""

    def read(head, file, file_size, frame) -> Extent | None:
        unit = width or frame
        return Extent(begin, struct.unpack_from(form, head, at)[0] * unit) if unit else None

    return read


# What a file begins with, as a regular expression, and who reads its header. HTK files have no such mark; theirs is the
# kind of the samples, waveform, and a period of 8 to 384 kHz in units of 100 ns.
READERS = (
    (rb"RIF[FX]|RF64", _riff),
    (rb"FORM....AIF[FC]", _aiff),
    (rb"FORM....(8SVX|16SV)", _svx),
    (rb"riff\x2e\x91\xcf\x11", _w64),
    (rb"caff", _caf),
    (rb"\.snd|dns\.", _au),
    (rb"NIST_1A\n", _nist),
    (rb"Creative Voice File\x1a", _voc),
    (rb"MATLAB 5\.0", _mat5),
    (rb"\0{4}(\x01\0{3}){2}|\0\0\x03\xe8(\0{3}\x01){2}", _mat4),
    (rb"Extended Instrument: ", _xi),
    (rb"\xf0\x7e.\x01", _sds),
    (rb"2BIT", _flat(128, ">I", 26)),
    (rb"\x01\x04", _flat(42, "<I", 30)),
    (rb"ALawSoundFile\*\*\0", _flat(32, ">I", 18, width=1)),
    (rb"....\0\0[\0-\x04].\0\x02\0\0", _flat(12, ">I", 0, width=2)),
)
