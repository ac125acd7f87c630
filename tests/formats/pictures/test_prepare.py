"""Files of each format and mode become the picture that is served, and an upright copy."""

from __future__ import annotations

import io
import random
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

import PIL
import pytest
from PIL import Image, ImageCms

from contactcore import Invalid
from contactcore.formats.pictures import LARGEST_FILE, Crop, prepare, preparing
from support.pictures import CORNERS, corners, exif, opened, png, saved

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/png", "WEBP": "image/jpeg", "BMP": "image/png"}
MODES = [
    *(("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")),
    *(("JPEG", mode) for mode in ("L", "RGB", "CMYK")),
    *(("TIFF", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I;16")),
    *(("BMP", mode) for mode in ("1", "L", "P", "RGB")),
    *(("GIF", mode) for mode in ("1", "L", "P")),
    *(("WEBP", mode) for mode in ("RGB", "RGBA")),
]


def _seen(data: bytes) -> list[tuple[int, ...]]:
    """Colours in the middle of each quarter."""
    image = opened(data).convert("RGB")
    width, height = image.size
    return [image.getpixel((width * x // 4, height * y // 4)) for y in (1, 3) for x in (1, 3)]


def _near(found, meant, by=12) -> bool:
    return all(
        abs(a - b) <= by for one, other in zip(found, meant, strict=True) for a, b in zip(one, other, strict=True)
    )


@pytest.mark.req("PIC-2")
@pytest.mark.parametrize(
    ("given", "fitted"),
    [
        ((200, 300), (200, 300)),
        ((201, 300), (200, 299)),
        ((1800, 1200), (200, 133)),
        ((1200, 1800), (200, 300)),
        ((20, 3000), (2, 300)),
        ((3000, 1), (200, 1)),
        ((60, 60), (60, 60)),
        ((1, 1), (1, 1)),
    ],
)
def test_a_larger_picture_fits_into_the_box_and_a_smaller_one_is_kept(given, fitted):
    picture = prepare(saved(Image.new("RGB", given, "red"), "PNG"))
    assert (picture.width, picture.height) == fitted == opened(picture.data).size


@pytest.mark.req("PIC-2")
def test_a_file_of_the_greatest_size_is_read_and_one_byte_more_is_refused():
    file = saved(corners(), "PNG")
    assert prepare(file + bytes(LARGEST_FILE - len(file))).width == 120
    with pytest.raises(Invalid) as refused:
        prepare(file + bytes(LARGEST_FILE - len(file) + 1))
    assert (refused.value.code, refused.value.path) == ("picture-too-large", "data")


@pytest.mark.req("PIC-5")
@pytest.mark.parametrize(("format", "media_type"), FORMATS.items())
def test_each_format_is_read_by_its_content(format, media_type):
    picture = prepare(saved(corners(), format))
    assert picture.media_type == media_type
    assert f"image/{opened(picture.data).format.lower()}" == media_type
    assert _near(_seen(picture.data), CORNERS, 40)


@pytest.mark.req("PIC-5")
@pytest.mark.parametrize(("format", "mode"), MODES)
def test_each_mode_of_colours_looks_as_it_did(format, mode):
    image = corners(mode="L" if mode in {"1", "I;16"} else "RGB" if mode == "P" else mode)
    if mode == "1":
        image = image.point(lambda value: 255 * (value > 100)).convert("1")
    elif mode == "P":
        image = image.quantize(8)
    meant = _seen(saved(image.convert("RGB"), "PNG"))
    if mode == "I;16":
        grey = image.tobytes()
        image = Image.frombytes("I;16", image.size, bytes(byte for value in grey for byte in (value, value)))
    elif mode == "YCbCr" and PIL.__version__ < "13":
        pytest.skip("this Pillow reads no such TIFF file")
    picture = prepare(saved(image, format))
    assert opened(picture.data).mode == "RGB"
    assert _near(_seen(picture.data), meant, 45)


@pytest.mark.req("PIC-5")
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_turned_picture_becomes_upright(format, orientation):
    turn = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # what the camera did, as a number of Image.Transpose
    image = corners()
    stored = image.transpose(turn[orientation]) if orientation > 1 else image
    picture = prepare(saved(stored, format, exif=exif(orientation)))
    assert (picture.width, picture.height) == (120, 80)
    assert _near(_seen(picture.data), CORNERS, 40)
    assert _near(_seen(picture.upright.data), CORNERS, 40)


@pytest.mark.req("PIC-5")
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "GIF"])
def test_no_metadata_is_left(format):
    options = {"exif": exif(1), "comment": "secret words"} if format != "GIF" else {"comment": b"secret words"}
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    file = saved(corners(), format, icc_profile=profile, xmp=b"<x>secret words</x>", **options)
    assert b"secret words" in file
    picture = prepare(file + b"secret words")
    for data in (picture.data, picture.upright.data):
        assert b"secret" not in data
        assert opened(data).getexif() == {}
        assert set(opened(data).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.req("PIC-5")
def test_a_colour_profile_is_turned_to_srgb():
    # A profile of swapped channels is easy to see: its red is the blue of sRGB.
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    places = [lab.index(name, 128) for name in (b"rXYZ", b"bXYZ")]
    swapped = bytearray(lab)
    swapped[places[0] : places[0] + 4], swapped[places[1] : places[1] + 4] = b"bXYZ", b"rXYZ"
    picture = prepare(saved(Image.new("RGB", (50, 50), (255, 0, 0)), "PNG", icc_profile=bytes(swapped)))
    assert _near([opened(picture.data).getpixel((20, 20))], [(0, 0, 255)], 12)


@pytest.mark.req("PIC-5")
def test_a_damaged_colour_profile_is_ignored():
    picture = prepare(saved(Image.new("RGB", (50, 50), (255, 0, 0)), "PNG", icc_profile=b"noise" * 99))
    assert opened(picture.data).getpixel((20, 20)) == (255, 0, 0)


@pytest.mark.req("PIC-5")
@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP", "TIFF"])
def test_an_animation_becomes_its_first_frame(format):
    frames = [Image.new("RGB", (60, 60), colour) for colour in ("red", "green", "blue")]
    picture = prepare(saved(frames[0], format, save_all=True, append_images=frames[1:]))
    for data in (picture.data, picture.upright.data):
        assert getattr(opened(data), "n_frames", 1) == 1
        assert _near([opened(data).convert("RGB").getpixel((30, 30))], [(255, 0, 0)], 12)


@pytest.mark.req("PIC-5")
@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF", "GIF"])
def test_transparency_is_kept(format):
    image = corners(mode="RGBA")
    image.putalpha(Image.new("L", (60, 80), 0).resize((120, 80)))
    image.paste((255, 0, 0, 255), (0, 0, 60, 80))
    picture = prepare(saved(image, format))
    found = opened(picture.data)
    assert (picture.media_type, found.mode) == ("image/png", "RGBA")
    assert (found.getpixel((20, 40))[3], found.getpixel((100, 40))[3]) == (255, 0)


@pytest.mark.req("PIC-5")
def test_the_upright_copy_has_at_most_2000_pixels_on_a_side():
    picture = prepare(saved(corners(3000, 1500), "JPEG"))
    assert (picture.upright.width, picture.upright.height) == (2000, 1000) == opened(picture.upright.data).size
    small = prepare(saved(corners(300, 150), "JPEG"))
    assert (small.upright.width, small.upright.height) == (300, 150)


@pytest.mark.req("PIC-5")
def test_the_upright_copy_is_made_smaller_until_it_can_be_prepared_again(monkeypatch):
    monkeypatch.setattr(preparing, "LARGEST_FILE", 100_000)
    noise = Image.frombytes("RGB", (400, 300), random.Random(1).randbytes(400 * 300 * 3))
    noise.putalpha(200)
    picture = prepare(saved(noise, "WEBP", quality=60))
    assert len(picture.upright.data) <= 100_000
    assert (picture.upright.width, picture.upright.height) == (168, 126)
    assert prepare(picture.upright.data).media_type == "image/png"


@pytest.mark.req("PIC-3")
@pytest.mark.req("PIC-5")
@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_the_upright_copy_is_adjusted_like_the_file_that_was_sent(format):
    file, crop = saved(corners(1000, 800), format), Crop(zoom=3, x=0.3, y=-0.1)
    first = prepare(file)
    again, sent = prepare(first.upright.data, crop=crop), prepare(file, crop=crop)
    assert (again.width, again.height, again.media_type) == (sent.width, sent.height, sent.media_type)
    assert _near(_seen(again.data), _seen(sent.data), 12)


@pytest.mark.req("PIC-2")
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_the_same_file_gives_the_same_bytes_in_many_threads(format):
    file = saved(corners(900, 700), format)
    with ThreadPoolExecutor(8) as pool:
        pictures = list(pool.map(prepare, [file] * 24))
    assert len(set(pictures)) == 1


@pytest.mark.req("PIC-5")
@pytest.mark.parametrize(
    ("bits", "colours", "row", "pixel"),
    [
        (1, 0, b"\x80", (255, 255, 255)),
        (2, 0, b"\x80", (170, 170, 170)),
        (4, 0, b"\x80", (136, 136, 136)),
        (8, 0, b"\x80", (128, 128, 128)),
        (16, 0, b"\x80\0", (128, 128, 128)),
        (8, 2, b"\x10\x20\x30", (16, 32, 48)),
        (16, 2, b"\x10\0\x20\0\x30\0", (16, 32, 48)),
        (1, 3, b"\x80", (40, 50, 60)),
        (2, 3, b"\x40", (40, 50, 60)),
        (4, 3, b"\x10", (40, 50, 60)),
        (8, 3, b"\1", (40, 50, 60)),
        (8, 4, b"\x80\x40", (128, 128, 128, 64)),
        (16, 4, b"\x80\0\x40\0", (128, 128, 128, 64)),
        (8, 6, b"\x10\x20\x30\x40", (16, 32, 48, 64)),
        (16, 6, b"\x10\0\x20\0\x30\0\x40\0", (16, 32, 48, 64)),
    ],
)
def test_each_depth_of_a_png_is_read(bits, colours, row, pixel):
    header = (b"IHDR", struct.pack(">IIBBBBB", 1, 1, bits, colours, 0, 0, 0))
    palette = (b"PLTE", bytes((10, 20, 30, 40, 50, 60)))
    chunks = [header, *([palette] if colours == 3 else []), (b"IDAT", zlib.compress(b"\0" + row)), (b"IEND", b"")]
    assert opened(prepare(png(chunks)).data).getpixel((0, 0)) == pixel


@pytest.mark.req("PIC-5")
@pytest.mark.parametrize(
    ("bits", "colours", "row", "hole"),
    [
        (1, 0, b"\x80", b"\0\1"),
        (8, 0, b"\x80", b"\0\x80"),
        (8, 2, b"\1\2\3", b"\0\1\0\2\0\3"),
        (8, 3, b"\1", b"\xff\0"),
    ],
)
def test_the_transparent_colour_of_a_png_is_transparent(bits, colours, row, hole):
    header = (b"IHDR", struct.pack(">IIBBBBB", 1, 1, bits, colours, 0, 0, 0))
    palette = (b"PLTE", bytes((10, 20, 30, 40, 50, 60)))
    chunks = [header, *([palette] if colours == 3 else []), (b"tRNS", hole), (b"IDAT", zlib.compress(b"\0" + row))]
    assert opened(prepare(png([*chunks, (b"IEND", b"")])).data).getpixel((0, 0))[3] == 0


def test_bytes_of_any_buffer_are_accepted():
    file = saved(corners(), "PNG")
    assert prepare(bytearray(file)) == prepare(memoryview(file)) == prepare(file)


def test_the_representation_of_a_picture_is_short():
    assert len(repr(prepare(saved(corners(), "PNG")))) < 300


@pytest.mark.parametrize("given", [None, "text", 5, io.BytesIO(b""), [1, 2]])
def test_anything_but_bytes_is_refused_by_name(given):
    with pytest.raises(Invalid) as refused:
        prepare(given)
    assert (refused.value.code, refused.value.path) == ("picture-type", "data")
