"""statements.json: every value of a description with its language, certainty, and who or what says it.

Its JSON Schema is metadata/reports/archive.statements-1.json. The Dublin Core records are drawn from it; private values
are not in it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from typing import Any

from archive.errors import FormatError
from archive.formats.language import direction_of
from archive.formats.naming import path_fields
from archive.model.description import Certainty, Origin, Statement

SCHEMA = "archive.statements/1"


def write_statements(statements: Iterable[Statement], *, identifier: str, restricted: bool) -> Iterator[bytes]:
    """The statements as JSON, one a line. `restricted` tells that the bag has metadata/restricted/ as well."""
    head = {"schema": SCHEMA, "identifier": identifier, "restricted": restricted}
    opened = json.dumps(head, ensure_ascii=False)[:-1]
    yield f'{opened}, "statements": ['.encode()
    separator = "\n"
    for statement in statements:
        if statement.private:
            continue
        yield separator.encode() + encode_json(statement_fields(statement))
        separator = ",\n"
    yield b"\n]}\n"


def encode_json(fields: Any) -> bytes:
    """JSON in UTF-8; a lone surrogate, which UTF-8 cannot hold, becomes U+FFFD."""
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")


def statement_fields(statement: Statement) -> dict[str, Any]:
    """One statement as JSON members; what is not known is left out."""
    fields: dict[str, Any] = {"property": statement.property, "value": statement.value}
    if statement.language:
        fields["language"] = statement.language
    direction = direction_of(statement.value, statement.language)
    if direction:
        fields["direction"] = direction
    fields["certainty"] = statement.certainty.value
    fields["source"] = statement.source.value
    if statement.by:
        fields["by"] = statement.by
    if statement.note:
        fields["note"] = statement.note
    if statement.authority:
        fields["authority"] = statement.authority
    if statement.about is not None:
        fields.update(path_fields(statement.about, "about"))
    return fields


def read_statements(content: bytes) -> tuple[tuple[Statement, ...], bool]:
    """The statements, and whether the bag holds restricted metadata too. Raises `FormatError`."""
    try:
        document = json.loads(content.decode("utf-8"))
        if not isinstance(document, dict) or document.get("schema") != SCHEMA:
            raise FormatError(f"this is not {SCHEMA}", subject="statements.json")
        statements = tuple(_read(one) for one in document["statements"])
        return statements, document["restricted"] is True
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FormatError(f"it is malformed ({type(error).__name__})", subject="statements.json") from error


def _read(fields: dict[str, Any]) -> Statement:
    texts = {key: fields.get(key) for key in ("language", "by", "note", "about", "authority")}
    if not all(value is None or isinstance(value, str) for value in texts.values()):
        raise TypeError
    if not isinstance(fields["property"], str) or not isinstance(fields["value"], str):
        raise TypeError
    about = texts["about"]
    if "about_b64" in fields:
        about = base64.b64decode(fields["about_b64"], validate=True).decode("utf-8", "surrogateescape")
    return Statement(
        fields["property"],
        fields["value"],
        certainty=Certainty(fields["certainty"]),
        source=Origin(fields["source"]),
        language=texts["language"],
        by=texts["by"],
        note=texts["note"],
        about=about,
        authority=texts["authority"],
    )
