"""The worker: reads one PDF from standard input, writes what it saw as JSON to standard output, and ends.

Run by `archive.renditions.inspection.examining` with limits of memory and time and without a network. Findings travel
as codes with facts. A PDF that cannot be read gives `problem`; one that exceeds the limits ends this process.
"""

from __future__ import annotations

import io
import json
import logging
import os
import re
import sys
import warnings
from typing import Any

from pypdf import PdfReader
from pypdf.generic import DictionaryObject, StreamObject

from archive.renditions.inspection.content import read_content
from archive.renditions.inspection.metadata import Claims, compare_with_info, read_claims
from archive.renditions.inspection.objects import UNREADABLE, array, dictionary, is_true, member, walk_pages
from archive.renditions.inspection.structure import Seen, Violation, check_structure, survey
from archive.renditions.reasons import reason_of

_HEAD = 1024
_MOST_NAMES = 20


def examine(data: bytes) -> dict[str, Any]:
    """What can be seen of a PDF: `problem` when it is none, else its facts, claims and violations."""
    begin = data[:_HEAD].find(b"%PDF-")
    if begin < 0:
        return {"problem": "it does not begin with %PDF-" if data else "it is empty"}
    try:
        reader = PdfReader(io.BytesIO(data))
        encrypted = bool(reader.is_encrypted)
        readable = not encrypted or bool(reader.decrypt(""))
        root = dictionary(reader.trailer, "/Root") if readable else None
    except UNREADABLE as error:
        return {"problem": reason_of(error)}
    seen: dict[str, Any] = {"version": data[begin + 5 : begin + 8].decode("latin-1"), "encrypted": encrypted}
    if root is None:
        return {**seen, "locked": True, "claims": [], "violations": [["PDF-113", {}]]}
    if member(root, "/Pages") is None:
        return {"problem": "there is no catalogue with pages"}
    claims, met = _read_metadata(root), survey(reader)
    seen.update(_read_facts(reader, root, claims, met))
    seen["violations"] = [list(v) for v in _find_violations(data, reader, claims, met, seen)]
    return seen


def _read_metadata(root: DictionaryObject) -> Claims:
    stream = member(root, "/Metadata")
    if not isinstance(stream, StreamObject):
        return Claims(broken="there are none")
    try:
        packet = stream.get_data()
    except UNREADABLE as error:
        return Claims(broken=reason_of(error))
    claims = read_claims(packet)
    if claims.part == 1 and "/Filter" in stream:
        claims.broken = "they are compressed"
    return claims


def _read_facts(reader: PdfReader, root: DictionaryObject, claims: Claims, met: Seen) -> dict[str, Any]:
    pages, trouble = walk_pages(reader)
    form = dictionary(root, "/AcroForm")
    return {
        "claims": claims.all,
        "unknown_claims": claims.unknown,
        "broken_metadata": claims.broken,
        "pages": len(pages),
        "page_trouble": trouble,
        "actions": sorted(met.actions),
        "fields": len(array(form, "/Fields")) + (1 if "/XFA" in form else 0),
        "signatures": met.signatures,
        "attachments": sorted(met.attachments)[:_MOST_NAMES],
        "tagged": is_true(dictionary(root, "/MarkInfo"), "/Marked"),
        "language": str(member(root, "/Lang") or "")[:60],
        "title": claims.values.get("title", "")[:300],
    }


def _find_violations(
    data: bytes, reader: PdfReader, claims: Claims, met: Seen, facts: dict[str, Any]
) -> list[Violation]:
    found: list[Violation] = [("PDF-106", {"claim": claim}) for claim in claims.unknown]
    if facts["page_trouble"] is not None:
        found.append(("PDF-130", {"reason": facts["page_trouble"]}))
    elif not facts["pages"]:
        found.append(("PDF-130", {"reason": "it has no page"}))
    if not claims.all:
        return found
    if claims.broken is not None:
        found.append(("PDF-114", {"reason": claims.broken}))
    if claims.pdfa is not None:
        found += _check_bytes(data, claims)
        if facts["encrypted"]:
            found.append(("PDF-113", {}))
    try:
        found += list(check_structure(reader, claims, met))
        found += _check_information(reader, claims)
        if claims.pdfa is not None:
            found += _check_content(reader)
    except UNREADABLE as error:
        facts["unfinished"] = reason_of(error)
    return found


def _check_bytes(data: bytes, claims: Claims) -> list[Violation]:
    found: list[Violation] = []
    begin = data.find(b"%PDF-")
    second = re.match(rb"%PDF-(\d)\.(\d)\s*[\r\n]+%([^\r\n]*)", data[begin : begin + 200])
    if begin != 0:
        found.append(("PDF-110", {"reason": f"{begin} bytes come before it"}))
    elif second is None or sum(byte > 127 for byte in second[3][:4]) < 4:
        found.append(("PDF-110", {"reason": "no comment of four high bytes follows it"}))
    elif claims.part < 4 and second[1] != b"1":
        found.append(("PDF-110", {"reason": "the version is not 1.n"}))
    end = data.rfind(b"%%EOF")
    rest = data[end + 5 :] if end >= 0 else b""
    if rest not in (b"", b"\n", b"\r", b"\r\n"):
        found.append(("PDF-111", {"count": len(rest)}))
    return found


def _check_information(reader: PdfReader, claims: Claims) -> list[Violation]:
    information = dictionary(reader.trailer, "/Info")
    texts = {key: str(value) for key in information if isinstance(value := member(information, key), str)}
    differing = compare_with_info(claims, texts) if claims.pdfa is not None and claims.broken is None else []
    if not differing:
        return []
    return [("PDF-124" if claims.part == 1 else "PDF-125", {"fields": [key[1:] for key in differing]})]


def _check_content(reader: PdfReader) -> list[Violation]:
    root = dictionary(reader.trailer, "/Root")
    used = read_content(reader, walk_pages(reader)[0])
    found: list[Violation] = []
    if used.loose_fonts:
        found.append(("PDF-117", {"fonts": sorted(used.loose_fonts)[:_MOST_NAMES]}))
    intended = any(member(intent, "/S") == "/GTS_PDFA1" for intent in array(root, "/OutputIntents"))
    if used.colours and not intended:
        operator, page = min(used.colours.items())
        found.append(("PDF-116", {"page": page, "operator": operator}))
    return found


def main() -> int:
    """Read, examine, answer."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    data = sys.stdin.buffer.read()
    answer = json.dumps(examine(data), ensure_ascii=True)
    os.write(1, answer.encode("ascii"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
