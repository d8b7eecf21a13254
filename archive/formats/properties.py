"""What a document says of itself: title, author, dates, language, pages.

These are the document's words, right or wrong: they are suggested to a person, and never asserted.
"""

from __future__ import annotations

import email
import email.policy
import io
import re
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser

from archive.errors import FormatError
from archive.formats.edtf import is_edtf

HEAD = 1 << 18
"""Bytes of a text that are looked at."""

ZIPPED = 64 << 20
"""The largest zipped document (DOCX, ODT) that is opened, in bytes."""

_PART = 4 << 20
_TITLE = 300
_CORE = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_DCTERMS = "{http://purl.org/dc/terms/}"
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"


@dataclass(frozen=True, slots=True)
class Properties:
    """What was found; `basis` says where the title was, as "first heading". Dates are EDTF; `pages` is a count."""

    title: str | None = None
    basis: str = ""
    creator: str | None = None
    created: str | None = None
    modified: str | None = None
    language: str | None = None
    pages: int | None = None


def wants_all(name: str) -> bool:
    """True where a document of this name must be read as a whole."""
    return name.lower().endswith((".docx", ".odt", ".odp", ".ods", ".xlsx", ".pptx"))


def may_have_creation_date(name: str) -> bool:
    """True where a document of this name may tell when it was made."""
    return wants_all(name) or name.lower().endswith(".eml")


def read_properties(content: bytes, name: str) -> Properties:
    """What the document in `content` says of itself, by the kind that its name tells.

    Nothing found is not an error, nor is a damaged document: what it says would only be a suggestion.
    """
    try:
        return _read(content, name.lower())
    except Exception:  # noqa: BLE001 - parsers raise anything about damage, and none of it may stop a bag
        return Properties()


def _read(content: bytes, low: str) -> Properties:
    if wants_all(low):
        return _read_zipped(content)
    if low.endswith((".md", ".markdown")):
        text = _decode(content)
        return Properties(*_heading(text), language=guess_language(text))
    if low.endswith((".html", ".htm", ".xhtml")):
        return _read_html(_decode(content))
    if low.endswith(".eml"):
        return _read_mail(content)
    if low.endswith((".txt", ".text")) or "." not in low:
        text = _decode(content)
        return Properties(*_first_line(text), language=guess_language(text))
    return Properties()


def _decode(content: bytes) -> str:
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            # A text cut off in the middle of a character is still text up to there.
            if error.start >= len(content) - 4:
                return content[: error.start].decode(encoding)
    return ""


def _clean(text: str | None) -> str | None:
    if text is None:
        return None
    text = " ".join(text.split())
    shown = text.replace("\u200c", "").replace("\u200d", "")
    return text if shown and len(text) <= _TITLE and shown.isprintable() else None


def _named(title: str, basis: str) -> tuple[str | None, str]:
    shown = _clean(title)
    return shown, basis if shown else ""


def _heading(text: str) -> tuple[str | None, str]:
    fenced = False
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        match = None if fenced else re.match(r" {0,3}#{1,6}\s+(.+?)\s*#*\s*$", line)
        if match:
            return _named(_plain(match[1]), "first heading")
        underlined = number + 1 < len(lines) and re.fullmatch(r" {0,3}(=+|-{3,})\s*", lines[number + 1])
        if not fenced and line.strip() and underlined:
            return _named(_plain(line), "first heading")
    return None, ""


def _plain(markdown: str) -> str:
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    return re.sub(r"(\*\*|__|\*|`)(.+?)\1", r"\2", text)


def _first_line(text: str) -> tuple[str | None, str]:
    """A first line that stands alone, is short and is not a sentence: what a heading looks like in plain text."""
    first, _, rest = text.lstrip("\ufeff\r\n\t ").partition("\n")
    line = first.strip()
    alone = not rest or not rest.split("\n", 1)[0].strip()
    if not line or len(line) > 150 or not alone or line.endswith((".", "؟", "!", ":", ";", "،", ",")):
        return None, ""
    return _named(line, "first line")


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, list[str]] = {}
        self.text: list[str] = []
        self.language: str | None = None
        self.author: str | None = None
        self._inside: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.language = given.get("lang")
        elif tag == "meta" and (given.get("name") or "").lower() == "author":
            self.author = given.get("content")
        elif tag in ("title", "h1", "script", "style") and tag not in self.found:
            self._inside = tag
            self.found[tag] = []

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[self._inside].append(data)
        if self._inside not in ("script", "style"):
            self.text.append(data)


def _read_html(text: str) -> Properties:
    parser = _Html()
    parser.feed(text)
    heading = _clean("".join(parser.found.get("h1", [])))
    title = _clean("".join(parser.found.get("title", [])))
    language = parser.language.strip() if parser.language else guess_language(" ".join(parser.text))
    basis = "first heading" if heading else "document title" if title else ""
    return Properties(heading or title, basis, creator=_clean(parser.author), language=language or None)


def _read_mail(content: bytes) -> Properties:
    message = email.message_from_bytes(content, policy=email.policy.default)
    subject, sender, sent = (_header(message, name) for name in ("Subject", "From", "Date"))
    created = None
    if sent:
        # A year or an offset of many digits is an OverflowError.
        with suppress(ValueError, TypeError, IndexError, OverflowError):
            created = parsedate_to_datetime(sent).date().isoformat()
    title = _clean(subject)
    return Properties(title, "subject of the e-mail" if title else "", _clean(sender), created)


def _header(message: Message, name: str) -> str | None:
    """A header as text; None where it is not there or the standard library cannot make sense of it."""
    try:
        value = message.get(name)
        return None if value is None else str(value)
    except Exception:  # noqa: BLE001 - the parsers of headers raise many kinds of errors about malformed ones
        raw = next((text for key, text in message.raw_items() if key.lower() == name.lower()), None)
        return None if raw is None else str(raw)


def _read_zipped(content: bytes) -> Properties:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            names = set(bundle.namelist())
            if "docProps/core.xml" in names:
                return _read_office(bundle, names)
            if "meta.xml" in names:
                return _read_open_document(bundle)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, FormatError, EOFError):
        return Properties()
    return Properties()


def _values(bundle: zipfile.ZipFile, name: str) -> dict[str, str]:
    from archive.formats.xml_safety import parse_xml

    with bundle.open(name) as part:
        content = part.read(_PART + 1)
    if len(content) > _PART:
        return {}
    found: dict[str, str] = {}
    for element in parse_xml(content).getroot().iter():
        if isinstance(element.tag, str) and element.text and element.text.strip():
            found.setdefault(element.tag, element.text.strip())
        if isinstance(element.tag, str) and element.tag == f"{_META}document-statistic":
            found["pages"] = element.get(f"{_META}page-count", "")
    return found


def _read_office(bundle: zipfile.ZipFile, names: set[str]) -> Properties:
    core = _values(bundle, "docProps/core.xml")
    extended = _values(bundle, "docProps/app.xml") if "docProps/app.xml" in names else {}
    pages = next((value for tag, value in extended.items() if tag.endswith("}Pages")), "")
    return _office(
        {
            "title": core.get(f"{_DC}title"),
            "creator": core.get(f"{_DC}creator"),
            "created": core.get(f"{_DCTERMS}created"),
            "modified": core.get(f"{_DCTERMS}modified"),
            "language": core.get(f"{_DC}language"),
            "pages": pages,
        }
    )


def _read_open_document(bundle: zipfile.ZipFile) -> Properties:
    found = _values(bundle, "meta.xml")
    return _office(
        {
            "title": found.get(f"{_DC}title"),
            "creator": found.get(f"{_META}initial-creator") or found.get(f"{_DC}creator"),
            "created": found.get(f"{_META}creation-date"),
            "modified": found.get(f"{_DC}date"),
            "language": found.get(f"{_DC}language"),
            "pages": found.get("pages"),
        }
    )


def _office(found: dict[str, str | None]) -> Properties:
    title, creator = _clean(found["title"]), _clean(found["creator"])
    if title and title.lower() in _TEMPLATE_TITLES:
        title = None
    if creator and creator.lower() in _TEMPLATE_NAMES:
        creator = None
    pages = found["pages"] or ""
    return Properties(
        title,
        "document title" if title else "",
        creator,
        _day(found["created"]),
        _day(found["modified"]),
        found["language"],
        int(pages) if pages.isascii() and pages.isdigit() and len(pages) < 7 and int(pages) > 0 else None,
    )


_TEMPLATE_STAMPS = ("2013-12-23T23:15:00", "2013-01-27T09:14:16")
"""The dates in the templates of python-docx and python-pptx: they are not the document's."""
_TEMPLATE_NAMES = frozenset(
    ["python-docx", "python-pptx", "openpyxl", "xlsxwriter", "steve canny", "apache poi", "docx4j", "un-named", "user"]
)
"""Authors that programs and their templates write, in lower case."""
_TEMPLATE_TITLES = frozenset(["powerpoint presentation", "word document", "untitled", "document"])


def _day(stamp: str | None) -> str | None:
    if stamp and stamp.startswith(_TEMPLATE_STAMPS):
        return None
    day = (stamp or "")[:10]
    return day if is_edtf(day) else None


_ARABIC = re.compile(r"[\u0620-\u064a]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_PERSIAN_URDU = re.compile(r"[پچژگکیٹڈڑےں]")
_FREQUENT = {
    "en": frozenset(["the", "of", "and", "to", "in", "is", "that", "for", "with", "was", "by", "on", "from", "are"]),
    "fr": frozenset(["le", "la", "les", "des", "et", "une", "du", "est", "que", "dans", "pour", "sur", "par", "avec"]),
    "de": frozenset(
        ["der", "die", "das", "und", "ist", "nicht", "mit", "den", "von", "ein", "eine", "für", "auf", "dem"]
    ),
    "es": frozenset(["el", "la", "los", "las", "de", "y", "que", "en", "una", "por", "con", "para", "del", "se"]),
}


def guess_language(text: str) -> str | None:
    """The language of a text, by its script and its most frequent words; None where that is not plain. Only a guess."""
    sample = text[:20_000]
    arabic, latin = len(_ARABIC.findall(sample)), len(_LATIN.findall(sample))
    if arabic + latin < 40:
        return None
    if arabic > 2 * latin:
        return None if len(_PERSIAN_URDU.findall(sample)) > arabic // 50 else "ar"
    if latin <= 2 * arabic:
        return None
    words = re.findall(r"[a-zà-ÿ]+", sample.lower())
    scores = {tag: sum(word in frequent for word in words) for tag, frequent in _FREQUENT.items()}
    best, second = sorted(scores.values(), reverse=True)[:2]
    if best < max(3, len(words) // 12) or best < 1.5 * second:
        return None
    return max(scores, key=lambda tag: scores[tag])
