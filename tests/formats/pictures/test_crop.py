"""Zoom and offset choose a part of the picture, and nothing outside it."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from PIL import Image

from contactcore import Invalid
from contactcore.formats.pictures import LARGEST_ZOOM, Crop, prepare
from contactcore.formats.pictures.crop import clamped, region_of
from support.pictures import CORNERS, corners, exif, opened, saved

pytestmark = pytest.mark.req("PIC-3")
FILE = saved(corners(600, 400), "PNG")
SIDES = st.integers(1, 2_000)
ZOOMS = st.floats(1, LARGEST_ZOOM)


def test_no_crop_and_a_crop_that_changes_nothing_give_the_same_picture():
    assert prepare(FILE) == prepare(FILE, crop=Crop()) == prepare(FILE, crop={})


@pytest.mark.parametrize(("number", "x", "y"), [(0, -0.25, -0.25), (1, 0.25, -0.25), (2, -0.25, 0.25), (3, 0.25, 0.25)])
def test_the_offset_leads_to_a_quarter(number, x, y):
    shown = opened(prepare(FILE, crop=Crop(zoom=5, x=x, y=y)).data)
    assert shown.getcolors() == [(shown.width * shown.height, CORNERS[number])]


@pytest.mark.parametrize(
    ("zoom", "size"),
    [(1, (200, 133)), (1.5, (200, 200)), (2, (200, 267)), (2.25, (200, 300)), (3, (200, 300)), (6, (100, 150))],
)
def test_a_greater_zoom_fills_the_frame_and_never_enlarges(zoom, size):
    picture = prepare(FILE, crop=Crop(zoom=zoom))
    assert (picture.width, picture.height) == size


def test_a_mapping_is_accepted_like_a_crop():
    assert prepare(FILE, crop={"zoom": 2, "x": 0.1}) == prepare(FILE, crop=Crop(2, 0.1))


def test_the_upright_copy_does_not_depend_on_the_crop():
    assert prepare(FILE, crop=Crop(zoom=4)).upright == prepare(FILE).upright


def test_a_turned_picture_is_cropped_as_it_is_seen():
    turned = saved(corners(600, 400).transpose(Image.Transpose.ROTATE_90), "PNG", exif=exif(6))
    assert prepare(turned, crop=Crop(5, 0.25, -0.25)) == prepare(FILE, crop=Crop(5, 0.25, -0.25))


@pytest.mark.parametrize(
    ("crop", "path", "code"),
    [
        ({"zoom": 0.5}, "crop.zoom", "crop-zoom"),
        ({"zoom": 0}, "crop.zoom", "crop-zoom"),
        ({"zoom": -1}, "crop.zoom", "crop-zoom"),
        ({"zoom": 50.1}, "crop.zoom", "crop-zoom"),
        ({"zoom": math.nan}, "crop.zoom", "crop-type"),
        ({"zoom": math.inf}, "crop.zoom", "crop-type"),
        ({"zoom": 10**400}, "crop.zoom", "crop-type"),
        ({"zoom": "large"}, "crop.zoom", "crop-type"),
        ({"zoom": "inf"}, "crop.zoom", "crop-type"),
        ({"zoom": True}, "crop.zoom", "crop-type"),
        ({"zoom": None}, "crop.zoom", "crop-type"),
        ({"zoom": 2, "x": 0.6}, "crop.x", "crop-offset"),
        ({"zoom": 2, "y": -0.6}, "crop.y", "crop-offset"),
        ({"zoom": 2, "x": 0.26}, "crop.x", "crop-offset"),
        ({"zoom": 2, "y": 0.01}, "crop.y", "crop-offset"),
        ({"x": 0.1}, "crop.x", "crop-offset"),
        ({"scale": 2}, "crop.scale", "crop-type"),
        ({5: 2}, "crop.5", "crop-type"),
        ("zoom", "crop", "crop-type"),
        (2, "crop", "crop-type"),
        ((2, 0, 0), "crop", "crop-type"),
    ],
)
def test_a_crop_that_cannot_be_meant_is_refused_by_its_field(crop, path, code):
    with pytest.raises(Invalid) as refused:
        prepare(FILE, crop=crop)
    assert (refused.value.path, refused.value.code) == (path, code)


def test_all_faults_of_a_crop_are_named_at_once():
    with pytest.raises(Invalid) as refused:
        prepare(FILE, crop={"zoom": 99, "x": "left", "y": 4})
    assert [problem.path for problem in refused.value.problems] == ["crop.zoom", "crop.x", "crop.y"]


def test_the_greatest_offset_of_a_refusal_is_accepted():
    with pytest.raises(Invalid) as refused:
        region_of(Crop(zoom=3, x=0.5, y=0.5), 617, 411)
    most = [problem.facts["most"] for problem in refused.value.problems]
    assert region_of(Crop(3, *most), 617, 411)[2:] == (617, 411)


@pytest.mark.req("PIC-3")
@given(SIDES, SIDES, ZOOMS, st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
@example(1, 1, 1.0, 0.0, 1e-9)
def test_a_clamped_crop_is_accepted_and_an_accepted_crop_is_not_moved(width, height, zoom, x, y):
    crop = Crop(zoom, x, y)
    inside = clamped(crop, width, height)
    region_of(inside, width, height)
    assert clamped(inside, width, height) == inside
    assert (inside.x * x >= 0, abs(inside.x) <= abs(x)) == (True, True)
    try:
        region_of(crop, width, height)
    except Invalid:
        assert inside != crop
    else:
        assert (inside.zoom, inside.x, inside.y) == pytest.approx((zoom, x, y), abs=1e-8)  # the tolerance of an offset


@pytest.mark.req("PIC-3")
def test_sliders_that_go_too_far_show_the_edge_and_say_where_it_is():
    given = prepare(FILE, crop={"zoom": "2", "x": "0.5", "y": ""}, clamp=True)
    assert given.crop == Crop(2, 0.25)
    assert given.data == prepare(FILE, crop=Crop(2, 0.25)).data
    with pytest.raises(Invalid) as refused:
        prepare(FILE, crop={"zoom": "2", "x": "left"}, clamp=True)
    assert (refused.value.path, refused.value.code) == ("crop.x", "crop-type")


@given(SIDES, SIDES, ZOOMS, st.floats(-1, 1), st.floats(-1, 1))
def test_a_part_lies_inside_the_picture_and_has_a_pixel(width, height, zoom, x, y):
    scale = min(200 / width, 300 / height) * zoom
    most = [(1 - min(1.0, box / (side * scale))) / 2 for box, side in ((200, width), (300, height))]
    left, top, right, bottom = region_of(Crop(zoom, x * most[0], y * most[1]), width, height)
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height


@given(SIDES, SIDES, ZOOMS, ZOOMS)
def test_a_greater_zoom_never_shows_more(width, height, first, second):
    assume(first < second)
    less, more = (region_of(Crop(zoom), width, height) for zoom in (second, first))
    assert less[2] - less[0] <= more[2] - more[0]
    assert less[3] - less[1] <= more[3] - more[1]


@given(ZOOMS, st.floats(-1, 1))
def test_the_same_crop_gives_the_same_bytes(zoom, place):
    x = place * (1 - min(1.0, 1 / zoom)) / 2
    assert prepare(FILE, crop=Crop(zoom, x)) == prepare(FILE, crop={"zoom": zoom, "x": x})
