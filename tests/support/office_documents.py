"""Small office documents with hidden parts, comments and notes, made by hand; and whether LibreOffice is here."""

from __future__ import annotations

import io
import zipfile

from archive.renditions.office import PACKAGES, Office, find_office
from archive.settings import Settings
from tests.support.needing import miss

_SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in (
        ("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"), ("draw", "drawing"),
        ("presentation", "presentation"), ("svg", "svg-compatible"),
    )
)  # fmt: skip
RTF = rb"{\rtf1\ansi The accused is {\strike guilty} innocent.\par Second paragraph.}"


def need_office() -> Office:
    """LibreOffice, or the test is passed over; CI must have it."""
    office = find_office(Settings())
    if office is None:
        miss("LibreOffice", f"Debian packages {PACKAGES}")
    return office


def _open_document(kind: str, styles: str, body: str) -> bytes:
    mime = f"application/vnd.oasis.opendocument.{kind}"
    content = (
        f'<?xml version="1.0"?><office:document-content {_SPACES} office:version="1.3">'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body>{body}</office:body>"
        "</office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
        f' manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="{mime}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        package.writestr("mimetype", mime)
        package.writestr("content.xml", content)
        package.writestr("META-INF/manifest.xml", manifest)
    return written.getvalue()


def spreadsheet() -> bytes:
    """An .ods with a sheet that is seen, one that is hidden, and a comment."""
    styles = (
        '<style:style style:name="seen" style:family="table">'
        '<style:table-properties table:display="true"/></style:style>'
        '<style:style style:name="away" style:family="table">'
        '<style:table-properties table:display="false"/></style:style>'
    )

    def sheet(name: str, style: str, text: str, note: str = "") -> str:
        said = f"<office:annotation><text:p>{note}</text:p></office:annotation>" if note else ""
        return (
            f'<table:table table:name="{name}" table:style-name="{style}"><table:table-row>'
            f'<table:table-cell office:value-type="string">{said}<text:p>{text}</text:p></table:table-cell>'
            "</table:table-row></table:table>"
        )

    body = sheet("First", "seen", "Harvest of 1923", "Who counted?") + sheet("Second", "away", "Secret")
    return _open_document("spreadsheet", styles, f"<office:spreadsheet>{body}</office:spreadsheet>")


def slides() -> bytes:
    """An .odp with a slide that is seen and has a speaker note, and one that is hidden."""
    styles = (
        '<style:style style:name="away" style:family="drawing-page">'
        '<style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
    )

    def slide(name: str, text: str, style: str = "", note: str = "") -> str:
        box = '<draw:frame svg:x="1cm" svg:y="1cm" svg:width="10cm" svg:height="3cm"><draw:text-box>'
        end = "</draw:text-box></draw:frame>"
        said = f"<presentation:notes>{box}<text:p>{note}</text:p>{end}</presentation:notes>" if note else ""
        named = f' draw:style-name="{style}"' if style else ""
        return f'<draw:page draw:name="{name}"{named}>{box}<text:p>{text}</text:p>{end}{said}</draw:page>'

    body = slide("one", "Opening words", note="Speak slowly") + slide("two", "Not for you", "away")
    return _open_document("presentation", styles, f"<office:presentation>{body}</office:presentation>")
