"""statements.json, written and read."""

from __future__ import annotations

import json

import jsonschema
import pytest

from archive.errors import FormatError
from archive.formats.statements import read_statements, write_statements
from archive.model.description import Certainty, Origin, Statement
from archive.resources import metadata_path

STATEMENTS = (
    Statement("title", "بيان (2013)", "ar", Certainty.INFERRED, Origin.DOCUMENT, "first heading", "n"),
    Statement("title", "Both بيان", "mul"),
    Statement("alternativeText", "x", about="data/original/caf\udce9.png"),
    Statement("other.Box", "12", certainty=Certainty.SUGGESTED, source=Origin.PROGRAM),
)
SECRET = Statement("private.name", "Secret name", private=True)


def test_every_value_comes_back_and_private_ones_are_not_written() -> None:
    content = b"".join(write_statements((*STATEMENTS, SECRET), identifier="urn:uuid:x", restricted=True))
    assert b"Secret" not in content
    assert read_statements(content) == (STATEMENTS, True)
    document = json.loads(content)
    schema = json.loads(metadata_path("reports", "archive.statements-1.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(document)
    assert [one.get("direction") for one in document["statements"]] == ["rtl", "ltr", "ltr", None]
    assert next(iter(document)) == "schema"


def test_no_statements_are_a_document_too() -> None:
    content = b"".join(write_statements((), identifier="urn:uuid:x", restricted=False))
    assert read_statements(content) == ((), False)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"schema": "archive.statements/2", "restricted": false, "statements": []}',
        b'{"schema": "archive.statements/1", "statements": []}',
        b'{"schema": "archive.statements/1", "restricted": false, "statements": [1]}',
        b'{"schema": "archive.statements/1", "restricted": false, "statements": [{"property": "title"}]}',
        b'{"schema": "archive.statements/1", "restricted": false, "statements":'
        b' [{"property": "title", "value": "x", "certainty": "sure", "source": "person"}]}',
        b'{"schema": "archive.statements/1", "restricted": false, "statements":'
        b' [{"property": "title", "value": 1, "certainty": "certain", "source": "person"}]}',
        b'{"schema": "archive.statements/1", "restricted": false, "statements":'
        b' [{"property": "title", "value": "x", "certainty": "certain", "source": "person", "about_b64": "!"}]}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_statements_file_is_refused(content: bytes) -> None:
    with pytest.raises(FormatError):
        read_statements(content)
