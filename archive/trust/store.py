"""The trust folder, outside every bag: trust.toml, pinned certificates and revocation lists, read strictly."""

from __future__ import annotations

import hashlib
import os
import re
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import replace
from typing import NoReturn

from archive.errors import FormatError, UsageError, from_os_error
from archive.formats.trust_toml import MAX_TRUST_BYTES, parse_trust, write_trust
from archive.model.seal import AuthorityEntry, Trust, TrustFile
from archive.model.stamp import Authority
from archive.regular_files import open_regular
from archive.storage.atomic import write_output

TRUST_FILE = "trust.toml"
SIGNATURE_FILE = "trust.toml.sig"
AUTHORITIES = "authorities"
LISTS = "crls"
MAX_CERTIFICATE_BYTES = 64 << 10
MAX_LIST_BYTES = 64 << 20
_MOST_LISTS = 10_000
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----\s+([0-9A-Za-z+/=\s]+?)-----END CERTIFICATE-----")


def read_trust(folder: str) -> Trust:
    """The trust folder at `folder`.

    Raises `UsageError` for anything in it that is not as docs/seals.md says: what is not understood is never merely
    trusted less. Raises `StorageError` where a file cannot be read.
    """
    content = _read(folder, TRUST_FILE, MAX_TRUST_BYTES)
    try:
        file = parse_trust(content)
    except FormatError as error:
        _refuse(folder, TRUST_FILE, f"{error.subject}: {error.problem}" if error.subject else error.problem)
    sha256 = hashlib.sha256(content).hexdigest()
    authorities = tuple(_read_authority(folder, entry) for entry in file.authorities)
    return Trust(folder, file, sha256, spoken_digits(content), authorities, _read_lists(folder))


def _read_authority(folder: str, entry: AuthorityEntry) -> Authority:
    content = _read(folder, entry.root, MAX_CERTIFICATE_BYTES)
    if hashlib.sha256(content).hexdigest() != entry.sha256:
        _refuse(folder, entry.root, f"its SHA-256 is not the one that {TRUST_FILE} pins for {entry.name}")
    hints = [_read(folder, path, MAX_CERTIFICATE_BYTES) for path in entry.intermediates]
    paths = (entry.root, *entry.intermediates)
    ders = []
    for path, pem in zip(paths, (content, *hints), strict=True):
        try:
            ders.append(certificate_from_pem(pem))
        except FormatError as error:
            _refuse(folder, path, error.problem)
    return Authority(entry.name, entry.operator, ders[0], tuple(ders[1:]), entry.policies, entry.urls, entry.distrusted)


def certificate_from_pem(content: bytes) -> bytes:
    """The DER of the one certificate in `content`. Raises `FormatError` for none, or several."""
    found = _PEM.findall(content)
    if len(found) != 1 or content.count(b"-----BEGIN CERTIFICATE-----") != 1:
        raise FormatError("not one certificate in PEM")
    try:
        return b64decode(b"".join(found[0].split()), validate=True)
    except ValueError:
        raise FormatError("not a certificate in PEM") from None


def _read_lists(folder: str) -> tuple[bytes, ...]:
    place = os.path.join(folder, LISTS)
    try:
        names = sorted(name for name in os.listdir(place) if name.endswith(".crl"))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise from_os_error(error, place) from error
    return tuple(_read(folder, f"{LISTS}/{name}", MAX_LIST_BYTES) for name in names[:_MOST_LISTS])


def spoken_digits(content: bytes) -> str:
    """Twelve groups of five digits, drawn from the SHA-512 of `content`: to be read aloud in any language."""
    digest = hashlib.sha512(content).digest()
    return " ".join(f"{int.from_bytes(digest[at : at + 5], 'big') % 100_000:05d}" for at in range(0, 60, 5))


def next_version(trust: Trust, **changes: object) -> TrustFile:
    """The trust file with `changes`, as the version after `trust`."""
    return replace(trust.file, version=trust.file.version + 1, previous=trust.sha256, **changes)  # type: ignore[arg-type]


def write_trust_file(folder: str, file: TrustFile, *, replacing: bool) -> None:
    """Write trust.toml, in one step, and take away the signature of the version before. Raises `StorageError`."""
    write_output(
        os.path.join(folder, TRUST_FILE), [write_trust(file)], replace=replacing,
        remedy="Change it with archive trust add-key, add-authority and revoke",
    )  # fmt: skip
    try:
        os.unlink(os.path.join(folder, SIGNATURE_FILE))
    except FileNotFoundError:
        return
    except OSError as error:
        raise from_os_error(error, folder) from error


def refuse_trust_inside(folder: str, bags: Sequence[str]) -> None:
    """Refuse a trust folder that is inside a bag: anyone who can change the bag could then say whom to believe.

    Raises `UsageError`.
    """
    inner = {os.path.realpath(folder), os.path.abspath(folder)}
    for bag in bags:
        outer = {place.rstrip(os.sep) + os.sep for place in (os.path.realpath(bag), os.path.abspath(bag))}
        if any((one + os.sep).startswith(other) for one in inner for other in outer):
            raise UsageError(
                "the trust folder is inside the bag", subject=folder, remedy="Name a trust folder outside of every bag"
            )


def _read(folder: str, name: str, limit: int) -> bytes:
    path = os.path.join(folder, name)
    try:
        with open_regular(path) as file:
            content = file.read(limit + 1)
    except (FileNotFoundError, NotADirectoryError):
        if name == TRUST_FILE:
            raise UsageError(
                "this is not a trust folder: it has no trust.toml", subject=folder,
                remedy="Make one with: archive trust init NAME --trust DIR",
            ) from None  # fmt: skip
        _refuse(folder, name, "it is not there")
    except OSError as error:
        raise from_os_error(error, path) from error
    if len(content) > limit:
        _refuse(folder, name, f"larger than {limit:,} bytes")
    return content


def _refuse(folder: str, name: str, problem: str) -> NoReturn:
    raise UsageError(
        f"this trust folder cannot be used: {problem}", subject=os.path.join(folder, name),
        remedy="Restore the folder from a copy, or correct it",
    )  # fmt: skip
