"""The front matter of Markdown: lines of YAML between "---" or of TOML between "+++". It is metadata, and is shown."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

from archive.formats.language import check_language
from archive.model.blocks import Block, Preformatted, Table
from archive.renditions.readers.html_table import plain_cell
from archive.renditions.readers.languages import tidy_tag

_YAML = re.compile(r"---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TOML = re.compile(r"\+\+\+[ \t]*\n(.*?\n)\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_PAIR = re.compile(r"([A-Za-z_][\w .\-]*?)\s*:(?:\s+(.*)|\s*)")
_LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What the front matter says, and the blocks that show all of it."""

    blocks: tuple[Block, ...]
    title: str | None
    creators: tuple[str, ...]
    language: str | None


def cut_front_matter(text: str) -> tuple[FrontMatter | None, str]:
    """The front matter of a text, where it has one, and the text after it."""
    head = text[:_LONGEST]
    found = _YAML.match(head)
    if found is not None:
        pairs = _read_yaml(found[1])
    else:
        found = _TOML.match(head)
        pairs = _read_toml(found[1]) if found is not None else None
    if found is None:
        return None, text
    if pairs is None:
        # Not of the plain kind: shown as it is written.
        return FrontMatter((Preformatted(found[1]),), None, (), None), text[found.end() :]
    values = {key.lower(): value for key, value in reversed(pairs)}
    rows = tuple((plain_cell(key, header=True), plain_cell("; ".join(value))) for key, value in pairs)
    language = next((tidy_tag("".join(values[key])) for key in ("lang", "language") if key in values), None)
    return FrontMatter(
        (Table(rows),) if rows else (),
        "; ".join(values.get("title", ())).strip() or None,
        tuple(values.get("author") or values.get("authors") or values.get("creator") or ()),
        language if language and check_language(language).valid else None,
    ), text[found.end() :]


def _read_yaml(text: str) -> list[tuple[str, list[str]]] | None:
    """Pairs of a key and its values: plain keys with a value, a list or an indented text; None for more than that."""
    pairs: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        plain = line.strip()
        if not plain or plain.startswith("#"):
            if plain:
                pairs.append(("#", [plain[1:].strip()]))
            continue
        found = _PAIR.fullmatch(line)
        if found is not None:
            value = (found[2] or "").strip()
            pairs.append((found[1], _split_value(value)))
        elif pairs and line[:1] in (" ", "\t", "-"):
            pairs[-1][1].append(_unquote(plain.removeprefix("- ").strip() if plain.startswith("- ") else plain))
        else:
            return None
    return pairs


def _split_value(value: str) -> list[str]:
    if value.startswith("[") and value.endswith("]"):
        return [_unquote(one.strip()) for one in value[1:-1].split(",") if one.strip()]
    return [_unquote(value)] if value and value not in ("|", ">", "|-", ">-") else []


def _unquote(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def _read_toml(text: str) -> list[tuple[str, list[str]]] | None:
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    return [
        (key, [str(one) for one in value] if isinstance(value, list) else [str(value)]) for key, value in table.items()
    ]
