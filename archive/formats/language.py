"""Language tags (BCP 47, RFC 5646) and the direction of a text's script.

The grammar is judged here, since the `language-tags` package refuses private use (`x-whatever`, `qaa-Qaaa-QM`) and
calls what is deprecated invalid; its copy of the IANA registry tells whether a subtag exists and what has taken its
place.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from archive.errors import UsageError
from archive.model.light import light_dataclass

_TAG = re.compile(
    r"(?P<language>[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})"
    r"(?:-(?P<script>[a-z]{4}))?"
    r"(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)"
    r"(?P<extensions>(?:-[a-wy-z0-9](?:-[a-z0-9]{2,8})+)*)"
    r"(?:-x(?:-[a-z0-9]{1,8})+)?"
)
_PRIVATE = re.compile(r"x(?:-[a-z0-9]{1,8})+")
_RTL_SCRIPTS = frozenset(["Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg", "Samr", "Mand", "Aran"])
_RTL_LANGUAGES = frozenset(
    [
        "ar",
        "arc",
        "ckb",
        "dv",
        "fa",
        "he",
        "ks",
        "lrc",
        "mzn",
        "nqo",
        "ps",
        "sd",
        "syr",
        "ug",
        "ur",
        "yi",
        "azb",
        "pnb",
        "arb",
        "aii",
    ]
)


@light_dataclass(frozen=True)
class LanguageCheck:
    """What a tag is worth. `problem` says why it is invalid; `preferred` is what the registry would rather have."""

    valid: bool
    problem: str | None = None
    preferred: str | None = None


@lru_cache(maxsize=512)
def check_language(tag: str) -> LanguageCheck:
    """Judge a language tag: its grammar and each subtag against the IANA registry (RFC 5646 2.2.9, "valid")."""
    from language_tags import tags

    low = tag.lower()
    if _PRIVATE.fullmatch(low):
        return LanguageCheck(True)
    whole = tags.tag(low)
    if whole.type == "grandfathered":
        return LanguageCheck(True, preferred=str(whole.preferred) if whole.preferred else None)
    match = _TAG.fullmatch(low)
    if match is None:
        return LanguageCheck(False, "it is not written as BCP 47 asks (en, ar, ar-SY, zh-Hant)")
    problem = _find_unknown(match)
    if problem:
        return LanguageCheck(False, problem)
    preferred = _preferred(match) or (str(whole.preferred) if whole.preferred else None)
    canonical = preferred or _written(low)
    return LanguageCheck(True, preferred=canonical if canonical != tag else None)


def _find_unknown(match: re.Match[str]) -> str | None:
    from language_tags import tags

    language, *extended = match["language"].split("-")
    if not (_between(language, "qaa", "qtz") or tags.type(language, "language")):
        return f"the registry has no language {language}"
    if len(extended) > 1 or (extended and not tags.type(extended[0], "extlang")):
        return f"the registry has no extended language {'-'.join(extended)}"
    script, region = match["script"], match["region"]
    if script and not (_between(script, "qaaa", "qabx") or tags.type(script, "script")):
        return f"the registry has no script {script.title()}"
    if region and not (_is_private_region(region) or tags.type(region, "region")):
        return f"the registry has no region {region.upper()}"
    variants = match["variants"].split("-")[1:]
    unknown = next((one for one in variants if not tags.type(one, "variant")), None)
    if unknown:
        return f"the registry has no variant {unknown}"
    if len(set(variants)) < len(variants):
        return "it contains a variant twice"
    singletons = re.findall(r"(?<=-)([a-wy-z0-9])(?=-)", match["extensions"])
    return "it contains an extension twice" if len(set(singletons)) < len(singletons) else None


def _between(subtag: str, first: str, last: str) -> bool:
    return len(subtag) == len(first) and first <= subtag <= last


def _is_private_region(region: str) -> bool:
    return region in ("aa", "zz") or _between(region, "qm", "qz") or _between(region, "xa", "xz")


def _preferred(match: re.Match[str]) -> str | None:
    """The tag with a deprecated language or region replaced, where the registry names the one to use."""
    from language_tags import tags

    written = _written(match[0])
    for name, kind in (("language", "language"), ("region", "region")):
        value = match[name]
        if not value:
            continue
        subtag = tags.type(value.split("-")[0], kind)
        better = subtag.preferred if subtag else None
        if better:
            parts = written.split("-")
            at = next(index for index, part in enumerate(parts) if part.lower() == value.split("-")[0])
            return "-".join([*parts[:at], str(better.format), *parts[at + 1 :]])
    return None


def _written(low: str) -> str:
    """The conventional case: ar-Latn-SY (RFC 5646 2.1.1)."""
    parts = low.split("-")
    shown, after_singleton = [parts[0]], False
    for part in parts[1:]:
        after_singleton = after_singleton or len(part) == 1
        if after_singleton or len(part) not in (2, 4) or part[0].isdigit():
            shown.append(part)
        else:
            shown.append(part.upper() if len(part) == 2 else part.title())
    return "-".join(shown)


def direction_of(text: str, language: str | None = None) -> str | None:
    """ "ltr" or "rtl": by the first strong character (UAX 9, rule P2), else by the language, else None."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind == "L":
            return "ltr"
        if kind in ("R", "AL"):
            return "rtl"
    if not language:
        return None
    parts = language.split("-")
    script = next((part.title() for part in parts[1:] if len(part) == 4 and part.isalpha()), None)
    if script:
        return "rtl" if script in _RTL_SCRIPTS else "ltr"
    return "rtl" if parts[0].lower() in _RTL_LANGUAGES else "ltr"


_OPENERS = {"\u202a": "\u202c", "\u202b": "\u202c", "\u202d": "\u202c", "\u202e": "\u202c",
            "\u2066": "\u2069", "\u2067": "\u2069", "\u2068": "\u2069"}  # fmt: skip


def unbalanced_control(text: str) -> str | None:
    """The first directional control that is not closed, or closes nothing (UAX 9, 2.1 to 2.5), as "U+202E"; or None.

    Each paragraph is judged for itself, since its end closes everything.
    """
    for paragraph in re.split(r"[\n\r\u0085\u2029\x1c-\x1e]", text):
        waiting: list[tuple[str, str]] = []
        for character in paragraph:
            if character in _OPENERS:
                waiting.append((character, _OPENERS[character]))
            elif character in "\u202c\u2069" and (not waiting or waiting.pop()[1] != character):
                return f"U+{ord(character):04X}"
        if waiting:
            return f"U+{ord(waiting[0][0]):04X}"
    return None


def require_language(tag: str | None) -> str | None:
    """`tag`, where it is valid or None. Raises `UsageError`, so that nothing is made with a wrong one."""
    checked = None if tag is None else check_language(tag)
    if checked is not None and not checked.valid:
        raise UsageError(f"not a language tag: {checked.problem}", subject=tag, remedy="For example: --language ar")
    return tag
