"""Identifiers by syntax and check digit: ARK, DOI, Handle, ISBN, ISSN, UUID, URN and URL."""

from __future__ import annotations

import re
from collections.abc import Callable

from archive.model.light import light_dataclass


@light_dataclass(frozen=True)
class IdentifierCheck:
    """What an identifier is. `scheme` is None when it is of none that is known here; `problem` None when it is sound.

    `uri` is its form as a URI, where it has one.
    """

    scheme: str | None
    problem: str | None = None
    uri: str | None = None


_BETANUMERIC = "0123456789bcdfghjkmnpqrstvwxz"
_URI_CHARACTERS = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:(?:[^\s<>\"{}|\\^`%\x00-\x20\x7f]|%[0-9A-Fa-f]{2})+")


def check_identifier(text: str) -> IdentifierCheck:
    """Judge an identifier by what it says it is: by its prefix, or by the web address of its resolver."""
    for pattern, judge in _SCHEMES:
        match = pattern.fullmatch(text)
        if match:
            return judge(match["rest"], text)
    if is_uri(text):
        return IdentifierCheck("URI", uri=text)
    if re.match(r"(?:https?|urn|ftp|info):", text, re.IGNORECASE):
        return IdentifierCheck("URI", "it has a character that a URI cannot have")
    return IdentifierCheck(None)


def is_uri(text: str) -> bool:
    """True for an absolute URI (RFC 3986) or IRI (RFC 3987) of a scheme of two letters or more."""
    return _IRI.fullmatch(text) is not None and ":" not in text[:2]


def _judge_doi(rest: str, text: str) -> IdentifierCheck:
    if not re.fullmatch(r"10\.[1-9]\d{3,8}(?:\.\d+)*/\S+", rest):
        return IdentifierCheck("DOI", "a DOI is 10. and a registrant's number, a slash, and a name")
    return IdentifierCheck("DOI", uri=text if text.startswith("http") else f"https://doi.org/{rest}")


def _judge_handle(rest: str, text: str) -> IdentifierCheck:
    if not re.fullmatch(r"[0-9]+(?:\.[0-9A-Za-z]+)*/\S+", rest):
        return IdentifierCheck("Handle", "a Handle is a number, a slash, and a name")
    return IdentifierCheck("Handle", uri=text if text.startswith("http") else f"https://hdl.handle.net/{rest}")


def _judge_ark(rest: str, text: str) -> IdentifierCheck:
    uri = text if text.startswith("http") else None
    match = re.fullmatch(r"/?([0-9bcdfghjkmnpqrstvwxz]{5,9})/([A-Za-z0-9=~*+@_$%\-./]+)", rest)
    if match is None:
        return IdentifierCheck("ARK", "an ARK is ark: and a number of five digits or more, a slash, and a name")
    # Only some assigners end their names with a check character, so a name that fails tells nothing about others.
    return IdentifierCheck("ARK", uri=uri)


def has_ark_check_character(naan: str, name: str) -> bool:
    """True when the ARK `naan`/`name` ends in its NOID check character (NOID 0.424)."""
    base = f"{naan}/{name}"
    total = sum(at * max(_BETANUMERIC.find(character), 0) for at, character in enumerate(base[:-1], 1))
    return _BETANUMERIC[total % len(_BETANUMERIC)] == base[-1:]


def _judge_isbn(rest: str, text: str) -> IdentifierCheck:
    del text
    digits = re.sub(r"[ -]", "", rest).upper()
    if re.fullmatch(r"97[89]\d{10}", digits):
        sound = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits)) % 10 == 0
    elif re.fullmatch(r"\d{9}[\dX]", digits):
        sound = sum((10 - at) * (10 if digit == "X" else int(digit)) for at, digit in enumerate(digits)) % 11 == 0
    else:
        return IdentifierCheck("ISBN", "an ISBN has 10 digits, or 13 that begin with 978 or 979")
    if not sound:
        return IdentifierCheck("ISBN", "its check digit is wrong")
    return IdentifierCheck("ISBN", uri=f"urn:isbn:{digits}")


def _judge_issn(rest: str, text: str) -> IdentifierCheck:
    del text
    digits = rest.replace("-", "").upper()
    if not re.fullmatch(r"\d{7}[\dX]", digits):
        return IdentifierCheck("ISSN", "an ISSN has eight digits")
    total = sum((8 - at) * (10 if digit == "X" else int(digit)) for at, digit in enumerate(digits))
    if total % 11:
        return IdentifierCheck("ISSN", "its check digit is wrong")
    return IdentifierCheck("ISSN", uri=f"urn:issn:{digits[:4]}-{digits[4:]}")


def _judge_uuid(rest: str, text: str) -> IdentifierCheck:
    del text
    match = re.fullmatch(
        r"\{?([0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{12})\}?", rest, re.IGNORECASE
    )
    if match is None:
        return IdentifierCheck("UUID", "a UUID has 8-4-4-4-12 hexadecimal digits")
    special = set(match[1].lower()) - {"-"} in ({"0"}, {"f"})
    if not special and (match[2] not in "12345678" or match[3].lower() not in "89ab"):
        return IdentifierCheck("UUID", "it has no version and variant of RFC 9562")
    return IdentifierCheck("UUID", uri=f"urn:uuid:{match[1].lower()}")


def _judge_urn(rest: str, text: str) -> IdentifierCheck:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,30}[A-Za-z0-9]:\S+", rest) or not _URI_CHARACTERS.fullmatch(text):
        return IdentifierCheck("URN", "a URN is urn:, a namespace, a colon, and a name (RFC 8141)")
    return IdentifierCheck("URN", uri=text)


_Judge = Callable[[str, str], IdentifierCheck]
_SCHEMES: tuple[tuple[re.Pattern[str], _Judge], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), judge)
    for pattern, judge in (
        (r"(?:doi:\s*|https?://(?:dx\.)?doi\.org/)(?P<rest>.*)", _judge_doi),
        (r"(?P<rest>10\.\d+/.*)", _judge_doi),
        (r"(?:hdl:\s*|info:hdl/|https?://hdl\.handle\.net/)(?P<rest>.*)", _judge_handle),
        (r"(?:https?://[^/\s]+/)?ark:(?P<rest>.*)", _judge_ark),
        (r"(?:urn:)?isbn(?:-1[03])?:?\s*(?P<rest>.*)", _judge_isbn),
        (r"(?P<rest>97[89][- ]?(?:\d[- ]?){9}\d)", _judge_isbn),
        (r"(?:urn:)?issn:?\s*(?P<rest>.*)", _judge_issn),
        (r"(?:urn:)?uuid:\s*(?P<rest>.*)", _judge_uuid),
        (r"(?P<rest>\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?)", _judge_uuid),
        (r"urn:(?P<rest>.*)", _judge_urn),
    )
)
