"""The trust folder as people change it: keys and authorities are added, revoked, and new versions adopted."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from archive.errors import FormatError, UsageError, from_os_error
from archive.formats.trust_toml import is_trust_name
from archive.model.seal import AuthorityEntry, Role, Trust, TrustedKey, TrustFile
from archive.model.stamp import Authority
from archive.regular_files import open_regular
from archive.settings import Settings
from archive.storage.atomic import write_output
from archive.trust.side_by_side import ask_side_by_side
from archive.trust.signatures import read_public_file
from archive.trust.store import (
    AUTHORITIES,
    LISTS,
    MAX_CERTIFICATE_BYTES,
    certificate_from_pem,
    next_version,
    read_trust,
    write_trust_file,
)

DEFAULT_FOLDER = "trust"


def find_trust(named: str | None, settings: Settings) -> str | None:
    """The trust folder that `--trust` names, else [seal] trust of archive.toml, else None. Raises `UsageError`."""
    if named:
        return named
    if named == "":
        raise UsageError("--trust does not name a folder", remedy="Name the trust folder")
    settings.require("seal.trust")
    return os.path.join(settings.folder, settings.seal.trust) if settings.seal.trust else None


def read_named_trust(named: str | None, settings: Settings) -> Trust | None:
    """The trust folder of `find_trust`, read; None where none is named. Raises as `read_trust`."""
    folder = find_trust(named, settings)
    return None if folder is None else read_trust(folder)


def editable_folder(named: str | None, settings: Settings) -> str:
    """Where the commands of `archive trust` work: as `find_trust`, else the folder trust beside archive.toml."""
    return find_trust(named, settings) or os.path.join(settings.folder, DEFAULT_FOLDER)


def init_trust(folder: str, name: str) -> Trust:
    """Make a trust folder that trusts nothing yet. Raises `ExistsError`, `UsageError`, `StorageError`."""
    if not name.strip():
        raise UsageError("the trust folder needs a name, such as that of the archive")
    _make_folder(folder)
    return _write(folder, TrustFile(name), replacing=False)


def add_key(
    folder: str,
    name: str,
    public_file: str,
    *,
    role: Role = Role.SEAL,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> Trust:
    """Add the Ed25519 key in `public_file`, one OpenSSH line. Raises `UsageError`, `StorageError`."""
    trust = read_trust(folder)
    _require_free(name, [key.name for key in trust.file.keys])
    try:
        public = read_public_file(public_file)
    except OSError as error:
        raise from_os_error(error, public_file) from error
    for key in trust.file.keys:
        if key.public.blob == public.blob:
            raise UsageError(f"this key already exists, as {key.name}", subject=public_file)
    if valid_from is not None and valid_until is not None and valid_until < valid_from:
        raise UsageError("--until is before --from")
    added = TrustedKey(name, public, role, valid_from, valid_until)
    return _write(folder, next_version(trust, keys=(*trust.file.keys, added)))


def add_authority(
    folder: str,
    name: str,
    certificates: Sequence[str],
    *,
    operator: str,
    urls: tuple[str, ...] = (),
    policies: tuple[str, ...] = (),
) -> Trust:
    """Pin a timestamp authority: `certificates` are PEM files, the root first, then intermediates.

    The chain is tried at once, by the verifier that will judge stamps. Raises `UsageError`, `StorageError`, and
    `ExtraMissingError` without the extra.
    """
    from archive.trust.chains import problem_of_chain

    trust = read_trust(folder)
    _require_free(name, [one.name for one in trust.file.authorities])
    if not operator.strip():
        raise UsageError("--operator is empty", remedy="Name the company that runs the authority")
    contents = [_read_pem(path) for path in certificates]
    problem = problem_of_chain(certificate_from_pem(contents[0]), [certificate_from_pem(one) for one in contents[1:]])
    if problem:
        raise UsageError(f"no stamp of this authority could be verified: {problem}", subject=certificates[0])
    names = [f"{AUTHORITIES}/{name}-root.pem"]
    names += [f"{AUTHORITIES}/{name}-mid{'' if number == 1 else number}.pem" for number in range(1, len(certificates))]
    root_hash = hashlib.sha256(contents[0]).hexdigest()
    entry = AuthorityEntry(name, operator, names[0], root_hash, tuple(names[1:]), policies, urls)
    changed = next_version(trust, authorities=(*trust.file.authorities, entry))
    _check(changed)
    _make_folder(os.path.join(folder, AUTHORITIES))
    for path, content in zip(names, contents, strict=True):
        write_output(os.path.join(folder, path), [content], replace=True)
    return _write(folder, changed)


def try_addresses(trust: Trust, name: str, *, now: Callable[[], datetime]) -> tuple[str, ...]:
    """Why the authority `name` gave no stamp at its addresses, when asked for one over random bytes.

    Raises `ExtraMissingError` without the extra.
    """
    import secrets

    from archive.trust.requests import NotStampedError, obtain_stamp

    def ask(authority: Authority, url: str) -> str:
        try:
            obtain_stamp(url, secrets.token_bytes(32), (authority,), trust.lists, required=False, now=now)
        except NotStampedError as error:
            return f"{url}: no stamp for a try: {error}"
        return ""

    known = [one for one in trust.authorities if one.name == name]
    problems = ask_side_by_side([partial(ask, one, url) for one in known for url in one.urls])
    return tuple(filter(None, problems))


def revoke(folder: str, name: str, *, since: datetime, why: str | None) -> Trust:
    """Revoke a key as compromised `since` then, or distrust an authority from then on. Raises `UsageError`."""
    trust = read_trust(folder)
    keys, authorities = trust.file.keys, trust.file.authorities
    if any(key.name == name for key in keys):
        keys = tuple(replace(key, revoked=since, why=why) if key.name == name else key for key in keys)
    elif any(one.name == name for one in authorities):
        authorities = tuple(replace(one, distrusted=since) if one.name == name else one for one in authorities)
    else:
        raise UsageError("there is no such key or authority", subject=name, remedy="See: archive trust show")
    return _write(folder, next_version(trust, keys=keys, authorities=authorities))


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What came of fetching revocation lists: the files that are new, how many were known, and what was lacking."""

    trust: Trust
    new: tuple[str, ...]
    known: int
    problems: tuple[str, ...]


def refresh(folder: str, *, at: datetime) -> Refreshed:
    """Fetch the revocation lists that are published now for the pinned authorities, into crls/.

    Each authority with an address is asked for one stamp, over random bytes: only its certificate says where its list
    is. Raises `UsageError`, `StorageError`, `ExtraMissingError`.
    """
    from archive.trust.chains import published_lists

    trust = read_trust(folder)
    new: list[str] = []
    known = 0
    problems: list[str] = []
    answers = ask_side_by_side([partial(published_lists, one, at=at) for one in trust.authorities])
    for authority, (lists, lacking) in zip(trust.authorities, answers, strict=True):
        problems += [f"{authority.name}: {words}" for words in lacking]
        for content in lists:
            if keep_list(folder, content):
                new.append(list_name(content))
            else:
                known += 1
    return Refreshed(read_trust(folder), tuple(new), known, tuple(problems))


def list_name(content: bytes) -> str:
    """The path of a revocation list in the trust folder, by its SHA-256."""
    return f"{LISTS}/{hashlib.sha256(content).hexdigest()[:32]}.crl"


def keep_list(folder: str, content: bytes) -> bool:
    """Keep a revocation list (DER) in the trust folder; False where it is there already. Raises `StorageError`."""
    path = os.path.join(folder, list_name(content))
    if os.path.lexists(path):
        return False
    _make_folder(os.path.dirname(path))
    write_output(path, [content], replace=True)
    return True


def _make_folder(folder: str) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise from_os_error(error, folder) from error


def _write(folder: str, file: TrustFile, *, replacing: bool = True) -> Trust:
    _check(file)
    write_trust_file(folder, file, replacing=replacing)
    return read_trust(folder)


def _check(file: TrustFile) -> None:
    """Refuse a trust file that could not be read again. Raises `UsageError`."""
    from archive.formats.trust_toml import parse_trust, write_trust

    try:
        parse_trust(write_trust(file))
    except (FormatError, UnicodeEncodeError) as error:
        words = str(error) if isinstance(error, FormatError) else "it has characters that no text holds"
        raise UsageError(f"this cannot be written to a trust file: {words}") from None


def _require_free(name: str, taken: Sequence[str]) -> None:
    if not is_trust_name(name):
        raise UsageError(
            "not a name for a trust file", subject=name, remedy="Use ASCII letters, digits, hyphens and dots"
        )
    if name in taken:
        raise UsageError("this name already exists", subject=name, remedy="See: archive trust show")


def _read_pem(path: str) -> bytes:
    try:
        with open_regular(path) as file:
            content = file.read(MAX_CERTIFICATE_BYTES + 1)
    except OSError as error:
        raise from_os_error(error, path) from error
    if len(content) > MAX_CERTIFICATE_BYTES:
        raise UsageError(f"larger than {MAX_CERTIFICATE_BYTES:,} bytes", subject=path)
    try:
        certificate_from_pem(content)
    except FormatError as error:
        raise UsageError(error.problem, subject=path, remedy="Name a file with one certificate in PEM") from None
    return content
