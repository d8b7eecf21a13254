"""Pictures: upright as they were taken, in their own bytes and colours, and each loss said."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from archive.errors import RenditionError
from archive.model.blocks import Document
from archive.renditions.readers import read_document
from archive.renditions.verapdf import judge_files
from archive.settings import Settings
from tests.support.drawn import draw_document
from tests.support.needing import need
from tests.support.photos import SIZE, cornered, deep_colour, deep_gray, stored, turned, wide_gamut
from tests.support.verapdf import need_verapdf

# Where the red and the blue corner are seen, by orientation (EXIF 2.32, 4.6.4).
_SEEN = {
    1: ("left top", "right bottom"), 2: ("right top", "left bottom"), 3: ("right bottom", "left top"),
    4: ("left bottom", "right top"), 5: ("left top", "right bottom"), 6: ("right top", "left bottom"),
    7: ("right bottom", "left top"), 8: ("left bottom", "right top"),
}  # fmt: skip


def _read(content: bytes, kind: str) -> Document:
    document = read_document(content, f"image/{kind}", name="x", alternative="a corner")
    assert document is not None
    return document


def _pixels(content: bytes, folder: Path) -> Image.Image:
    """The first page as it is seen, by poppler."""
    program = need("pdftoppm")
    (folder / "x.pdf").write_bytes(content)
    subprocess.run([program, "-r", "48", "-png", "-singlefile", folder / "x.pdf", folder / "x"], check=True)
    return Image.open(folder / "x.png").convert("RGB")


def _places(page: Image.Image, wanted: Callable[[int, int, int], bool]) -> list[tuple[int, int]]:
    raw = page.tobytes()
    points = (raw[at : at + 3] for at in range(0, len(raw), 3))
    return [(n % page.width, n // page.width) for n, (r, g, b) in enumerate(points) if wanted(r, g, b)]


def _middle(page: Image.Image, wanted: Callable[[int, int, int], bool]) -> tuple[float, float]:
    places = _places(page, wanted)
    assert places
    return sum(x for x, _ in places) / len(places), sum(y for _, y in places) / len(places)


def _images(content: bytes) -> list[dict[str, object]]:
    page = PdfReader(io.BytesIO(content)).pages[0]
    return [dict(found.get_object()) for found in page["/Resources"]["/XObject"].values()]  # type: ignore[index]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_a_picture_stands_as_it_was_taken(tmp_path: Path, form: str, orientation: int) -> None:
    page = _pixels(draw_document(_read(turned(form, orientation), form.lower())).content, tmp_path)
    red = _middle(page, lambda r, g, b: r > 200 and g < 90 and b < 90)
    blue = _middle(page, lambda r, g, b: b > 200 and r < 90 and g < 90)

    def name(one: tuple[float, float], other: tuple[float, float]) -> str:
        return f"{'left' if one[0] < other[0] else 'right'} {'top' if one[1] < other[1] else 'bottom'}"

    assert (name(red, blue), name(blue, red)) == _SEEN[orientation]
    upright = abs(red[1] - blue[1]) > abs(red[0] - blue[0])
    assert upright == (orientation > 4), "the proportions are swapped with the sides"


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_jpeg_keeps_its_own_bytes(orientation: int) -> None:
    content = turned("JPEG", orientation)
    (image,) = (
        PdfReader(io.BytesIO(draw_document(_read(content, "jpeg")).content))
        .pages[0]["/Resources"][  # type: ignore[index]
            "/XObject"
        ]
        .values()
    )
    assert image.get_object()["/Filter"] == "/DCTDecode"
    assert image.get_object()._data == content


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1", "I;16"])
def test_a_plain_png_keeps_its_samples(tmp_path: Path, mode: str) -> None:
    picture = deep_gray() if mode == "I;16" else cornered(mode)
    drawn = draw_document(_read(stored(picture, "PNG"), "png")).content
    assert _images(drawn)[0]["/BitsPerComponent"] == {"1": 1, "I;16": 16}.get(mode, 8)
    (tmp_path / "x.pdf").write_bytes(drawn)
    subprocess.run([need("pdfimages"), "-png", tmp_path / "x.pdf", tmp_path / "x"], check=True)
    taken = Image.open(tmp_path / "x-000.png")
    assert taken.size == SIZE
    # pdfimages takes the upper 8 of 16 bits.
    wanted = picture.convert("I").point(lambda value: value * (1 / 257) + 0).convert("L") if mode == "I;16" else picture
    differing = [
        abs(a - b) for a, b in zip(taken.convert("RGB").tobytes(), wanted.convert("RGB").tobytes(), strict=True)
    ]
    assert max(differing) <= (1 if mode == "I;16" else 0)


def test_a_profile_of_its_own_is_kept_and_srgb_is_the_intent() -> None:
    wide = wide_gamut()
    for form in ("PNG", "JPEG"):
        (image,) = _images(draw_document(_read(stored(cornered(), form, icc_profile=wide), form.lower())).content)
        space = image["/ColorSpace"]
        assert isinstance(space, list)
        assert space[0] == "/ICCBased"
        assert space[1].get_object().get_data() == wide
        (image,) = _images(draw_document(_read(stored(cornered(), form, icc_profile=wide[:200]), form.lower())).content)
        assert image["/ColorSpace"] == "/DeviceRGB"


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (stored(cornered("CMYK"), "JPEG"), "jpeg", "the exact colours: its CMYK has no colour profile"),
        (stored(cornered(), "MPO", save_all=True, append_images=[cornered()]), "jpeg", "1 more picture"),
        (stored(cornered("P"), "GIF", save_all=True, append_images=[cornered("L")] * 4), "gif", "more picture"),
        (stored(deep_gray("F"), "TIFF"), "tiff", "the depth of its samples"),
        (stored(deep_gray("I"), "TIFF"), "tiff", "the depth of its samples"),
        (stored(deep_gray(), "TIFF"), "tiff", None),
        (stored(cornered(), "BMP"), "bmp", None),
    ],
)
def test_what_a_page_cannot_show_is_said(content: bytes, kind: str, said: str | None) -> None:
    dropped = _read(content, kind).dropped
    assert dropped == () if said is None else said in dropped[0]


def test_what_is_clear_shows_paper(tmp_path: Path) -> None:
    picture = cornered("P")
    red = picture.getpixel((0, 0))
    page = _pixels(draw_document(_read(stored(picture, "PNG", transparency=red), "png")).content, tmp_path)
    assert not _places(page, lambda r, g, b: r > 200 and g < 90)
    _middle(page, lambda r, g, b: b > 200 and r < 90 and g < 90)


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (stored(Image.effect_noise((300, 300), 50), "JPEG")[:5000], "jpeg", "not readable: .*truncated"),
        (stored(Image.effect_noise((300, 300), 50), "PNG")[:5000], "png", "not readable: .*truncated"),
        (stored(Image.new("1", (20_000, 20_000)), "PNG"), "png", "too large to draw: it has more than 120,000,000"),
        (stored(Image.new("1", (12_000, 12_000)), "PNG"), "png", "too large to draw: 12000 by 12000 pixels"),
        (
            stored(Image.new("1", (10, 10)), "TIFF", compression="group4", save_all=True,
                   append_images=[Image.new("1", (11_000, 11_000))]),
            "tiff",
            "too large to draw: it has more than",
        ),
    ],
)  # fmt: skip
def test_damage_and_bombs_are_refused_in_words(content: bytes, kind: str, said: str) -> None:
    with pytest.raises(RenditionError, match=said):
        _read(content, kind)


@pytest.mark.verapdf
def test_verapdf_finds_every_kind_compliant(tmp_path: Path) -> None:
    verapdf = need_verapdf()
    wide = wide_gamut()
    samples = [
        *((turned(form, 5), form.lower()) for form in ("JPEG", "PNG", "TIFF", "WEBP")),
        (stored(cornered("CMYK"), "JPEG"), "jpeg"),
        (stored(cornered(), "JPEG", icc_profile=wide, progressive=True), "jpeg"),
        (stored(cornered("P"), "PNG", icc_profile=wide), "png"),
        (stored(cornered("RGBA"), "PNG"), "png"),
        (stored(deep_gray(), "PNG"), "png"),
        (deep_colour(), "png"),
        (stored(cornered("1"), "TIFF", compression="group4"), "tiff"),
        (stored(cornered(), "TIFF", save_all=True, append_images=[cornered("L"), cornered("1")]), "tiff"),
        (stored(cornered("P"), "GIF"), "gif"),
    ]
    paths = []
    for number, (content, kind) in enumerate(samples):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(draw_document(_read(content, kind)).content)
        paths.append(os.fsencode(path))
    for judgement in judge_files(verapdf, paths, settings=Settings()):
        assert judgement.compliant, judgement
        assert {verdict.profile for verdict in judgement.verdicts} == {"PDF/A-3A", "PDF/UA-1"}
