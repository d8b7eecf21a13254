"""Places: the folders, buckets and repositories that `[places.NAME]` in archive.toml names.

Bags are deposited in a place, held in it and audited there, always with the options of its one table. `url` is where
deposits go. `root` is where its bags can be read, a path or s3:// URL; it follows from a `url` that names a folder, an
OCFL root or a bucket. Where there is neither, it is the `url` itself without a user name: the deposits are read through
the target, as ROOT/IDENTIFIER. A relative path belongs to the folder of archive.toml. `as` names the format of the
packages that deposits there are.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from archive.errors import UsageError
from archive.model.addresses import is_bucket, is_deposit, join_address, shown_scheme
from archive.model.audience import Audience
from archive.settings import Settings, Table

OWN_OPTIONS = ("url", "root", "audience", "as")
"""Options that say what a place is; all others say how its server or folder is used."""

_LOCAL = ("dir", "ocfl")
_OURS = (*_LOCAL, "s3", "sftp", "webdav+https", "webdav+http")


def scheme_of(address: str) -> str:
    """The kind of a place by its address, in lower case; "" for a plain path."""
    scheme, colon, _rest = address.partition(":")
    return scheme.lower() if colon and "/" not in scheme else ""


def address_of(settings: Settings, name: str) -> str:
    """Where deposits in the place `name` go; local paths are absolute. Empty where its table has no address."""
    table = settings.places[name]
    url = str(table.get("url") or table.get("root") or "")
    if not url:
        return ""
    scheme = scheme_of(url)
    if not scheme:
        return f"dir:{_absolute(url, settings)}"
    return f"{scheme}:{_absolute(_path_in(url), settings)}" if scheme in _LOCAL and _path_in(url) else url


def root_of(settings: Settings, name: str) -> str | None:
    """The path or URL below which the bags of the place `name` can be read; None where the place has no address.

    Raises `UsageError` for a `root` that is neither.
    """
    return _root_of(settings, settings.places[name])


def options_of(settings: Settings, name: str) -> dict[str, Any]:
    """The options of the place `name` for the code that reads it, with the `name` that finds its credentials.

    Empty for a name that is not a place.
    """
    table = settings.places.get(name)
    if table is None:
        return {}
    return {"name": name, **{key: value for key, value in table.items() if key not in OWN_OPTIONS}}


def audience_of(settings: Settings, text: str) -> Audience:
    """Who sees what is deposited at `text`, the name of a place or an address.

    Folders, OCFL roots, buckets, SFTP and WebDAV that are places are the user's own unless their table says something
    else; repositories are public. Where it is not defined as a place, everyone may see it: a guard is loosened only by
    name. Raises `UsageError` for an audience that does not exist.
    """
    if not states_audience(settings, text):
        return Audience.PUBLIC
    table = settings.places[text]
    if "audience" in table:
        return parse_audience(text, table["audience"])
    return Audience.OURSELVES if scheme_of(address_of(settings, text)) in _OURS else Audience.PUBLIC


def states_audience(settings: Settings, text: str) -> bool:
    """Whether `text` is a place of `[places]`. An address is none, nor is a table of the former `[targets]`."""
    return text in settings.places and text not in settings.unstated


def parse_audience(name: str, value: object, origin: str | None = None) -> Audience:
    """The audience that the table of the place `name` gives. Raises `UsageError`."""
    try:
        return Audience(value)
    except ValueError:
        known = ", ".join(one.value for one in Audience)
        raise UsageError(f"places.{name}.audience must be one of {known}", subject=origin) from None


def place_at(settings: Settings, address: str) -> str | None:
    """The name of the place whose root holds this path or URL; that of the longest root. Raises `UsageError`."""
    found: tuple[int, bool, str] | None = None
    for name, root in roots(settings):
        if is_under(address, root):
            rank = len(root), "root" in settings.places[name], name
            found = rank if found is None else max(found, rank)
    return None if found is None else found[2]


def address_in_place(settings: Settings, text: str) -> str:
    """The address that PLACE:IDENTIFIER means, a bag by its name or identifier in a place; any other text as it is.

    A file of this very name comes first. What is before an @ in the URL of a deposit is left out: the place has it.
    Raises `UsageError`.
    """
    if is_deposit(text):
        scheme, _mark, rest = text.partition("://")
        host, slash, path = rest.partition("/")
        return f"{scheme.lower()}://{host.rpartition('@')[2]}{slash}{path}"
    name, colon, identifier = text.partition(":")
    if not colon or not identifier or "\0" in text or name not in settings.places or os.path.lexists(text):
        return text
    root = root_of(settings, name)
    return text if root is None else join_address(root, identifier)


def roots(settings: Settings) -> Iterator[tuple[str, str]]:
    """The places whose bags can be read, each with its root. Raises `UsageError`."""
    for name, table in settings.places.items():
        root = _root_of(settings, table)
        if root is not None:
            yield name, root


def is_under(address: str, root: str) -> bool:
    """True when `address` is the root or below it."""
    return address == root or address.startswith(root.rstrip("/") + "/")


def _root_of(settings: Settings, table: Mapping[str, Any] | Table) -> str | None:
    given = table.get("root")
    if isinstance(given, str) and given:
        if is_bucket(given):
            return given.rstrip("/")
        if "://" in given:
            raise UsageError("a root is a path or an s3:// address", subject=shown_scheme(given))
        return _absolute(given, settings)
    url = str(table.get("url") or "")
    scheme = scheme_of(url)
    if scheme == "s3":
        return url.rstrip("/") if is_bucket(url) else None
    if scheme and scheme not in _LOCAL:
        return _root_of_target(scheme, url.partition(":")[2])
    path = _path_in(url) if scheme else url
    return _absolute(path, settings) if path else None


def _root_of_target(scheme: str, rest: str) -> str | None:
    """The address of a target without a user name, as a URL even where a plugin's has no `//`."""
    host, slash, path = rest.removeprefix("//").partition("/")
    where = f"{host.rpartition('@')[2]}{slash}{path}" if rest.startswith("//") else rest
    return f"{scheme}://{where.rstrip('/')}" if where.strip("/") else None


def _path_in(url: str) -> str:
    path = url.partition(":")[2]
    return path.removeprefix("//") if path.startswith("///") else path


def _absolute(path: str, settings: Settings) -> str:
    return os.path.abspath(os.path.join(settings.folder, os.path.expanduser(path)))
