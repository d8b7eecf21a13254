"""PDFs that are right, wrong or hostile, made with Ghostscript, pypdf and by hand: nothing of ours makes them.

The PDF/A files are stored in tests/samples, so that no test needs Ghostscript for them; run
`python -m tests.support.pdf_samples` to make them again.
"""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from PIL import ImageCms
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

_SAMPLES = Path(__file__).resolve().parents[1] / "samples"

_POSTSCRIPT = """%!
[/Title (A page) /Author (Somebody) /DOCINFO pdfmark
[/_objdef {icc} /type /stream /OBJ pdfmark
[{icc} << /N 3 >> /PUT pdfmark
[{icc} (ICC) (r) file /PUT pdfmark
[/_objdef {intent} /type /dict /OBJ pdfmark
[{intent} << /Type /OutputIntent /S /GTS_PDFA1 /DestOutputProfile {icc}
  /OutputConditionIdentifier (sRGB) >> /PUT pdfmark
[{Catalog} << /OutputIntents [ {intent} ] >> /PUT pdfmark
/Helvetica findfont 12 scalefont setfont 72 700 moveto (Words on a page) show showpage
"""


def read_pdfa(part: int) -> bytes:
    """A valid PDF/A of level b, by Ghostscript."""
    return (_SAMPLES / f"pdfa-{part}b.pdf").read_bytes()


def _make_pdfa(folder: Path, part: int) -> None:
    profile = folder / "srgb.icc"
    icc = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    icc[8:12] = b"\x02\x10\x00\x00"  # PDF/A-1 knows ICC profiles of version 2 only
    profile.write_bytes(icc)
    source = folder / "page.ps"
    source.write_text(_POSTSCRIPT.replace("ICC", str(profile)), "ascii")
    subprocess.run(
        [
            "gs", "-q", "-dBATCH", "-dNOPAUSE", f"--permit-file-read={profile}", "-sDEVICE=pdfwrite",
            f"-dPDFA={part}", "-dPDFACompatibilityPolicy=1", "-sColorConversionStrategy=RGB", "-o",
            str(_SAMPLES / f"pdfa-{part}b.pdf"),
            str(source),
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip


def plain_pdf(*, change: Callable[[PdfWriter], None] | None = None) -> bytes:
    """An ordinary PDF of one page that claims nothing; `change` may add to it."""
    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    content = DecodedStreamObject()
    content.set_data(b"BT /F1 12 Tf 72 700 Td (Plain words) Tj ET")
    page[NameObject("/Contents")] = writer._add_object(content)
    font = DictionaryObject({
        NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
        NameObject("/BaseFont"): NameObject("/Helvetica"),
    })  # fmt: skip
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
    )
    if change is not None:
        change(writer)
    return _bytes_of(writer)


def changed(content: bytes, change: Callable[[PdfWriter], None]) -> bytes:
    """A copy of a PDF after `change`, its metadata kept."""
    writer = PdfWriter(clone_from=io.BytesIO(content))
    change(writer)
    return _bytes_of(writer)


def with_xmp(content: bytes, old: bytes, new: bytes) -> bytes:
    """A copy of a PDF with something replaced in its XMP; it must be there."""

    def change(writer: PdfWriter) -> None:
        stream = writer._root_object["/Metadata"].get_object()
        assert isinstance(stream, StreamObject)
        assert old in stream.get_data()
        packet = DecodedStreamObject()
        packet.set_data(stream.get_data().replace(old, new))
        packet.update({NameObject("/Type"): NameObject("/Metadata"), NameObject("/Subtype"): NameObject("/XML")})
        writer._root_object[NameObject("/Metadata")] = writer._add_object(packet)

    return changed(content, change)


def _bytes_of(writer: PdfWriter) -> bytes:
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def add_script(writer: PdfWriter) -> None:
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('x');")}
    )
    writer._root_object[NameObject("/OpenAction")] = action


def add_launch(writer: PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("x.exe")})
    writer._root_object[NameObject("/OpenAction")] = action


def add_attachment(writer: PdfWriter) -> None:
    writer.add_attachment("notes.txt", b"notes")


def add_many_attachments(writer: PdfWriter) -> None:
    for number in range(30):
        writer.add_attachment(f"\u0628\u064a\u0627\u0646 {number}.bin", bytes([number, 0, 255]) * number)


def make_portfolio(writer: PdfWriter) -> None:
    add_attachment(writer)
    writer._root_object[NameObject("/Collection")] = DictionaryObject({NameObject("/View"): NameObject("/T")})


def hang_attachment_on_page(writer: PdfWriter) -> None:
    add_attachment(writer)
    names = writer._root_object["/Names"]["/EmbeddedFiles"]["/Names"]  # type: ignore[index]
    annotation = DictionaryObject({
        NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/FileAttachment"),
        NameObject("/Rect"): ArrayObject([NumberObject(9)] * 4), NameObject("/F"): NumberObject(4),
        NameObject("/FS"): names.pop(),
    })  # fmt: skip
    names.pop()
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(annotation)])


def lose_attachment(writer: PdfWriter) -> None:
    add_attachment(writer)
    specification = writer._root_object["/Names"]["/EmbeddedFiles"]["/Names"][1].get_object()  # type: ignore[index]
    specification[NameObject("/EF")] = DictionaryObject()


def add_form(writer: PdfWriter) -> None:
    field = DictionaryObject({NameObject("/FT"): NameObject("/Tx"), NameObject("/T"): TextStringObject("name")})
    writer._root_object[NameObject("/AcroForm")] = DictionaryObject(
        {
            NameObject("/Fields"): ArrayObject([writer._add_object(field)]),
            NameObject("/NeedAppearances"): BooleanObject(value=True),
        }
    )


def add_signature(writer: PdfWriter) -> None:
    signature = DictionaryObject({
        NameObject("/Type"): NameObject("/Sig"), NameObject("/Filter"): NameObject("/Adobe.PPKLite"),
        NameObject("/ByteRange"): ArrayObject([NumberObject(0)] * 4), NameObject("/Contents"): TextStringObject("x"),
    })  # fmt: skip
    field = DictionaryObject({
        NameObject("/FT"): NameObject("/Sig"), NameObject("/T"): TextStringObject("signature"),
        NameObject("/V"): writer._add_object(signature),
    })  # fmt: skip
    writer._root_object[NameObject("/AcroForm")] = DictionaryObject(
        {NameObject("/Fields"): ArrayObject([writer._add_object(field)])}
    )


def add_movie(writer: PdfWriter) -> None:
    rectangle = ArrayObject([NumberObject(n) for n in (0, 0, 9, 9)])
    annotation = DictionaryObject({
        NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Movie"),
        NameObject("/Rect"): rectangle, NameObject("/F"): NumberObject(4),
    })  # fmt: skip
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(annotation)])


def add_loose_font(writer: PdfWriter) -> None:
    font = DictionaryObject({
        NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
        NameObject("/BaseFont"): NameObject("/Courier"),
    })  # fmt: skip
    add_content(writer, b"BT /Loose 9 Tf 50 50 Td (x) Tj ET")
    fonts = writer.pages[0]["/Resources"].get_object()
    assert isinstance(fonts, DictionaryObject)
    fonts.setdefault(NameObject("/Font"), DictionaryObject())
    known = fonts["/Font"].get_object()
    assert isinstance(known, DictionaryObject)
    known[NameObject("/Loose")] = font


def add_content(writer: PdfWriter, operators: bytes) -> None:
    page = writer.pages[0]
    found = page["/Contents"].get_object()
    parts = [found] if isinstance(found, StreamObject) else [part.get_object() for part in found]  # type: ignore[union-attr]
    content = DecodedStreamObject()
    content.set_data(b"\n".join([*(part.get_data() for part in parts), operators]))
    page[NameObject("/Contents")] = writer._add_object(content)


def add_opacity(writer: PdfWriter) -> None:
    state = DictionaryObject({NameObject("/Type"): NameObject("/ExtGState"), NameObject("/ca"): FloatObject(0.5)})
    resources = writer.pages[0]["/Resources"].get_object()
    assert isinstance(resources, DictionaryObject)
    resources[NameObject("/ExtGState")] = DictionaryObject({NameObject("/GS9"): state})
    add_content(writer, b"/GS9 gs")


def add_lzw(writer: PdfWriter) -> None:
    stream = StreamObject()
    stream._data = b"\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01"
    stream[NameObject("/Filter")] = NameObject("/LZWDecode")
    writer._root_object[NameObject("/PieceInfo")] = writer._add_object(stream)


def add_layers(writer: PdfWriter) -> None:
    writer._root_object[NameObject("/OCProperties")] = DictionaryObject(
        {NameObject("/OCGs"): ArrayObject(), NameObject("/D"): DictionaryObject()}
    )


def drop_identifier(writer: PdfWriter) -> None:
    writer._ID = None


def compress_metadata(writer: PdfWriter) -> None:
    stream = writer._root_object["/Metadata"].get_object()
    assert isinstance(stream, StreamObject)
    writer._root_object[NameObject("/Metadata")] = writer._add_object(stream.flate_encode())


def drop_intent(writer: PdfWriter) -> None:
    del writer._root_object["/OutputIntents"]
    add_content(writer, b"1 0 0 rg 10 10 20 20 re f")


def spoil_intent(writer: PdfWriter) -> None:
    intents = writer._root_object["/OutputIntents"]
    intent = intents[0].get_object()  # type: ignore[index]
    profile = DecodedStreamObject()
    profile.set_data(b"this is no profile" * 20)
    profile[NameObject("/N")] = NumberObject(3)
    intent[NameObject("/DestOutputProfile")] = writer._add_object(profile)


def encrypted(content: bytes, password: str) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(content))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    return _bytes_of(writer)


def hand_made(objects: dict[int, bytes], *, root: int = 1) -> bytes:
    """A PDF put together from numbered objects, with a cross-reference that fits."""
    out, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 00000 f \n"
    return out + b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, root, start)


_CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
_PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
_PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>"
_XMP = (
    b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
    b"<rdf:Description rdf:about='' xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/' pdfaid:part='2'"
    b" pdfaid:conformance='B'/></rdf:RDF></x:xmpmeta>"
)


def _stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), extra, data)


@cache
def hostile_pdfs() -> dict[str, bytes]:
    """PDFs made to hang, crash or swell a reader, by name."""
    claiming = b"<< /Type /Catalog /Pages 2 0 R /Metadata 5 0 R >>"
    metadata = _stream(_XMP, b"/Type /Metadata /Subtype /XML")
    bomb = zlib.compress(b"q " * (50 << 20), 6)
    laughs = (
        b"<!DOCTYPE x [<!ENTITY a 'ha'>"
        + b"".join(b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 20) for n in range(12))
        + b"]><x>&m;</x>"
    )
    plain = {1: _CATALOG, 2: _PAGES, 3: _PAGE, 4: _stream(b"q Q")}
    whole = hand_made(plain)
    return {
        "empty": b"",
        "garbage": b"\x00\xff garbage " * 100,
        "only a header": b"%PDF-1.7\n",
        "cut in half": whole[: len(whole) // 2],
        "no end": whole[:-60],
        "page tree in a circle": hand_made({**plain, 2: b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"}),
        "parent in a circle": hand_made(
            {**plain, 3: b"<< /Type /Page /Parent 3 0 R /Contents 4 0 R >>", 1: claiming, 5: metadata}
        ),
        "object that is itself": hand_made({**plain, 4: b"4 0 R"}),
        "deep arrays": hand_made({**plain, 4: b"[" * 100_000 + b"]" * 100_000}),
        "deep dictionaries": hand_made({**plain, 4: b"<< /A " * 30_000 + b"1" + b" >>" * 30_000}),
        "content bomb": hand_made({**plain, 1: claiming, 4: _stream(bomb, b"/Filter /FlateDecode"), 5: metadata}),
        "form in a circle": hand_made(
            {
                **plain,
                1: claiming,
                5: metadata,
                3: b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /XObject << /F 6 0 R >> >> >>",
                4: _stream(b"/F Do"),
                6: _stream(b"/F Do /F Do", b"/Type /XObject /Subtype /Form /Resources << /XObject << /F 6 0 R >> >>"),
            }
        ),
        "entity bomb": hand_made({**plain, 1: claiming, 5: _stream(laughs, b"/Type /Metadata /Subtype /XML")}),
        "huge cross-reference": whole.replace(b"0 5\n", b"0 999999999\n"),
        "huge numbers": whole.replace(b"/Count 1", b"/Count 99999999999999999999"),
        "negative start": re.sub(rb"startxref\n\d+", b"startxref\n-5", whole),
        "previous in a circle": re.sub(rb"/Size 5", b"/Size 5 /Prev %d" % whole.index(b"xref\n0"), whole),
        "root is a number": hand_made({**plain, 1: b"42"}),
        "pages is a name": hand_made({**plain, 2: b"/Pages"}),
        "metadata is a page": hand_made({**plain, 1: b"<< /Type /Catalog /Pages 2 0 R /Metadata 3 0 R >>"}),
        "no page": hand_made({**plain, 2: b"<< /Type /Pages /Kids [] /Count 0 >>"}),
        "million of kids": hand_made({**plain, 2: b"<< /Type /Pages /Kids [" + b"3 0 R " * 200_000 + b"] /Count 1 >>"}),
        "number with a million digits": hand_made({**plain, 4: b"1" * 1_000_000}),
        "null bytes": b"%PDF-1.4\n" + bytes(2_000_000),
    }


def read_pages(content: bytes) -> int:
    return len(PdfReader(io.BytesIO(content)).pages)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        for number in (1, 2, 3):
            _make_pdfa(Path(scratch), number)
