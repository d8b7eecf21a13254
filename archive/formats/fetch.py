"""fetch.txt: what is to be brought from elsewhere (RFC 8493 2.2.3). Nothing is fetched here."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from archive.formats.bagpath import decode_path, encode_path, to_text, unsafe_reason
from archive.formats.tagfile import lines_of
from archive.model.capped_findings import FAULTS, bag_findings
from archive.model.codes import bag as codes
from archive.model.finding import Finding

if TYPE_CHECKING:
    import ipaddress
    from collections.abc import Iterable, Iterator

SUBJECT = "fetch.txt"
_LINE = re.compile(rb"([^ \t]+)[ \t]+([0-9]{1,20}|-)[ \t]+([^ \t].*)", re.DOTALL)
_URL = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f]+")


class FetchEntry(NamedTuple):
    """One line: where from, how many bytes (None when it does not say), and the path it is to have in the bag."""

    url: str
    size: int | None
    path: bytes
    line: int


def parse_fetch(data: bytes, *, before_1_0: bool = False) -> tuple[list[FetchEntry], list[Finding]]:
    """The entries and what is wrong with the lines. `data` is UTF-8.

    After `FAULTS` lines that give no entry, or `MAX_UNUSUAL` hosts that take long to judge, the rest is left unread,
    with a finding.
    """
    entries: list[FetchEntry] = []
    findings = bag_findings()
    seen: set[bytes] = set()
    unusual: set[str] = set()
    for number, line in enumerate(lines_of(data), 1):
        if number - len(entries) > FAULTS:
            findings.note(codes.TOO_MANY_LINES, SUBJECT, line=number, limit=FAULTS, what="faulty lines")
            break
        if len(line) > MAX_LINE:
            why = f"it is longer than {MAX_LINE:,} bytes"
            findings.note(codes.MALFORMED_FETCH, SUBJECT, line=number, why=why)
            continue
        match = _LINE.fullmatch(line.rstrip(b"\r\n"))
        if match is None:
            why = "it is not an address, a size or -, and a path"
            findings.note(codes.MALFORMED_FETCH, SUBJECT, line=number, why=why)
            continue
        address, size, written = match.groups()
        url = address.decode("utf-8", "replace")
        if not _URL.fullmatch(address):
            findings.note(codes.MALFORMED_FETCH, SUBJECT, line=number, why="the address is not an absolute URL")
        else:
            if len(unusual) <= MAX_UNUSUAL and _USUAL.match(url) is None and (beginning := _BEGINNING.match(url)):
                unusual.add(beginning[0])
            if len(unusual) > MAX_UNUSUAL:
                what = "different hosts in unusual notation"
                findings.note(codes.TOO_MANY_LINES, SUBJECT, line=number, limit=MAX_UNUSUAL, what=what)
                break
            if (where := local_address(url)) is not None:
                findings.note(codes.FETCH_LOCAL, SUBJECT, line=number, where=where)
        path, stray = decode_path(written, before_1_0=before_1_0)
        if path.startswith(b"./"):
            findings.note(codes.LOOSE_LINE, SUBJECT, line=number, why="the path begins with ./")
            path = path[2:]
        if stray:
            findings.note(codes.RAW_PERCENT, SUBJECT, line=number, path=to_text(path))
        reason = unsafe_reason(path)
        if reason is not None:
            findings.note(codes.UNSAFE_PATH, SUBJECT, line=number, path=to_text(path), why=reason)
        elif not path.startswith(b"data/"):
            findings.note(codes.FETCH_OUTSIDE_PAYLOAD, SUBJECT, line=number, path=to_text(path))
        elif path in seen:
            findings.note(codes.REPEATED_FETCH, SUBJECT, line=number, path=to_text(path))
        else:
            seen.add(path)
            entries.append(FetchEntry(url, None if size == b"-" else int(size), path, number))
    return entries, list(findings)


def write_fetch(entries: Iterable[tuple[str, int | None, str]]) -> Iterator[bytes]:
    """The lines of fetch.txt in UTF-8: address, length in bytes or None, and bag path of each file (RFC 8493 2.2.3)."""
    for url, size, path in entries:
        yield f"{url} {'-' if size is None else size} ".encode() + encode_path(path) + b"\n"


def is_address(url: str) -> bool:
    """True for an absolute URL without white space or control characters, as fetch.txt can hold it."""
    return _URL.fullmatch(url.encode("utf-8", "surrogateescape")) is not None


_BEGINNING = re.compile(r"[^/\\?#]*[/\\]*[^/?#]*")
"""At least what `_FILE` and `_FRONT` look at."""
_FRONT = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):([/\\]*)([^/?#]*)")
_CARRYING = (0, 0x64FF9B << 64)
"""The first 96 bits of addresses whose rest is an IPv4 address (RFC 4291 2.5.5.1, RFC 6052 2.1)."""
_USUAL = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|(?:[A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]*)(?:[:/?#]|$)"
)
"""Addresses whose host is judged without parsing it: an IPv4 address or a name of several parts."""
MAX_LINE = 1 << 17
"""Bytes of the longest line that is read: judging the host of one takes many times its size."""
MAX_UNUSUAL = 200_000
"""How many hosts in other notations are judged: each takes about 30 microseconds."""
_FILE = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)*file:", re.IGNORECASE)
_WEB = ("http", "https", "ftp", "ws", "wss")
"""Schemes whose addresses browsers read with any number of slashes before the host."""

_HOST_NAME = re.compile(r"((?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*)(?::[0-9]*)?")
_IPV4 = re.compile(r"(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})(?::[0-9]*)?")
"""The usual notation: a leading zero makes a number octal to some programs."""
_RESERVED = tuple(sorted(
    (int.from_bytes(bytes(first), "big"), int.from_bytes(bytes(last), "big"))
    for first, last in (
        ((0, 0, 0, 0), (0, 255, 255, 255)), ((10, 0, 0, 0), (10, 255, 255, 255)),
        ((100, 64, 0, 0), (100, 127, 255, 255)), ((127, 0, 0, 0), (127, 255, 255, 255)),
        ((169, 254, 0, 0), (169, 254, 255, 255)),
        ((172, 16, 0, 0), (172, 31, 255, 255)), ((192, 0, 0, 0), (192, 0, 0, 255)), ((192, 0, 2, 0), (192, 0, 2, 255)),
        ((192, 168, 0, 0), (192, 168, 255, 255)), ((198, 18, 0, 0), (198, 19, 255, 255)),
        ((198, 51, 100, 0), (198, 51, 100, 255)), ((203, 0, 113, 0), (203, 0, 113, 255)),
        ((224, 0, 0, 0), (255, 255, 255, 255)),
    )
))  # fmt: skip
"""First and last IPv4 addresses that are not of the public network (IANA special-purpose registry, RFC 6890)."""
_STARTS = tuple(first for first, _last in _RESERVED)
_BUCKETS = ("s3", "gs")
"""Schemes whose addresses begin with a bucket, not with a host."""

_LOCAL_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost", "metadata.google.internal")
_LOCAL_ENDINGS = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home", ".home.arpa", ".localdomain")


def local_address(url: str) -> str | None:
    """What `url` leads to when that is not the public network: this machine, a private network; None otherwise.

    No name is looked up: only addresses and names that are private by their form are found (RFC 1918, RFC 3927,
    RFC 4193, RFC 6598, RFC 6761, RFC 6762), in every notation that network libraries read.
    """
    beginning = _BEGINNING.match(url)
    return None if beginning is None else _judge_beginning(beginning[0])


@lru_cache(maxsize=1024)
def _judge_beginning(url: str) -> str | None:
    """As `local_address`, of an address without its path; many begin alike."""
    if _FILE.match(url):
        return "a file of the machine that fetches"
    front = _FRONT.match(url)
    return None if front is None else _judge_front(front[1].lower(), front[2], front[3])


def _judge_front(scheme: str, slashes: str, authority: str) -> str | None:
    if scheme in _BUCKETS or (len(slashes) < 2 and scheme not in _WEB):
        return None
    usual = _IPV4.fullmatch(authority)
    if usual is not None and max(octets := [int(part) for part in usual.group(1, 2, 3, 4)]) < 256:
        number = int.from_bytes(octets, "big")
        return f"the private address {'.'.join(map(str, octets))}" if _is_reserved(number) else None
    plain = _HOST_NAME.fullmatch(authority.lower())
    if plain is not None:  # cannot be an address: those end in a digit or begin with one in their last part
        return f"the private name {plain[1]}" if plain[1].endswith(_LOCAL_ENDINGS) else None
    from urllib.parse import unquote, urlsplit

    try:
        host = urlsplit(f"//{authority}").hostname
    except ValueError:
        return "a host that cannot be read"
    if "\\" in authority:  # browsers end the host there, other programs do not
        return "a host that cannot be read"
    host = unicodedata.normalize("NFKC", unquote(host or "")).replace("\u3002", ".").rstrip(".").lower()
    if not host:
        return None
    if host in _LOCAL_NAMES or host.endswith(_LOCAL_ENDINGS):
        return f"the private name {host}"
    address = _parse_address(host)
    if address is None:
        return None if "." in host else f"the private name {host}"
    return None if is_public(host) else f"the private address {address}"


def is_public(address: str) -> bool:
    """True when `address`, an IP address as sockets give it, is one of the public network."""
    parsed = _parse_address(address)
    if parsed is None:
        return False
    reached = _reached(parsed)
    if reached.version == 4:
        return not _is_reserved(int(reached))
    return reached.is_global and not reached.is_multicast


def _is_reserved(number: int) -> bool:
    """True for the number of an IPv4 address outside of the public network."""
    place = bisect_right(_STARTS, number) - 1
    return place >= 0 and number <= _RESERVED[place][1]


def _reached(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address within one of IPv6, where it stands for that: mapped, compatible, 6to4, Teredo, translated."""
    if address.version == 4:
        return address
    import ipaddress

    inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
    if inner is None and int(address) >> 32 in _CARRYING and int(address) > 1:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address if inner is None else inner


def _parse_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that `host` is; also in the short, octal and hexadecimal notations that `inet_aton` reads."""
    import ipaddress  # only bags with a fetch.txt need the network's modules
    import socket

    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host)) if re.fullmatch(r"[0-9a-fx.]+", host) else None
    except OSError:
        return None
