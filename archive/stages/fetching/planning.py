"""Which files of a bag are to be fetched, from where, and with which digests they are recognised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from archive.bags.contents import BagReading
from archive.errors import ArchiveError, UsageError
from archive.formats import tagfile
from archive.formats.amounts import parse_size
from archive.formats.bagpath import to_text
from archive.formats.fetch import local_address
from archive.settings import Settings
from archive.storage.credentials import Credentials, find_credentials, without_secrets
from archive.storage.downloading import SCHEMES, Reach
from archive.storage.remote import RefusedError


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that is missing: its bag path, address, length in bytes if fetch.txt gives one, and limit.

    `digests` are those of the payload manifests by algorithm; empty where not every manifest lists the file.
    """

    path: str
    url: str
    size: int | None
    limit: int
    digests: Mapping[str, str]

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc.lower()


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done for one bag: the files that are missing, and how many that fetch.txt names are there."""

    wanted: tuple[Wanted, ...]
    there: int


def make_order(reading: BagReading, settings: Settings) -> Order:
    """Find out what is missing. Raises `UsageError` for a setting that cannot be read."""
    missing = {entry.path: entry for entry in reading.fetches}
    listed, present = len(missing), 0
    for batch in reading.reader.walk((), (), only_payload=True, open_files=False):
        present += sum(batch.sizes)
        for path in batch.paths():
            missing.pop(path, None)
    stated = [tagfile.parse_oxum(value) for value in tagfile.values_of(reading.info, "Payload-Oxum")]
    limit = parse_size(settings.fetch.largest)
    if stated and stated[0] is not None:
        limit = min(limit, max(0, stated[0][0] - present))
    algorithms = [one.algorithm for one in reading.of_kind(tag=False)]
    table = reading.inventory(tag=False)
    wanted = []
    for path, entry in missing.items():
        digests = table.take(path) or []
        whole = bool(digests) and all(digests) and len(digests) == len(algorithms)
        hexed = {name: (one or b"").hex() for name, one in zip(algorithms, digests, strict=False)} if whole else {}
        wanted.append(Wanted(to_text(path), entry.url, entry.size, limit if entry.size is None else entry.size, hexed))
    return Order(tuple(wanted), listed - len(wanted))


def reach_of(settings: Settings, environ: Mapping[str, str]) -> Reach:
    """What the settings allow to ask, and the credentials for the hosts that they name.

    A host that the settings do not name never gets any: the bag chooses the addresses, not the credentials. Raises
    `UsageError`.
    """
    chosen = settings.fetch
    for scheme in chosen.schemes:
        if scheme not in SCHEMES:
            raise UsageError(f"fetch.schemes may hold {', '.join(SCHEMES)}", subject=scheme)
    hosts = {str(name).lower(): options for name, options in chosen.hosts.items()}
    for name, options in hosts.items():
        if not isinstance(options, Mapping):
            raise UsageError("each host in fetch.hosts is a table", subject=name)

    def credentials(parts: SplitResult) -> Credentials:
        host = (parts.hostname or "").lower()
        name = f"{host}:{parts.port}" if parts.port else host
        options = hosts.get(name)
        if options is None:
            return Credentials()
        if parts.scheme.lower() != "https" and not options.get("plain_http"):
            return Credentials()
        return find_credentials(name, options, environ, service=f"muniment {host}")

    return Reach(chosen.schemes, chosen.private, max(1, chosen.seconds), credentials)


def judge_address(wanted: Wanted, reach: Reach) -> str | None:
    """Why the file's address is not asked, as far as its form tells; None when it may be."""
    try:
        parts = reach.check(wanted.url)
    except RefusedError as error:
        return error.problem
    local = local_address(wanted.url)
    if local is None or parts.scheme.lower() == "file":
        return None
    host = parts.hostname or ""
    try:
        return None if reach.allows(host, host) else f"it leads to {local}"
    except ValueError:  # a name, which is judged by what it leads to
        return None


def shown_address(url: str) -> str:
    """An address as reports may show it: nothing in it that could be a secret."""
    try:
        return without_secrets(url)
    except ArchiveError:
        return f"{url.partition(':')[0]}://..."
