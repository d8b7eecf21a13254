"""Long lists of a PREMIS record pass through an edit in parts, and give the bytes that they would give as a whole."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from archive.formats import premis_scanning
from archive.formats.premis_editing import PremisEdits, edit_record
from archive.formats.premis_scanning import ViewedEntity, ViewedFile, passages, view_record
from archive.formats.premis_writing import write_premis
from archive.model.premis import (
    Agent,
    EntityObject,
    Event,
    FileObject,
    Format,
    Link,
    PremisRecord,
    Relationship,
)
from archive.storage.clock import Identifiers

COUNT = 300
make = Identifiers(uuid.UUID(int=7)).make


def record() -> bytes:
    files = [make("file", str(number)) for number in range(COUNT)]
    package, whole, event, agent = make("package"), make("whole"), make("event"), make("agent")

    def objects() -> Iterator[FileObject]:
        for number, one in enumerate(files):
            path = f"data/original/{number}.txt"
            yield FileObject(one, path, path, 1, (), Format("text"), part_of=whole, events=(event,))

    parts = Relationship("structural", "has part", lambda: iter(files))
    return b"".join(write_premis(PremisRecord(
        (EntityObject(package, "bag"), EntityObject(whole, "original", ("bit-level", "full"), (parts,))), objects,
        (Event(event, "ingestion", "2026-05-03", "all", "success", "", (Link(agent),), lambda: map(Link, files)),),
        (Agent(agent, "program", "software"),),
    )))  # fmt: skip


def in_chunks(content: bytes, size: int) -> list[bytes]:
    return [content[at : at + size] for at in range(0, len(content), size)]


def edits(**more: object) -> PremisEdits:
    event = Event(
        make("new"), "validation", "2026-06-01", "new", "success", "", (Link(make("agent")),), lambda: iter(())
    )
    return PremisEdits(events=(event,), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [997, 4096, 1 << 16])
@pytest.mark.parametrize("named", ["package", "whole"])
def test_parts_give_the_same_bytes(monkeypatch: pytest.MonkeyPatch, size: int, named: str) -> None:
    content = record()
    change = edits(links={make(named): [make("new")]}, place_of=lambda path: f"objects/{path}", place="package path")
    whole = b"".join(edit_record([content], change))
    assert whole.count(b"package path") == COUNT
    monkeypatch.setattr(premis_scanning, "_LONG", 2000)
    assert b"".join(edit_record(in_chunks(content, size), change)) == whole
    longest = max(one.end - one.begin for one in passages(in_chunks(content, size), lambda buffer, at: True))
    assert longest < 2000 + 2 * size


@pytest.mark.parametrize("size", [997, 1 << 16, 1 << 24])
def test_a_view_needs_no_long_list(size: int) -> None:
    found = list(view_record(in_chunks(record(), size)))
    entities = [one for one in found if isinstance(one, ViewedEntity)]
    assert entities == [ViewedEntity(True, make("package"), "bag"), ViewedEntity(False, make("whole"), "original")]
    files = [one for one in found if isinstance(one, ViewedFile)]
    assert [one.path for one in files] == [f"data/original/{number}.txt" for number in range(COUNT)]
    event = next(one for one in found if isinstance(one, bytes) and one.startswith(b" <event>"))
    assert 1 <= event.count(b"<linkingObjectIdentifier>") <= 2 + COUNT * 220 // size
    assert make("file", str(COUNT - 1)).removeprefix("urn:uuid:").encode() in event
