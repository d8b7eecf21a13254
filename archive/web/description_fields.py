"""The fields of a description as the form shows them: their words, their help, and how they are typed.

The texts are marked here for the catalogues and translated by the template.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from archive.formats.description_checks import DCMI_TYPES
from archive.formats.rights_uris import RIGHTS_STATEMENTS
from archive.model.archival import ARCHIVAL, FALSE, LEVELS, TRUE
from archive.model.description import ALTERNATIVE_TEXT, DATES, RIGHTS, TERMS, Access

_ = str


class Kind(Enum):
    """How a value is typed."""

    TEXT = "text"
    """One line in some language."""
    LONG = "long"
    """Paragraphs in some language."""
    NAME = "name"
    """A name, which has no language of its own."""
    CODE = "code"
    """A code, an address or an identifier; `choices` are proposed."""
    DATE = "date"
    CHOICE = "choice"
    """One of `choices`."""

    @property
    def has_language(self) -> bool:
        return self in (Kind.TEXT, Kind.LONG)


class Group(Enum):
    """The parts of the form."""

    ABOUT = "about"
    WHEN = "when"
    LANGUAGE = "language"
    RIGHTS = "rights"
    MORE = "more"
    ARCHIVAL = "archival"


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `choices` pair a value with its label; a label that is empty is not translated."""

    term: str
    group: Group
    label: str
    help: str = ""
    kind: Kind = Kind.TEXT
    choices: tuple[tuple[str, str], ...] = ()
    several: bool = True

    @property
    def anchor(self) -> str:
        """The field's id in the page."""
        return "f-" + self.term.replace(".", "-")


_STATEMENTS = tuple(
    (f"http://rightsstatements.org/vocab/{code}/1.0/", label) for code, (label, _status) in RIGHTS_STATEMENTS.items()
)
_LICENCES = tuple(
    (f"https://creativecommons.org/{path}/", label)
    for path, label in (
        ("licenses/by/4.0", "CC BY 4.0"), ("licenses/by-sa/4.0", "CC BY-SA 4.0"),
        ("licenses/by-nc/4.0", "CC BY-NC 4.0"),
        ("licenses/by-nc-sa/4.0", "CC BY-NC-SA 4.0"), ("licenses/by-nd/4.0", "CC BY-ND 4.0"),
        ("licenses/by-nc-nd/4.0", "CC BY-NC-ND 4.0"), ("publicdomain/zero/1.0", "CC0 1.0"),
    )
)  # fmt: skip
_ACCESS = {
    Access.OPEN.value: _("open: everyone may see it"),
    Access.RESTRICTED.value: _("restricted: only some people may see it"),
    Access.EMBARGOED.value: _("embargoed: no one may see it until a day"),
    Access.CLOSED.value: _("closed: no one may see it"),
}
_BASES = {
    "copyright": _("copyright"), "license": _("a licence"), "statute": _("a law"), "other": _("something else"),
}  # fmt: skip
_LEVELS = {
    "fonds": _("fonds"), "subfonds": _("sub-fonds"), "series": _("series"), "subseries": _("sub-series"),
    "collection": _("collection"), "recordgrp": _("record group"), "subgrp": _("sub-group"), "class": _("class"),
    "file": _("file"), "item": _("item"),
}  # fmt: skip
_DATE_HELP = _(
    "Write 2023, 2023-11 or 2023-11-15; with ~ for about (2023~), with ? for uncertain, 202X for an unknown year,"
    " 2011/2013 for a span."
)

_MAIN = (
    Field("title", Group.ABOUT, _("Title"), _(
        "What the material is called. Give it in several languages if you can, each with its language."
    )),
    Field("alternative", Group.ABOUT, _("Other title"), _("Another name under which people may look for it.")),
    Field("creator", Group.ABOUT, _("Creator"), _(
        "The person or organization that made it. One name in each line of the form."
    ), Kind.NAME),
    Field("contributor", Group.ABOUT, _("Contributor"), _(
        "Someone who helped to make it, such as a translator or a camera operator. Mark the name as private if the"
        " person could be at risk."
    ), Kind.NAME),
    Field("description", Group.ABOUT, _("Description"), _("What it contains and why it matters, in a few sentences."),
          Kind.LONG),
    Field("subject", Group.ABOUT, _("Subject"), _("What it is about: one keyword in each field.")),
    Field("type", Group.ABOUT, _("Type"), _(
        "The sort of material. Choose one of the words that are proposed, so that other programs understand it."
    ), Kind.CODE, tuple((one, "") for one in DCMI_TYPES)),
    Field("extent", Group.ABOUT, _("Extent"), _("How much it is, such as 12 photographs or 40 pages.")),
    Field("identifier", Group.ABOUT, _("Identifier"), _(
        "A number or address that it has already: a shelf mark, DOI, ARK, ISBN or web address. Known kinds are checked."
    ), Kind.CODE),
    Field("publisher", Group.ABOUT, _("Publisher"), _("Who made it public."), Kind.NAME),
    Field("created", Group.WHEN, _("Made on"), _DATE_HELP, Kind.DATE),
    Field("issued", Group.WHEN, _("Published on"), _("When it was made public, written in the same way."), Kind.DATE),
    Field("date", Group.WHEN, _("Other date"), _("A date that is neither of the two."), Kind.DATE),
    Field("spatial", Group.WHEN, _("Place"), _("A place that it is about.")),
    Field("temporal", Group.WHEN, _("Period"), _("A time that it is about, such as 2011/2013.")),
    Field("language", Group.LANGUAGE, _("Language of the material"), _(
        "A language tag: ar for Arabic, en for English, ar-SY for Arabic as in Syria. One in each field."
    ), Kind.CODE),
    Field("accessRights", Group.RIGHTS, _("Who may see it"), _(
        "A bag that is not open is never deposited where others could see it, and only you can open its folder."
    ), Kind.CHOICE, tuple(_ACCESS.items()), several=False),
    Field("available", Group.RIGHTS, _("Embargoed until"), _("The day on which the embargo ends, as 2030-01-01."),
          Kind.DATE, several=False),
    Field("rights.reason", Group.RIGHTS, _("Why access is restricted")),
    Field("rights.reviewer", Group.RIGHTS, _("Who decided"), "", Kind.NAME),
    Field("rights", Group.RIGHTS, _("Rights statement"), _(
        "Choose a statement that is proposed, or write a sentence."
    ), Kind.CODE, _STATEMENTS),
    Field("license", Group.RIGHTS, _("Licence"), _(
        "The address of a licence, such as one of Creative Commons, or a sentence."
    ), Kind.CODE, _LICENCES),
    Field("rightsHolder", Group.RIGHTS, _("Rights holder"), "", Kind.NAME),
    Field("audience", Group.RIGHTS, _("Audience"), _("For whom the material is meant, such as researchers or courts.")),
    Field("rights.basis", Group.RIGHTS, _("What the rights rest on"), "", Kind.CHOICE, tuple(_BASES.items()),
          several=False),
    Field("rights.jurisdiction", Group.RIGHTS, _("Country of the law"), _("The country's code, such as SY or DE."),
          Kind.CODE, several=False),
    Field("rights.citation", Group.RIGHTS, _("The law"), _("Its name and section.")),
    Field("rights.note", Group.RIGHTS, _("Note on the rights")),
)  # fmt: skip

_LABELS = {
    "abstract": _("Summary"), "tableOfContents": _("Table of contents"), "modified": _("Changed on"),
    "valid": _("Valid"), "dateAccepted": _("Accepted on"), "dateCopyrighted": _("Copyright date"),
    "dateSubmitted": _("Submitted on"), "format": _("Format"), "medium": _("Medium"),
    "bibliographicCitation": _("Citation"), "source": _("Source from which it was derived"),
    "coverage": _("Coverage"), "relation": _("Related resource"), "isPartOf": _("Is part of"),
    "hasPart": _("Has the part"), "isVersionOf": _("Is a version of"), "hasVersion": _("Has the version"),
    "isFormatOf": _("Is the same in another format as"), "hasFormat": _("Exists in another format as"),
    "references": _("Refers to"), "isReferencedBy": _("Is referred to by"), "replaces": _("Replaces"),
    "isReplacedBy": _("Is replaced by"), "requires": _("Requires"), "isRequiredBy": _("Is required by"),
    "conformsTo": _("Conforms to the standard"), "mediator": _("Mediator"), "educationLevel": _("Education level"),
    "instructionalMethod": _("Method of teaching"), "accrualMethod": _("How it grows"),
    "accrualPeriodicity": _("How often it grows"), "accrualPolicy": _("Policy by which it grows"),
    "provenance": _("Provenance: changes of ownership and custody"),
}  # fmt: skip
_LONG = frozenset({"abstract", "tableOfContents", "provenance"})
_NAMES = frozenset({"mediator"})

_ARCHIVAL = (
    Field("archival.reference", Group.ARCHIVAL, _("Reference code"), "", Kind.CODE, several=False),
    Field("archival.repository", Group.ARCHIVAL, _("Repository: its code or name"), "", Kind.CODE, several=False),
    Field("archival.level", Group.ARCHIVAL, _("Level of description"), "", Kind.CHOICE, tuple(
        (one, _LEVELS[one]) for one in (*_LEVELS, *(set(LEVELS) - set(_LEVELS)))), several=False),
    Field("archival.creatorAuthority", Group.ARCHIVAL, _("Authority identifier of the creator"), _(
        "ISNI, ORCID, VIAF or Wikidata identifier, or a web address; in the order of the creators."
    ), Kind.CODE),
    Field("archival.custodialHistory", Group.ARCHIVAL, _("Custodial history: who kept it before"), "", Kind.LONG),
    Field("archival.acquisition", Group.ARCHIVAL, _("Acquisition: from whom it was received"), "", Kind.LONG),
    Field("archival.scope", Group.ARCHIVAL, _("Scope and content"), "", Kind.LONG),
    Field("archival.arrangement", Group.ARCHIVAL, _("Arrangement"), "", Kind.LONG),
    Field("archival.accessConditions", Group.ARCHIVAL, _("Conditions governing access"), "", Kind.LONG),
    Field("archival.useConditions", Group.ARCHIVAL, _("Conditions governing use"), "", Kind.LONG),
    Field("archival.findingAid", Group.ARCHIVAL, _("Finding aids that exist"), "", Kind.LONG),
    Field("archival.archivistNote", Group.ARCHIVAL, _("Who described it, and from what"), "", Kind.LONG),
    Field("archival.rules", Group.ARCHIVAL, _("Rules or conventions"), "", Kind.TEXT),
    Field("archival.descriptionDate", Group.ARCHIVAL, _("Date of the description"), "", Kind.DATE, several=False),
    Field("archival.suppliedTitle", Group.ARCHIVAL, _("The title was made up by the archivist"), "", Kind.CHOICE,
          ((TRUE, _("yes")), (FALSE, _("no"))), several=False),
)  # fmt: skip


def _list_fields() -> Iterator[Field]:
    yield from _MAIN
    shown = {one.term for one in _MAIN}
    for term in TERMS:
        if term not in shown:
            kind = (
                Kind.DATE if term in DATES else Kind.LONG if term in _LONG else Kind.NAME if term in _NAMES
                else Kind.CODE if term == "format" else Kind.TEXT
            )  # fmt: skip
            yield Field(term, Group.MORE, _LABELS[term], kind=kind)
    yield from _ARCHIVAL


FIELDS = tuple(_list_fields())
"""Every field about the whole, in the order of the form."""

BY_TERM = {one.term: one for one in FIELDS}
"""The fields by the property of their statements."""

_TERMS = {**{term: term for term in BY_TERM}, **RIGHTS, **ARCHIVAL}
"""The terms of fields by the keys that findings name: those of description.toml."""


def field_of_key(key: str) -> Field | None:
    """The field of a key of description.toml, such as `until`, as findings name it; None where there is none."""
    return BY_TERM.get(_TERMS.get(key.partition(",")[0], ""))


FILE_FIELDS = (
    Field("title", Group.ABOUT, _("Title of the file"), several=False),
    Field(ALTERNATIVE_TEXT, Group.ABOUT, _("What the picture shows"), _(
        "One or two sentences for people who cannot see it. They become part of the PDF/A, too."
    ), several=False),
)  # fmt: skip
"""The fields about a single file. The second is for pictures."""

COMMON_LANGUAGES = (
    "ar", "ar-SY", "arc", "ckb", "de", "en", "es", "fa", "fr", "he", "hy", "it", "ku", "kmr", "nl", "pl", "pt", "ru",
    "sv", "syr", "tr", "uk", "ur", "zh", "mul", "und",
)  # fmt: skip
"""Language tags that are proposed; any other may be typed."""
