"""Credentials: from the environment, a file that only its owner may read, or the keyring; never from a command line.

A secret is wrapped so that no log, report or error shows it by accident: `str` and `repr` of a `Secret` give stars.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from archive.errors import ArchiveError, NotAuthorisedError, UsageError
from archive.formats.target_names import credential_prefix

_NUMBERS = {"port", "seconds", "retries", "part_size", "lock_days"}
"""The options of places that are whole numbers."""

_LARGEST = 1 << 53


class Secret:
    """A text that is never shown. `reveal` gives it to the library that talks to the server."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a secret is not pickled")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who the program is to a server: user and password, or a token. `origin` says in words where they were found."""

    user: str | None = None
    password: Secret | None = None
    token: Secret | None = None
    session: Secret | None = None
    key_file: str | None = None
    origin: str = "nowhere"


def find_credentials(name: str, options: Mapping[str, Any], environ: Mapping[str, str], *, service: str) -> Credentials:
    """The credentials for the place `name`.

    In this order: the variables ARCHIVE_TARGET_<NAME>_USER, _PASSWORD and _TOKEN; the file that the option
    `credentials` names, TOML with `user`, `password`, `token`, `session`, owned by the current user with mode 0600; the
    keyring `service` where the option `keyring` is true. `user` and `key_file` may be given in the options, for they
    are not secrets; a password there is refused. Raises `UsageError` and `NotAuthorisedError`, neither with a secret in
    it.
    """
    refuse_secrets(options, name)
    user = options.get("user")
    key_file = options.get("key_file")
    prefix = credential_prefix(name)
    password, token = environ.get(prefix + "PASSWORD"), environ.get(prefix + "TOKEN")
    user = environ.get(prefix + "USER", user)
    if password is not None or token is not None:
        return Credentials(user, _wrap(password), _wrap(token), None, key_file, "the environment")
    if options.get("credentials"):
        table = _read_file(os.path.expanduser(str(options["credentials"])))
        return Credentials(
            table.get("user", user),
            _wrap(table.get("password")),
            _wrap(table.get("token")),
            _wrap(table.get("session")),
            table.get("key_file", key_file),
            "a credentials file",
        )
    if options.get("keyring"):
        return Credentials(user, _ask_keyring(service, user or ""), None, None, key_file, "the keyring")
    return Credentials(user, key_file=key_file)


@dataclass(frozen=True, slots=True)
class CredentialSource:
    """Where the credentials of a place would come from: "environment", "file", "keyring", "key" or "none".

    `problem` says why they cannot be used; it is empty where nothing is known against them. No secret is in it.
    """

    kind: str
    problem: str = ""


def credential_source(name: str, options: Mapping[str, Any], environ: Mapping[str, str]) -> CredentialSource:
    """Where `find_credentials` would find those of the place `name`. The keyring is not asked."""
    prefix = credential_prefix(name)
    try:
        refuse_secrets(options, name)
        if environ.get(prefix + "PASSWORD") is not None or environ.get(prefix + "TOKEN") is not None:
            return CredentialSource("environment")
        if options.get("credentials"):
            table = _read_file(os.path.expanduser(str(options["credentials"])))
            known = {"password", "token", "session", "key_file"} & table.keys()
            return CredentialSource("file", "" if known else "the file holds no password, token or key")
    except ArchiveError as error:
        return CredentialSource("file" if options.get("credentials") else "none", error.problem)
    if options.get("keyring"):
        return CredentialSource("keyring")
    return CredentialSource("key" if options.get("key_file") else "none")


def refuse_secrets(options: Mapping[str, Any], name: str) -> None:
    """Refuse options of a place that hold a secret in plain. Raises `UsageError` without the secret."""
    for key in options:
        if re.search(r"pass(word|phrase)|secret|token|access_key", key, re.IGNORECASE):
            raise UsageError(
                "secrets are not allowed in the settings",
                subject=f"places.{name}.{key}",
                remedy="Put it in a file with mode 0600 and name that as `credentials`, or use the environment",
            )


def require_sound(options: Mapping[str, Any], name: str) -> None:
    """Refuse options of a place that no path, name or number can be. Raises `UsageError`."""
    for key, value in options.items():
        if isinstance(value, str) and ("\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value)):
            raise UsageError(f"{key} has characters that no text holds", subject=f"places.{name}.{key}")
    for key in _NUMBERS & options.keys():
        try:
            sound = not isinstance(options[key], (bool, float)) and 0 <= int(options[key]) <= _LARGEST
        except (TypeError, ValueError):
            sound = False
        if not sound:
            raise UsageError(f"{key} must be a whole number", subject=f"places.{name}.{key}")


def without_secrets(url: str) -> str:
    """`url` as it may be shown: no user name, no password, no query. Raises `UsageError` when it holds a password.

    The refused address is not repeated in the error.
    """
    try:
        parts = urlsplit(url)
        number = parts.port
    except ValueError as error:
        raise UsageError(f"this is not an address: {error}", subject=url.partition(":")[0] + "://...") from None
    if parts.password is not None:
        raise UsageError(
            "an address must not contain a password",
            subject=parts.scheme + "://...",
            remedy="Use the environment, a file with mode 0600 or the keyring; change the password, for it was shown",
        )
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = f":{number}" if number else ""
    return urlunsplit((parts.scheme, host + port, parts.path, "", ""))


def _wrap(text: Any) -> Secret | None:
    return Secret(text) if isinstance(text, str) and text else None


def _read_file(path: str) -> Mapping[str, Any]:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError as error:
        raise NotAuthorisedError(f"the credentials cannot be read: {error.strerror}", subject=path) from error
    with open(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if os.name == "posix" and (stat.S_IMODE(status.st_mode) & 0o077 or status.st_uid not in (os.geteuid(), 0)):
            raise NotAuthorisedError(
                "other users can read these credentials", subject=path, remedy="Run: chmod 600 on it, as its owner"
            )
        try:
            return tomllib.loads(stream.read(1 << 16).decode("utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            raise NotAuthorisedError("the credentials are not readable TOML", subject=path) from None


def _ask_keyring(service: str, user: str) -> Secret | None:
    try:
        keyring = import_module("keyring")
    except ImportError:
        raise UsageError(
            "the keyring is asked for, but the keyring library is not there", remedy="Run: pip install keyring"
        ) from None
    return _wrap(keyring.get_password(service, user))
