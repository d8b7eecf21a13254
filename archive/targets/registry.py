"""Finds the target that a name in `archive.toml` or an address means, by its scheme: built in, or a plugin."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from archive.errors import UsageError
from archive.places import OWN_OPTIONS, address_of, scheme_of
from archive.plugins import Group, load_plugin
from archive.settings import Settings
from archive.storage.clock import Clock
from archive.storage.credentials import refuse_secrets, require_sound
from archive.targets.protocol import Context, Target

SCHEMES = {
    "ocfl": "archive.targets.ocfl",
    "dir": "archive.targets.folder",
    "s3": "archive.targets.s3",
    "sftp": "archive.targets.sftp",
    "webdav+https": "archive.targets.webdav",
    "webdav+http": "archive.targets.webdav",
    "sword+https": "archive.targets.sword",
    "sword+http": "archive.targets.sword",
    "invenio+https": "archive.targets.invenio",
    "invenio+http": "archive.targets.invenio",
}
"""Scheme to the module whose `open_target(url, context)` makes the target. A new kind is a line here and its file."""


_KINDS = "ocfl:, dir:, s3://, sftp://, webdav+https://, sword+https:// or invenio+https://"


def open_target(
    text: str, settings: Settings, *, clock: Clock | None = None, environ: Mapping[str, str] = os.environ
) -> Target:
    """The target that `text` means, a name under [places] or an address. It connects to nothing yet.

    Raises `UsageError` for what is neither, for an unknown option, and for a secret where none is allowed.
    """
    options: Mapping[str, Any] = {}
    name, url = "", text
    if text in settings.places:
        name, options = text, settings.places[text]
        url = address_of(settings, text)
        refuse_secrets(options, name)
        require_sound(options, name)
    else:
        settings.require(f"places.{text}")
    scheme = scheme_of(url)
    module: Any = import_module(SCHEMES[scheme]) if scheme in SCHEMES else load_plugin(Group.TARGET, scheme)
    if module is None:
        raise _unknown(text, url, settings)
    _check_address(url)
    known = {*OWN_OPTIONS, "credentials", "keyring", "user", *module.OPTIONS}
    for key in options:
        if key not in known:
            near = get_close_matches(key, sorted(known), 1)
            raise UsageError(
                f"unknown option {key}{f'; did you mean {near[0]}?' if near else ''}", subject=f"places.{name}"
            )
    if scheme == "dir" and options.get("as", "bag") != "bag":
        options = {"form": "zip", **options}  # A package is one zip, which needs no folder of its own.
    context = Context(name or re.sub(r"[^A-Za-z0-9]+", "_", scheme), options, settings, clock or Clock(), environ)
    target: Target = module.open_target(url, context)
    return target


def _check_address(url: str) -> None:
    """Raises `UsageError` for an address whose host or port cannot be read. Nothing of those is shown: "user:secret"
    without a host looks like a host and its port."""
    scheme, mark, rest = url.partition("://")
    if not mark:
        return
    try:
        _ = urlsplit(f"https://{rest}").port
    except ValueError:
        raise UsageError("the host or port in this address cannot be read", subject=f"{scheme}://...") from None


def _unknown(text: str, url: str, settings: Settings) -> UsageError:
    if text in settings.places and "://" not in url:
        remedy = f"Set url under [places.{text}] to an address with {_KINDS}"
        return UsageError("the place has no url of a known kind", subject=text, remedy=remedy)
    near = get_close_matches(text, list(settings.places), 1)
    scheme = url.partition("://")[0] if "://" in url else ""
    remedy = (
        f"Did you mean {near[0]}?"
        if near
        else f"The place comes last: a name under [places] in archive.toml, or an address with {_KINDS}"
    )
    if scheme:
        return UsageError("there is no place of this kind", subject=f"{scheme}://...", remedy=remedy)
    return UsageError("there is no such place", subject=text[:80], remedy=remedy)


def path_of(url: str) -> str:
    """The local path of `dir:PATH` or `ocfl:PATH`. Raises `UsageError` when there is none."""
    path = url.partition(":")[2]
    path = path.removeprefix("//") if path.startswith("///") else path
    if not path:
        raise UsageError("the address has no path", subject=url)
    return os.path.abspath(os.path.expanduser(path))
