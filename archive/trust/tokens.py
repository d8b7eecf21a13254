"""One stamp, judged: RFC 3161 with the rules of docs/seals.md, by stored bytes alone, without the network."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import ModuleType
from typing import TYPE_CHECKING

from archive.errors import ExtraMissingError
from archive.model.stamp import MAX_RESPONSE_BYTES, Authority, Revocation, StampFault, StampVerdict
from archive.trust import paths, revocation
from archive.trust.token_reading import SignerUnnamedError, Token, UnreadableTokenError, read_response

if TYPE_CHECKING:
    from cryptography import x509
    from rfc3161_client import TimeStampResponse

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a stamp's time may lie ahead of the clock."""
_DIGESTS = frozenset({"sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512"})


def judge_stamp(
    file: str,
    content: bytes,
    stamped: bytes,
    authorities: Iterable[Authority],
    lists: Iterable[bytes],
    *,
    at: datetime,
    required: bool = True,
) -> StampVerdict:
    """The verdict on the stamp in `content` (a TimeStampResp, DER) over `stamped`, as the clock says `at` (UTC).

    `lists` are revocation lists (DER), from the seal and from the trust folder alike; without `required` a stamp for
    which none is there holds. Raises `ExtraMissingError` without the extra.
    """
    verdict, _ = judge_with_path(file, content, stamped, authorities, lists, at=at, required=required)
    return verdict


def judge_with_path(
    file: str,
    content: bytes,
    stamped: bytes,
    authorities: Iterable[Authority],
    lists: Iterable[bytes],
    *,
    at: datetime,
    required: bool = True,
) -> tuple[StampVerdict, tuple[x509.Certificate, ...]]:
    """As `judge_stamp`, with the path that was proven to the pinned root: the leaf first; empty where there is none."""
    blank = StampVerdict(file)
    if len(content) > MAX_RESPONSE_BYTES:
        return _refused(blank, StampFault.UNREADABLE, "longer than 1 MiB"), ()
    try:
        response = read_response(content)
    except UnreadableTokenError as error:
        return _refused(blank, StampFault.UNREADABLE, str(error)), ()
    except SignerUnnamedError as error:
        return _refused(blank, StampFault.SIGNER, str(error)), ()
    token = response.token
    if token is None:
        return _refused(blank, StampFault.NOT_GRANTED, f"status {response.status} {response.words}".strip()), ()
    try:
        decoded = _decode(token.ordered)
    except ValueError as error:
        return _refused(blank, StampFault.UNREADABLE, f"not DER: {error}"), ()
    known = StampVerdict(file, time=token.time, accuracy=token.accuracy, policy=token.policy, hashes=token.hashes)
    weak = [name for name in token.hashes if name not in _DIGESTS]
    if weak:
        return _refused(known, StampFault.WEAK_HASH, weak[0]), ()
    if hashlib.new(token.hashes[0], stamped).digest() != token.imprint:
        return _refused(known, StampFault.OTHER_BYTES, "the stamp is over other bytes"), ()
    try:
        leaf = paths.load_leaf(token.leaf)
    except paths.NotASignerError as error:
        return _refused(known, StampFault.SIGNER, str(error)), ()
    except paths.NoPathError as error:
        return _refused(known, StampFault.NO_PATH, str(error)), ()
    loaded = tuple(one for one in map(revocation.load_list, lists) if one is not None)
    stamp = _Read(known, token, decoded, leaf)
    return _judge_by_authorities(stamp, tuple(authorities), loaded, at=at, required=required)


@dataclass(frozen=True, slots=True)
class _Read:
    """A stamp as read: over the right bytes, its signature and path not yet proven."""

    known: StampVerdict
    token: Token
    response: TimeStampResponse
    leaf: x509.Certificate


def _judge_by_authorities(
    stamp: _Read,
    authorities: tuple[Authority, ...],
    lists: tuple[x509.CertificateRevocationList, ...],
    *,
    at: datetime,
    required: bool,
) -> tuple[StampVerdict, tuple[x509.Certificate, ...]]:
    """The first authority for which all holds; else what the first met to whose root a path leads."""
    token = stamp.token
    worst: tuple[StampVerdict, tuple[x509.Certificate, ...]] | None = None
    words = "no authority is pinned"
    for authority in authorities:
        try:
            path = paths.find_path(
                stamp.leaf, authority.root, (*token.certificates, *authority.intermediates), token.time
            )
        except paths.NoPathError as error:
            words = str(error)
            continue
        verdict = _judge_path(stamp, authority, path, lists, at=at, required=required)
        if verdict.holds:
            return verdict, path
        worst = worst or (verdict, path)
    return worst or (_refused(stamp.known, StampFault.NO_PATH, words), ())


def _judge_path(
    stamp: _Read,
    authority: Authority,
    path: tuple[x509.Certificate, ...],
    lists: tuple[x509.CertificateRevocationList, ...],
    *,
    at: datetime,
    required: bool,
) -> StampVerdict:
    """The rules that follow once the path is proven: signature, policy, revocation, clock."""
    token = stamp.token
    verdict = replace(
        stamp.known,
        authority=authority.name,
        operator=authority.operator,
        not_after=min(one.not_valid_after_utc for one in path),
    )
    problem = _signature_problem(stamp.response, token, path)
    if problem:
        return _refused(verdict, StampFault.OTHER_BYTES, problem)
    if authority.policies and token.policy not in authority.policies:
        return _refused(verdict, StampFault.POLICY, f"the policy {token.policy} is not pinned")
    if authority.distrusted is not None and token.time >= authority.distrusted:
        return _refused(verdict, StampFault.POLICY, "the authority was not trusted any more at that time")
    word, subject = revocation.judge_path(path, lists, token.time, token.accuracy, required=required)
    verdict = replace(verdict, revocation=word)
    if word is Revocation.REVOKED:
        return _refused(verdict, StampFault.REVOKED, str(subject))
    if token.time - at > CLOCK_TOLERANCE:
        return _refused(verdict, StampFault.FUTURE, f"its time is {token.time.isoformat()}")
    if word is Revocation.UNKNOWN and subject is not None:
        return _refused(verdict, StampFault.NO_LIST, subject)
    return verdict


def _client() -> ModuleType:
    """The library. Raises `ExtraMissingError`."""
    try:
        import rfc3161_client
    except ImportError:
        raise ExtraMissingError(
            "timestamps need the extra `seal`", remedy="Run: pip install 'muniment[seal]'"
        ) from None
    return rfc3161_client


def _decode(content: bytes) -> TimeStampResponse:
    """Raises ValueError for what is not DER, and `ExtraMissingError` without the extra."""
    response: TimeStampResponse = _client().decode_timestamp_response(content)
    return response


def _signature_problem(response: TimeStampResponse, token: Token, path: tuple[x509.Certificate, ...]) -> str:
    """What OpenSSL (by rfc3161-client) has against the signature, given the proven path alone; empty if nothing."""
    from rfc3161_client import VerifierBuilder

    try:
        VerifierBuilder(tsa_certificate=path[0], intermediates=list(path[1:-1]), roots=[path[-1]]).build().verify(
            response, token.imprint
        )
    except Exception as error:  # noqa: BLE001 - VerificationError, or what a hostile certificate beside it raises
        return f"the signature does not hold: {error}"
    return ""


def make_request(stamped: bytes) -> tuple[bytes, int]:
    """A request (TimeStampReq, DER) for a stamp over `stamped` with SHA-512 and the certificates, and its nonce.

    Raises `ExtraMissingError` without the extra.
    """
    client = _client()
    request = (
        client.TimestampRequestBuilder()
        .data(stamped)
        .hash_algorithm(client.HashAlgorithm.SHA512)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
    )
    return request.as_bytes(), request.nonce


def read_nonce(content: bytes) -> int | None:
    """The nonce of a response that was judged and has a token; None where it has none."""
    token = read_response(content).token
    assert token is not None
    return token.nonce


def _refused(verdict: StampVerdict, fault: StampFault, detail: str) -> StampVerdict:
    return replace(verdict, fault=fault, detail=detail)
