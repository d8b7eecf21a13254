"""Lists, numbered paragraphs and numbered headings of OpenDocument texts (ISO/IEC 26300-1, 5.3 and 16.30)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archive.model.blocks import Block, BulletList, ListItem
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.odt_names import TEXT
from archive.renditions.readers.odt_styles import OdtStyles

_DEEPEST = 40
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"


class OdtLists:
    """Reads lists; `read_one` makes blocks of an element in an item."""

    def __init__(self, account: Account, styles: OdtStyles, read_one: Callable[[Any, int], list[Block]]) -> None:
        self.account, self.styles = account, styles
        self._read_one = read_one
        self._counters: dict[str, list[int]] = {}
        self._by_identifier: dict[str, list[int]] = {}

    def read(self, element: Any, depth: int) -> list[Block]:
        """The list in an element."""
        made = self._read(element, depth, element.get(f"{TEXT}style-name"), [])
        return [made] if made.items else []

    def read_numbered(self, element: Any, depth: int) -> list[Block]:
        """A paragraph that is numbered without being in a list (5.3.6)."""
        style = element.get(f"{TEXT}style-name")
        said = element.get(f"{TEXT}level") or "1"
        level = int(said) - 1 if said.isdigit() and 0 < int(said) < 11 else 0
        key = f"numbered {element.get(f'{TEXT}list-id') or style}"
        numbers = self._counters.get(key, [])[: level + 1]
        while len(numbers) < level:
            numbers.append(self.styles.start_of(style, len(numbers)))
        start = element.get(f"{TEXT}start-value") or ""
        before = numbers[level] + 1 if len(numbers) > level else self.styles.start_of(style, level)
        numbers = [*numbers[:level], int(start) if start.isdigit() else before]
        self._counters[key] = numbers
        label = self.styles.label(style, level, numbers)
        blocks = [block for child in element if isinstance(child.tag, str) for block in self._read_one(child, depth)]
        item = ListItem(tuple(blocks), self.account.own(label) if label is not None else None)
        return [BulletList((item,), None if label is None else 1)] if blocks else []

    def _read(self, element: Any, depth: int, style: str | None, outer: list[int]) -> BulletList:
        level = len(outer)
        number = self._first(element, style, level) - 1
        items: list[ListItem] = []
        counted = False
        for item in element:
            if item.tag not in (f"{TEXT}list-item", f"{TEXT}list-header"):
                continue
            label: str | None = ""
            if item.tag == f"{TEXT}list-item":
                said = item.get(f"{TEXT}start-value") or ""
                number = int(said) if said.isdigit() else number + 1
                found = self.styles.label(style, level, [*outer, number])
                label = self.account.own(found) if found is not None else None
                counted = counted or found is not None
                self._counters[style or ""] = [*outer, number]
                if element.get(_XML_ID):
                    self._by_identifier[element.get(_XML_ID)] = [*outer, number]
            blocks: list[Block] = []
            for child in item:
                if child.tag == f"{TEXT}list" and depth < _DEEPEST:
                    inner = self._read(child, depth + 1, child.get(f"{TEXT}style-name") or style, [*outer, number])
                    blocks += [inner] if inner.items else []
                elif isinstance(child.tag, str):
                    blocks += self._read_one(child, depth)
            items.append(ListItem(tuple(blocks), label))
        return BulletList(tuple(items), 1 if counted else None)

    def _first(self, element: Any, style: str | None, level: int) -> int:
        """The first number of a list: it may go on from one before it (19.776 and 19.777)."""
        before = self._by_identifier.get(element.get(f"{TEXT}continue-list") or "")
        if before is None and element.get(f"{TEXT}continue-numbering") == "true":
            before = self._counters.get(style or "")
        return before[level] + 1 if before is not None and len(before) > level else self.styles.start_of(style, level)


class Outline:
    """Counts the headings of a document by their levels."""

    def __init__(self, styles: OdtStyles) -> None:
        self.styles = styles
        self._numbers: list[int] = []

    def label(self, heading: Any, level: int) -> str | None:
        """Count a heading, and give its label where the outline has one for its level."""
        if heading.get(f"{TEXT}is-list-header") == "true" or not "".join(heading.itertext()).strip():
            return None
        numbers = self._numbers[: level + 1]
        while len(numbers) < level:
            numbers.append(self.styles.outline_start(len(numbers)))
        said = heading.get(f"{TEXT}start-value") or ""
        following = numbers[level] + 1 if len(numbers) > level else self.styles.outline_start(level)
        restarted = heading.get(f"{TEXT}restart-numbering") == "true" and said.isdigit()
        self._numbers = [*numbers[:level], int(said) if restarted else following]
        return self.styles.outline_label(level, self._numbers)
