"""The certificates of an authority before and apart from any stamp: can they verify one, and where are their lists?"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from archive.model.stamp import MAX_RESPONSE_BYTES, Authority
from archive.trust import http, revocation
from archive.trust.paths import NoPathError, load_certificate
from archive.trust.requests import MAX_LIST_BYTES, refetch_lists
from archive.trust.tokens import make_request

if TYPE_CHECKING:
    from cryptography import x509

_CURVES = ("secp256r1", "secp384r1", "secp521r1")
_LEAST_RSA_BITS = 2048


def problem_of_chain(root: bytes, intermediates: Sequence[bytes]) -> str:
    """Why no stamp could be verified by these certificates (DER), in words; empty where nothing is against them.

    Raises `ExtraMissingError` without the extra.
    """
    try:
        anchor = load_certificate(root)
        others = [load_certificate(one) for one in intermediates]
    except NoPathError as error:
        return str(error)
    for certificate in (anchor, *others):
        problem = _problem_of_issuer(certificate)
        if problem:
            return f"{certificate.subject.rfc4514_string()}: {problem}"
    proven = [anchor]
    left = others
    while left:
        next_ones = [one for one in left if any(_is_issued_by(one, issuer) for issuer in proven)]
        if not next_ones:
            return f"{left[0].subject.rfc4514_string()}: no path leads from it to the root"
        proven += next_ones
        left = [one for one in left if one not in next_ones]
    return ""


def _problem_of_issuer(certificate: x509.Certificate) -> str:
    """Why the verifier would take no path through this certificate."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    try:
        key = certificate.public_key()
        extensions = certificate.extensions
        is_authority = extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        may_issue = extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        return "it does not say that it is a certification authority"
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension):
        return "its key or an extension of it cannot be read"
    if not is_authority or not may_issue:
        return "it is not a certification authority"
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < _LEAST_RSA_BITS:
        return f"its RSA key has only {key.key_size} bits"
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name not in _CURVES:
        return f"the curve {key.curve.name} of its key is not supported"
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        return "keys of its kind are not supported"
    return ""


def _is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def published_lists(authority: Authority, *, at: datetime) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
    """The revocation lists (DER) that are published now for an authority, and why others could not be had.

    It is asked for a stamp over random bytes, for its certificate names the list. Raises `ExtraMissingError`.
    """
    stamped = secrets.token_bytes(32)
    found: list[bytes] = []
    problems: list[str] = []
    for url in authority.urls:
        request, _ = make_request(stamped)
        try:
            content = http.post(
                url, request, kind="application/timestamp-query", accept="application/timestamp-reply",
                limit=MAX_RESPONSE_BYTES,
            )  # fmt: skip
        except http.ExchangeError as error:
            problems.append(f"{url}: {error}")
            continue
        lists, words = refetch_lists(content, stamped, (authority,), at=at)
        if not lists and not words:
            problems.append(f"{url}: its certificate names no revocation list, or its answer does not hold")
        found += lists
        problems += words
    try:
        path = tuple(load_certificate(one) for one in (*authority.intermediates, authority.root))
    except NoPathError as error:
        return tuple(dict.fromkeys(found)), (*problems, str(error))
    for address in revocation.list_addresses(path):
        try:
            content = http.get(address, accept="application/pkix-crl", limit=MAX_LIST_BYTES)
        except http.ExchangeError as error:
            problems.append(f"{address}: {error}")
            continue
        der = revocation.list_as_der(content)
        if der is None:
            problems.append(f"{address}: not a revocation list")
        else:
            found.append(der)
    return tuple(dict.fromkeys(found)), tuple(dict.fromkeys(problems))
