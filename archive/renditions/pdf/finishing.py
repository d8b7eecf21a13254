"""pypdf's part: the catalog of a PDF/A - metadata, output intent, preferences, attachment and identifiers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from archive.renditions.pdf.objects import date, dictionary, name, stream, text_string, to_pdf
from archive.resources import metadata_path

_CONDITION = "sRGB IEC61966-2.1"


def describe(writer: Any, *, xmp: bytes, info: Mapping[str, str], language: str, rtl: bool) -> None:
    """Metadata, Info, language, viewer preferences and the mark of a tagged file."""
    root = writer.root_object
    for entry in ("PageMode", "Outlines", "Trans", "Lang"):
        root.pop(name(entry), None)
    packet = stream(xmp, {"Type": name("Metadata"), "Subtype": name("XML")}, deflate=False)
    root[name("Metadata")] = writer._add_object(packet)
    root[name("Lang")] = text_string(language)
    root[name("MarkInfo")] = dictionary({"Marked": True})
    preferences: dict[str, Any] = {"DisplayDocTitle": True}
    if rtl:
        preferences["Direction"] = name("R2L")
    root[name("ViewerPreferences")] = dictionary(preferences)
    writer._info.clear()
    writer._info.update(dictionary(info))


def add_output_intent(writer: Any) -> None:
    """The sRGB output intent (ISO 19005-3, 6.2.3)."""
    with open(metadata_path("colour", "sRGB.icc"), "rb") as opened:
        profile = writer._add_object(stream(opened.read(), {"N": 3}))
    intent = dictionary(
        {
            "Type": name("OutputIntent"),
            "S": name("GTS_PDFA1"),
            "OutputConditionIdentifier": _CONDITION,
            "Info": _CONDITION,
            "DestOutputProfile": profile,
        }
    )
    writer.root_object[name("OutputIntents")] = to_pdf([writer._add_object(intent)])


def attach(
    writer: Any, *, file_name: str, media_type: str, content: bytes, modified: datetime, description: str
) -> None:
    """Embed the source with its own bytes (ISO 19005-3, 6.8; ISO 32000-1, 7.11.4)."""
    embedded = writer._add_object(
        stream(
            content,
            {
                "Type": name("EmbeddedFile"),
                "Subtype": name(media_type),
                "Params": {
                    "Size": len(content),
                    "ModDate": date(modified),
                    "CheckSum": hashlib.md5(content, usedforsecurity=False).digest(),
                },
            },
        )
    )
    specification = writer._add_object(
        dictionary(
            {
                "Type": name("Filespec"),
                "F": file_name.encode("ascii", "replace"),
                "UF": file_name,
                "Desc": description,
                "AFRelationship": name("Source"),
                "EF": {"F": embedded, "UF": embedded},
            }
        )
    )
    root = writer.root_object
    root[name("AF")] = to_pdf([specification])
    root[name("Names")] = dictionary({"EmbeddedFiles": {"Names": [file_name, specification]}})


def set_identifier(writer: Any, parts: Sequence[bytes]) -> None:
    """The file identifier, from what the file was made of."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    identifier = digest.digest()[:16]
    writer._ID = to_pdf([identifier, identifier])
