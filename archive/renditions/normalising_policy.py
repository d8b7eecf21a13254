"""The policy of normalisation: which formats become which preservation format, by which tool."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Any

from archive.errors import UsageError
from archive.model.build import Identification
from archive.regular_files import open_regular
from archive.resources import metadata_path
from archive.settings import Settings

TOOLS = {"tiff": ("pillow", "imagemagick"), "png": ("pillow", "imagemagick"), "flac": ("ffmpeg",), "wav": ("ffmpeg",),
         "ffv1": ("ffmpeg",)}  # fmt: skip
"""The tools that can make each format."""
ENDINGS = {"tiff": ".tiff", "png": ".png", "flac": ".flac", "wav": ".wav", "ffv1": ".mkv"}
FORMS = {"tiff": "TIFF", "png": "PNG", "flac": "FLAC", "wav": "WAV", "ffv1": "FFV1 in Matroska"}
_KEYS = frozenset({"name", "puids", "media_types", "to", "tool"})
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Rule:
    """Files of these PRONOM ids or media types become `to`, made by `tool`."""

    name: str
    to: str
    tool: str
    puids: frozenset[str]
    media_types: frozenset[str]


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in their order."""

    rules: tuple[Rule, ...]

    def rule_for(self, found: Identification | None) -> Rule | None:
        """The first rule for a file's PRONOM id, else the first for its media type; None where there is none."""
        if found is None:
            return None
        kind = (found.mime or "").partition(";")[0].strip().lower()
        by_puid = (rule for rule in self.rules if found.puid is not None and found.puid in rule.puids)
        by_kind = (rule for rule in self.rules if kind in rule.media_types)
        return next(by_puid, None) or next(by_kind, None)


def load_policy(settings: Settings) -> Policy | None:
    """The policy that `render.normalise` names; None for "none". Raises `UsageError` for one that cannot be used."""
    named = settings.render.normalise
    if named in ("", "none"):
        return None
    path = str(metadata_path("policies", "normalisation.toml")) if named == "default" else named
    try:
        with open_regular(path) as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise UsageError("a normalisation policy has at most 1 MiB", subject=named)
        tables = tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise UsageError(f"the normalisation policy cannot be read: {error.strerror}", subject=named) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"the normalisation policy is not valid TOML: {error}", subject=named) from error
    rules = tables.get("rule")
    unknown = sorted(set(tables) - {"rule"})
    if unknown or not isinstance(rules, list):
        said = f"unknown key {unknown[0]!r}" if unknown else "there is no [[rule]]"
        raise UsageError(f"the normalisation policy cannot be used: {said}", subject=named)
    return Policy(tuple(_read_rule(table, number, named) for number, table in enumerate(rules, 1)))


def _read_rule(table: Any, number: int, named: str) -> Rule:
    def refuse(said: str) -> UsageError:
        return UsageError(f"rule {number} of the normalisation policy: {said}", subject=named)

    if not isinstance(table, dict):
        raise refuse("it is not a table")
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        raise refuse(f"unknown key {unknown[0]!r}; known are {', '.join(sorted(_KEYS))}")
    to, tool = table.get("to"), table.get("tool")
    if not isinstance(to, str) or to not in TOOLS:
        raise refuse(f"`to` must be one of {', '.join(TOOLS)}")
    if tool not in TOOLS[to]:
        raise refuse(f"{to} is made by {' or '.join(TOOLS[to])}")
    lists = {key: table.get(key, []) for key in ("puids", "media_types")}
    for key, values in lists.items():
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise refuse(f"`{key}` must be a list of texts")
    if not any(lists.values()):
        raise refuse("it names neither puids nor media_types")
    kinds = frozenset(kind.lower() for kind in lists["media_types"])
    return Rule(str(table.get("name", f"rule {number}")), to, tool, frozenset(lists["puids"]), kinds)
