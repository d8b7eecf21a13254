"""Mutated bags, archives, records and documents: what is tried, and what may come of it.

Run as `python -m tests.support.mutating KIND COUNT SEED FOLDER`: a process of its own, held to 1.5 GB, that prints one
JSON line: how many cases were tried and called valid, the longest in CPU seconds, and what went wrong.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import json
import lzma
import os
import random
import re
import resource
import struct
import sys
import tarfile
import time
import traceback
import warnings
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import unquote_to_bytes

from archive.errors import ArchiveError
from archive.model.validation import ValidationReport
from tests.support.bag_drafts import Files, draft, seal, write_folder, write_tar, write_zip

MEMORY = 1_500_000_000
"""No process may take more, in bytes of address space."""

SECONDS = 20.0
"""No case may take more, in seconds of CPU."""

ROOT = Path(__file__).resolve().parents[2]

NASTY = (
    b"", b"\0", b"\n", b"\r", b"\r\n",
    b"\t", b" ", b"%", b"%25", b"%0A", b"%00", b"..", b"../", b"/", b"~", b"\\", b"*",
    b"./", b"-", b"-1", b"0", b"1e999", b"9" * 40, b"NaN", b"null", b"true", b"[", b"{", b"[" * 300, b"{\"a\":" * 300,
    b"<", b">", b"</", b"<a>" * 300, b"<!--", b"<![CDATA[", b"<?", b"&", b"&amp;", b"&#0;", b"&#x10FFFF;", b"&x;",
    b"<!DOCTYPE a [<!ENTITY x \"y\">]>", b"\"", b"'", b"\"\"\"", b"=", b":", b",", b";", b"#",
    b"\xef\xbb\xbf", b"\xff\xfe",
    b"\xfe\xff", b"\xff", b"\x80", b"\xc3", b"\xed\xa0\x80", "\u202e".encode(), "\u2028".encode(), "e\u0301".encode(),
    "\u00e9".encode(), "\u0130".encode(), b"\x1b[31m", b"A" * 5000, b"data/", b"data/a.txt", b"data/folder/b.bin",
    b"manifest-sha256.txt", b"UTF-16", b"UTF-8", b"idna", b"0.97", b"1.0", b"2.0", b"9999-99-99",
    b"xsi:type", b"xmlns=",
)  # fmt: skip


def mutate(data: bytes, chance: random.Random) -> bytes:
    """One new version of `data`, by one to three changes; it may come out as it was."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        at = chance.randrange(len(made) + 1)
        what = chance.randrange(9)
        span = chance.choice((1, 1, 2, 4, 16, 64, 512))
        if what == 0 and at < len(made):
            made[at] = chance.randrange(256)
        elif what == 1 and at < len(made):
            made[at] ^= 1 << chance.randrange(8)
        elif what == 2:
            del made[at : at + span]
        elif what == 3:
            made[at:at] = made[at : at + span]
        elif what == 4:
            made[at:at] = chance.choice(NASTY)
        elif what == 5:
            nasty = chance.choice(NASTY)
            made[at : at + len(nasty)] = nasty
        elif what == 6:
            number = chance.choice((0, 1, 0x7F, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, len(data)))
            form = chance.choice(("<I", ">I", "<H", ">H"))
            made[at : at + struct.calcsize(form)] = struct.pack(form, number & (0xFFFF if "H" in form else 0xFFFFFFFF))
        elif what == 7:
            other = chance.randrange(len(made) + 1)
            made[at : at + span] = made[other : other + span]
        else:
            _exchange_lines(made, chance)
    return bytes(made)


def _exchange_lines(made: bytearray, chance: random.Random) -> None:
    """Two lines exchanged, one repeated or one dropped."""
    lines = bytes(made).splitlines(keepends=True)
    if not lines or len(lines) > 5000:
        return
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    what = chance.randrange(3)
    if what == 0:
        lines[one], lines[other] = lines[other], lines[one]
    elif what == 1:
        lines.insert(other, lines[one])
    else:
        del lines[one]
    made[:] = b"".join(lines)


def listed(manifest: bytes) -> dict[bytes, bytes]:
    """A payload manifest as an independent reader sees it: each decoded path with its digest in lower case."""
    lines = re.split(rb"\r\n|\r|\n", manifest.removeprefix(b"\xef\xbb\xbf"))
    pairs = [re.split(rb"[ \t]+", line, maxsplit=1) for line in lines if line.strip(b" \t")]
    found = {}
    for pair in pairs:
        path = re.sub(rb"%(0[aAdD]|25)", lambda match: unquote_to_bytes(match[0]), pair[-1])
        path = path.removeprefix(b"*")
        while path.startswith(b"./"):
            path = path[2:]
        found[path] = pair[0].lower()
    return found


def disproof(files: Mapping[bytes, bytes]) -> str | None:
    """Why a bag with these files cannot be valid: its payload digested again by hashlib; None when it can."""
    payload = {path: content for path, content in files.items() if path.startswith(b"data/")}
    declaration = files.get(b"bagit.txt", b"").decode("utf-8", "replace")
    codec = "utf-16" if re.search(r"utf-?16", declaration, re.IGNORECASE) else "utf-8"
    seen = 0
    for name, raw in files.items():
        match = re.fullmatch(rb"manifest-([a-z0-9]+)\.txt", name)
        if match is None:
            continue
        seen += 1
        content = raw if codec == "utf-8" else raw.decode(codec).encode("utf-8")
        digested = {path: hashlib.new(match[1].decode(), data).hexdigest().encode() for path, data in payload.items()}
        if listed(content) != digested:
            return f"{name.decode()} does not list the payload as it is"
    return None if seen else "there is no payload manifest"


@dataclass(frozen=True, slots=True)
class Case:
    """What one mutation is tried on. `tried` is given the chance and answers whether it was called valid.

    It raises AssertionError for a wrong word; `ArchiveError` is an answer.
    """

    tried: Callable[[random.Random], bool]


BAG = draft()
TAGS = (b"bagit.txt", b"bag-info.txt", b"manifest-sha256.txt", b"tagmanifest-sha256.txt", b"fetch.txt")


def _utf16_bag() -> Files:
    files = draft(algorithms=("sha256",), tag_manifests=False)
    files[b"bagit.txt"] = files[b"bagit.txt"].replace(b"UTF-8", b"UTF-16")
    for name in (b"bag-info.txt", b"manifest-sha256.txt"):
        files[name] = files[name].decode().encode("utf-16")
    return files


def _folder(place: Path, name: bytes, *, utf16: bool = False) -> Case:
    """One tag file of a bag in a folder; every other time the tag manifests are made to agree."""
    from archive.stages.validation import validate

    files = _utf16_bag() if utf16 else draft(algorithms=("sha256",))
    if name == b"fetch.txt":
        files = draft({**{b"data/f%d" % n: b"x" for n in range(3)}}, algorithms=("sha256",))
        files[name] = b"".join(b"https://example.org/%d 1 data/f%d\n" % (n, n) for n in range(3))
        seal(files)
    write_folder(files, place / "bag")
    tag_manifest = place / "bag" / "tagmanifest-sha256.txt"

    def tried(chance: random.Random) -> bool:
        made = dict(files)
        made[name] = mutate(files[name], chance)
        (place / "bag" / os.fsdecode(name)).write_bytes(made[name])
        if not utf16 and name != b"tagmanifest-sha256.txt" and chance.randrange(4):
            seal(made)
        if not utf16:
            tag_manifest.write_bytes(made[b"tagmanifest-sha256.txt"])
        report = validate(str(place / "bag"), workers=1)
        return _sound(report, made)

    return Case(tried)


def _sound(report: ValidationReport, files: Mapping[bytes, bytes]) -> bool:
    if report.verdict != "valid":
        return False
    why = disproof(files)
    assert why is None, f"called valid, but {why}"
    return True


def _tar_tree(data: bytes) -> Files:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return {
            member.name.encode("utf-8", "surrogateescape").partition(b"/")[2]: content.read()
            for member in archive
            if member.isreg() and (content := archive.extractfile(member)) is not None
        }


def _zip_tree(data: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {
            info.filename.encode("utf-8").partition(b"/")[2]: archive.read(info)
            for info in archive.infolist()
            if not info.is_dir()
        }


def _checksummed(data: bytes, chance: random.Random) -> bytes:
    """A tar whose headers' checksums are made right, so that what they say is read at all."""
    made = bytearray(data)
    for start in range(0, len(made) - 511, 512):
        head = made[start : start + 512]
        if head[257:262] == b"ustar":
            head[148:156] = b" " * 8
            made[start + 148 : start + 156] = b"%06o\0 " % sum(head)
    return bytes(made)


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "tar": bytes,
    "tar.gz": partial(gzip.compress, compresslevel=1, mtime=0),
    "tar.bz2": partial(bz2.compress, compresslevel=1),
    "tar.xz": partial(lzma.compress, preset=0),
}
SMALL = draft({b"data/a.txt": b"first\n", b"data/folder/b": b"second " * 30}, algorithms=("sha256",))


def _archive(place: Path, kind: str) -> Case:
    """An archive's bytes; of a compressed one also those of the tar within, compressed anew."""
    from archive.stages.validation import validate

    path = place / f"bag.{kind}"
    if kind == "zip":
        right = plain = write_zip(SMALL, place / "right.zip").read_bytes()
    else:
        plain = write_tar(SMALL, place / "right.tar", form=tarfile.PAX_FORMAT).read_bytes().rstrip(b"\0")
        plain += bytes(-len(plain) % 512 + 1024)
        right = PACKERS[kind](plain)

    def tried(chance: random.Random) -> bool:
        if kind == "zip":
            made = mutate(right, chance)
        elif kind != "tar" and chance.randrange(2):
            made = mutate(right, chance)
            if chance.randrange(4) == 0:
                made = right + made
        else:
            made = PACKERS[kind](_checksummed(mutate(plain, chance), chance))
        path.write_bytes(made)
        report = validate(str(path))
        if report.verdict != "valid":
            return False
        return _sound(report, _zip_tree(made) if kind == "zip" else _tar_tree(made))

    return Case(tried)


def _record(place: Path, content: bytes) -> Case:
    from archive.stages.validation.records.record import validate_record

    path = place / "record.xml"

    def tried(chance: random.Random) -> bool:
        path.write_bytes(mutate(content, chance))
        return validate_record(str(path)).ok

    return Case(tried)


def _reader(content: bytes, read: Callable[[bytes], object]) -> Case:
    """A function that reads bytes."""

    def tried(chance: random.Random) -> bool:
        read(mutate(content, chance))
        return True

    return Case(tried)


def _read_sheet(content: bytes) -> object:
    from archive.formats.description_csv import read_table

    return read_table(content)


def _read_toml(content: bytes) -> object:
    from archive.formats.description_toml import read_description

    return read_description(content)


def _read_statements(content: bytes) -> object:
    from archive.formats.statements import read_statements

    return read_statements(content)


def _read_profile(content: bytes) -> object:
    from archive.formats.profile import parse_profile

    return parse_profile(content, "profile.json")


def _ocfl(place: Path) -> Case:
    """The inventory of an OCFL object, its sidecar made to agree every other time."""
    from archive.stages.validation import validate
    from tests.support.ocfl_objects import write_object

    folder = place / "object"
    write_object(folder, ({"a.txt": b"one"}, {"a.txt": b"two", "b/c": b""}))
    inventory, sidecar = folder / "inventory.json", folder / "inventory.json.sha512"
    content, signed = inventory.read_bytes(), sidecar.read_bytes()

    def tried(chance: random.Random) -> bool:
        made = mutate(content, chance)
        inventory.write_bytes(made)
        agreed = b"%b inventory.json\n" % hashlib.sha512(made).hexdigest().encode()
        sidecar.write_bytes(agreed if chance.randrange(4) else signed)
        return validate(str(folder)).ok

    return Case(tried)


def _repacked(content: bytes) -> Callable[[random.Random], bytes]:
    """A zip of XML parts, mutated as a whole or in one part."""
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        parts = {info.filename: bundle.read(info) for info in bundle.infolist()}
    inner = [
        name for name in parts if name.endswith(("document.xml", "content.xml", "sheet1.xml", "styles.xml", ".rels"))
    ]

    def made(chance: random.Random) -> bytes:
        if not chance.randrange(4):
            return mutate(content, chance)
        name = chance.choice(inner)
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as bundle:
            for part, data in parts.items():
                bundle.writestr(part, mutate(data, chance) if part == name else data)
        return written.getvalue()

    return made


def _document(content: bytes, media_type: str, name: str) -> Case:
    """A document at the boundary of the readers, and its embedded properties."""
    from archive.formats.properties import read_properties
    from archive.renditions.readers import read_document

    zipped = content.startswith(b"PK")
    change = _repacked(content) if zipped else partial(mutate, content)

    def tried(chance: random.Random) -> bool:
        made = change(chance)
        read_properties(made, name)
        read_document(made, media_type, name=name)
        return True

    return Case(tried)


def _pdf(content: bytes) -> Case:
    """A PDF at the boundary of the confined inspection: any exception but `ArchiveError` is its "cannot be read"."""
    from archive.renditions.inspection.worker import examine

    def tried(chance: random.Random) -> bool:
        try:
            examine(mutate(content, chance))
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - what the worker's own boundary makes "cannot be read" of
            return False
        return True

    return Case(tried)


def _sample(name: str) -> bytes:
    return (ROOT / "tests" / "samples" / name).read_bytes()


EAD = b"""<?xml version="1.0"?>
<ead xmlns="urn:isbn:1-931666-22-9"><eadheader><eadid>x</eadid><filedesc>
<titlestmt><titleproper>T</titleproper></titlestmt>
</filedesc></eadheader><archdesc level="fonds"><did><unitid>1</unitid><unittitle>T</unittitle><unitdate
normal="2001/2002">2001</unitdate></did><dsc><c01 level="series"><did><unittitle>S</unittitle></did></c01>
</dsc></archdesc></ead>
"""
SHEET = b"""filename,dc.title,dc.creator,dc.date,dc.rights,dcterms.language
,Whole,Press Office,2023-11-15,http://rightsstatements.org/vocab/InC/1.0/,en
objects/a.txt,"One, two",A,2023/2024,,ar
objects/b/c.txt,"Three
lines",B,2023-11~,,
"""
STATEMENTS = b"""{"schema": "archive.statements/1", "identifier": "x", "restricted": false, "statements": [
{"property": "title", "value": "T", "language": "en", "about_b64": "YQ==", "certainty": "certain", "source": "person"}]}
"""


def _workbook() -> bytes:
    main, package = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://schemas.openxmlformats.org/"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}package/2006/content-types"/>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{package}officeDocument/2006/relationships"><sheets>'
        '<sheet name="Rooms" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}package/2006/relationships"><Relationship '
        f'Id="rId1" Type="{package}officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>'
        'Name</t></is></c><c r="B1"><v>3.5</v></c></row><row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row></sheetData>'
        '<mergeCells><mergeCell ref="A1:B1"/></mergeCells></worksheet>',
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as bundle:
        for name, text in parts.items():
            bundle.writestr(name, text)
    return written.getvalue()


def _odt() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as bundle:
        bundle.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        bundle.writestr(
            "content.xml",
            '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
            'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:text>'
            '<text:h text:outline-level="1">T</text:h><text:p>One <text:span>two</text:span></text:p>'
            "<text:list><text:list-item><text:p>x</text:p></text:list-item></text:list><table:table><table:table-row>"
            '<table:table-cell table:number-columns-spanned="2"><text:p>c</text:p></table:table-cell></table:table-row>'
            "</table:table></office:text></office:body></office:document-content>",
        )
    return written.getvalue()


def _mail() -> bytes:
    from tests.support.documents import message

    return message()


def _picture(form: str) -> bytes:
    from tests.support.documents import picture

    return picture(form)


def _docx() -> bytes:
    from tests.support.documents import word_document

    return word_document()


def _plain_pdf() -> bytes:
    from tests.support.pdf_samples import plain_pdf

    return plain_pdf()


MARKDOWN = b"""# Title\n\nOne *two* **three** `four` [five](https://example.org).\n
- a\n  - b\n\n1. c\n\n> q\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"""
HTML = b"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>T</title><style>p{color:red}</style></head>
<body><h1>T</h1><p>One <b>two</b> <i>three</i> <a href="x">y</a></p><ul><li>a<ol><li>b</ol></ul><table>
<tr><th colspan=2>h
<tr><td rowspan=2>c<td>d</table><pre>x\n y</pre><img src="data:image/png;base64,AAAA" alt="z"></body></html>"""
CSV = b'name,place\n"A, B",Douma\n"C ""D""",Homs\n'

KINDS: dict[str, Callable[[Path], Case]] = {
    **{f"folder {name.decode()}": partial(_folder, name=name) for name in TAGS},
    "folder utf-16 bag-info.txt": partial(_folder, name=b"bag-info.txt", utf16=True),
    "folder utf-16 manifest": partial(_folder, name=b"manifest-sha256.txt", utf16=True),
    **{kind: partial(_archive, kind=kind) for kind in ("zip", *PACKERS)},
    "inventory.json": _ocfl,
    **{name: partial(lambda place, name: _record(place, _sample(name)), name=name)
       for name in ("premis.xml", "mets.xml", "dc.xml", "dcterms.xml")},
    "ead.xml": lambda place: _record(place, EAD),
    "description.toml": lambda place: _reader((ROOT / "seeds/mixed-folder/description.toml").read_bytes(), _read_toml),
    "metadata.csv": lambda place: _reader(SHEET, _read_sheet),
    "statements.json": lambda place: _reader(STATEMENTS, _read_statements),
    "profile.json": lambda place: _reader((ROOT / "metadata/profiles/aptrust.json").read_bytes(), _read_profile),
    "txt": lambda place: _document("One line\n\nرحّب الائتلاف\n".encode(), "text/plain", "a.txt"),
    "md": lambda place: _document(MARKDOWN, "text/markdown", "a.md"),
    "html": lambda place: _document(HTML, "text/html", "a.html"),
    "eml": lambda place: _document(_mail(), "message/rfc822", "a.eml"),
    "csv": lambda place: _document(CSV, "text/csv", "a.csv"),
    "png": lambda place: _document(_picture("PNG"), "image/png", "a.png"),
    "tiff": lambda place: _document(_picture("TIFF"), "image/tiff", "a.tiff"),
    "docx": lambda place: _document(_docx(), _OFFICE + "wordprocessingml.document", "a.docx"),
    "xlsx": lambda place: _document(_workbook(), _OFFICE + "spreadsheetml.sheet", "a.xlsx"),
    "odt": lambda place: _document(_odt(), "application/vnd.oasis.opendocument.text", "a.odt"),
    "pdf": lambda place: _pdf(_plain_pdf()),
}  # fmt: skip
_OFFICE = "application/vnd.openxmlformats-officedocument."


def run(kind: str, count: int, seed: int, place: Path) -> dict[str, object]:
    """Try `count` mutations of a kind; what went wrong is named by its number, which the seed brings back."""
    warnings.simplefilter("ignore")
    case = KINDS[kind](place)
    wrong: list[str] = []
    valid, longest, started = 0, 0.0, time.process_time()
    for number in range(count):
        before = time.process_time()
        try:
            valid += case.tried(random.Random(seed * 1_000_003 + number))
        except ArchiveError:
            pass
        except BaseException as error:  # noqa: BLE001 - whatever else comes out is what is looked for
            wrong.append(f"case {number}: {type(error).__name__}: {error}\n{traceback.format_exc()[-1500:]}")
            if isinstance(error, KeyboardInterrupt) or len(wrong) > 20:
                break
        longest = max(longest, time.process_time() - before)
    return {
        "kind": kind, "tried": count, "valid": valid, "longest": round(longest, 3),
        "seconds": round(time.process_time() - started, 1), "wrong": wrong,
    }  # fmt: skip


def main(arguments: list[str]) -> int:
    kind, count, seed, place = arguments
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    print(json.dumps(run(kind, int(count), int(seed), Path(place))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
