"""bagit.txt, the bag declaration (RFC 8493 2.1.1)."""

from __future__ import annotations

import re

from archive.model.codes import bag as codes
from archive.model.finding import Finding
from archive.model.light import light_dataclass

SUBJECT = "bagit.txt"
VERSIONS = ("0.93", "0.94", "0.95", "0.96", "0.97", "1.0")

ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "iso-8859-6": "iso-8859-6",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "cp1252",
    "windows-1256": "cp1256",
    "shift_jis": "shift_jis",
    "euc-jp": "euc-jp",
    "gb18030": "gb18030",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}
"""The encodings that tag files may have here, by their IANA names: what is not on the list is not guessed at."""

_LINE = re.compile(r"([^:]*?)([ \t]*):([ \t]*)(.*)", re.DOTALL)
_EXACT = re.compile(r"[^ \t]+: [^ \t](.*[^ \t])?", re.DOTALL)
_VERSION = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}", re.ASCII)


@light_dataclass(frozen=True)
class Declaration:
    """`version` as "1.0"; `encoding` as declared; `codec` the Python codec of every other tag file."""

    version: str = "1.0"
    encoding: str = "UTF-8"
    codec: str = "utf-8"

    @property
    def before_1_0(self) -> bool:
        return self.version != "1.0"


def write_declaration() -> bytes:
    """bagit.txt of a BagIt 1.0 bag in UTF-8."""
    return b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def parse_declaration(data: bytes) -> tuple[Declaration, list[Finding]]:
    """The declaration and what is wrong with it. What cannot be read is taken as 1.0 in UTF-8, and is an error."""
    findings: list[Finding] = []

    def malformed(why: str, line: int | None = None) -> None:
        findings.append(codes.MALFORMED_DECLARATION.at(SUBJECT, line=line, why=why))

    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        malformed("it begins with a byte order mark")
        data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        lines = [line.decode("utf-8") for line in data.splitlines()]
    except UnicodeDecodeError:
        malformed("it is not UTF-8")
        return Declaration(), findings
    if len(lines) != 2:
        malformed(f"it has {len(lines)} lines instead of two")
    version = _value(lines, 0, "BagIt-Version", findings)
    encoding = _value(lines, 1, "Tag-File-Character-Encoding", findings)
    declared = Declaration()
    if version is not None:
        if not _VERSION.fullmatch(version):
            malformed("the version is not of the form M.N", 1)
        elif version not in VERSIONS:
            findings.append(codes.UNKNOWN_VERSION.at(SUBJECT, line=1, found=version, known=VERSIONS))
        else:
            declared = Declaration(version)
    if encoding is not None:
        codec = ENCODINGS.get(encoding.lower())
        if codec is None:
            findings.append(codes.UNKNOWN_ENCODING.at(SUBJECT, line=2, found=encoding[:60]))
        else:
            declared = Declaration(declared.version, encoding, codec)
    for number, line in enumerate(lines[:2], 1):
        if (version, encoding)[number - 1] is not None and not _EXACT.fullmatch(line):
            if declared.before_1_0:
                findings.append(codes.LOOSE_DECLARATION.at(SUBJECT, line=number))
            else:
                malformed("label and value are not joined by a colon and one space alone", number)
    return declared, findings


def _value(lines: list[str], index: int, label: str, findings: list[Finding]) -> str | None:
    match = _LINE.fullmatch(lines[index]) if index < len(lines) else None
    if match is None or match[1].strip(" \t") != label:
        why = f"line {index + 1} is not {label}"
        findings.append(codes.MALFORMED_DECLARATION.at(SUBJECT, line=index + 1, why=why))
        return None
    if match[1] != label or match[2]:
        why = f"there is white space before {label} or its colon"
        findings.append(codes.MALFORMED_DECLARATION.at(SUBJECT, line=index + 1, why=why))
        return None
    return match[4].rstrip(" \t")
