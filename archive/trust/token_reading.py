"""RFC 3161 responses read as bytes and facts, not judged; nothing else imports asn1crypto, which only reads here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from archive.errors import ExtraMissingError

_MAX_CERTIFICATES = 16
_GRANTED = 0
_WORST_ACCURACY = timedelta(days=1)


class UnreadableTokenError(Exception):
    """The bytes are not one timestamp response; the text says what was met."""


class SignerUnnamedError(Exception):
    """The signature does not name its certificate as RFC 3161 2.4.1 requires; the text says what was met."""


@dataclass(frozen=True, slots=True)
class Response:
    """What an authority answered. `status` is the PKIStatus (0 is granted), `words` its own text, `token` None where it
    refused."""

    status: int
    words: str
    token: Token | None


@dataclass(frozen=True, slots=True)
class Token:
    """A timestamp token as read, not yet judged.

    Certificates are DER; `leaf` is that of the signer, named by issuer, serial number and digest. `ordered` is the
    whole response with its certificates in DER order, which the signature does not cover. `hashes` are the digest
    names of the imprint, the signature's digest and, where its algorithm names one, the signature itself.
    """

    time: datetime
    accuracy: timedelta
    policy: str
    nonce: int | None
    imprint: bytes
    hashes: tuple[str, ...]
    certificates: tuple[bytes, ...]
    leaf: bytes
    ordered: bytes


@cache
def _response_class() -> Any:
    try:
        from asn1crypto import cms, core, tsp
    except ImportError:
        raise ExtraMissingError(
            "timestamps need the extra `seal`", remedy="Run: pip install 'muniment[seal]'"
        ) from None

    class TimeStampResp(core.Sequence):  # type: ignore[misc]
        """As RFC 3161 2.4.2 has it: asn1crypto's own makes the token mandatory."""

        _fields = [  # noqa: RUF012 - asn1crypto assigns to it
            ("status", tsp.PKIStatusInfo),
            ("time_stamp_token", cms.ContentInfo, {"optional": True}),
        ]

    return TimeStampResp


def read_response(content: bytes) -> Response:
    """The one timestamp response that `content` is, without anything after it.

    Raises `UnreadableTokenError`, `SignerUnnamedError`, and `ExtraMissingError` without the extra.
    """
    kind = _response_class()
    try:
        response = kind.load(content, strict=True)
        status = response["status"]
        text = status["status_string"]
        words = " ".join(str(one) for one in text.native) if text.native else ""
        number = int(status["status"])
        token = response["time_stamp_token"]
        if not token:
            return Response(number, words, None)
        if number != _GRANTED:
            return Response(number, words, None)
        return Response(number, words, _read_token(token, content))
    except (UnreadableTokenError, SignerUnnamedError):
        raise
    except Exception as error:
        # asn1crypto raises ValueError, TypeError, KeyError, OverflowError and more for hostile bytes.
        raise UnreadableTokenError(f"not a timestamp response: {type(error).__name__}") from error


def _read_token(token: Any, content: bytes) -> Token:
    from asn1crypto import tsp

    if token["content_type"].native != "signed_data":
        raise UnreadableTokenError("it holds no signed data")
    signed = token["content"]
    if signed["encap_content_info"]["content_type"].native != "tst_info":
        raise UnreadableTokenError("what is signed is not a timestamp")
    info = tsp.TSTInfo.load(signed["encap_content_info"]["content"].contents, strict=True)
    facts = info.native
    if facts["version"] != "v1":
        raise UnreadableTokenError("unknown version of a timestamp")
    certificates = signed["certificates"]
    if not certificates:
        raise SignerUnnamedError("it holds no certificate")
    if len(certificates) > _MAX_CERTIFICATES:
        raise UnreadableTokenError(f"more than {_MAX_CERTIFICATES} certificates")
    if any(one.name != "certificate" for one in certificates):
        raise UnreadableTokenError("it holds other certificates than those of X.509")
    if len(signed["signer_infos"]) != 1:
        raise SignerUnnamedError("it does not have exactly one signer")
    signer = signed["signer_infos"][0]
    leaf = _leaf(signer, certificates)
    imprint = facts["message_imprint"]
    accuracy = facts["accuracy"] or {}
    time = facts["gen_time"]
    if not isinstance(time, datetime) or time.tzinfo is None:
        raise UnreadableTokenError("its time cannot be read")
    within = timedelta(
        seconds=accuracy.get("seconds") or 0,
        milliseconds=accuracy.get("millis") or 0,
        microseconds=accuracy.get("micros") or 0,
    )
    if not timedelta(0) <= within <= _WORST_ACCURACY:
        raise UnreadableTokenError("its accuracy is not between 0 and one day")
    return Token(
        time=time,
        accuracy=within,
        policy=info["policy"].dotted,
        nonce=facts["nonce"],
        imprint=imprint["hashed_message"],
        hashes=(imprint["hash_algorithm"]["algorithm"], *_signature_hashes(signer)),
        certificates=tuple(one.chosen.dump() for one in certificates),
        leaf=leaf,
        ordered=_in_order(content, [one.chosen.dump() for one in certificates]),
    )


def _signature_hashes(signer: Any) -> tuple[str, ...]:
    """The digest's name, and that of the signature algorithm where it names one (`rsaEncryption` does not)."""
    digest: str = signer["digest_algorithm"]["algorithm"].native
    algorithm = signer["signature_algorithm"]
    try:
        return digest, algorithm.hash_algo
    except ValueError:
        return (digest,)


def _leaf(signer: Any, certificates: Any) -> bytes:
    """The certificate that the signature names by issuer, serial number and digest."""
    if signer["sid"].name != "issuer_and_serial_number":
        raise SignerUnnamedError("the signer is not named by issuer and serial number")
    named = signer["sid"].chosen
    found = [
        one.chosen
        for one in certificates
        if one.chosen.serial_number == named["serial_number"].native
        and one.chosen.issuer.dump() == named["issuer"].dump()
    ]
    if len(found) != 1:
        raise SignerUnnamedError("the signer's certificate is not there, or twice")
    content: bytes = found[0].dump()
    attributes = signer["signed_attrs"]
    by_name: dict[str, Any] = {}
    for attribute in attributes:
        name = attribute["type"].native
        if name in by_name:
            raise UnreadableTokenError(f"the attribute {name} is there twice")
        by_name[name] = attribute["values"]
    kind = by_name.get("content_type")
    if kind is None or len(kind) != 1 or kind[0].native != "tst_info":
        raise UnreadableTokenError("the signature is not one of a timestamp")
    named_by = [by_name[name] for name in ("signing_certificate", "signing_certificate_v2") if name in by_name]
    if not named_by:
        raise SignerUnnamedError("the signature does not name its certificate (ESSCertID)")
    for values in named_by:
        _compare_ess(values, found[0], content)
    return content


def _compare_ess(values: Any, leaf: Any, content: bytes) -> None:
    """Raises `SignerUnnamedError` unless the first certificate named in `values` is `leaf`."""
    if len(values) != 1 or len(values[0]["certs"]) == 0:
        raise SignerUnnamedError("the signature names no certificate, or several")
    first = values[0]["certs"][0]
    algorithm = first["hash_algorithm"]["algorithm"].native if "hash_algorithm" in first.native else "sha1"
    if algorithm not in ("sha1", "sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512"):
        raise SignerUnnamedError("the signature names its certificate by an unknown digest")
    if hashlib.new(algorithm, content, usedforsecurity=False).digest() != first["cert_hash"].native:
        raise SignerUnnamedError("the signature names another certificate")
    issuer = first["issuer_serial"]
    if not issuer:
        return
    names = issuer["issuer"]
    if issuer["serial_number"].native != leaf.serial_number:
        raise SignerUnnamedError("the signature names another serial number")
    if len(names) != 1 or names[0].name != "directory_name" or names[0].chosen != leaf.issuer:
        raise SignerUnnamedError("the signature names another issuer")


def _in_order(content: bytes, certificates: list[bytes]) -> bytes:
    """`content` with its certificates in the order that DER asks for; an authority may send them in any."""
    found, ordered = b"".join(certificates), b"".join(sorted(certificates))
    if found == ordered:
        return content
    if content.count(found) != 1:
        raise UnreadableTokenError("its certificates are there twice")
    return content.replace(found, ordered)
