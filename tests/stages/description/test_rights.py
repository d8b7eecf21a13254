"""Rights: what becomes of them in the records, and whether a bag may be given out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from archive.formats.premis_reading import read_rights
from archive.formats.statements import write_statements
from archive.model.codes import description as codes
from archive.model.description import Statement
from archive.model.finding import FindingKind, Severity
from archive.model.record import RightsView
from archive.stages.description.rights import check_release
from tests.support.described import PREMIS, Described, describe_folder, schema

TODAY = date(2026, 11, 24)


def content(*statements: Statement, restricted: bool = False) -> bytes:
    return b"".join(write_statements(statements, identifier="urn:uuid:x", restricted=restricted))


def access(word: str, about: str | None = None) -> Statement:
    return Statement("accessRights", word, about=about)


def until(day: str, about: str | None = None) -> Statement:
    return Statement("available", day, about=about)


@pytest.mark.parametrize(
    "statements",
    [
        (),
        (access("open"),),
        (access("Everybody may read it"),),
        (access("open"), until("2030-01-01")),
        (access("embargoed"), until("2026-11-24")),
        (access("embargoed"), until("2020-01-01")),
    ],
)
def test_what_may_be_given_out(statements: tuple[Statement, ...]) -> None:
    assert check_release(content(*statements), TODAY) == []


@pytest.mark.parametrize(
    ("statements", "kind", "subject"),
    [
        ((access("closed"),), codes.NOT_RELEASED, "metadata/descriptive/statements.json"),
        ((access("restricted"),), codes.NOT_RELEASED, "metadata/descriptive/statements.json"),
        ((access("Closed"),), codes.NOT_RELEASED, "metadata/descriptive/statements.json"),
        ((access("open"), access("closed")), codes.NOT_RELEASED, "metadata/descriptive/statements.json"),
        ((access("embargoed"), until("2026-11-25")), codes.EMBARGOED, "metadata/descriptive/statements.json"),
        ((access("embargoed"),), codes.EMBARGOED, "metadata/descriptive/statements.json"),
        ((access("embargoed"), until("soon")), codes.EMBARGOED, "metadata/descriptive/statements.json"),
        ((access("embargoed"), until("2020-01-01"), until("2020")), codes.EMBARGOED,
         "metadata/descriptive/statements.json"),
        ((access("embargoed"), until("2020-01-01"), until("2040-01-01")), codes.EMBARGOED,
         "metadata/descriptive/statements.json"),
        ((access("open"), access("closed", "data/original/a")), codes.NOT_RELEASED, "data/original/a"),
        ((access("embargoed", "data/original/a"), until("2040-01-01", "data/original/a"), until("2020-01-01")),
         codes.EMBARGOED, "data/original/a"),
    ],
)  # fmt: skip
def test_what_may_not(statements: tuple[Statement, ...], kind: FindingKind, subject: str) -> None:
    [finding] = check_release(content(*statements), TODAY)
    assert finding.kind is kind
    assert finding.subject == subject
    assert finding.severity is Severity.ERROR


def test_rights_that_cannot_be_read_are_not_taken_for_none() -> None:
    assert check_release(None, TODAY) == []
    [finding] = check_release(b"{}", TODAY)
    assert finding.kind is codes.RIGHTS_UNREADABLE
    assert finding.severity is Severity.UNCHECKED


def test_restricted_metadata_is_told() -> None:
    [finding] = check_release(content(access("open"), restricted=True), TODAY)
    assert finding.kind is codes.RESTRICTED_INSIDE
    assert finding.severity is Severity.WARNING


def described(tmp_path: Path, rights: str) -> tuple[Described, tuple[RightsView, ...]]:
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_text("x")
    (source / "description.toml").write_text(f'title = "T"\n[rights]\n{rights}')
    made = describe_folder(source, tmp_path)
    schema("premis.xsd").assertValid(made.premis)
    schema("qualifieddc.xsd").assertValid(made.xml("metadata/descriptive/dcterms.xml"))
    return made, read_rights(made.premis.find("p:rights", PREMIS))


def test_an_embargo_in_premis_and_dublin_core(tmp_path: Path) -> None:
    made, [view] = described(
        tmp_path,
        'access = "embargoed"\nuntil = 2030-01-01\nreason = "witnesses at risk"\nreviewer = "A. Archivist"\n'
        'statement = "http://rightsstatements.org/vocab/InC/1.0/"\nholder = "Example Archive"\njurisdiction = "sy"\n',
    )
    assert view.basis == "copyright"
    [grant] = view.grants
    assert (grant.act, grant.restrictions) == ("disseminate", ("embargo",))
    assert grant.restriction_term == ("2023-11-14", "2030-01-01")
    assert grant.notes == ("witnesses at risk", "reviewed by A. Archivist")
    assert view.agents[0].roles == ("rightsholder",)
    text = made.tags["metadata/descriptive/dcterms.xml"].decode()
    assert "<dcterms:accessRights>embargoed</dcterms:accessRights>" in text
    assert '<dcterms:available xsi:type="dcterms:W3CDTF">2030-01-01</dcterms:available>' in text
    assert "<dcterms:rightsHolder>Example Archive</dcterms:rightsHolder>" in text
    assert check_release(made.tags["metadata/descriptive/statements.json"], TODAY)


@pytest.mark.parametrize(
    ("rights", "basis", "restrictions"),
    [
        ('access = "open"\n', "other", ()),
        ('access = "closed"\n', "other", ("closed",)),
        ('access = "restricted"\nbasis = "statute"\ncitation = "Law 1"\n', "other", ("restricted",)),
        (
            'access = "restricted"\nbasis = "statute"\ncitation = "Law 1"\njurisdiction = "sy"\n',
            "statute",
            ("restricted",),
        ),
        ('access = "open"\nbasis = "copyright"\njurisdiction = "sy"\n', "copyright", ()),
        ('access = "open"\nlicense = "https://creativecommons.org/licenses/by/4.0/"\n', "license", ()),
        ('access = "open"\nlicense = "free for research"\n', "license", ()),
        ('access = "open"\nbasis = "license"\n', "license", ()),
        ('access = "open"\nbasis = "copyright"\nstatement = "Ask us"\n', "other", ()),
    ],
)
def test_the_basis_follows_from_what_is_said(
    rights: str, basis: str, restrictions: tuple[str, ...], tmp_path: Path
) -> None:
    _, [view] = described(tmp_path, rights)
    assert view.basis == basis
    assert view.grants[0].restrictions == restrictions
    if restrictions:
        assert view.grants[0].restriction_term == ("2023-11-14", None)
