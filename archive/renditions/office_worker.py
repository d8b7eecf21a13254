"""The worker that finishes what LibreOffice printed: the source attached, the times those of the run, and a count of
what the pages do not show.

Run by `archive.renditions.office` with limits of memory and time and without a network. Its one argument is JSON.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import re
import sys
import warnings
import zipfile
from pathlib import Path
from typing import Any

_TIMES = re.compile(rb"(<xmp:(CreateDate|ModifyDate|MetadataDate)>)[^<]*(</xmp:)")


def finish(order: dict[str, Any]) -> dict[str, Any]:
    """Write `order["printed"]` to `order["target"]` as described above; says what is not shown."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ArrayObject, ByteStringObject

    from archive.renditions.inspection.carrying import Attached, embed_file
    from archive.renditions.inspection.objects import dictionary, member
    from archive.renditions.pdf.pypdf_objects import dictionary as build
    from archive.renditions.pdf.pypdf_objects import name, to_pdf

    printed = Path(order["printed"]).read_bytes()
    reader = PdfReader(io.BytesIO(printed))
    writer = PdfWriter(clone_from=reader)
    writer.pdf_header = reader.pdf_header
    source = Path(order["source"]).read_bytes()
    if order["attach"]:
        dates = (("ModDate", str(order["modified"])),) if order["modified"] else ()
        title = str(order["name"])
        one = Attached(title, title, "", "/Source", str(order["kind"]), dates, source)
        specification = embed_file(writer, one)
        known = dictionary(writer.root_object, "/Names")
        known.update(build({"EmbeddedFiles": {"Names": [one.key, specification]}}))
        writer.root_object[name("Names")] = known
        writer.root_object[name("AF")] = to_pdf([specification])
    metadata = member(writer.root_object, "/Metadata")
    if metadata is not None:
        stamp = str(order["xmp_time"]).encode("ascii")
        metadata.set_data(_TIMES.sub(lambda found: found[1] + stamp + found[3], metadata.get_data()))
    information = writer._info
    if information is not None:
        for key in ("/CreationDate", "/ModDate"):
            if key in information:
                information[name(key[1:])] = to_pdf(str(order["pdf_time"]))
    seed = hashlib.sha256(source + str(order["name"]).encode("utf-8", "replace")).digest()[:16]
    writer._ID = ArrayObject([ByteStringObject(seed), ByteStringObject(seed)])
    with open(order["target"], "wb") as file:
        writer.write(file)
    return {"pages": len(writer.pages), "unseen": _unseen(order["package"])}


def _unseen(package: str | None) -> list[str]:
    from lxml.etree import LxmlError

    from archive.renditions.office_package import PackageTooLargeError, list_unseen

    unknown = ["whatever a printed page does not show: the file could not be looked through for it"]
    if package is None:
        return unknown
    try:
        return list_unseen(package)
    except (PackageTooLargeError, LxmlError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError):
        return unknown


def main(arguments: list[str]) -> int:
    """The worker: its order as JSON, its answer as JSON on standard output."""
    from archive.renditions.inspection.objects import UNREADABLE

    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    try:
        answer = finish(json.loads(arguments[0]))
    except UNREADABLE as error:
        answer = {"problem": f"{type(error).__name__}: {error}"[:200]}
    os.write(1, json.dumps(answer).encode("ascii"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
