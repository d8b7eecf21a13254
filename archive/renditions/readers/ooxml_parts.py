"""The parts of workbooks and slides: their relations, and the shapes, pictures, charts and diagrams of DrawingML."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from typing import Any

from archive.errors import RenditionError
from archive.model.blocks import Block, Heading, Image, Paragraph, Span
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.docx_drawings import chart_blocks, diagram_blocks
from archive.renditions.readers.docx_names import CHART, DIAGRAM, A, R
from archive.renditions.readers.pictures import draw_picture, kind_of


class Package:
    """The parts of a workbook or of slides, by name, and their relations."""

    def __init__(
        self, read_part: Callable[[str], Any], read_bytes: Callable[[str], bytes | None], account: Account
    ) -> None:
        self.part, self.bytes, self.account = read_part, read_bytes, account

    def relations(self, member: str) -> dict[str, tuple[str, str]]:
        """For each identifier the last word of its kind and the member or, outside, the address that it leads to."""
        folder, name = posixpath.split(member)
        root = self.part(f"{folder}/_rels/{name}.rels")
        found: dict[str, tuple[str, str]] = {}
        for one in root if root is not None else ():
            target = one.get("Target") or ""
            if one.get("TargetMode") != "External":
                target = posixpath.normpath(target.lstrip("/") if target.startswith("/") else f"{folder}/{target}")
            found[one.get("Id") or ""] = ((one.get("Type") or "").rpartition("/")[2], target)
        return found

    def related(self, member: str, kind: str) -> Iterator[tuple[str, Any]]:
        """The members of one kind that a member has relations to, with their roots."""
        for found, target in self.relations(member).values():
            if found == kind and (root := self.part(target)) is not None:
                yield target, root


def added_heading(words: str, account: Account) -> Heading:
    """A heading that the source does not have."""
    return Heading(2, (Span(account.own(words), language="en"),), "en", "ltr", added=True)


def read_shapes(package: Package, holder: Any, relations: dict[str, tuple[str, str]], name: str) -> list[Block]:
    """The blocks of the shapes in `holder`, a part with these relations."""
    account = package.account
    described = next((one for one in holder.iter() if str(one.tag).endswith("}cNvPr")), None)
    said = (described.get("descr") or described.get("title") or "").strip() if described is not None else ""
    hidden = described is not None and described.get("hidden") in ("1", "true")
    texts = [text for one in holder.iter(f"{A}p") if (text := paragraph_text(one)).strip()]
    if hidden:
        account.leave_out("a hidden drawing", account.own(" ".join([said, *texts])))
        return []
    blocks: list[Block] = [Paragraph((Span(account.own(text)),)) for text in texts]
    for blip in holder.iter(f"{A}blip"):
        blocks += read_own_picture(package, relations.get(blip.get(f"{R}embed") or "", ("", ""))[1], said, name)
    for chart in holder.iter(f"{CHART}chart"):
        account.leave_out("the drawing of a chart; its figures are in a table", account.own(said))
        chart_root = package.part(relations.get(chart.get(f"{R}id") or "", ("", ""))[1])
        blocks += chart_blocks(chart_root, account) if chart_root is not None else []
    for diagram in holder.iter(f"{DIAGRAM}relIds"):
        account.leave_out("the drawing of a diagram; its words are in a list", account.own(said))
        diagram_root = package.part(relations.get(diagram.get(f"{R}dm") or "", ("", ""))[1])
        blocks += diagram_blocks(diagram_root, account) if diagram_root is not None else []
    if not blocks and described is not None:
        account.leave_out("a drawn shape", account.own(said))
    return blocks


def paragraph_text(paragraph: Any) -> str:
    """The text of a paragraph of DrawingML, its line breaks as line ends."""
    return "".join("\n" if one.tag == f"{A}br" else one.text or "" for one in paragraph.iter(f"{A}t", f"{A}br"))


def read_own_picture(package: Package, member: str, said: str, name: str) -> list[Block]:
    """The picture in a part, with its description."""
    content = package.bytes(member) if member else None
    try:
        if content is None:
            raise RenditionError("it is not in the file")
        shown = draw_picture(content, kind_of(content), name=name, alternative=said or None)
    except RenditionError as error:
        package.account.leave_out(f"a picture: {error.problem}", package.account.own(said))
        return []
    return [block for block in shown.blocks if isinstance(block, Image)]
