"""What in a PDF's objects contradicts its claim: the parts of ISO 19005 and 14289 that leave no room for opinion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pypdf import PdfReader
from pypdf.generic import DictionaryObject, StreamObject

from archive.renditions.inspection.metadata import Claims
from archive.renditions.inspection.objects import UNREADABLE, array, dictionary, is_true, member, walk_dictionaries

Fact = str | int | list[str]
Violation = tuple[str, dict[str, Fact]]

_FORBIDDEN_ACTIONS = frozenset({
    "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/JavaScript", "/Hide", "/SetOCGState", "/Rendition",
    "/Trans", "/GoTo3DView",
})  # fmt: skip
_NAMED_ACTIONS = frozenset({"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"})
_FORBIDDEN_ANNOTATIONS = frozenset({"/Sound", "/Movie", "/Screen", "/3D"})
_EXTERNAL = ("/F", "/FFilter", "/FDecodeParms")


@dataclass(slots=True)
class Seen:
    """What one walk over all objects met."""

    actions: set[str] = field(default_factory=set)
    streams: set[str] = field(default_factory=set)
    annotations: set[str] = field(default_factory=set)
    transparency: set[str] = field(default_factory=set)
    attachments: dict[str, DictionaryObject] = field(default_factory=dict)
    signatures: int = 0
    associated: list[DictionaryObject] = field(default_factory=list)


def survey(reader: PdfReader) -> Seen:
    """Walk over all objects once and note what PDF/A has a word about."""
    seen = Seen()
    for holder in walk_dictionaries(reader):
        try:
            _look_at(holder, seen)
        except UNREADABLE:
            continue
    return seen


def _look_at(holder: DictionaryObject, seen: Seen) -> None:
    kind, subtype, sort = member(holder, "/Type"), member(holder, "/Subtype"), member(holder, "/S")
    # A structure element has /S too, and always /P.
    if isinstance(sort, str) and kind in (None, "/Action") and "/P" not in holder:
        if sort in _FORBIDDEN_ACTIONS:
            seen.actions.add(sort[1:])
        elif sort == "/Named" and member(holder, "/N") not in _NAMED_ACTIONS:
            seen.actions.add("Named")
    if isinstance(holder, StreamObject):
        _look_at_stream(holder, subtype, seen)
    if kind == "/Annot" or (subtype in _FORBIDDEN_ANNOTATIONS and "/Rect" in holder):
        _look_at_annotation(holder, subtype, seen)
    if kind == "/ExtGState" or "/BM" in holder or "/ca" in holder or "/CA" in holder:
        _look_at_state(holder, kind, seen)
    if "/EF" in holder:
        name = member(holder, "/UF") or member(holder, "/F") or "?"
        seen.attachments[str(name)[:200]] = holder
    seen.associated.extend(item for item in array(holder, "/AF") if isinstance(item, DictionaryObject))
    if kind == "/Sig" or (sort is None and "/ByteRange" in holder and "/Contents" in holder):
        seen.signatures += 1
    if isinstance(member(holder, "/Group"), DictionaryObject) and member(dictionary(holder, "/Group"), "/S") == (
        "/Transparency"
    ):
        seen.transparency.add("a transparency group")


def _look_at_stream(holder: StreamObject, subtype: Any, seen: Seen) -> None:
    named = member(holder, "/Filter")
    filters = [str(named)] if isinstance(named, str) else [str(part) for part in array(holder, "/Filter")]
    if "/LZWDecode" in filters or "/LZW" in filters:
        seen.streams.add("LZW compression")
    if "/Crypt" in filters:
        seen.streams.add("an encryption filter")
    if any(key in holder for key in _EXTERNAL):
        seen.streams.add("a stream in another file")
    if subtype == "/PS" or member(holder, "/Subtype2") == "/PS":
        seen.streams.add("a PostScript XObject")
    if subtype == "/Image":
        if member(holder, "/SMask") not in (None, "/None"):
            seen.transparency.add("a soft mask")
        if "/Alternates" in holder:
            seen.streams.add("an image with alternates")
        if is_true(holder, "/Interpolate"):
            seen.streams.add("an interpolated image")


def _look_at_annotation(holder: DictionaryObject, subtype: Any, seen: Seen) -> None:
    if subtype in _FORBIDDEN_ANNOTATIONS:
        seen.annotations.add(str(subtype)[1:])
    if subtype == "/Popup":
        return
    flags = member(holder, "/F")
    number = int(flags) if isinstance(flags, int) else 0
    if not number & 4:
        seen.annotations.add(f"{str(subtype)[1:]} that does not print")
    elif number & (1 | 2 | 32):
        seen.annotations.add(f"{str(subtype)[1:]} that is hidden")


def _look_at_state(holder: DictionaryObject, kind: Any, seen: Seen) -> None:
    mode = member(holder, "/BM")
    if mode not in (None, "/Normal", "/Compatible") and kind in (None, "/ExtGState"):
        seen.transparency.add("a blend mode")
    for key in ("/ca", "/CA"):
        value = member(holder, key)
        if isinstance(value, int | float) and float(value) != 1.0:
            seen.transparency.add("an opacity")
    if kind == "/ExtGState" and member(holder, "/SMask") not in (None, "/None"):
        seen.transparency.add("a soft mask")


def check_structure(reader: PdfReader, claims: Claims, seen: Seen) -> Iterator[Violation]:
    """The violations of the claim that are in the objects."""
    root = dictionary(reader.trailer, "/Root")
    if claims.pdfa is not None:
        yield from _check_trailer(reader)
        yield from _check_intents(root)
        yield from _check_survey(claims, seen)
        yield from _check_form(root)
        yield from _check_attachments(root, claims, seen)
        if claims.part == 1:
            yield from _check_first_part(reader, root)
        elif "/AA" in root:
            yield "PDF-118", {"actions": ["additional actions of the document"]}
    yield from _check_tags(root, claims)
    if claims.pdfua is not None:
        yield from _check_accessibility(root, claims)


def _check_trailer(reader: PdfReader) -> Iterator[Violation]:
    identifier = array(reader.trailer, "/ID")
    if len(identifier) != 2:
        yield "PDF-112", {}


def _check_intents(root: DictionaryObject) -> Iterator[Violation]:
    profiles: list[Any] = []
    for intent in array(root, "/OutputIntents"):
        if member(intent, "/S") != "/GTS_PDFA1":
            continue
        profile = member(intent, "/DestOutputProfile")
        if not isinstance(profile, StreamObject):
            if "/DestOutputProfileRef" not in intent:
                yield "PDF-115", {"reason": "it carries no ICC profile"}
            continue
        data = profile.get_data()
        if data[36:40] != b"acsp":
            yield "PDF-115", {"reason": "its profile is not an ICC profile"}
        profiles.append(profile)
    if any(profile is not profiles[0] for profile in profiles[1:]):
        yield "PDF-115", {"reason": "there are several with different profiles"}


def _check_survey(claims: Claims, seen: Seen) -> Iterator[Violation]:
    if seen.actions:
        yield "PDF-118", {"actions": sorted(seen.actions)}
    if seen.streams:
        yield "PDF-126", {"streams": sorted(seen.streams)}
    if seen.annotations:
        yield "PDF-127", {"annotations": sorted(seen.annotations)}
    if claims.part == 1 and seen.transparency:
        yield "PDF-128", {"where": sorted(seen.transparency)}


def _check_form(root: DictionaryObject) -> Iterator[Violation]:
    form = dictionary(root, "/AcroForm")
    if "/XFA" in form:
        yield "PDF-119", {"reason": "it is an XFA form"}
    if is_true(form, "/NeedAppearances"):
        yield "PDF-119", {"reason": "a viewer is asked to draw its fields (NeedAppearances)"}


def _check_attachments(root: DictionaryObject, claims: Claims, seen: Seen) -> Iterator[Violation]:
    if claims.part == 1 and (seen.attachments or "/EmbeddedFiles" in dictionary(root, "/Names")):
        yield "PDF-120", {"reason": "PDF/A-1 allows none"}
    if claims.part != 3:
        return
    for name, specification in seen.attachments.items():
        files = dictionary(specification, "/EF")
        stream = member(files, "/F") or member(files, "/UF")
        if "/AFRelationship" not in specification:
            yield "PDF-120", {"reason": f"{name} has no AFRelationship"}
        elif not isinstance(stream, StreamObject) or "/Subtype" not in stream:
            yield "PDF-120", {"reason": f"{name} has no media type"}
        elif not any(specification is item for item in seen.associated):
            yield "PDF-120", {"reason": f"{name} is associated with nothing (AF)"}


def _check_first_part(reader: PdfReader, root: DictionaryObject) -> Iterator[Violation]:
    if "/OCProperties" in root:
        yield "PDF-129", {"feature": "optional content"}
    if member(reader.trailer, "/Type") == "/XRef" or "/XRefStm" in reader.trailer:
        yield "PDF-129", {"feature": "cross-reference streams"}


def _check_tags(root: DictionaryObject, claims: Claims) -> Iterator[Violation]:
    needing = [c for c in (claims.pdfa if claims.level == "A" else None, claims.pdfua) if c is not None]
    if not needing:
        return
    tree = member(root, "/StructTreeRoot")
    if not is_true(dictionary(root, "/MarkInfo"), "/Marked"):
        yield "PDF-121", {"claims": needing, "reason": "Marked is not true"}
    elif not isinstance(tree, DictionaryObject):
        yield "PDF-121", {"claims": needing, "reason": "there is no structure tree"}
    elif member(tree, "/K") is None:
        yield "PDF-121", {"claims": needing, "reason": "the structure tree is empty"}


def _check_accessibility(root: DictionaryObject, claims: Claims) -> Iterator[Violation]:
    if not member(root, "/Lang"):
        yield "PDF-122", {}
    if not claims.values.get("title", "").strip():
        yield "PDF-123", {"reason": "there is no dc:title"}
    elif not is_true(dictionary(root, "/ViewerPreferences"), "/DisplayDocTitle"):
        yield "PDF-123", {"reason": "DisplayDocTitle is not true"}
