"""What is said of a package and of its files: statements with their language, their certainty, and who says them."""

from __future__ import annotations

import builtins
import fnmatch
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from enum import Enum

from archive.model.finding import Finding
from archive.model.light import light_dataclass


class Origin(Enum):
    """Who or what a value comes from."""

    PERSON = "person"
    DOCUMENT = "document"
    PROGRAM = "program"


class Certainty(Enum):
    """How sure a value is. SUGGESTED is a program's proposal that no person has taken up: it is never asserted."""

    CERTAIN = "certain"
    INFERRED = "inferred"
    UNCERTAIN = "uncertain"
    SUGGESTED = "suggested"


class Access(Enum):
    """Who may see the material."""

    OPEN = "open"
    RESTRICTED = "restricted"
    EMBARGOED = "embargoed"
    CLOSED = "closed"


ELEMENTS = (
    "title", "creator", "subject", "description", "publisher", "contributor", "date", "type", "format", "identifier",
    "source", "language", "relation", "coverage", "rights",
)  # fmt: skip
"""The fifteen elements of Dublin Core, in the order of the standard."""

TERMS = (
    "title", "alternative", "creator", "contributor", "publisher", "subject", "description", "abstract",
    "tableOfContents", "date", "created", "issued", "modified", "valid", "available", "dateAccepted", "dateCopyrighted",
    "dateSubmitted", "type", "format", "extent", "medium", "identifier", "bibliographicCitation", "source", "language",
    "coverage", "spatial", "temporal", "relation", "isPartOf", "hasPart", "isVersionOf", "hasVersion", "isFormatOf",
    "hasFormat", "references", "isReferencedBy", "replaces", "isReplacedBy", "requires", "isRequiredBy", "conformsTo",
    "audience", "mediator", "educationLevel", "instructionalMethod", "accrualMethod", "accrualPeriodicity",
    "accrualPolicy", "provenance", "rights", "accessRights", "license", "rightsHolder",
)  # fmt: skip
"""The properties of DCMI Metadata Terms, in the order in which they are written."""

DATES = frozenset(
    ["date", "created", "issued", "modified", "valid", "available", "dateAccepted", "dateCopyrighted", "dateSubmitted"]
)
"""Properties whose values are dates."""

ALTERNATIVE_TEXT = "alternativeText"
"""What a picture shows, in words: of files only, kept in the statements and in the rendition."""

RIGHTS = {
    "access": "accessRights", "until": "available", "statement": "rights", "license": "license",
    "holder": "rightsHolder", "reason": "rights.reason", "reviewer": "rights.reviewer", "basis": "rights.basis",
    "jurisdiction": "rights.jurisdiction", "citation": "rights.citation", "note": "rights.note",
}  # fmt: skip
"""The keys of [rights], and the property that each becomes."""

BASES = ("copyright", "license", "statute", "other")
"""What rights may rest on, in the terms of PREMIS."""


@light_dataclass(frozen=True, slots=True)
class Statement:
    """One value. `property` is a DCMI term, or a name of this program with a dot ("rights.reason", "private.name").

    `language` is a BCP 47 tag; `by` names the person, document or program; `about` is the bag path of the file that is
    described, None for the package as a whole. A `private` value must reach nothing but metadata/restricted/.
    `authority` identifies the person, organization or term that the value names (ISNI, ORCID, VIAF, Wikidata, a URI).
    """

    property: str
    value: str
    language: str | None = None
    certainty: Certainty = Certainty.CERTAIN
    source: Origin = Origin.PERSON
    by: str | None = None
    note: str | None = None
    about: str | None = None
    private: bool = False
    authority: str | None = None

    @builtins.property
    def asserted(self) -> bool:
        """True when the value may be written into a record: neither private nor a mere suggestion."""
        return not self.private and self.certainty is not Certainty.SUGGESTED


@light_dataclass(frozen=True)
class ReadingHint:
    """How a file, or each file that a pattern names, is to be read; it changes no byte and reaches no record.

    `pattern` is relative to `base`, which ends with "/" or is empty. One without "/" holds in every folder; "*", "?"
    and "[" are wildcards (fnmatch). `direction` is "ltr" or "rtl".
    """

    pattern: str
    encoding: str | None = None
    language: str | None = None
    direction: str | None = None
    base: str = ""

    def holds_for(self, path: str) -> bool:
        """Whether the hint is for the file at `path`."""
        if not path.startswith(self.base):
            return False
        place = unicodedata.normalize("NFC", path.removeprefix(self.base))
        wanted = unicodedata.normalize("NFC", self.pattern)
        if place == wanted:
            return True
        shown = place if "/" in wanted else place.rpartition("/")[2]
        return is_pattern(wanted) and fnmatch.fnmatchcase(shown, wanted)


def is_pattern(name: str) -> bool:
    """Whether the name of a table of files stands for many; "[" alone may be part of a file's name."""
    return "*" in name or "?" in name


@light_dataclass(frozen=True)
class Description:
    """A description as people wrote it.

    `content` is the file's bytes, `name` its name, description.toml or metadata.csv; `findings` are those
    that do not forbid to use it.
    """

    statements: tuple[Statement, ...]
    name: str = "description.toml"
    content: bytes = b""
    findings: tuple[Finding, ...] = ()
    hints: tuple[ReadingHint, ...] = ()

    def reading(self, path: str) -> ReadingHint:
        """How the file at this bag path is to be read; its own hints go before those of patterns."""
        holding = [hint for hint in self.hints if hint.holds_for(path)]
        ranked = sorted(holding, key=lambda hint: hint.base + hint.pattern == path)
        known: dict[str, str | None] = {}
        for hint in ranked:
            for key in ("encoding", "language", "direction"):
                known[key] = getattr(hint, key) or known.get(key)
        return ReadingHint(path, known.get("encoding"), known.get("language"), known.get("direction"))

    def values(self, *properties: str, about: str | None = None) -> tuple[Statement, ...]:
        """The asserted statements with one of these properties about the package, or about one file."""
        return tuple(s for s in self.statements if s.asserted and s.about == about and s.property in properties)

    @property
    def has_private(self) -> bool:
        """True when some value must not leave metadata/restricted/."""
        return any(statement.private for statement in self.statements)

    @property
    def public(self) -> tuple[Statement, ...]:
        """The statements that are not private."""
        return tuple(statement for statement in self.statements if not statement.private)

    def title_text(self, about: str | None = None) -> str | None:
        """The title, in the language of the content where there are several."""
        titles = self.values("title", about=about)
        language = self.language(about)
        own = next((s for s in titles if language and s.language and _base(s.language) == _base(language)), None)
        return own.value if own else titles[0].value if titles else None

    def creators(self, about: str | None = None) -> tuple[str, ...]:
        """The creators' names."""
        return tuple(statement.value for statement in self.values("creator", about=about))

    def language(self, about: str | None = None) -> str | None:
        """The first language of the content; of a file, the package's where it has none of its own."""
        found = self.values("language", about=about)
        if not found and about is not None:
            found = self.values("language")
        return found[0].value if found else None

    def alternative_text(self, path: str) -> str | None:
        """What the picture at this bag path shows, in words."""
        found = self.values(ALTERNATIVE_TEXT, about=path)
        return found[0].value if found else None

    def access(self, about: str | None = None) -> Access | None:
        """Who may see the material; None when the description does not say so in the words of this program."""
        return access_of(self.values("accessRights", about=about))

    def until(self, about: str | None = None) -> str | None:
        """The day on which an embargo ends, as written."""
        if self.access(about) is not Access.EMBARGOED:
            return None
        found = self.values("available", about=about)
        return found[0].value if found else None


def access_of(statements: Iterable[Statement]) -> Access | None:
    """The strictest access that these statements name; free text among them has no meaning here."""
    said = {s.value.strip().lower() for s in statements}
    named = {access for access in Access if access.value in said}
    return next(
        (one for one in (Access.CLOSED, Access.EMBARGOED, Access.RESTRICTED, Access.OPEN) if one in named), None
    )


def at_places(description: Description, prefix: str) -> Description:
    """`description` with its files' paths, relative to the source, made bag paths by putting `prefix` before them."""
    moved = tuple(s if s.about is None else replace(s, about=prefix + s.about) for s in description.statements)
    hints = tuple(replace(hint, base=prefix + hint.base) for hint in description.hints)
    return replace(description, statements=moved, hints=hints)


def _base(tag: str) -> str:
    return tag.split("-", maxsplit=1)[0].lower()
