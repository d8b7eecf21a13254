"""Documents to draw: every kind of text and block that a rendition has to stand."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from datetime import UTC, datetime

from PIL import Image as Pillow

from archive.model.blocks import (
    Block,
    BulletList,
    Cell,
    Document,
    Heading,
    Image,
    ListItem,
    Paragraph,
    Preformatted,
    Quote,
    Span,
    Table,
)
from archive.renditions.pdf.drawing import DrawnPdf, DrawOptions, Level, PdfProperties, SourceAttachment, draw

CREATED = datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)
SOURCE = SourceAttachment("بيان.txt", "text/plain", b"the source\x00\xff", CREATED, "What it was made of")
ARABIC = (
    "قالت هيومن رايتس ووتش (HRW) إنّ 1,429 شخصاً قُتلوا في 21/08/2013، ومنهم ٤٢٦ طفلاً. لا إله الله محمد ﷺ [قرار 2118]\n\n"
)
ENGLISH = "The quick brown fox jumps over the lazy dog, again and again; an efficient office. " * 9


def text(content: str, language: str | None = "en") -> Document:
    """A document of one paragraph for each stretch that ends in a blank line."""
    parts = content.split("\n\n")
    kept = [part + "\n\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
    return Document(tuple(Paragraph((Span(part),)) for part in kept), language=language)


def paragraph(content: str) -> Paragraph:
    return Paragraph((Span(content),))


def cell(content: str, *, header: bool = False) -> Cell:
    return Cell((paragraph(content),), header)


def nested(depth: int) -> ListItem:
    blocks: tuple[Block, ...] = (paragraph(f"item {depth}"),)
    if depth:
        blocks += (BulletList((nested(depth - 1), nested(depth - 1)), start=None if depth % 2 else 9),)
    return ListItem(blocks)


def table(rows: int) -> Table:
    head = tuple(cell(name, header=True) for name in ("Name", "Date", "Text"))
    body = tuple((cell(f"row {i}"), cell("2013-08-21"), cell("long enough to wrap " * (i % 6))) for i in range(rows))
    return Table((head, *body, (cell("short"),)), caption=(Span("A caption"),))


def picture(mode: str, form: str, size: tuple[int, int] = (60, 40)) -> bytes:
    written = io.BytesIO()
    Pillow.linear_gradient("L").resize(size).convert(mode).save(written, form)
    return written.getvalue()


def _random_text() -> str:
    chance = random.Random(7)
    pool = "abc XYZ 12 .,()[]{}\n\t אבג ابت لا لاً َ ﷲ ё ñ ﬁ —–-\u200e\u200f\u2067\u2069\u202b\u202c\U0001f600\xa0\xad/"
    return "".join(chance.choice(pool) for _ in range(3000))


TEXTS: dict[str, tuple[str, str]] = {
    "empty": ("", "en"),
    "one word": ("word", "en"),
    "only line ends": ("\n\n\n", "en"),
    "arabic": (ARABIC * 30, "ar"),
    "arabic called english": (ARABIC * 2, "en"),
    "mixed": ("Mixed (تقرير) and [نص (1) عربي] \u2067abc\u2069 \u202eabc\u202c RLM\u200f x\u200dy\n" + ARABIC, "en"),
    "line ends": ("a\r\nb\r\n\r\nc\rd\r\r\n\u2028x\u2029y\x85z\x0bv\x0cf\n", "en"),
    "control characters": ("a\x00b\x01c\x07\x1b[31m\x7f\ttab \ufeff\ufffe \ue000 \U0010fffd \x1c\x1d\n", "en"),
    "long line": ("word " * 1000, "en"),
    "long words": ("x" * 5000 + "\n" + "بت" * 2500, "en"),
    "missing glyphs": ("smile 😀👨‍👩‍👧 ❤️ 中文 हिन्दी ไทย 🇸🇾 \u0301 e\u0301\n", "en"),
    "soft hyphens": ("Donau\xaddampf\xadschiff\xadfahrts\xadgesell\xadschaft " * 20, "de"),
    "random": (_random_text(), "en"),
}
BLOCKS: dict[str, Callable[[], Document]] = {
    "short paragraphs": lambda: text("".join(f"Line {i}.\n\n" for i in range(2000))),
    "hundred pages": lambda: text((ENGLISH + "\n\n") * 560),
    "lists": lambda: Document((BulletList((nested(3), nested(1))), BulletList((nested(0),) * 4, start=98)), "en"),
    "arabic list": lambda: Document((BulletList((ListItem((paragraph(ARABIC),)),) * 3, start=1),), "ar"),
    "table": lambda: Document((table(90),), "en"),
    "table without header": lambda: Document((Table(((cell("x " * 4000), cell("y")), (cell("z"),))),), "en"),
    "wide table": lambda: Document((Table(tuple(tuple(cell(f"v{i}{j}") for j in range(60)) for i in range(3))),), "en"),
    "headings": lambda: Document(
        (Heading(1, (Span("One"),)), Heading(5, (Span("Five"),)), Heading(2, (Span("Two"),)), paragraph("Text")), "en"
    ),
    "inline": lambda: Document(
        (
            Paragraph(
                (
                    Span("see "),
                    Span("a link that is long enough to break " * 4, link="https://example.org/ä?x=(1)"),
                    Span(", "),
                    Span("bold", bold=True),
                    Span(" "),
                    Span("slanted fi", italic=True),
                    Span(" x=1", code=True),
                    Span(" مرحبا", language="ar"),
                    Span(" end."),
                )
            ),
            Quote((paragraph("Quoted " * 40), Quote((paragraph("Deeper"),)))),
            Preformatted("  def f():\n\treturn 1\n\n# " + "long " * 40 + "\n"),
        ),
        "en",
    ),
    "pictures": lambda: Document(
        (
            *(
                Image(picture(mode, form), f"image/{form.lower()}", f"alt {mode}")
                for mode, form in (("RGB", "PNG"), ("RGBA", "PNG"), ("P", "PNG"), ("1", "TIFF"), ("CMYK", "JPEG"))
            ),
            Image(picture("RGB", "JPEG", (1500, 90)), "image/jpeg", "wide"),
        ),
        "en",
    ),
    "no language": lambda: text("No language.\n\n" + ARABIC, None),
}


def draw_document(
    document: Document, *, level: Level = "3a", title: str = "A title", page: str = "a4", missing: str = "box"
) -> DrawnPdf:
    """Draw with fixed properties."""
    return draw(
        document,
        source=SOURCE,
        properties=PdfProperties(title, CREATED, ("Ann", "Bo"), document.language or "und", "A subject", "urn:x:1"),
        options=DrawOptions(
            level, "letter" if page == "letter" else "a4", missing_glyphs="refuse" if missing == "refuse" else "box"
        ),
    )
