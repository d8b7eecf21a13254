"""The catalog of a PDF/A: metadata, output intent, preferences and attachment."""

from __future__ import annotations

import hashlib
import zlib
from datetime import datetime
from functools import cache
from typing import Any

from archive.renditions.pdf.file import PdfFile
from archive.renditions.pdf.objects import date, dictionary, name, text_string
from archive.resources import metadata_path

_CONDITION = "sRGB IEC61966-2.1"


def describe(file: PdfFile, *, xmp: bytes, language: str, rtl: bool) -> None:
    """Metadata, language, viewer preferences and the mark of a tagged file."""
    root = file.catalog
    root["Metadata"] = file.add_stream(xmp, {"Type": name("Metadata"), "Subtype": name("XML")}, deflate=False)
    root["Lang"] = text_string(language)
    root["MarkInfo"] = {"Marked": True}
    preferences: dict[str, Any] = {"DisplayDocTitle": True}
    if rtl:
        preferences["Direction"] = name("R2L")
    root["ViewerPreferences"] = preferences


def add_output_intent(file: PdfFile) -> None:
    """The sRGB output intent (ISO 19005-3, 6.2.3)."""
    profile = file.add_stream(_profile(), {"N": 3, "Filter": name("FlateDecode")}, deflate=False)
    intent = dictionary(
        {
            "Type": name("OutputIntent"),
            "S": name("GTS_PDFA1"),
            "OutputConditionIdentifier": _CONDITION,
            "Info": _CONDITION,
            "DestOutputProfile": profile,
        }
    )
    file.catalog["OutputIntents"] = [file.add(intent)]


@cache
def _profile() -> bytes:
    return zlib.compress(metadata_path("colour", "sRGB.icc").read_bytes(), 9)


def attach(
    file: PdfFile, *, file_name: str, media_type: str, content: bytes, modified: datetime, description: str
) -> None:
    """Embed the source with its own bytes (ISO 19005-3, 6.8; ISO 32000-1, 7.11.4)."""
    embedded = file.add_stream(
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
    specification = file.add(
        dictionary(
            {
                "Type": name("Filespec"),
                "F": file_name.encode("ascii", "replace").decode("ascii"),
                "UF": file_name,
                "Desc": description,
                "AFRelationship": name("Source"),
                "EF": {"F": embedded, "UF": embedded},
            }
        )
    )
    root = file.catalog
    root["AF"] = [specification]
    root["Names"] = {"EmbeddedFiles": {"Names": [file_name, specification]}}
