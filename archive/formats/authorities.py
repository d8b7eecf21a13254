"""Identifiers of persons and organizations by syntax and check digit: ISNI, ORCID, VIAF, Wikidata.

Clause: ISO 27729 (ISNI; ORCID iDs are a range of it), check digit by ISO/IEC 7064 MOD 11-2.
"""

from __future__ import annotations

import re

from archive.model.light import light_dataclass

_PATTERNS = (
    ("ISNI", re.compile(r"(?:https?://(?:www\.)?isni\.org/(?:isni/)?|isni:? ?)(?P<rest>.*)", re.IGNORECASE)),
    ("ORCID", re.compile(r"(?:https?://(?:www\.)?orcid\.org/|orcid:? ?)(?P<rest>.*)", re.IGNORECASE)),
    ("VIAF", re.compile(r"(?:https?://(?:www\.)?viaf\.org/viaf/|viaf:? ?)(?P<rest>.*?)/?", re.IGNORECASE)),
    (
        "Wikidata",
        re.compile(r"(?:https?://(?:www\.)?wikidata\.org/(?:entity|wiki)/|wikidata:? ?)(?P<rest>.*)", re.IGNORECASE),
    ),
    ("Wikidata", re.compile(r"(?P<rest>Q[1-9]\d*)")),
    ("ISNI", re.compile(r"(?P<rest>\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{3}[\dXx])")),
)


@light_dataclass(frozen=True, slots=True)
class Authority:
    """An authority identifier: its scheme, its address, and what is wrong with it; `uri` is empty where it is wrong."""

    scheme: str
    uri: str = ""
    problem: str | None = None


def check_authority(text: str) -> Authority:
    """What `text` identifies a person or organization by, and whether its form and check digit are right."""
    for scheme, pattern in _PATTERNS:
        match = pattern.fullmatch(text.strip())
        if match:
            return _JUDGES[scheme](match["rest"].strip())
    if re.fullmatch(r"https?://[^\s<>\"]+", text.strip()):
        return Authority("URI", text.strip())
    return Authority("", problem="it is not an ISNI, ORCID, VIAF or Wikidata identifier, nor a web address")


def _judge_sixteen(scheme: str, rest: str) -> Authority:
    digits = re.sub(r"[ -]", "", rest).upper()
    if not re.fullmatch(r"\d{15}[\dX]", digits):
        return Authority(scheme, problem=f"an {scheme} has 16 digits, the last of which may be X")
    total = 0
    for digit in digits[:15]:
        total = (total + int(digit)) * 2
    expected = (12 - total % 11) % 11
    if digits[15] != ("X" if expected == 10 else str(expected)):
        return Authority(scheme, problem="its check digit is wrong")
    if scheme == "ISNI":
        return Authority(scheme, f"https://isni.org/isni/{digits}")
    return Authority(scheme, "https://orcid.org/" + "-".join(digits[at : at + 4] for at in range(0, 16, 4)))


def _judge_viaf(rest: str) -> Authority:
    if not re.fullmatch(r"[1-9]\d{1,21}", rest):
        return Authority("VIAF", problem="a VIAF identifier is a number")
    return Authority("VIAF", f"https://viaf.org/viaf/{rest}")


def _judge_wikidata(rest: str) -> Authority:
    if not re.fullmatch(r"Q[1-9]\d*", rest):
        return Authority("Wikidata", problem="a Wikidata identifier is Q and a number")
    return Authority("Wikidata", f"http://www.wikidata.org/entity/{rest}")


_JUDGES = {
    "ISNI": lambda rest: _judge_sixteen("ISNI", rest), "ORCID": lambda rest: _judge_sixteen("ORCID", rest),
    "VIAF": _judge_viaf, "Wikidata": _judge_wikidata,
}  # fmt: skip
