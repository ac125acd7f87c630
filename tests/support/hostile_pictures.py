"""Large and damaged picture files, and a program that prepares very many of them in one process."""

from __future__ import annotations

import io
import re
import resource
import struct
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Final

from PIL import Image

from contactcore import Invalid
from contactcore.formats.pictures import prepare
from support.pictures import png, saved

__all__ = ["LARGE_FILES", "hostile", "spoilt"]

_SIDE: Final = 6_324  # 40 million pixels


def _flat(mode: str, width: int = _SIDE, height: int = _SIDE) -> Image.Image:
    return Image.new(mode, (width, height), 1)


def _noise(mode: str, side: int) -> Image.Image:
    """Noise, which no format makes small."""
    size = side * side * len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, (side, side), Random(side).randbytes(size))


def _adam7() -> bytes:
    """An interlaced PNG file of 16 bits for each of four colours, with 20 million pixels."""
    side = 4_470
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    packer = zlib.compressobj(1)
    parts = []
    for left, top, wide, high in passes:
        row = bytes(1 + 8 * ((side - left + wide - 1) // wide))
        parts += [packer.compress(row) for _ in range((side - top + high - 1) // high)]
    header = struct.pack(">IIBBBBB", side, side, 16, 6, 0, 0, 1)
    return png([(b"IHDR", header), (b"IDAT", b"".join(parts) + packer.flush()), (b"IEND", b"")])


def _of_many_scans() -> bytes:
    """A progressive JPEG file of 64 million pixels, with as many scans as are accepted."""
    file = saved(_flat("RGB", 8_000, 8_000), "JPEG", progressive=True, subsampling=0, quality=30)
    scan = re.search(rb"\xff\xda(?:(?!\xff[^\0]).)+", file, re.DOTALL)
    assert scan is not None
    many = min(40 - file.count(b"\xff\xda"), (9_000_000 - len(file)) // len(scan[0]))
    return file[:-2] + scan[0] * many + b"\xff\xd9"


LARGE_FILES: Final[dict[str, Callable[[], bytes]]] = {
    "PNG RGBA": lambda: saved(_flat("RGBA"), "PNG", compress_level=1),
    "progressive JPEG": lambda: saved(_flat("RGB", 8_000, 8_000), "JPEG", progressive=True, subsampling=0),
    "WebP RGBA": lambda: saved(_flat("RGBA", 5_000, 5_000), "WEBP", lossless=True, method=0, quality=0),
    "JPEG of many scans": _of_many_scans,
    "PNG of 1 bit": lambda: saved(_flat("1"), "PNG", compress_level=1),
    "PNG of 16 bits": lambda: saved(_flat("I;16"), "PNG", compress_level=1),
    "interlaced PNG": _adam7,
    "palette PNG": lambda: saved(_flat("P"), "PNG", transparency=1, compress_level=1),
    "noisy PNG": lambda: saved(_noise("RGBA", 1_500), "PNG", compress_level=1),
    "CMYK JPEG": lambda: saved(_flat("CMYK", 8_000, 8_000), "JPEG"),
    "noisy JPEG": lambda: saved(_noise("RGB", 2_400), "JPEG", quality=95),
    "GIF": lambda: saved(_flat("P"), "GIF"),
    "BMP of 1 bit": lambda: saved(_flat("1"), "BMP"),
    "deflated TIFF": lambda: saved(_flat("CMYK"), "TIFF", compression="tiff_deflate"),
    "LZW TIFF": lambda: saved(_flat("RGBA"), "TIFF", compression="tiff_lzw"),
    "TIFF of 16 bits": lambda: saved(_flat("I;16"), "TIFF", compression="tiff_deflate"),
    "long PNG": lambda: saved(_flat("RGB", 30_000, 1_300), "PNG", compress_level=1),
    "lossy WebP": lambda: saved(_flat("RGB", 5_000, 5_000), "WEBP", method=0),
    "tiny PNG": lambda: saved(Image.new("RGB", (1, 1)), "PNG"),
}
"""Name -> makes a picture file at the limits of its format."""


def spoilt(file: bytes, random: Random) -> bytes:
    """A file with some damage, often at its beginning, where the sizes are."""
    data = bytearray(file)
    for _ in range(random.randint(1, 8)):
        data[random.randrange(min(len(data), random.choice((64, 1_000, 10**7))))] = random.randrange(256)
    if random.random() < 0.3:
        return bytes(data[: random.randrange(1, len(data))])
    if random.random() < 0.2:
        data += data[random.randrange(len(data)) :][: 9_000_000 - len(data)]
    return bytes(data)


def hostile(files: list[bytes], number: int, seed: int) -> Iterator[bytes]:
    """The files as they are, then as many damaged ones as are missing.

    Args:
        files: The files of `LARGE_FILES`.
        number: The number of all files.
        seed: The seed of the damage.
    """
    random = Random(seed)
    yield from files[:number]
    for _ in range(number - len(files)):
        yield spoilt(random.choice(files), random)


def _peak() -> int:
    """The most memory that this process has used, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        # `ru_maxrss` counts the memory of the process that started this one.
        kilobytes = re.search(r"VmHWM:\s*(\d+)", status.read_text("ascii", "replace"))
        return int(kilobytes[1]) // 1_000 if kilobytes else 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_000_000


def _main(folder: str, number: str, seed: str) -> None:
    """Write the number of pictures and of refusals, the most memory in MB, and the longest time of one file in ms."""
    files = [path.read_bytes() for path in sorted(Path(folder).iterdir())]
    counts, longest = [0, 0], 0.0
    for file in hostile(files, int(number), int(seed)):
        start = time.process_time()
        try:
            picture = prepare(file)
        except Invalid:
            counts[1] += 1
        else:
            assert Image.open(io.BytesIO(picture.data)).size == (picture.width, picture.height)
            counts[0] += 1
        longest = max(longest, time.process_time() - start)
    sys.stdout.write(f"{counts[0]} {counts[1]} {_peak()} {round(longest * 1_000)}\n")


if __name__ == "__main__":
    _main(*sys.argv[1:])
