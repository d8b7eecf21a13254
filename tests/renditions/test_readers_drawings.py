"""Vector drawings and newer kinds of pictures: painted where a library reads them; no file beside them is opened."""

from __future__ import annotations

import io
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image as Pillow

from archive.errors import RenditionError
from archive.model.blocks import Document, Image
from archive.renditions.readers import SVG, can_read, drawn_pictures, read_document
from archive.renditions.readers.source import Neighbours
from tests.renditions.torture.cases import shown
from tests.support.documents import picture
from tests.support.needing import miss


def _need(module: str) -> None:
    """Pass the test over where an optional package is missing; CI must have it."""
    if find_spec(module) is None:
        miss(module, 'pip install -e ".[test]"')


@pytest.fixture(autouse=True)
def _resvg() -> None:
    _need("resvg_py")


_SPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
_PLAN = (
    f'<svg {_SPACES} viewBox="0 0 200 100"><title>Plan</title><desc>A plan of the street</desc>'
    '<rect width="100" height="100" fill="#c00000"/><text x="110" y="50" font-size="20">شهادة</text></svg>'
)


def _read(markup: str, neighbours: Neighbours | None = None) -> Document:
    document = read_document(markup.encode(), SVG, name="plan.svg", neighbours=neighbours)
    assert document is not None
    return document


def _pixels(document: Document) -> Pillow.Image:
    image = document.blocks[0]
    assert isinstance(image, Image)
    return Pillow.open(io.BytesIO(image.content)).convert("RGB")


def test_a_drawing_is_painted_and_its_words_are_text() -> None:
    document = _read(_PLAN)
    painted = _pixels(document)
    assert painted.size == (1800, 900)
    assert painted.getpixel((450, 450)) == (192, 0, 0)
    assert painted.crop((980, 200, 1790, 600)).getextrema()[0][0] < 60, "the words are painted too"
    assert shown(document.blocks).splitlines() == [
        "<A plan of the street>", "## Words in the drawing", "Plan", "A plan of the street", "شهادة"
    ]  # fmt: skip
    assert document.dropped == ()
    assert _read(_PLAN).blocks == document.blocks


@pytest.mark.parametrize(
    "address", ["PLACE", "file://PLACE", "far.png", "http://127.0.0.1:1/x.png", "data:image/svg+xml,x"]
)
@pytest.mark.parametrize("element", ["image", "feImage", "use", "style"])
def test_no_file_and_no_address_is_opened(tmp_path: Path, address: str, element: str) -> None:
    secret = tmp_path / "secret.png"
    Pillow.new("RGB", (50, 50), (0, 0, 0)).save(secret)
    at = address.replace("PLACE", str(secret))
    inside = {
        "image": f'<image xlink:href="{at}" href="{at}" width="100" height="50"/>',
        "feImage": f'<filter id="f"><feImage href="{at}"/></filter><rect width="100" height="50" filter="url(#f)"/>',
        "use": f'<use xlink:href="{at}#x" width="100" height="50"/>',
        "style": f"<style>@import url({at}); rect {{ fill: url({at}) }}</style>",
    }[element]
    document = _read(f'<svg {_SPACES} width="100" height="50">{inside}</svg>')
    assert _pixels(document).getextrema() == ((255, 255),) * 3


def test_a_picture_beside_the_drawing_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "p.png").write_bytes(picture())
    document = _read(
        f'<svg {_SPACES} width="160" height="90"><image href="p.png" width="160" height="90"/></svg>',
        Neighbours(str(tmp_path).encode()),
    )
    assert [type(block) for block in document.blocks] == [Image]
    assert document.dropped == ()
    assert _pixels(document).getpixel((10, 10)) == (225, 232, 240)


@pytest.mark.parametrize(
    "size", ['width="1000000" height="1"', 'width="0" height="5"', 'width="1e30" height="1e30"', ""]
)
def test_a_drawing_without_a_usual_size_is_named(size: str) -> None:
    document = _read(f"<svg {_SPACES} {size}><text>WORDS</text></svg>")
    assert shown(document.blocks) == "WORDS"
    assert document.dropped == ("the drawing itself; its words are drawn as text",)


def test_what_moves_is_named_and_a_damaged_drawing_is_refused() -> None:
    moving = f'<svg {_SPACES} width="9" height="9"><rect><animate attributeName="x"/></rect></svg>'
    assert _read(moving).dropped == ("what moves in the drawing, or changes on pointing at it",)
    with pytest.raises(RenditionError):
        _read("<svg")


def test_without_the_library_the_words_are_drawn_and_the_drawing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn_pictures, "find_spec", lambda name: None)
    document = _read(_PLAN)
    assert shown(document.blocks).splitlines() == ["Plan", "A plan of the street", "شهادة"]
    assert document.dropped == ("the drawing itself; its words are drawn as text",)


@pytest.mark.parametrize("kind", ["JPEG2000", "HEIF", "AVIF"])
def test_newer_pictures_are_drawn_as_they_are_seen(kind: str) -> None:
    if kind == "HEIF":
        _need("pillow_heif")
        import_module("pillow_heif").register_heif_opener()
    written = io.BytesIO()
    seen = Pillow.open(io.BytesIO(picture()))
    seen.save(written, kind, **({"quality": 95} if kind != "JPEG2000" else {}))
    media_type = {"JPEG2000": "image/jp2", "HEIF": "image/heic", "AVIF": "image/avif"}[kind]
    assert can_read(media_type)
    document = read_document(written.getvalue(), media_type, name="x", alternative="A street")
    assert document is not None
    drawn = _pixels(document)
    assert drawn.size == (160, 90)
    assert all(abs(one - other) < 12 for one, other in zip(drawn.getpixel((5, 5)), (225, 232, 240), strict=True))


def test_a_damaged_heic_is_refused() -> None:
    _need("pillow_heif")
    with pytest.raises(RenditionError, match="damaged or not readable"):
        read_document(b"\0\0\0\x18ftypheic" + bytes(200), "image/heic", name="x.heic")
