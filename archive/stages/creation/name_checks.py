"""Names that a manifest cannot hold, that some systems would make one, or that cannot travel."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

from archive.formats.bagpath import unsafe_reason
from archive.formats.portable_names import LONGEST_PATH, may_be_unportable, name_problems, path_problem
from archive.model.codes import source as codes
from archive.storage.walking import Notice


def check_names(names: list[str], path: str, shown: str, notice: Notice, payload: str = "data") -> None:
    """Take notice of names in one folder that a manifest cannot hold, that some systems would make one, or that cannot
    travel. `path` is the folder in the source that is `shown` to the user; `payload` is where that goes in the bag.

    Names in ASCII without capitals, the most usual, cost one look at all of them together.
    """
    joined = "/".join(names)
    front = "/".join(part for part in (shown.rstrip("/"), path) if part)
    inside = "/".join(part for part in (payload, path) if part)
    if may_be_unportable(joined) or 2 * (len(joined) + len(inside)) > LONGEST_PATH:
        _check_portable(names, front, inside, notice)
    plain = joined.isascii()
    if plain and "\\" not in joined and joined == (lowered := joined.lower()):
        return
    if plain and "\\" not in joined and len(set(lowered.split("/"))) == len(names):
        return
    sound = []
    for name in names:
        subject = f"{front}/{name}" if front else name
        try:
            name.encode("utf-8")
        except UnicodeEncodeError:
            notice(codes.NAME_NOT_UTF8.at(subject))
            continue
        if "\\" in name and unsafe_reason("/".join(part for part in (payload, path, name) if part).encode()):
            notice(codes.UNSAFE_NAME.at(subject))
        sound.append(name)
    normal = _group(sound, lambda name: unicodedata.normalize("NFC", name))
    for twins in normal.values():
        if len(twins) > 1:
            notice(codes.SAME_AFTER_NFC.at(front or twins[0], names=tuple(twins)))
    for twins in _group(normal, lambda name: unicodedata.normalize("NFC", name.casefold())).values():
        if len(twins) > 1:
            notice(codes.SAME_BUT_CASE.at(front or twins[0], names=tuple(twins)))


def _check_portable(names: list[str], front: str, inside: str, notice: Notice) -> None:
    for name in names:
        subject = f"{front}/{name}" if front else name
        problems = list(name_problems(name)) if may_be_unportable(name) else []
        long = path_problem(f"{inside}/{name}")
        for problem in (*problems, *(() if long is None else (long,))):
            notice(codes.NOT_PORTABLE.at(subject, reason=problem))


def _group(names: Iterable[str], key: Callable[[str], str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(key(name), []).append(name)
    return groups
