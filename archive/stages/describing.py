"""Describing: from a person's words and the files' facts to statements, Dublin Core and PREMIS in the bag."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from archive.config import Settings
from archive.formats import description_toml
from archive.formats.description_writing import write_description
from archive.formats.dublin_core import write_dc, write_dcterms
from archive.formats.naming import escape
from archive.formats.premis_writing import write_premis
from archive.formats.properties import HEAD, ZIPPED, read_properties, wants_all
from archive.formats.statements import write_statements
from archive.model.codes import description as codes
from archive.model.description import Certainty, Description, Source, Statement
from archive.model.finding import Finding
from archive.model.package import Build, FileRecord, RenditionResult, RenditionStatus, VirusCheck
from archive.stages.description_loading import is_description, load_description, read_description_file
from archive.stages.identification import Identifications, identify_also
from archive.stages.premis_events import count_of
from archive.stages.premis_record import ORIGINALS, PRESERVED, US, Facts, premis_record
from archive.storage.clock import Clock, package_identifiers

__all__ = ["BagFacts", "describe", "is_description", "load_description", "read_description_file"]

DESCRIPTIVE = "metadata/descriptive"
RESTRICTED = "metadata/restricted"
PRESERVATION = "metadata/preservation"

_STANDARDS = {
    "PDF/A-1": "ISO 19005-1:2005",
    "PDF/A-2": "ISO 19005-2:2011",
    "PDF/A-3": "ISO 19005-3:2012",
    "PDF/A-4": "ISO 19005-4:2020",
    "PDF/UA-1": "ISO 14289-1:2014",
    "PDF/UA-2": "ISO 14289-2:2024",
}


@dataclass(frozen=True, slots=True)
class BagFacts:
    """What describing tells the stages after it: fields for bag-info.txt, and findings that forbid nothing."""

    bag_info: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...] = ()


def describe(
    build: Build,
    *,
    description: Description | None,
    identifications: Identifications,
    renditions: tuple[RenditionResult, ...],
    virus: VirusCheck | None,
    settings: Settings,
    clock: Clock,
) -> BagFacts:
    """Write every descriptive and preservation record into `build`. Raises `StorageError` and `SourceError`."""
    unnamed = (r for r in build.records() if r.path.startswith(PRESERVED) and identifications.of(r.path) is None)
    identify_also(identifications, build, unnamed)
    told = description or Description(())
    survey = _survey(build, told, identifications)
    identifiers = package_identifiers(clock, survey.digest.digest() + told.content)
    entity = identifiers.make("entity")
    findings = [*told.findings, *survey.missing(told)]
    title, extracted = _title(build, told, survey, findings)
    statements = (
        *told.public,
        *(() if told.title_text() else (title,)),
        *_package_facts(entity, survey, renditions),
        *_rendition_facts(renditions),
    )
    _write_descriptions(build, told, entity, statements)
    for number, (path, file_id) in enumerate(_described_files(told, survey, identifiers.make), 1):
        about = [replace(s, about=None) for s in told.public if s.about == path]
        about += _file_facts(path, file_id, entity, survey)
        build.add_tag(f"{DESCRIPTIVE}/files/{number:04d}.xml", write_dcterms(about))
    record = premis_record(
        Facts(
            build,
            identifiers,
            clock.stamp(),
            title.value,
            told,
            identifications,
            renditions,
            virus,
            settings.create.operator,
            settings.create.organization,
            survey.originals,
            extracted,
        )
    )
    build.add_tag(f"{PRESERVATION}/premis.xml", write_premis(record))
    return BagFacts(_bag_info(entity, title, told), tuple(findings))


@dataclass(slots=True)
class _Survey:
    """What one walk over the files tells. `described` maps the described files that are there to their formats."""

    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    originals: int = 0
    size: int = 0
    first: FileRecord | None = None
    formats: dict[str, None] = field(default_factory=dict)
    described: dict[str, str | None] = field(default_factory=dict)

    def missing(self, told: Description) -> Iterator[Finding]:
        named = dict.fromkeys(s.about for s in told.public if s.about is not None)
        for path in named:
            if path not in self.described:
                yield codes.NO_SUCH_FILE.at(told.name, found=path.removeprefix(ORIGINALS))


def _survey(build: Build, told: Description, identifications: Identifications) -> _Survey:
    survey = _Survey()
    named = {statement.about for statement in told.statements}
    for record in build.records():
        survey.digest.update(record.path.encode("utf-8", "surrogateescape"))
        survey.digest.update("\0".join(("", *record.digests, "\n")).encode())
        found = identifications.of(record.path)
        if found is not None and found.mime:
            survey.formats[found.mime] = None
        if record.path in named:
            survey.described[record.path] = found.mime if found is not None else None
        if record.path.startswith(ORIGINALS):
            survey.first = survey.first or record
            survey.originals += 1
            survey.size += record.size
    return survey


def _title(build: Build, told: Description, survey: _Survey, findings: list[Finding]) -> tuple[Statement, str | None]:
    """The title, and the bag path of the document it was taken from, where nobody gave one."""
    given = told.title_text()
    if given is not None:
        return next(s for s in told.values("title") if s.value == given), None
    suggestion = next((s for s in told.public if s.property == "title" and s.about is None), None)
    secrets = [s.value for s in told.statements if s.private]
    heading, basis, path = None, "", None
    if suggestion is not None:
        heading, basis = suggestion.value, suggestion.by or "a suggestion"
    elif survey.originals == 1 and survey.first is not None:
        heading, basis = _heading_of(build, survey.first)
        path = survey.first.path if heading else None
        if heading is None:
            heading, basis = os.path.splitext(survey.first.path.rpartition("/")[2])[0], "file name"
    if heading is None or any(secret in heading for secret in secrets):
        heading, basis, path = build.name, "name of the bag", None
    heading = re.sub("[\x00-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", heading)
    findings.append(codes.NO_TITLE.at(told.name if told.content else "", basis=basis, title=escape(heading)))
    by = f"{basis} of {path.removeprefix(ORIGINALS)}" if path else basis
    source = Source.DOCUMENT if path else Source.PROGRAM
    note = "nobody gave a title; this one stands in"
    return Statement("title", heading, None, Certainty.INFERRED, source, by, note), path


def _heading_of(build: Build, record: FileRecord) -> tuple[str | None, str]:
    name = record.path.rpartition("/")[2]
    if wants_all(name) and record.size > ZIPPED:
        return None, ""
    with build.open(record.path) as file:
        content = file.read() if wants_all(name) else file.read(HEAD)
    found = read_properties(content, name)
    return found.title, found.basis


def _fact(prop: str, value: str, about: str | None = None) -> Statement:
    return Statement(prop, value, source=Source.PROGRAM, by=f"{US.name} {US.version}", about=about)


def _package_facts(entity: str, survey: _Survey, renditions: tuple[RenditionResult, ...]) -> Iterator[Statement]:
    yield _fact("identifier", entity)
    for mime in survey.formats:
        yield _fact("format", mime)
    yield _fact("extent", count_of(survey.originals, "file"))
    yield _fact("extent", count_of(survey.size, "byte"))
    made = [one for one in renditions if one.status is RenditionStatus.MADE and one.path]
    pages = sum(one.pages or 0 for one in made)
    if pages and all(one.pages for one in made):
        yield _fact("extent", count_of(pages, "page"))
    for one in made:
        yield _fact("hasFormat", one.path or "")
    for standard in dict.fromkeys(name for one in made for name in _conformance(one)):
        yield _fact("conformsTo", standard)


def _conformance(result: RenditionResult) -> Iterator[str]:
    """The standards that a validator found the rendition to meet; what is only claimed is not among them."""
    if result.validated is not True or result.validator is None:
        return
    for claim in result.claims:
        standard = next((name for start, name in _STANDARDS.items() if claim.startswith(start)), None)
        yield f"{standard} ({claim})" if standard else claim


def _rendition_facts(renditions: tuple[RenditionResult, ...]) -> Iterator[Statement]:
    for one in renditions:
        if one.status is RenditionStatus.MADE and one.path:
            yield _fact("isFormatOf", one.source, one.path)
            for standard in _conformance(one):
                yield _fact("conformsTo", standard, one.path)


def _described_files(told: Description, survey: _Survey, make: Callable[[str, str], str]) -> Iterator[tuple[str, str]]:
    for path in survey.described:
        if any(s.about == path and s.asserted for s in told.statements):
            yield path, make("file", path)


def _file_facts(path: str, file_id: str, entity: str, survey: _Survey) -> list[Statement]:
    facts = [_fact("identifier", file_id), _fact("isPartOf", entity)]
    mime = survey.described[path]
    return [*facts, _fact("format", mime)] if mime else facts


def _write_descriptions(build: Build, told: Description, entity: str, statements: tuple[Statement, ...]) -> None:
    """What people wrote, verbatim, unless some of it is private; then that lies apart, and its public part here."""
    if told.content and not told.has_private:
        build.add_tag(f"{DESCRIPTIVE}/{told.name}", [told.content])
    elif told.content:
        build.add_tag(f"{RESTRICTED}/{told.name}", [told.content])
        here = [s if s.about is None else replace(s, about=s.about.removeprefix(ORIGINALS)) for s in told.public]
        public = write_description(here, "The public part of a description; the rest is restricted.")
        build.add_tag(f"{DESCRIPTIVE}/{description_toml.NAME}", [public.encode("utf-8", "replace")])
    package = [statement for statement in statements if statement.about is None]
    build.add_tag(
        f"{DESCRIPTIVE}/statements.json",
        write_statements(statements, identifier=entity, restricted=told.has_private),
    )
    build.add_tag(f"{DESCRIPTIVE}/dc.xml", write_dc(package))
    build.add_tag(f"{DESCRIPTIVE}/dcterms.xml", write_dcterms(package))


def _bag_info(entity: str, title: Statement, told: Description) -> tuple[tuple[str, str], ...]:
    fields = [("External-Description", " ".join(title.value.split())), ("External-Identifier", entity)]
    fields += [("External-Identifier", " ".join(s.value.split())) for s in told.values("identifier")]
    return tuple(fields)
