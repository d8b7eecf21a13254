"""Single values in records: dates, digests, languages, and the terms of vocabularies."""

from __future__ import annotations

import json
import re
from dataclasses import field
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from archive.formats.dublin_core_reading import XML_LANG
from archive.formats.edtf import is_edtf
from archive.formats.language import check_language, unbalanced_control
from archive.formats.xml_elements import line_of
from archive.model.codes import xml as codes
from archive.model.light import light_dataclass
from archive.resources import metadata_path
from archive.stages.validation.records.notes import Notes

if TYPE_CHECKING:
    from lxml.etree import _Element

_FRACTION = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\.\d{1,12}(Z|[+-]\d{2}:\d{2})?")
_ZONED_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(Z|[+-]\d{2}:\d{2})")
_HEX = re.compile(r"[0-9A-Fa-f]+")
_NO_LETTERS = re.compile(r"[^a-z0-9]")

DIGEST_LENGTHS = {
    "md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128, "sha512224": 56, "sha512256": 64,
    "sha3224": 56, "sha3256": 64, "sha3384": 96, "sha3512": 128, "md2": 32, "md4": 32, "md6": None, "crc32": 8,
    "crc16": 4, "crc64": 16, "adler32": 8, "whirlpool": 128, "tiger": 48, "ripemd160": 40, "rmd160": 40,
    "blake2b": 128, "blake2b512": 128, "blake2b256": 64, "blake2s": 64, "blake2s256": 64, "blake3": 64, "haval": None,
    "mnp": None, "xxh64": 16, "xxh3": 16, "sha2256": 64, "sha2384": 96, "sha2512": 128, "tth": None,
}  # fmt: skip
"""Hexadecimal digits by algorithm, letters and digits of its name only; None where it has several lengths."""


def normal_algorithm(name: str) -> str:
    """A digest algorithm's name in lower case, letters and digits only: "SHA-256" and "sha256" are one.

    A URI or a longer name counts by its last part, as in XML Signature's algorithm identifiers.
    """
    return _NO_LETTERS.sub("", name.strip().lower().rpartition("/")[2].rpartition("#")[2])


def digest_problem(algorithm: str, digest: str) -> str | None:
    """Why this cannot be a digest of `algorithm`; None when it can. An unknown algorithm allows any length."""
    if not digest:
        return "empty"
    if not _HEX.fullmatch(digest):
        return "not hexadecimal"
    length = DIGEST_LENGTHS.get(normal_algorithm(algorithm))
    if length is not None and len(digest) != length:
        return f"{len(digest)} digits long instead of {length}"
    return None


def is_known_algorithm(algorithm: str) -> bool:
    """True when the length of this algorithm's digests is known, or that there are several."""
    return normal_algorithm(algorithm) in DIGEST_LENGTHS


@lru_cache(4096)
def is_date(text: str) -> bool:
    """True for EDTF level 1, and for XML Schema's dates: with fractions of a second, and days with a time zone."""
    if is_edtf(text):
        return True
    if found := _FRACTION.fullmatch(text):
        return is_edtf(found.group(1) + (found.group(2) or ""))
    return (found := _ZONED_DAY.fullmatch(text)) is not None and is_edtf(f"{found.group(1)}T00:00:00{found.group(2)}")


def check_language_tag(element: _Element, notes: Notes) -> None:
    """Judge xml:lang where the element has one; an empty one takes a language away (XML 1.0 2.12)."""
    tag = element.get(XML_LANG)
    if not tag:
        return
    checked = _checked_language(tag)
    if not checked[0]:
        notes.add(codes.BAD_LANGUAGE, line_of(element), found=tag)
    elif checked[1] and checked[1].lower() != tag.lower():
        notes.add(codes.ODD_LANGUAGE, line_of(element), found=tag, expected=checked[1])


@cache
def _checked_language(tag: str) -> tuple[bool, str | None]:
    checked = check_language(tag)
    return checked.valid, checked.preferred


def is_language(tag: str) -> bool:
    """True for a valid BCP 47 tag."""
    return _checked_language(tag)[0] if len(tag) < 64 else False


def check_text(text: str, line: int | None, notes: Notes) -> None:
    """Judge the characters of a value: lost ones, and writing directions left open."""
    if text.isascii():
        return
    if "�" in text:
        notes.add(codes.LOST_CHARACTERS, line)
    if unbalanced_control(text) is not None:
        notes.add(codes.UNBALANCED_BIDI, line)


@light_dataclass(frozen=True, slots=True)
class Vocabulary:
    """Terms of the Library of Congress, in lower case, by label; `elsewhere` maps terms of systems to their names."""

    scheme: str
    terms: frozenset[str]
    codes: frozenset[str]
    elsewhere: dict[str, str] = field(default_factory=dict)
    inverses: dict[str, str] = field(default_factory=dict)

    def knows(self, term: str) -> bool:
        return term.strip().lower() in self.terms


@cache
def vocabulary(name: str, kind: str = "") -> Vocabulary:
    """The shipped vocabulary "premis-event-types" and so on; `kind` is its key in the list of terms of systems."""
    table = json.loads(metadata_path("vocabularies", f"{name}.json").read_bytes())
    others = json.loads(metadata_path("vocabularies", "premis-terms-elsewhere.json").read_bytes()).get(kind, {})
    return Vocabulary(
        table["scheme"],
        frozenset(term["label"].lower() for term in table["terms"]),
        frozenset(term["code"] for term in table["terms"] if "code" in term),
        {term.lower(): system for system, terms in reversed(others.items()) for term in terms},
        {term["label"]: term["inverse"] for term in table["terms"] if "inverse" in term},
    )
