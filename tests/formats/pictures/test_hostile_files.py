"""Hostile and damaged files are refused by name, before they cost time or memory; nothing but `Invalid` is raised."""

from __future__ import annotations

import io
import re
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFile

from contactcore import Invalid
from contactcore.formats.pictures import MOST_PIXELS, prepare
from support.pictures import corners, exif, opened, png, saved

FORMATS = ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"]
FILES = {
    **{format: saved(corners(24, 16), format) for format in FORMATS},
    "progressive": saved(corners(24, 16), "JPEG", progressive=True),
    "turned": saved(corners(24, 16), "JPEG", exif=exif(6)),
    "palette": saved(corners(24, 16).quantize(4), "PNG"),
    "animated": saved(corners(24, 16), "GIF", save_all=True, append_images=[Image.new("RGB", (24, 16))]),
    "animated WebP": saved(corners(24, 16), "WEBP", save_all=True, append_images=[Image.new("RGB", (24, 16))]),
    "lossless WebP": saved(corners(24, 16, "RGBA"), "WEBP", lossless=True),
    **{
        f"TIFF {compression}": saved(corners(24, 16), "TIFF", compression=compression)
        for compression in ("tiff_lzw", "tiff_deflate", "jpeg", "packbits")
    },
}
pytestmark = pytest.mark.req("PIC-5")


def _ihdr(width: int, height: int, bits: int = 8, colours: int = 2) -> tuple[bytes, bytes]:
    return b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, 0)


def _rows(width: int, height: int) -> tuple[bytes, bytes]:
    return b"IDAT", zlib.compress((b"\0" + b"\xff\0\0" * width) * height)


def _refusal(file: bytes) -> Invalid:
    with pytest.raises(Invalid) as refused:
        prepare(file)
    assert refused.value.path == "data"
    return refused.value


@pytest.mark.parametrize(
    ("file", "found"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "an SVG drawing"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!DOCTYPE svg>\n<svg/>", "an SVG drawing"),
        (b"<!-- a --> <SVG/>", "an SVG drawing"),
        (b"<?php system($_GET['c']); ?>", "a text with markup"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a HEIC photo"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "a HEIF photo"),
        (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", "an AVIF picture"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "a video"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 picture"),
        (b"\0\0\1\0\1\0\x10\x10", "an icon file"),
        (b"8BPS\0\1", "a Photoshop file"),
        (b"%PDF-1.7", "a PDF or PostScript document"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "a PDF or PostScript document"),
        (b"II+\0\x08\0\0\0", "a BigTIFF picture"),
        (b"P6 1 1 255 \0\0\0", "no picture that is known here"),
        (b"BM is how this text begins, and it is no bitmap", "no picture that is known here"),
        (b"hello", "no picture that is known here"),
    ],
)
def test_anything_but_an_accepted_format_is_refused_by_its_name(file, found):
    refusal = _refusal(file)
    assert (refusal.code, refusal.problems[0].facts["found"]) == ("picture-format", found)


def test_an_empty_file_is_refused():
    assert _refusal(b"").code == "picture-empty"


def _declaring(format: str, width: int, height: int) -> bytes:
    """A small file that declares a size."""
    file = bytearray(FILES[format])
    match format:
        case "PNG":
            return png([_ihdr(width, height), _rows(4, 4), (b"IEND", b"")])
        case "JPEG":
            place = re.search(rb"\xff[\xc0\xc2]\0\x11\x08", file).end()
            file[place : place + 4] = struct.pack(">HH", height, width)
        case "GIF":
            file[6:10] = struct.pack("<HH", width, height)
        case "BMP":
            file[18:26] = struct.pack("<ii", width, height)
        case "WEBP":
            file[26:30] = struct.pack("<HH", width, height)
        case "TIFF":
            start = struct.unpack("<I", file[4:8])[0]
            for place in range(start + 2, start + 2 + 12 * 20, 12):
                tag = struct.unpack("<H", file[place : place + 2])[0]
                if tag in {256, 257}:
                    number = width if tag == 256 else height
                    file[place : place + 12] = struct.pack("<HHII", tag, 4, 1, number)
    return bytes(file)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("size", [(16_000, 16_000), (16_383, 4_000)])
def test_a_declared_size_over_the_limit_is_refused_before_decoding(format, size):
    refusal = _refusal(_declaring(format, *size))
    assert refusal.code == "picture-pixels"
    assert refusal.problems[0].facts["most"] == MOST_PIXELS["WebP" if format == "WEBP" else format]
    assert (refusal.problems[0].facts["width"], refusal.problems[0].facts["height"]) == size


def test_a_picture_that_is_too_long_is_refused():
    assert _refusal(_declaring("PNG", 30_001, 1)).code == "picture-pixels"


@pytest.mark.parametrize("format", ["PNG", "JPEG", "BMP", "TIFF", "WEBP"])
@pytest.mark.parametrize("size", [(0, 0), (0, 5), (5, 0)])
def test_a_picture_without_pixels_is_refused(format, size):
    assert _refusal(_declaring(format, *size)).code == "picture-broken"


@pytest.mark.parametrize("format", ["PNG", "BMP", "TIFF"])
def test_a_file_with_fewer_pixels_than_it_declares_is_refused(format):
    assert _refusal(_declaring(format, 240, 1600)).code == "picture-broken"


def test_a_gif_without_a_screen_has_the_size_of_its_frame():
    assert prepare(_declaring("GIF", 0, 0)).width == 24


def test_a_gif_whose_frame_leaves_the_screen_is_as_large_as_both():
    picture = prepare(_declaring("GIF", 10, 40))
    assert (picture.width, picture.height) == (24, 40)


def test_a_gif_whose_frame_lies_too_far_outside_is_refused():
    file = bytearray(FILES["GIF"])
    frame = 13 + (3 << ((file[10] & 7) + 1))
    while file[frame] == 0x21:
        frame += 8
    file[frame + 1 : frame + 9] = struct.pack("<HHHH", 60_000, 60_000, 24, 16)
    assert _refusal(bytes(file)).code == "picture-pixels"


def test_texts_of_a_png_that_expand_are_never_unpacked():
    bomb = zlib.compress(bytes(50_000_000), 9)
    file = png(
        [
            _ihdr(4, 4),
            *[(b"zTXt", b"a\0\0" + bomb), (b"iTXt", b"a\0\1\0\0\0" + bomb)] * 20,
            _rows(4, 4),
            (b"IEND", b""),
        ]
    )
    assert opened(prepare(file).data).getpixel((1, 1)) == (255, 0, 0)


def test_a_colour_profile_of_a_png_that_expands_is_refused():
    profile = b"a\0\0" + zlib.compress(bytes(50_000_000), 9)
    assert _refusal(png([_ihdr(4, 4), (b"iCCP", profile), _rows(4, 4), (b"IEND", b"")])).code == "picture-broken"


def test_a_png_of_many_chunks_is_read():
    _, rows = _rows(40, 40)
    file = png(
        [_ihdr(40, 40), *[(b"IDAT", bytes([byte])) for byte in rows], *[(b"teXt", b"")] * 50_000, (b"IEND", b"")]
    )
    assert prepare(file).width == 40


@pytest.mark.parametrize(
    "chunks",
    [
        [_ihdr(4, 4), _rows(4, 4)],
        [_ihdr(4, 4), (b"IEND", b"")],
        [_rows(4, 4), (b"IEND", b"")],
        [_ihdr(4, 4), _ihdr(4, 4), _rows(4, 4), (b"IEND", b"")],
        [_ihdr(4, 4), (b"CgBI", b""), _rows(4, 4), (b"IEND", b"")],
        [_ihdr(4, 4, colours=9), _rows(4, 4), (b"IEND", b"")],
        [_ihdr(4, 4), (b"IDAT", b"noise"), (b"IEND", b"")],
    ],
)
def test_a_png_of_wrong_chunks_is_refused(chunks):
    assert _refusal(png(chunks)).code == "picture-broken"


def test_a_png_with_a_wrong_check_sum_is_refused():
    file = bytearray(FILES["PNG"])
    file[30] ^= 1
    assert "check sum" in str(_refusal(bytes(file)))


def test_a_jpeg_of_very_many_scans_is_refused():
    file = FILES["progressive"]
    scan = re.search(rb"\xff\xda(?:(?!\xff[^\0]).)+", file, re.DOTALL)[0]
    assert "scans" in str(_refusal(file[:-2] + scan * 40 + b"\xff\xd9"))


def test_a_jpeg_of_two_frames_is_refused():
    frame = re.search(rb"\xff\xc0\0\x11.{15}", FILES["JPEG"], re.DOTALL)
    file = FILES["JPEG"][: frame.start()] + frame[0] + FILES["JPEG"][frame.start() :]
    assert _refusal(file).code == "picture-broken"


def test_comments_of_a_gif_cost_nothing():
    comment = b"!\xfe" + (b"\xff" + b"x" * 255) * 30_000 + b"\0"
    head = 13 + (3 << ((FILES["GIF"][10] & 7) + 1))
    assert prepare(FILES["GIF"][:head] + comment + FILES["GIF"][head:]) == prepare(FILES["GIF"])


@pytest.mark.parametrize("name", FILES)
def test_bytes_after_the_end_change_nothing(name):
    script = b"<script>alert(1)</script>"
    picture = prepare(FILES[name] + script)
    assert picture == prepare(FILES[name])
    assert script not in picture.data + picture.upright.data


def test_a_script_in_the_header_of_a_gif_is_not_kept():
    file = bytearray(saved(corners(), "GIF"))
    file[6:10] = b"/*\0\0"  # the width of the screen begins a comment of JavaScript
    picture = prepare(bytes(file) + b"*/=1;alert(1)")
    assert picture.data.startswith(b"\x89PNG")


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_ends_early_is_refused(name):
    file = FILES[name]
    first_frame = len(file)
    if name == "animated":
        first_frame = file.index(b"!\xf9", file.index(b",", 20))
    elif name == "animated WebP":
        first_frame = len(file) - 1
    # The last bytes of a few formats are padding or the end of the directory, which only the metadata uses.
    most = {"TIFF": 0, "BMP": first_frame - 1}.get(name, min(first_frame, len(file)) - 3)
    for length in range(1, most, 7):
        assert _refusal(file[:length]).code in {"picture-broken", "picture-format", "picture-pixels"}


def test_a_tiff_of_measurements_is_refused_by_its_colours():
    assert _refusal(saved(Image.new("F", (4, 4)), "TIFF")).code == "picture-colours"
    assert _refusal(saved(Image.new("LAB", (4, 4)), "TIFF")).code == "picture-colours"


@pytest.mark.parametrize("entry", [(258, 3, 2**31), (273, 4, 2**30), (256, 3, 2), (256, 9, 1), (34675, 7, 10**9)])
def test_a_tiff_with_a_wrong_entry_is_refused(entry):
    file = bytearray(saved(corners(), "TIFF", icc_profile=b"x" * 20))
    start = struct.unpack("<I", file[4:8])[0]
    for place in range(start + 2, start + 2 + 12 * 20, 12):
        if struct.unpack("<H", file[place : place + 2])[0] == entry[0]:
            file[place : place + 8] = struct.pack("<HHI", *entry)
            break
    assert _refusal(bytes(file)).code == "picture-broken"


def test_a_gif_whose_frame_has_no_pixels_is_refused():
    file = bytearray(FILES["GIF"])
    frame = file.index(b",", 13 + (3 << ((file[10] & 7) + 1)))
    file[frame + 5 : frame + 9] = bytes(4)
    assert "without pixels" in str(_refusal(bytes(file)))


@pytest.mark.parametrize("chunk", [b"VP8 \0\0\0\0", b"VP8X\1\0\0\0a", b"ALPH\0\0\0\0", b""])
def test_a_webp_without_a_picture_is_refused(chunk):
    file = b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk
    assert "no picture" in str(_refusal(file))


def test_a_webp_whose_sizes_contradict_each_other_is_refused():
    file = bytearray(saved(corners(24, 16), "WEBP", exif=exif(1)))
    file[24] = 200  # the canvas of the extended header is wider than the picture
    assert _refusal(bytes(file)).code == "picture-broken"


def test_a_bmp_of_a_header_alone_is_refused():
    assert _refusal(FILES["BMP"][:20]).code == "picture-broken"


def test_damaged_exif_costs_no_picture():
    data = b"Exif\0\0II*\0" + b"\xff" * 200
    assert prepare(saved(corners(), "JPEG", exif=data)).width == 120


@pytest.mark.parametrize("name", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_file_that_ends_early_is_refused_even_if_the_application_lets_pillow_fill_it_up(name, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    assert _refusal(FILES[name][:-20]).code == "picture-broken"


def _tiff(entries: dict[int, tuple[int, ...]], data: bytes) -> bytes:
    """A TIFF file; each entry is a list of long numbers."""
    directory, far = struct.pack("<H", len(entries)), b""
    start = 8 + len(data)
    for tag, numbers in sorted(entries.items()):
        packed = struct.pack(f"<{len(numbers)}I", *numbers)
        if len(numbers) > 1:
            packed, far = struct.pack("<I", start + 2 + 12 * len(entries) + 4 + len(far)), far + packed
        directory += struct.pack("<HHI", tag, 4, len(numbers)) + packed
    return b"II*\0" + struct.pack("<I", start) + data + directory + bytes(4) + far


GREY = {256: (64,), 257: (64,), 258: (8,), 259: (1,), 262: (1,), 277: (1,)}


def test_a_tiff_of_tiles_is_read():
    tiles = {322: (32,), 323: (32,), 324: (8, 1032, 2056, 3080), 325: (1024,) * 4}
    assert prepare(_tiff(GREY | tiles, bytes(4096))).width == 64


def test_a_tiff_of_tiny_tiles_is_refused():
    tiles = {322: (1,), 323: (1,), 324: (8,) * 4096, 325: (1,) * 4096}
    assert _refusal(_tiff(GREY | tiles, bytes(4096))).code == "picture-broken"


def test_a_tiff_of_a_tile_that_is_much_larger_than_the_picture_is_refused():
    tiles = {259: (8,), 322: (16_000,), 323: (8_000,), 324: (8,), 325: (4096,)}
    assert _refusal(_tiff(GREY | tiles, bytes(4096))).code == "picture-broken"


@pytest.mark.parametrize("compression", [0, 6, 34_925, 50_000, 50_001])
def test_a_tiff_of_a_rare_compression_is_refused(compression):
    strips = {259: (compression,), 273: (8,), 279: (4096,)}
    assert "compression" in str(_refusal(_tiff(GREY | strips, bytes(4096))))


def test_a_tiff_whose_strips_are_the_same_bytes_is_refused():
    strips = {278: (1,), 273: (8,) * 64, 279: (4096,) * 64}
    assert _refusal(_tiff(GREY | strips, bytes(4096))).code == "picture-broken"


@given(st.binary(max_size=400))
def test_random_bytes_are_refused_and_nothing_else_is_raised(file):
    with pytest.raises(Invalid):
        prepare(file)


@given(st.sampled_from(sorted(FILES)), st.data())
def test_a_changed_file_is_a_picture_or_is_refused_and_nothing_else_is_raised(name, data):
    file = bytearray(FILES[name])
    for place in data.draw(st.lists(st.integers(0, len(file) - 1), min_size=1, max_size=6)):
        file[place] = data.draw(st.integers(0, 255))
    try:
        picture = prepare(bytes(file))
    except Invalid as refusal:
        assert refusal.path == "data"  # noqa: PT017 - both outcomes are right
    else:
        assert picture.width <= 200
        assert picture.height <= 300
        assert Image.open(io.BytesIO(picture.data)).size == (picture.width, picture.height)
