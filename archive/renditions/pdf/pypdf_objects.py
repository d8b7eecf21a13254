"""Python values as objects of pypdf, for files that pypdf has read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def to_pdf(value: Any) -> Any:
    """A str becomes a text string, bytes a byte string, mappings and lists their like; pypdf objects stay."""
    from pypdf.generic import ArrayObject, BooleanObject, ByteStringObject, FloatObject, NumberObject, PdfObject

    if isinstance(value, PdfObject):
        return value
    if isinstance(value, bool):
        return BooleanObject(value)
    if isinstance(value, int):
        return NumberObject(value)
    if isinstance(value, float):
        return FloatObject(value)
    if isinstance(value, bytes):
        return ByteStringObject(value)
    if isinstance(value, str):
        return text_string(value)
    if isinstance(value, Mapping):
        return dictionary(value)
    return ArrayObject(to_pdf(entry) for entry in value)


def name(value: str) -> Any:
    """A name object, without the slash."""
    from pypdf.generic import NameObject

    return NameObject(f"/{value}")


def dictionary(entries: Mapping[str, Any]) -> Any:
    """A dictionary object; keys without the slash, None left out."""
    from pypdf.generic import DictionaryObject

    return DictionaryObject({name(key): to_pdf(value) for key, value in entries.items() if value is not None})


def text_string(value: str) -> Any:
    """A text string: ASCII as it is, all else in UTF-16BE with its mark (ISO 32000-1, 7.9.2.2)."""
    from pypdf.generic import ByteStringObject

    if value.isascii() and value.isprintable():
        return ByteStringObject(value.encode("ascii"))
    return ByteStringObject(b"\xfe\xff" + value.encode("utf-16-be", "surrogatepass"))


def stream(content: bytes, entries: Mapping[str, Any], *, deflate: bool = True) -> Any:
    """A stream object with its own entries."""
    from pypdf.generic import DecodedStreamObject

    made = DecodedStreamObject()
    made.set_data(content)
    result = made.flate_encode() if deflate else made
    result.update(dictionary(entries))
    return result
