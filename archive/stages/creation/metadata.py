"""Describing: from a person's words and the files' facts to statements, Dublin Core and PREMIS in the bag."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field, replace

from archive.formats import archivematica_csv, description_toml
from archive.formats.description_writing import write_description
from archive.formats.dublin_core import write_dc, write_dcterms
from archive.formats.ead_writing import has_archival, write_ead
from archive.formats.naming import count_of, escape
from archive.formats.premis_writing import write_premis
from archive.formats.properties import HEAD, ZIPPED, read_properties, wants_all
from archive.formats.rights_uris import ACCESS_URIS
from archive.formats.statements import write_statements
from archive.model.build import Build, FileRecord, Originals, RenditionResult, RenditionStatus, VirusCheck
from archive.model.codes import description as codes
from archive.model.codes import source as source_codes
from archive.model.description import Certainty, Description, Origin, Statement
from archive.model.finding import Finding
from archive.model.premis import PremisRecord
from archive.settings import Settings
from archive.stages.creation.builder import RESTRICTED
from archive.stages.creation.premis_record import ORIGINALS, PRESERVED, US, Facts, premis_record
from archive.stages.creation.timeline import Received, Timeline
from archive.stages.scanning.identification import Identifications, identify_also
from archive.storage.clock import Clock, package_identifiers

DESCRIPTIVE = "metadata/descriptive"
PRESERVATION = "metadata/preservation"
_MISMATCHES = 1_000

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
    received: Received | None = None,
    complete: Callable[[PremisRecord, Callable[..., str]], PremisRecord] | None = None,
) -> BagFacts:
    """Write every descriptive and preservation record into `build`; `received` is what is known of the delivery.

    `complete` adds to the PREMIS record what happened before, by what makes its identifiers: ("entity",) is the
    package, ("file", path) a file.

    Raises `StorageError` and `SourceError`.
    """
    received = received or Received((), Timeline(clock))
    if any(one.path for one in renditions):
        unnamed = (r for r in build.records() if r.path.startswith(PRESERVED) and identifications.of(r.path) is None)
        identify_also(identifications, build, unnamed)
    told = description or Description(())
    survey = _survey(build, told, identifications)
    identifiers = package_identifiers(clock, survey.digest.digest() + told.content)
    entity = identifiers.make("entity")
    findings = [*told.findings, *survey.problems(told)]
    title, extracted = find_title(build, told, survey, findings)
    statements = (
        *told.public,
        *(() if told.title_text() else (title,)),
        *package_facts(entity, told, survey, renditions, identifiers.make),
        *rendition_facts(renditions, identifications),
    )
    write_descriptive(
        build, told, survey, statements, entity=entity, make=identifiers.make, settings=settings, clock=clock
    )
    record = premis_record(
        Facts(
            build,
            identifiers,
            clock.stamp(),
            told,
            identifications,
            renditions,
            virus,
            settings.create.operator,
            settings.create.organization,
            survey.originals,
            received.times,
            received.lists,
            settings.identify.virus != "none",
            extracted,
        )
    )
    if complete is not None:
        record = complete(record, identifiers.make)
    build.add_tag(f"{PRESERVATION}/premis.xml", write_premis(record))
    return BagFacts(bag_info_of(entity, title, told), tuple(findings))


def write_descriptive(
    build: Build,
    told: Description,
    survey: Survey,
    statements: tuple[Statement, ...],
    *,
    entity: str,
    make: Callable[[str, str], str],
    settings: Settings,
    clock: Clock,
) -> None:
    """Write every descriptive record: of the package, of each described file, and for Archivematica where asked.

    `make` gives the identifier of the file at a bag path ("file", path). Raises `StorageError`.
    """
    agency = settings.create.organization
    _write_descriptions(build, told, entity, statements, files=survey.described, stamp=clock.stamp(), agency=agency)
    if settings.create.archivematica:
        named = (one for one in statements if one.about is None or one.about in survey.described)
        build.add_tag(archivematica_csv.PATH, archivematica_csv.write_archivematica(named, ORIGINALS.rstrip("/")))
    for number, (path, file_id) in enumerate(_described_files(told, survey, make), 1):
        about = [replace(s, about=None) for s in told.public if s.about == path]
        about += [*_file_facts(path, file_id, entity, survey), *access_facts(told, path)]
        build.add_tag(f"{DESCRIPTIVE}/files/{number:04d}.xml", write_dcterms(about))


def find_gaps(build: Originals, description: Description | None, identifications: Identifications) -> list[Finding]:
    """What `describe` would find of the description and the files, without writing anything."""
    described = description or Description(())
    survey = _survey(build, described, identifications)
    findings = [*described.findings, *survey.problems(described)]
    find_title(build, described, survey, findings)
    return findings


@dataclass(slots=True)
class Survey:
    """What one walk over the files tells. `described` maps the described files that are there to their formats."""

    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    originals: int = 0
    size: int = 0
    first: FileRecord | None = None
    formats: dict[str, None] = field(default_factory=dict)
    described: dict[str, str | None] = field(default_factory=dict)
    mismatched: dict[str, str] = field(default_factory=dict)
    """Originals whose extension means another format, with the one that was found; no more than `_MISMATCHES`."""

    def problems(self, description: Description) -> Iterator[Finding]:
        """What is to be said of the files and what the description names."""
        yield from self.missing(description)
        for path, name in self.mismatched.items():
            yield source_codes.EXTENSION_MISMATCH.at(
                path.removeprefix(ORIGINALS), extension=os.path.splitext(path)[1].removeprefix("."), format=name
            )

    def missing(self, told: Description) -> Iterator[Finding]:
        named = dict.fromkeys(s.about for s in told.public if s.about is not None)
        for path in named:
            if path not in self.described:
                yield codes.NO_SUCH_FILE.at(told.name, found=path.removeprefix(ORIGINALS))


def _survey(build: Originals, told: Description, identifications: Identifications) -> Survey:
    survey = Survey()
    named = {statement.about for statement in told.statements}
    for record, found in identifications.along(build.records()):
        survey.digest.update("\0".join((record.path, *record.digests, "\n")).encode("utf-8", "surrogateescape"))
        if found is not None and record.path.startswith(ORIGINALS):
            if found.mime:
                survey.formats[found.mime] = None
            if found.mismatch and len(survey.mismatched) < _MISMATCHES:
                survey.mismatched[record.path] = found.name
        if record.path in named:
            survey.described[record.path] = found.mime if found is not None else None
        if record.path.startswith(ORIGINALS):
            survey.first = survey.first or record
            survey.originals += 1
            survey.size += record.size
    return survey


def find_title(
    build: Originals, told: Description, survey: Survey, findings: list[Finding]
) -> tuple[Statement, str | None]:
    """The title, and the bag path of the document it was taken from, where none was given."""
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
    source = Origin.DOCUMENT if path else Origin.PROGRAM
    note = "no title was given; this one was taken instead"
    return Statement("title", heading, None, Certainty.INFERRED, source, by, note), path


def _heading_of(build: Originals, record: FileRecord) -> tuple[str | None, str]:
    name = record.path.rpartition("/")[2]
    if wants_all(name) and record.size > ZIPPED:
        return None, ""
    with build.open(record.path) as file:
        content = file.read() if wants_all(name) else file.read(HEAD)
    found = read_properties(content, name)
    return found.title, found.basis


def fact(prop: str, value: str, about: str | None = None) -> Statement:
    return Statement(prop, value, source=Origin.PROGRAM, by=f"{US.name} {US.version}", about=about)


def package_facts(
    entity: str,
    description: Description,
    survey: Survey,
    renditions: tuple[RenditionResult, ...],
    make: Callable[[str, str], str],
) -> Iterator[Statement]:
    """What is said of the described material: its originals' formats and extent; its renditions are only named."""
    yield fact("identifier", entity)
    yield from access_facts(description)
    for mime in survey.formats:
        yield fact("format", mime)
    yield fact("extent", count_of(survey.originals, "file"))
    yield fact("extent", count_of(survey.size, "byte"))
    for one in renditions:
        if one.status is RenditionStatus.MADE and one.path:
            yield fact("hasFormat", make("file", one.path))


def access_facts(description: Description, about: str | None = None) -> Iterator[Statement]:
    """The access by its address, beside the description's word for it."""
    access = description.access(about)
    said = {one.value for one in description.values("accessRights", about=about)}
    if access is not None and ACCESS_URIS[access.value] not in said:
        yield fact("accessRights", ACCESS_URIS[access.value], about)


def _conformance(result: RenditionResult) -> Iterator[str]:
    """The standards that a validator found the rendition to meet; what is only claimed is not among them."""
    if result.validated is not True or result.validator is None:
        return
    for claim in result.claims:
        standard = next((name for start, name in _STANDARDS.items() if claim.startswith(start)), None)
        yield f"{standard} ({claim})" if standard else claim


def rendition_facts(renditions: tuple[RenditionResult, ...], identifications: Identifications) -> Iterator[Statement]:
    """What is said of each rendition: its source, format, extent and the standards it meets."""
    for one in renditions:
        if one.status is RenditionStatus.MADE and one.path:
            yield fact("isFormatOf", one.source, one.path)
            found = identifications.of(one.path)
            if found is not None and found.mime:
                yield fact("format", found.mime, one.path)
            if one.pages:
                yield fact("extent", count_of(one.pages, "page"), one.path)
            for standard in _conformance(one):
                yield fact("conformsTo", standard, one.path)


def _described_files(told: Description, survey: Survey, make: Callable[[str, str], str]) -> Iterator[tuple[str, str]]:
    for path in survey.described:
        if any(s.about == path and s.asserted for s in told.statements):
            yield path, make("file", path)


def _file_facts(path: str, file_id: str, entity: str, survey: Survey) -> list[Statement]:
    facts = [fact("identifier", file_id), fact("isPartOf", entity)]
    mime = survey.described[path]
    return [*facts, fact("format", mime)] if mime else facts


def _write_descriptions(
    build: Build,
    told: Description,
    entity: str,
    statements: tuple[Statement, ...],
    *,
    files: Container[str],
    stamp: str,
    agency: str,
) -> None:
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
    if has_archival(statements):
        agent = f"{US.name} {US.version}"
        ead = write_ead(statements, identifier=entity, stamp=stamp, agency=agency, agent=agent, files=files)
        build.add_tag(f"{DESCRIPTIVE}/ead.xml", ead)


def bag_info_of(entity: str, title: Statement, told: Description) -> tuple[tuple[str, str], ...]:
    fields = [("External-Description", " ".join(title.value.split())), ("External-Identifier", entity)]
    fields += [("External-Identifier", " ".join(s.value.split())) for s in told.values("identifier")]
    return tuple(fields)
