"""Names that some system cannot hold, or that a reader cannot see as they are: one rule for creation and validation.

Clause: Microsoft, "Naming Files, Paths, and Namespaces"; Unicode Standard Annex 9 2 and Technical Standard 39.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST_PATH = 259
"""UTF-16 units of the longest path that every Windows program opens: MAX_PATH without its end."""

_FORBIDDEN = '<>:"|?*\\'
_SIGN = re.compile(r'[<>:"|?*\\]')
_UNUSUAL = re.compile("[^ -~]")
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])[ ]*(?:\..*)?",
    re.IGNORECASE | re.DOTALL,
)
_SUSPECT = re.compile(r"[^ !#-)+-9;=@-\[\]-{}~]")
"""All but the usual signs of ASCII; to name what is unusual instead would take 9 ms to compile."""
_END = re.compile("[. ](?:/|$)")
_DEVICE = re.compile("/[cpanlCPANL](?i:on|rn|ux|ul|om|pt)")
"""Letters are compared without their case in the devices alone: U+017F is an s to such a comparison, U+212A a k."""

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = "\u200c\u200d"
_BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters that show nothing."""


def may_be_unportable(text: str) -> bool:
    """A quick check of a path, or at names joined by "/": False means that `name_problems` finds nothing in any."""
    return _SUSPECT.search(text) is not None or _ends_badly(text)


def may_hold_problems(text: str) -> bool:
    """A closer check of many names joined by "/", where letters beyond ASCII do not count: as `may_be_unportable`."""
    odd = [one for one in set(text) if one in _FORBIDDEN or one in _JOINERS or (_UNUSUAL.match(one) and _sort_of(one))]
    return bool(odd) or _ends_badly(text)


def _ends_badly(text: str) -> bool:
    """True where a name in `text` ends in a dot or space, or may be a device. Each search begins with a known sign."""
    return _END.search(text) is not None or _DEVICE.search(f"/{text}") is not None


def name_problems(name: str) -> tuple[str, ...]:
    """What keeps the file name `name` from travelling, each as a clause that completes "the name ..."."""
    found = []
    if _SIGN.search(name):
        signs = [sign for sign in _FORBIDDEN if sign in name]
        found.append(f"has a character that Windows does not allow: {' '.join(signs)}")
    if name.endswith((".", " ")):
        found.append(f"ends in a {'dot' if name.endswith('.') else 'space'}, which Windows drops")
    if _RESERVED.fullmatch(name):
        found.append("is reserved for a device on Windows")
    unseen: dict[str, list[str]] = {}
    for character in dict.fromkeys(_UNUSUAL.findall(name)):
        if sort := _sort_joiner(character, name) if character in _JOINERS else _sort_of(character):
            unseen.setdefault(sort, []).append(f"U+{ord(character):04X}")
    found += [f"has {sort} ({', '.join(codes[:8])})" for sort, codes in unseen.items()]
    return tuple(found)


def path_problem(path: str) -> str | None:
    """What keeps the whole path `path`, relative to the bag, from travelling; None when nothing does."""
    length = len(path)
    if 2 * length > LONGEST_PATH:
        length = len(path.encode("utf-16-le", "surrogatepass")) // 2
    if length <= LONGEST_PATH:
        return None
    return f"is part of a path of {length} characters; many Windows programs open at most {LONGEST_PATH}"


def path_problems(path: str, *, whole: bool = True) -> tuple[str, ...]:
    """Everything that keeps `path`, relative to the bag, from travelling: its names' problems; `whole`, its length."""
    found: tuple[str, ...] = ()
    if may_be_unportable(path):
        found = tuple(dict.fromkeys(problem for name in path.split("/") for problem in name_problems(name)))
    long = path_problem(path) if whole else None
    return found if long is None else (*found, long)


def _sort_joiner(character: str, name: str) -> str:
    """Persian, Indic and emoji names need joiners, between two signs that they join or part."""
    place = name.index(character)
    inside = 0 < place < len(name) - 1 and not name[place - 1].isascii() and not name[place + 1].isascii()
    return "" if inside else "an invisible character"


@lru_cache(maxsize=4096)
def _sort_of(character: str) -> str:
    if character in _BIDI:
        return "a character that reorders text on the screen"
    category = unicodedata.category(character)
    if category == "Cc":
        return "a control character"
    if category in ("Cf", "Zl", "Zp") or character in _BLANK:
        return "an invisible character"
    if category == "Zs" and character != "\u3000":
        return "a space that looks like another"
    if category in ("Co", "Cn"):
        return "a character that Unicode does not define"
    return ""
