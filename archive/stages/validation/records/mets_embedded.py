"""The records inside a METS: PREMIS as one record however it is spread, Dublin Core, and how they fit the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.formats import dublin_core_reading, premis_reading
from archive.formats import mets_reading as reading
from archive.formats.xml_elements import line_of, local_name, namespace_of
from archive.model.codes import mets as codes
from archive.model.codes import xml as xml_codes
from archive.model.record import ObjectView
from archive.stages.validation.records.dublin_core import judge_dublin_core
from archive.stages.validation.records.notes import Notes
from archive.stages.validation.records.premis import KINDS, PremisJudge
from archive.stages.validation.records.premis_links import AGENT, OBJECT
from archive.stages.validation.records.values import normal_algorithm

if TYPE_CHECKING:
    from lxml.etree import _Element


_PAST = frozenset({"superseded", "deleted", "updated"})
"""Values of STATUS by which Archivematica and others keep what a section said before."""


def judge_embedded(root: _Element, notes: Notes, *, own_schema: bool) -> None:
    """Judge the PREMIS in a METS as one record, and each Dublin Core record in it; the rest is only named."""
    judge = PremisJudge(notes, own_schema=own_schema, strict=False)
    foreign: dict[str, int] = {}
    sections: dict[int, list[int]] = {}
    numbers: dict[_Element, int] = {}
    for section, content in reading.embedded(root):
        around = section.getparent()
        by_itself = around is None or (section.get("STATUS") or "").lower() in _PAST
        place = numbers.setdefault(section if around is None or by_itself else around, len(numbers) + 1)
        if namespace_of(content) in premis_reading.PREMIS_NAMESPACES:
            for entity in reading.premis_entities(content):
                if local_name(entity) in KINDS:
                    number = judge.take(entity, place)
                    if number >= 0:
                        sections.setdefault(place, []).append(number)
        elif dublin_core_reading.is_container(content):
            judge_dublin_core(content, notes, embedded=True)
        else:
            foreign.setdefault(namespace_of(content) or f"<{local_name(content)}>", line_of(content))
    for members in sections.values():
        if any(judge.graph.kind_of(one) == OBJECT for one in members):
            for one in members:
                if judge.graph.kind_of(one) != AGENT:
                    judge.graph.settle(one)
    judge.finish()
    _compare_objects(root, notes)
    for namespace, line in foreign.items():
        notes.add(xml_codes.FOREIGN_PART, line, namespace=namespace)


def _compare_objects(root: _Element, notes: Notes) -> None:
    """A file and the one PREMIS file object in the sections it refers to tell the same size and digest."""
    objects: dict[str, list[_Element]] = {}
    for section, content in reading.embedded(root):
        around = section.getparent()
        for entity in reading.premis_entities(content):
            if local_name(entity) == "object" and premis_reading.category_of(entity) == "file":
                for holder in (section, around):
                    if holder is not None and (identifier := holder.get("ID")):
                        objects.setdefault(identifier, []).append(entity)
    for element in root.iter(f"{{{namespace_of(root)}}}file"):
        told = [one for identifier in (element.get("ADMID") or "").split() for one in objects.get(identifier, ())]
        if len(told) == 1:
            _compare_object(element, premis_reading.read_object(told[0]), notes)


def _compare_object(element: _Element, told: ObjectView, notes: Notes) -> None:
    identifier, size = element.get("ID") or "", (element.get("SIZE") or "").strip()
    if size.isdigit() and told.size is not None and int(size) != told.size:
        notes.add(
            codes.PREMIS_DISAGREES, line_of(element), id=identifier, what="size", expected=size, found=str(told.size)
        )
    checksum = (element.get("CHECKSUM") or "").strip().lower()
    algorithm = normal_algorithm(element.get("CHECKSUMTYPE") or "")
    for fixity in told.fixity:
        digest = fixity.digest.lower()
        if checksum and normal_algorithm(fixity.algorithm) == algorithm and digest != checksum:
            notes.add(
                codes.PREMIS_DISAGREES, line_of(element), id=identifier, what=algorithm, expected=checksum, found=digest
            )
