"""Style sheets cut into rules (CSS Syntax 3), each with the conditions that it is under. Takes linear time."""

from __future__ import annotations

import re
from collections.abc import Iterator

_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_SIGN = re.compile(r"[{};]")
_GROUPS = ("@media", "@supports", "@layer", "@container", "@scope", "@document", "@-moz-document", "@starting-style")
_SILENT = ("@keyframes", "@-webkit-keyframes", "@-moz-keyframes", "@font-face", "@page", "@property", "@counter-style")
_ON_SCREEN = frozenset({"", "all", "screen", "only screen", "only all"})
_MOST_DECLARATIONS = 400


def cut_rules(sheet: str) -> Iterator[tuple[tuple[str, ...], str, str | None]]:
    """The rules of a sheet: conditions, selectors, body. An `@import` comes as its address with no body."""
    text = _COMMENT.sub(" ", sheet)
    open_blocks: list[str] = []
    start = 0
    for sign in _SIGN.finditer(text):
        part = text[start : sign.start()]
        inside = bool(open_blocks) and not open_blocks[-1].startswith(_GROUPS)
        if sign[0] == ";":
            if not inside:
                if part.strip().lower().startswith("@import"):
                    yield (), part.strip()[7:].strip(), None
                start = sign.end()
            continue
        if sign[0] == "{":
            if inside and not open_blocks[-1].startswith("@"):
                # A rule in a rule: the declarations before it are those of the outer one.
                declared, _, part = part.rpartition(";")
                yield _conditions(open_blocks[:-1]), open_blocks[-1], declared
            open_blocks.append(" ".join(part.split()) if not inside else f"& {' '.join(part.split())}")
        elif open_blocks:
            if inside and not any(block.startswith(_SILENT) for block in open_blocks):
                yield _conditions(open_blocks[:-1]), open_blocks[-1], part
            open_blocks.pop()
        start = sign.end()


def _conditions(blocks: list[str]) -> tuple[str, ...]:
    return tuple(block for block in blocks if block.startswith("@"))


def holds_on_screen(condition: str) -> bool:
    """Whether what is under an at-rule holds wherever the page is read; "" means no condition."""
    word, _, rest = condition.partition(" ")
    if word == "@layer" or not condition:
        return True
    return word == "@media" and any(" ".join(one.lower().split()) in _ON_SCREEN for one in rest.split(","))


def cut_declarations(body: str) -> tuple[tuple[str, str, bool], ...]:
    """The declarations of a body: name, value, and whether it is important."""
    found = []
    for one in body.split(";")[:_MOST_DECLARATIONS]:
        key, colon, value = one.partition(":")
        if colon:
            name = key.strip().lower()
            # What is put before or after an element is text, with its capitals.
            said = " ".join((value if name == "content" else value.lower()).split())
            found.append((name, said.replace("!important", "").strip(), "!important" in said))
    return tuple(found)
