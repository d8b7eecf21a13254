"""Small documents of every kind: each is drawn, listed or named, and none says the opposite of its source."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.renditions.readers import endings_of, media_type_of, read_document
from archive.settings import IdentifySettings, Settings
from archive.stages.scanning.identification import identify
from tests.renditions.torture import (
    corner_documents,
    letter_documents,
    mail_documents,
    markup_documents,
    note_documents,
    office_documents,
    opendocument_documents,
    outlook_documents,
    page_documents,
    rtf_documents,
    text_documents,
    word_documents,
    workbook_documents,
)
from tests.renditions.torture.cases import Case, shown
from tests.support.building import FolderBuild

CASES = (
    *text_documents.CASES,
    *markup_documents.CASES,
    *page_documents.CASES,
    *mail_documents.CASES,
    *corner_documents.CASES,
    *letter_documents.CASES,
    *note_documents.CASES,
    *outlook_documents.CASES,
    *rtf_documents.CASES,
    *office_documents.CASES,
    *word_documents.CASES,
    *workbook_documents.CASES,
    *opendocument_documents.CASES,
)


def test_there_are_enough_documents_and_no_name_twice() -> None:
    assert len(CASES) >= 80
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_part_is_drawn_or_named(case: Case) -> None:
    document = read_document(case.content, case.kind, name="document", encoding=case.encoding)
    assert document is not None
    text = shown(document.blocks)
    for part in case.drawn:
        assert part in text
    for part in case.absent:
        assert part not in text
    for part in case.omitted:
        assert any(part in name for name in document.dropped), document.dropped
    assert case.omitted or not document.dropped
    assert not any("could not be placed" in name for name in document.dropped)


@pytest.mark.parametrize("formats", ["pronom", "table"])
def test_what_identification_says_leads_to_the_reader(formats: str, tmp_path: Path) -> None:
    """Under each ending of its kind: a document that nobody draws because of what it was taken for is lost, too."""
    kinds = {}
    for number, case in enumerate(CASES):
        kind = media_type_of(case.kind, "document")
        for ending in endings_of(kind):
            name = f"{number}{ending}"
            (tmp_path / name).write_bytes(case.content)
            kinds[f"data/original/{name}"] = kind
    with identify(FolderBuild(tmp_path), Settings(identify=IdentifySettings(formats=formats))) as found:
        taken = {path: getattr(found.of(path), "mime", None) for path in kinds}
    wrong = {path: mime for path, mime in taken.items() if media_type_of(mime, path) != kinds[path]}
    assert not wrong
