"""Audio files as they are found: written by libsndfile and by hand, cut, joined, patched, and in every container."""

import struct

import numpy as np
import pytest
import soundfile

from gagru.corpora import audio
from gagru.features.audio import read
from gagru.task.errors import InputError

# A container that takes one rate only.
RATES = {"WVE": 8000, "MPC2K": 44100, "XI": 44100}
# What announces no length at all. (XI files do, but libsndfile writes a 0 there.)
NO_LENGTH = ("PAF", "PVF", "IRCAM", "SD2", "XI")
# soundfile can write these and not read them.
UNREADABLE = ("DWVW_16", "DWVW_24")
FRAMES = 8_037


def signal(frames: int = FRAMES, channels: int = 1) -> np.ndarray:
    """(frames, channels) float32: tones with a little noise."""
    noise = np.random.default_rng(0).uniform(-0.02, 0.02, (frames, channels))
    tones = 0.3 * np.sin(0.05 * np.arange(frames)[:, None] * np.arange(1, channels + 1))
    return (tones + noise).astype(np.float32)


def every_kind() -> list[tuple[str, str]]:
    kinds = [
        (kind, subtype) for kind in soundfile.available_formats() for subtype in soundfile.available_subtypes(kind)
    ]
    return [(kind, subtype) for kind, subtype in kinds if kind != "RAW" and can_write(kind, subtype)]


def can_write(kind: str, subtype: str) -> bool:
    # Read only in this libsndfile, or without an encoder.
    return subtype not in ("MPEG_LAYER_I", "MPEG_LAYER_II", "DWVW_12") and (kind, subtype) != ("WAV", "MPEG_LAYER_III")


def write(folder, kind: str, subtype: str, samples: np.ndarray | None = None):
    path = folder / f"a.{kind.lower()}"
    soundfile.write(path, signal() if samples is None else samples, RATES.get(kind, 16000), subtype, format=kind)
    return path


def refusal(path) -> str:
    with pytest.raises(InputError) as caught:
        audio.header(path)
    return str(caught.value)


@pytest.mark.parametrize(("kind", "subtype"), every_kind())
class TestEveryContainer:
    def test_what_the_header_says_can_be_read(self, tmp_path, kind, subtype):
        path = write(tmp_path, kind, subtype)
        if subtype in UNREADABLE:
            assert "cannot be read as audio" in refusal(path)
            return
        rate, frames, channels = audio.header(path)
        assert channels == 1
        # Blocks are filled up with silence, the longest are of 640 frames.
        assert FRAMES <= frames < FRAMES + 641
        whole = read(path, 0, frames / rate, warn=pytest.fail)
        assert len(whole) == pytest.approx(frames * 16000 / rate, abs=1)
        assert np.abs(whole[1000:2000]).max() == pytest.approx(0.3, abs=0.1)
        part = read(path, 0.1, frames / rate - 0.1, warn=pytest.fail)
        if rate == 16000:
            np.testing.assert_allclose(part, whole[1600:], atol=1e-4)

    def test_half_of_it_is_refused(self, tmp_path, kind, subtype):
        if kind in NO_LENGTH:
            pytest.skip("announces no length")
        path = write(tmp_path, kind, subtype)
        data = path.read_bytes()
        for size in (len(data) // 2, len(data) - 3):
            path.write_bytes(data[:size])
            assert "truncated" in refusal(path) or subtype in UNREADABLE

    def test_two_in_one_are_refused(self, tmp_path, kind, subtype):
        if kind in NO_LENGTH:
            pytest.skip("announces no length")
        path = write(tmp_path, kind, subtype)
        path.write_bytes(2 * path.read_bytes())
        message = refusal(path)
        assert "more than its header announces" in message or "its header announces" in message

    def test_zeros_up_to_the_end_of_a_block_change_nothing(self, tmp_path, kind, subtype):
        if kind in NO_LENGTH or subtype in UNREADABLE:
            pytest.skip("announces no length")
        path = write(tmp_path, kind, subtype)
        before = audio.header(path)
        path.write_bytes(path.read_bytes() + bytes(400))
        if (kind, subtype) in (("HTK", "PCM_16"), ("VOC", "PCM_U8")) or (
            kind in ("AU", "W64") and subtype not in audio.WIDTHS
        ):
            # libsndfile refuses these, or takes the zeros for audio.
            refusal(path)
        else:
            assert audio.header(path) == before


def wav(data: bytes, announced: int | None = None, riff: int | None = None, after: bytes = b"", order="<") -> bytes:
    """A mono 16-bit wave file at 16 kHz by hand."""
    form = struct.pack(f"{order}HHIIHH", 1, 1, 16000, 32000, 2, 16)
    body = b"WAVEfmt " + struct.pack(f"{order}I", 16) + form + b"data"
    body += struct.pack(f"{order}I", len(data) if announced is None else announced) + data + after
    return (b"RIFF" if order == "<" else b"RIFX") + struct.pack(f"{order}I", len(body) if riff is None else riff) + body


def chunk(name: bytes, content: bytes, pad: bool = True) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2 if pad else 0)


SAMPLES = (20000 * np.sin(0.05 * np.arange(8000))).astype("<i2").tobytes()
NOTE = chunk(b"LIST", b"INFOx")


class TestWave:
    @pytest.mark.parametrize(
        "data",
        [
            wav(SAMPLES, after=NOTE),
            wav(SAMPLES, after=NOTE + chunk(b"id3 ", b"ID3" + bytes(40))),
            wav(SAMPLES, after=chunk(b"LIST", b"INFOx", pad=False)),
            wav(SAMPLES, after=chunk(b"LIST", b"INFOx", pad=False) + NOTE),
            wav(SAMPLES, after=b"TAG" + bytes(125)),
            wav(SAMPLES, after=bytes(4000)),
            wav(SAMPLES, riff=0),
            wav(SAMPLES, riff=16044),
            wav(SAMPLES, announced=0, riff=8),
            wav(SAMPLES, announced=0xFFFFFFFF, riff=0xFFFFFFFF),
            wav(SAMPLES, announced=0x7FFFFFFF - 36, riff=0x7FFFFFFF),
            wav(SAMPLES, announced=0x7FFFF000, riff=0x7FFFF024),
            wav(SAMPLES, announced=16001),
            wav(SAMPLES, order=">"),
        ],
    )
    def test_is_read_whole(self, tmp_path, data):
        (tmp_path / "a.wav").write_bytes(data)
        assert audio.header(tmp_path / "a.wav") == (16000, 8000, 1)

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (wav(SAMPLES, announced=16002), r"truncated \(2 bytes are missing at its end\), or its header is wrong"),
            (wav(SAMPLES, announced=16044, riff=16036), r"\(44 bytes are missing"),
            (wav(SAMPLES)[:-1], r"truncated \(1 bytes are missing"),
            (wav(SAMPLES, after=NOTE)[:9000], "truncated"),
            (wav(SAMPLES, announced=8000), "8000 bytes more than its header announces"),
            (wav(SAMPLES, announced=15998), "2 bytes more than its header announces"),
            (wav(SAMPLES, announced=8000, riff=8036), "8000 bytes more"),
            (wav(SAMPLES, announced=8000, after=NOTE), "8014 bytes more"),
            (wav(SAMPLES, after=NOTE[:-3]), "11 bytes more"),
            (wav(SAMPLES, after=chunk(b"data", SAMPLES)), "16008 bytes more"),
            (wav(SAMPLES, after=bytes(5000)), "5000 bytes more"),
            (wav(SAMPLES, announced=8000, order=">"), "8000 bytes more"),
            (wav(SAMPLES, order=">")[:9000], "truncated"),
            (wav(SAMPLES, announced=0, riff=36), "does not say how long it is"),
            (wav(b"", after=NOTE), "holds no audio"),
        ],
    )
    def test_is_refused(self, tmp_path, data, message):
        (tmp_path / "a.wav").write_bytes(data)
        with pytest.raises(InputError, match=message):
            audio.header(tmp_path / "a.wav")

    def test_the_remedy_works(self, tmp_path):
        """A tool that takes what is there and writes a right header, as SoX and FFmpeg do."""
        path = tmp_path / "a.wav"
        path.write_bytes(wav(SAMPLES, announced=16044))
        assert "write it anew" in refusal(path)
        samples, rate = soundfile.read(path, dtype="int16")
        soundfile.write(path, samples, rate)
        assert audio.header(path) == (16000, 8000, 1)


# How each container writes the length of 8037 frames of 16 bits (of 8 in a WVE file): the frames or the bytes, with
# what of its own header a container counts.
LENGTHS = {
    "AIFF": lambda frames: struct.pack(">I", 2 * frames + 8),
    "AU": lambda frames: struct.pack(">I", 2 * frames),
    "AVR": lambda frames: struct.pack(">I", frames),
    "CAF": lambda frames: struct.pack(">Q", 2 * frames + 4),
    "HTK": lambda frames: struct.pack(">I", frames),
    "MAT4": lambda frames: struct.pack("<II", 1, frames),
    "MAT5": lambda frames: struct.pack("<II", 3, 2 * frames),
    "MPC2K": lambda frames: struct.pack("<I", frames),
    "NIST": lambda frames: b"sample_count -i %d\n" % frames,
    "RF64": lambda frames: struct.pack("<Q", 2 * frames),
    "SDS": lambda frames: bytes([frames & 127, frames >> 7 & 127, frames >> 14]),
    "SVX": lambda frames: b"BODY" + struct.pack(">I", 2 * frames),
    "VOC": lambda frames: b"\x09" + (2 * frames + 12).to_bytes(3, "little"),
    "W64": lambda frames: struct.pack("<Q", 2 * frames + 24),
    "WAV": lambda frames: b"data" + struct.pack("<I", 2 * frames),
    "WAVEX": lambda frames: b"data" + struct.pack("<I", 2 * frames),
    "WVE": lambda frames: struct.pack(">I", frames),
}


@pytest.mark.parametrize("kind", LENGTHS)
def test_a_header_is_held_against_the_file_both_ways(tmp_path, kind):
    path = write(tmp_path, kind, "ALAW" if kind == "WVE" else "PCM_16")
    data, length = path.read_bytes(), LENGTHS[kind]
    # In an AIFF file COMM has the frames, too.
    data = data.replace(struct.pack(">HI", 1, FRAMES), struct.pack(">HI", 1, 0)) if kind == "AIFF" else data
    assert length(FRAMES) in data
    for frames in (6_000, FRAMES - 500):
        path.write_bytes(data.replace(length(FRAMES), length(frames)))
        assert "more than its header announces" in refusal(path)
    for frames in (FRAMES + 500, 20_000):
        path.write_bytes(data.replace(length(FRAMES), length(frames)))
        assert "truncated" in refusal(path)


@pytest.mark.parametrize(("frames", "message"), [(6_000, "4074 bytes more"), (9_000, "1926 bytes are missing")])
def test_the_two_lengths_of_an_aiff_file(tmp_path, frames, message):
    path = write(tmp_path, "AIFF", "PCM_16")
    path.write_bytes(path.read_bytes().replace(struct.pack(">HI", 1, FRAMES), struct.pack(">HI", 1, frames)))
    assert message in refusal(path)


def test_an_instrument_that_says_its_length(tmp_path):
    path = write(tmp_path, "XI", "DPCM_16")
    data = path.read_bytes()
    data = data[:298] + struct.pack("<I", 2 * FRAMES) + data[302:]
    path.write_bytes(data)
    assert audio.header(path) == (44100, FRAMES, 1)
    path.write_bytes(data[:9000])
    assert "truncated" in refusal(path)
    path.write_bytes(data + data[-2000:])
    assert "2000 bytes more" in refusal(path)


UNKNOWN = {
    "AU": struct.pack(">I", 0xFFFFFFFF),
    "AIFF": struct.pack(">I", 0x7F000008),
    "W64": struct.pack("<q", 2**63 - 1),
    "CAF": struct.pack(">q", -1),
    "RF64": struct.pack("<Q", 0),
}


@pytest.mark.parametrize("kind", UNKNOWN)
def test_a_length_that_was_not_known(tmp_path, kind):
    """As SoX and FFmpeg write to a pipe. libsndfile cannot read all of them."""
    path = write(tmp_path, kind, "PCM_16")
    data = path.read_bytes().replace(struct.pack(">HI", 1, FRAMES), struct.pack(">HI", 1, 0))
    path.write_bytes(data.replace(LENGTHS[kind](FRAMES), UNKNOWN[kind]))
    if kind in ("CAF", "RF64"):
        assert "does not say how long it is" in refusal(path)
    else:
        assert audio.header(path) == (16000, FRAMES, 1)


@pytest.mark.parametrize("kind", ["W64", "RF64"])
def test_a_length_above_4_gb_is_known(tmp_path, kind):
    path = write(tmp_path, kind, "PCM_16")
    path.write_bytes(path.read_bytes().replace(LENGTHS[kind](FRAMES), LENGTHS[kind](3 * 2**30)))
    assert f"truncated ({6 * 2**30 - 2 * FRAMES} bytes are missing" in refusal(path)


@pytest.mark.parametrize(
    ("kind", "note"),
    [
        ("AIFF", b"ANNO" + struct.pack(">I", 4) + b"note"),
        ("SVX", b"ANNO" + struct.pack(">I", 4) + b"note"),
        ("CAF", b"info" + struct.pack(">Q", 5) + b"note\0"),
        ("W64", bytes(6) + b"list\x2f\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0" + struct.pack("<Q", 32) + b"notenote"),
        ("RF64", NOTE),
        ("WAVEX", NOTE),
    ],
)
def test_chunks_after_the_audio_are_no_audio(tmp_path, kind, note):
    """Also where libsndfile reads on: in a W64 file it takes them for samples."""
    path = write(tmp_path, kind, "PCM_16")
    path.write_bytes(path.read_bytes() + note)
    assert audio.header(path) == (16000, FRAMES, 1)


class TestStreams:
    def flac(self, folder, total: int):
        path = write(folder, "FLAC", "PCM_16")
        data = path.read_bytes()
        # RFC 9639, 8.2: 36 bits from the middle of byte 21 on.
        path.write_bytes(
            data[:21] + (int.from_bytes(data[21:26], "big") >> 36 << 36 | total).to_bytes(5, "big") + data[26:]
        )
        return path

    def test_flac_that_says_less(self, tmp_path):
        assert audio.header(self.flac(tmp_path, FRAMES)).frames == FRAMES
        for total in (5_000, FRAMES - 1):
            assert f"more than the {total} samples that its header announces" in refusal(self.flac(tmp_path, total))

    def test_flac_that_says_more(self, tmp_path):
        for total in (FRAMES + 1, 20_000):
            assert "truncated" in refusal(self.flac(tmp_path, total))

    def test_flac_from_a_pipe(self, tmp_path):
        assert "does not say how long it is" in refusal(self.flac(tmp_path, 0))

    @pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
    def test_ogg_that_ends_with_a_page_that_is_not_the_last(self, tmp_path, subtype):
        path = write(tmp_path, "OGG", subtype, signal(80_000))
        data = path.read_bytes()
        path.write_bytes(data[: data.rindex(b"OggS")])
        assert soundfile.info(path).frames < 80_000
        assert "truncated (its end is missing)" in refusal(path)

    def test_ogg_without_a_page_in_the_middle(self, tmp_path):
        path = write(tmp_path, "OGG", "OPUS", signal(160_000))
        data = path.read_bytes()
        pages = [i for i in range(len(data)) if data.startswith(b"OggS", i)]
        assert len(pages) > 4
        path.write_bytes(data[: pages[3]] + data[pages[4] :])
        assert "damaged (what belongs before byte" in refusal(path)

    def mp3(self, folder) -> tuple:
        path = write(folder, "MP3", "MPEG_LAYER_III", signal(32_000))
        data = path.read_bytes()
        # MPEG 2 at 16 kHz: a frame is 576 samples. The first is the Xing header's; its size follows from its bit rate.
        assert data[13:17] == b"Xing"
        first = 72_000 * (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)[data[2] >> 4] // 16_000
        return path, data, first

    def test_mp3_without_a_count(self, tmp_path):
        """libsndfile guesses the length from the first bit rate, here too short."""
        path, data, first = self.mp3(tmp_path)
        path.write_bytes(data[first:])
        assert soundfile.info(path).frames < 20_000
        message = refusal(path)
        assert "does not count its MPEG frames" in message
        assert f"of {struct.unpack('>I', data[21:25])[0] * 576} samples would be read" in message

    def test_mp3_of_one_bit_rate_without_a_count(self, tmp_path):
        """36 frames of silence at 32 kbit/s, 576 samples in 144 bytes each (ISO/IEC 13818-3)."""
        frame = bytes([0xFF, 0xF3, 0x48, 0xC4]) + bytes(140)
        (tmp_path / "a.mp3").write_bytes(36 * frame)
        rate, frames, _ = audio.header(tmp_path / "a.mp3")
        assert (rate, frames) == (16_000, len(soundfile.read(tmp_path / "a.mp3")[0]))
        assert 34 * 576 <= frames <= 36 * 576
        (tmp_path / "a.mp3").write_bytes(36 * frame[:-1])
        refusal(tmp_path / "a.mp3")
        (tmp_path / "a.mp3").write_bytes((36 * frame)[:-1])
        assert "truncated (1 bytes are missing at its end)" in refusal(tmp_path / "a.mp3")

    def test_mp3_with_tags(self, tmp_path):
        path, data, _ = self.mp3(tmp_path)
        path.write_bytes(b"ID3\3\0\0" + bytes([0, 0, 1, 72]) + bytes(200) + data + b"TAG" + bytes(125))
        assert audio.header(path) == (16000, 32_000, 1)

    def test_mp3_of_fewer_frames_than_it_says(self, tmp_path):
        path, data, _ = self.mp3(tmp_path)
        count = struct.unpack(">I", data[21:25])[0]
        path.write_bytes(data[:21] + struct.pack(">I", count + 3) + data[25:])
        assert "truncated" in refusal(path)
        path.write_bytes(data[:21] + struct.pack(">I", count - 9) + data[25:])
        assert f"has {count + 1} MPEG frames, and its header announces {count - 9}" in refusal(path)

    def test_mp3_with_a_hole(self, tmp_path):
        path, data, _ = self.mp3(tmp_path)
        path.write_bytes(data[:4000] + bytes(300) + data[4300:])
        assert "damaged (no MPEG audio from byte" in refusal(path)


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (b"\0\0\0\x20ftypM4A ", "is MPEG-4 audio (m4a, AAC), which cannot be read; convert it to WAV or FLAC"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "is Windows Media audio, which cannot be read; convert it"),
        (b"#!AMR\n", "is AMR, which cannot be read; convert it"),
        (b"NIST_1A\n   1024\nsample_coding -s26 pcm,embedded-shorten-v2.00\nend_head\n", "for example with sph2pipe"),
        (b"version https://git-lfs.github.com/spec/v1\n", "get the file with `git lfs pull`"),
        (b"<!DOCTYPE html>", "is a web page, which cannot be read; download the file again"),
        (b"PK\3\4", "is a zip archive, which cannot be read; unpack it"),
        (b"%PDF-1.4", "copy it again, and if the original is the same, convert it to WAV or FLAC"),
    ],
)
def test_what_is_no_audio_to_libsndfile_has_its_own_remedy(tmp_path, head, message):
    (tmp_path / "a.m4a").write_bytes(head.ljust(1024) + bytes(4000))
    assert message in refusal(tmp_path / "a.m4a")
