"""Rights: what a description's rights become in PREMIS, and whether they let a bag be given out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from archive.errors import FormatError
from archive.formats.edtf import parse_day
from archive.formats.rights_uris import check_rights_uri
from archive.formats.statements import read_statements
from archive.model.codes import description as codes
from archive.model.description import Access, Description, Statement, access_of
from archive.model.finding import Finding
from archive.model.premis import Grant, Link, RightsStatement
from archive.storage.clock import Identifiers

STATEMENTS = "metadata/descriptive/statements.json"

_RESTRICTIONS = {Access.RESTRICTED: "restricted", Access.EMBARGOED: "embargo", Access.CLOSED: "closed"}
_PROPERTIES = (
    "rights", "license", "accessRights", "available", "rightsHolder", "rights.reason", "rights.reviewer",
    "rights.basis", "rights.jurisdiction", "rights.citation", "rights.note",
)  # fmt: skip


def check_release(statements: bytes | None, today: date) -> list[Finding]:
    """Whether the rights recorded in a bag's statements.json let it be given out on `today`.

    No finding of severity error or unchecked means yes. None, for a bag without muniment's metadata, has no rights to
    check. An embargo ends on its day; one whose end cannot be read never does.
    """
    if statements is None:
        return []
    try:
        found, restricted = read_statements(statements)
    except FormatError as error:
        return [codes.RIGHTS_UNREADABLE.at(STATEMENTS, problem=error.problem)]
    findings = [codes.RESTRICTED_INSIDE.at(STATEMENTS)] if restricted else []
    asserted = [statement for statement in found if statement.asserted]
    for about in dict.fromkeys(s.about for s in asserted if s.property == "accessRights"):
        own = [s for s in asserted if s.about == about]
        findings.extend(_judge_access(own, about or STATEMENTS, today))
    return findings


def accesses_of_statements(statements: bytes | None, today: date) -> tuple[Access | None, Access | None]:
    """The strictest access that statements.json names today, and the one of the package; None where it names none."""
    if statements is None:
        return None, None
    try:
        asserted = [statement for statement in read_statements(statements)[0] if statement.asserted]
    except FormatError:
        return None, None
    named: dict[str | None, Access] = {}
    for about in dict.fromkeys(s.about for s in asserted if s.property == "accessRights"):
        own = [s for s in asserted if s.about == about]
        access = access_of(s for s in own if s.property == "accessRights")
        if access is not None:
            named[about] = access if _judge_access(own, STATEMENTS, today) else Access.OPEN
    strict = (Access.CLOSED, Access.EMBARGOED, Access.RESTRICTED, Access.OPEN)
    return next((one for one in strict if one in named.values()), None), named.get(None)


def restricted_subjects(statements: bytes | None, today: date) -> frozenset[str | None]:
    """What statements.json does not let be given out on `today`: bag paths of files, None for the whole package."""
    if statements is None:
        return frozenset()
    try:
        asserted = [statement for statement in read_statements(statements)[0] if statement.asserted]
    except FormatError:
        return frozenset((None,))
    about = {s.about for s in asserted if s.property == "accessRights"}
    return frozenset(one for one in about if _judge_access([s for s in asserted if s.about == one], STATEMENTS, today))


def _judge_access(statements: list[Statement], subject: str, today: date) -> list[Finding]:
    access = access_of(s for s in statements if s.property == "accessRights")
    if access in (Access.RESTRICTED, Access.CLOSED):
        return [codes.NOT_RELEASED.at(subject, access=access.value)]
    if access is not Access.EMBARGOED:
        return []
    ends = [parse_day(s.value) for s in statements if s.property == "available"]
    known = [end for end in ends if end is not None]
    if known and len(known) == len(ends) and max(known) <= today:
        return []
    until = max(known).isoformat() if known else "a day that is not recorded"
    return [codes.EMBARGOED.at(subject, until=until, today=today.isoformat())]


def rights_of(
    description: Description,
    identifiers: Identifiers,
    entity: str,
    *,
    holders: Callable[[str | None], tuple[Link, ...]],
    since: str,
    places: Iterable[tuple[str | None, str]],
) -> tuple[RightsStatement, ...]:
    """The PREMIS rights statements: the package's, then one for each file that has rights of its own.

    `places` pairs a bag path with its object's identifier. `holders` gives links to the agents who
    hold the rights; `since` is the day of the bagging.
    """
    made = []
    for about, target in ((None, entity), *places):
        values = description.values(*_PROPERTIES, about=about)
        if values:
            identifier = identifiers.make("rights", about or "")
            made.append(_statement(values, identifier, target, holders(about), since))
    return tuple(made)


def _statement(
    values: tuple[Statement, ...],
    identifier: str,
    target: str,
    holders: tuple[Link, ...],
    since: str,
) -> RightsStatement:
    def texts(prop: str) -> tuple[str, ...]:
        return tuple(s.value for s in values if s.property == prop)

    def first(prop: str) -> str | None:
        return next(iter(texts(prop)), None)

    stated = [check_rights_uri(text) for text in (*texts("rights"), *texts("license"))]
    known = next((one for one in stated if one is not None and one.problem is None), None)
    said = first("rights.basis") or ("license" if texts("license") else "copyright" if known else "other")
    jurisdiction, citation = first("rights.jurisdiction"), first("rights.citation")
    lacking = (said == "copyright" and not jurisdiction) or (said == "statute" and not (jurisdiction and citation))
    # PREMIS demands a jurisdiction of both; one that no one named is not made up.
    basis = "other" if lacking else said
    uris = tuple(text for text in (*texts("license"), *texts("rights")) if "://" in text)
    terms = tuple(text for text in texts("license") if "://" not in text)
    notes = (*(text for text in texts("rights") if "://" not in text), *texts("rights.note"))
    if basis == "copyright":
        # copyrightNote is where the schema's own readers look for a rights statement's address.
        notes = (*uris, *notes)
    if lacking and known is not None:
        notes = (f"copyright status: {known.status}", *notes)
    if lacking and citation:
        notes = (citation, *notes)
    if basis == "other":
        notes = (*uris[1:], *notes)
    return RightsStatement(
        id=identifier,
        basis=basis,
        grants=_grants(values, since),
        objects=(target,),
        agents=holders,
        status=known.status if known else "unknown",
        jurisdiction=jurisdiction,
        terms=terms[0] if terms else known.label if known and known.label and basis == "license" else None,
        citation=citation,
        other=said if lacking else "access decision",
        document=uris[0] if uris and basis != "copyright" else None,
        notes=notes or (("as described",) if basis == "license" and not uris and not terms else ()),
    )


def _grants(values: tuple[Statement, ...], since: str) -> tuple[Grant, ...]:
    access = access_of(s for s in values if s.property == "accessRights")
    if access is None:
        return ()
    ends = [s.value for s in values if s.property == "available"]
    notes = [s.value for s in values if s.property == "rights.reason"]
    notes += [f"reviewed by {s.value}" for s in values if s.property == "rights.reviewer"]
    restriction = _RESTRICTIONS.get(access)
    embargo = access is Access.EMBARGOED
    lapsed = _lapsed(ends, since) if embargo else None
    if lapsed is not None:
        # What ended before the bag was made restricts nothing any more, but it is a fact.
        return (Grant("disseminate", since=lapsed, notes=(f"embargoed until {lapsed}", *notes)),)
    return (
        Grant(
            "disseminate",
            restriction,
            since=since if restriction else None,
            until=_last(ends) if embargo and ends else None,
            notes=tuple(notes),
        ),
    )


def _last(ends: list[str]) -> str:
    """The latest of the ends; the first as written where they are not all days."""
    days = [parse_day(end) for end in ends]
    known = [day for day in days if day is not None]
    return max(known).isoformat() if known and len(known) == len(days) else ends[0]


def _lapsed(ends: list[str], today: str) -> str | None:
    """The day on which the embargo ended, if that is not after `today`; with several ends the last one counts."""
    days = [parse_day(end) for end in ends]
    known = [day for day in days if day is not None]
    if not known or len(known) != len(days) or max(known).isoformat() > today:
        return None
    return max(known).isoformat()
