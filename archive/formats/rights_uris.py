"""Rights statements and licences by their URI: rightsstatements.org and Creative Commons."""

from __future__ import annotations

import re

from archive.model.light import light_dataclass

RIGHTS_STATEMENTS = {
    "InC": ("In Copyright", "copyrighted"),
    "InC-OW-EU": ("In Copyright - EU Orphan Work", "copyrighted"),
    "InC-EDU": ("In Copyright - Educational Use Permitted", "copyrighted"),
    "InC-NC": ("In Copyright - Non-Commercial Use Permitted", "copyrighted"),
    "InC-RUU": ("In Copyright - Rights-holder(s) Unlocatable or Unidentifiable", "copyrighted"),
    "NoC-CR": ("No Copyright - Contractual Restrictions", "public domain"),
    "NoC-NC": ("No Copyright - Non-Commercial Use Only", "public domain"),
    "NoC-OKLR": ("No Copyright - Other Known Legal Restrictions", "public domain"),
    "NoC-US": ("No Copyright - United States", "public domain"),
    "CNE": ("Copyright Not Evaluated", "unknown"),
    "UND": ("Copyright Undetermined", "unknown"),
    "NKC": ("No Known Copyright", "unknown"),
}
"""The twelve statements of rightsstatements.org, version 1.0: label, and PREMIS copyrightStatus."""

_LICENCES = {"by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd"}
_VERSIONS = {"1.0", "2.0", "2.5", "3.0", "4.0"}
_RIGHTS = re.compile(r"https?://(?:www\.)?rightsstatements\.org/(?P<form>[^/]*)/(?P<name>[^/]*)/(?P<version>[^/]*)/?")
_CC = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/(?P<form>[^/]*)/(?P<name>[^/]*)/(?P<version>[^/]*)(?:/(?P<more>[^/]*))?/?"
)


COAR = "http://purl.org/coar/access_right"
ACCESS_URIS = {
    "open": f"{COAR}/c_abf2", "restricted": f"{COAR}/c_16ec", "embargoed": f"{COAR}/c_f1cf",
    "embargo": f"{COAR}/c_f1cf", "closed": f"{COAR}/c_14cb",
}  # fmt: skip
"""The access rights of COAR (Controlled Vocabulary for Access Rights 1.0) for the words of this program. "closed" is
COAR's "metadata only access"."""


@light_dataclass(frozen=True)
class RightsUri:
    """A rights URI: its kind, "statement" or "licence"; its PREMIS copyrightStatus; and its problem, if it has one."""

    kind: str
    label: str
    status: str
    problem: str | None = None


def check_rights_uri(text: str) -> RightsUri | None:
    """What a URI of rightsstatements.org or Creative Commons says, or why it is none of theirs. None for any other."""
    low = text.lower()
    if "rightsstatements.org" in low:
        return _check_statement(text)
    if "creativecommons.org" in low:
        return _check_licence(text)
    return None


def _check_statement(text: str) -> RightsUri:
    match = _RIGHTS.fullmatch(text)
    if match is None or match["form"] not in ("vocab", "page"):
        return RightsUri("statement", "", "unknown", "it is written http://rightsstatements.org/vocab/NAME/1.0/")
    known = RIGHTS_STATEMENTS.get(match["name"])
    if known is None:
        near = next((name for name in RIGHTS_STATEMENTS if name.lower() == match["name"].lower()), None)
        hint = f"; it is written {near}" if near else ""
        return RightsUri("statement", "", "unknown", f"there is no statement {match['name']}{hint}")
    if match["version"] != "1.0":
        return RightsUri("statement", "", "unknown", f"there is no version {match['version']}")
    if match["form"] == "page":
        return RightsUri("statement", *known, problem="this is the page for people; the statement itself has /vocab/")
    return RightsUri("statement", *known)


def _check_licence(text: str) -> RightsUri:
    match = _CC.fullmatch(text)
    if match is None:
        return RightsUri(
            "licence", "", "copyrighted", "it is written https://creativecommons.org/licenses/NAME/VERSION/"
        )
    name, version, form = match["name"], match["version"], match["form"]
    if form == "publicdomain":
        if (name, version) not in (("zero", "1.0"), ("mark", "1.0")):
            return RightsUri("licence", "", "public domain", "the public domain tools are zero/1.0 and mark/1.0")
        label = "CC0 1.0" if name == "zero" else "Public Domain Mark 1.0"
        return RightsUri("licence", label, "public domain")
    if form != "licenses" or name not in _LICENCES or version not in _VERSIONS:
        return RightsUri("licence", "", "copyrighted", "there is no such licence")
    return RightsUri("licence", f"CC {name.upper()} {version}", "copyrighted")
