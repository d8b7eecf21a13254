"""The cover sheet of a working copy: one document in HTML, drawn as PDF/A by the program's own renditions.

It says what the copy is, for whom and what for, what rights it is under, and how to check it without this program.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from archive.errors import RenditionError
from archive.formats.language import direction_of
from archive.formats.manifest import manifest_name
from archive.formats.naming import escape as shown
from archive.model.build import RenditionResult, RenditionStatus
from archive.model.description import Access, Statement, access_of
from archive.model.light import light_dataclass
from archive.model.working_copy import Person
from archive.renditions.single_files import render_files
from archive.settings import Settings
from archive.stages.exporting.cover_words import WORDS
from archive.stages.exporting.permitted import Selection
from archive.stages.exporting.source import Source
from archive.storage.clock import Clock
from archive.storage.hashing import digest_length

NAME = "cover-sheet.pdf"
_TOOLS = {"sha512": "sha512sum", "sha256": "sha256sum", "sha1": "sha1sum", "md5": "md5sum"}
_LISTED = 20
"""So many files have their digests on the sheet; of more, the manifest's digest stands for all."""
_LINE = 64


@light_dataclass(frozen=True)
class Sheet:
    """What a sheet is about.

    `folder` is the bag's folder beside it, `manifest` the payload manifest that it names; `giver` may be empty.
    """

    source: Source
    selection: Selection
    person: Person
    folder: str
    algorithm: str
    manifest: bytes
    day: str
    giver: str
    language: str


@dataclass(frozen=True, slots=True)
class DrawnSheet:
    """The sheet as PDF, and what was said of it."""

    content: bytes
    result: RenditionResult


def strongest_of(algorithms: Iterable[str]) -> str:
    """The algorithm by which people check the copy: the strongest for which every system has a program."""
    known = sorted((one for one in algorithms if one in _TOOLS), key=digest_length, reverse=True)
    return known[0] if known else next(iter(algorithms), "")


def draw_cover_sheet(sheet: Sheet, settings: Settings, clock: Clock) -> DrawnSheet:
    """Draw the sheet. Raises `RenditionError` where it cannot be drawn, and what rendering raises."""
    with tempfile.TemporaryDirectory(prefix="muniment-") as folder:
        path = os.path.join(folder, "cover-sheet.html")
        with open(path, "w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(write_html(sheet))
        chosen = settings.with_flags("render", pdfa="2a")
        words = WORDS[sheet.language]
        title = f"{words['heading']}: {sheet.source.titles[0].value}"
        report = render_files(
            [path], os.path.join(folder, "drawn"), title=title, language=sheet.language, settings=chosen, clock=clock
        )
        (made,) = report.files
        result = made.result
        if result.status is not RenditionStatus.MADE or result.path is None:
            raise RenditionError(f"the cover sheet cannot be drawn: {result.reason or 'no reason given'}")
        with open(result.path, "rb") as drawn:
            return DrawnSheet(drawn.read(), result)


def write_html(sheet: Sheet) -> str:
    """The sheet as HTML."""
    direction = "rtl" if sheet.language == "ar" else "ltr"
    body = "\n".join(_body(sheet, WORDS[sheet.language]))
    return f'<!DOCTYPE html>\n<html lang="{sheet.language}" dir="{direction}">\n<body>\n{body}\n</body>\n</html>\n'


def _body(sheet: Sheet, words: Mapping[str, str]) -> Iterator[str]:
    source, selection = sheet.source, sheet.selection
    yield f"<h1>{words['heading']}</h1>"
    yield f"<p>{words['lead']}</p>"
    yield _table(_rows(sheet, words))
    left = sum(one.in_payload for one in selection.left_out)
    if left:
        yield f"<p>{words['partial'].format(count=f'{left:,}')}</p>"
    elif selection.left_out:
        yield f"<p>{words['private']}</p>"
    yield f"<h2>{words['rights']}</h2>"
    rights = list(_rights(source, words))
    yield _table(rights) if rights else f"<p>{words['none']}</p>"
    yield f"<p>{words['duty']}</p>"
    yield f"<h2>{words['check']}</h2>"
    yield f"<p>{words['steps']}</p>"
    name = manifest_name(sheet.algorithm)
    tool = _TOOLS.get(sheet.algorithm)
    folder = shlex.quote(shown(sheet.folder))
    if tool is not None:
        yield _code(f"cd {folder}\n{tool} -c {name}\n{tool} {name}\ncd ..")
    yield f"<p>{words['expect'].format(algorithm=_shown_name(sheet.algorithm))}</p>"
    yield _code(_lines(hashlib.new(sheet.algorithm, sheet.manifest).hexdigest()))
    yield f"<p>{words['program']}</p>"
    yield _code(f"archive validate {folder}")
    payload = [one for one in selection.files if one.in_payload]
    yield f"<h2>{words['digests'].format(algorithm=_shown_name(sheet.algorithm))}</h2>"
    if len(payload) > _LISTED:
        yield f"<p>{words['more'].format(count=f'{len(payload):,}', name=_isolated(f'{sheet.folder}/{name}'))}</p>"
        return
    for one in payload:
        yield _code(f"{shown(one.path)}\n{_lines(one.digests.get(sheet.algorithm, '').lower())}")


def _rows(sheet: Sheet, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    source, person = sheet.source, sheet.person
    payload = [one for one in sheet.selection.files if one.in_payload]
    yield words["title"], _values(source.titles)
    for label, names in (("creator", ("creator",)), ("date", ("issued", "created", "date"))):
        if found := source.values(*names):
            yield words[label], _values(found)
    yield words["identifier"], _isolated(source.identifier)
    size = sum(one.size for one in payload)
    yield words["contents"], escape(words["files"].format(count=f"{len(payload):,}", size=f"{size:,}"))
    yield words["person"], _isolated(person.name)
    yield words["purpose"], _isolated(person.purpose)
    if person.reason:
        yield words["reason"], _isolated(person.reason)
    yield words["day"], _isolated(sheet.day)
    if sheet.giver:
        yield words["by"], _isolated(sheet.giver)


def _rights(source: Source, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    access = access_of(source.values("accessRights"))
    if access is not None:
        yield words["access"], escape(words[access.value] if isinstance(access, Access) else str(access))
    for label, names in (("statement", ("rights",)), ("license", ("license",)), ("holder", ("rightsHolder",))):
        if found := source.values(*names):
            yield words[label], _values(found)


def _values(statements: Sequence[Statement]) -> str:
    return "<br>".join(_isolated(one.value, one.language) for one in statements)


def _isolated(text: str, language: str | None = None) -> str:
    """A text from outside in its own language and direction, so that it does not turn its surroundings."""
    clean = shown(text)
    tag = f' lang="{escape(language)}"' if language else ""
    return f'<bdi{tag} dir="{direction_of(clean, language) or "auto"}">{escape(clean)}</bdi>'


def _table(rows: Iterable[tuple[str, str]]) -> str:
    cells = "\n".join(f"<tr><th>{escape(label)}</th><td>{value}</td></tr>" for label, value in rows)
    return f"<table>\n{cells}\n</table>"


def _code(text: str) -> str:
    return f'<pre dir="ltr">{escape(text)}</pre>'


def _shown_name(algorithm: str) -> str:
    return algorithm.upper().replace("SHA", "SHA-")


def _lines(digest: str) -> str:
    """A digest in lines that fit on the page."""
    return "\n".join(digest[at : at + _LINE] for at in range(0, len(digest), _LINE))
