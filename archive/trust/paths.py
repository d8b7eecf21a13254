"""The path from a stamp's certificate to a pinned root, by the verifier of `cryptography`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from archive.errors import ExtraMissingError

if TYPE_CHECKING:
    from cryptography import x509

_MAX_INTERMEDIATES = 3


class NoPathError(Exception):
    """No path leads to the root; the text says what the verifier met."""


class NotASignerError(Exception):
    """The certificate is not one of a timestamp authority; the text says why."""


def load_certificate(content: bytes) -> x509.Certificate:
    """The certificate that `content` (DER) holds. Raises `NoPathError`, and `ExtraMissingError` without the extra."""
    try:
        from cryptography import x509
    except ImportError:
        raise ExtraMissingError(
            "certificates need the extra `seal`", remedy="Run: pip install 'muniment[seal]'"
        ) from None
    try:
        return x509.load_der_x509_certificate(content)
    except Exception as error:
        # For hostile bytes cryptography has six kinds of error and more, without a common one.
        raise NoPathError("a certificate cannot be read") from error


def load_leaf(content: bytes) -> x509.Certificate:
    """The signer's certificate, which must not be one of a CA. Raises `NoPathError`, `NotASignerError`."""
    from cryptography import x509

    leaf = load_certificate(content)
    try:
        constraints = leaf.extensions.get_extension_for_class(x509.BasicConstraints)
    except x509.ExtensionNotFound:
        return leaf
    except Exception as error:  # as in load_certificate
        raise NoPathError("an extension of the signer's certificate cannot be read") from error
    if constraints.value.ca:
        raise NotASignerError("the signer's certificate is one of a certification authority")
    return leaf


def find_path(
    leaf: x509.Certificate, root: bytes, hints: Iterable[bytes], time: datetime
) -> tuple[x509.Certificate, ...]:
    """The proven path from `leaf` to the pinned `root` (DER) at `time`, both included, the leaf first.

    `hints` are certificates (DER) that may lie between: none of them is believed for itself. Raises `NoPathError`.
    """
    from cryptography import x509
    from cryptography.x509 import verification

    anchor = load_certificate(root)
    if anchor == leaf:
        raise NoPathError("the signer's own certificate is pinned as a root")
    between: list[x509.Certificate] = []
    for hint in dict.fromkeys(hints):
        try:
            certificate = x509.load_der_x509_certificate(hint)
            if certificate.subject == certificate.issuer:
                continue
        except Exception:  # noqa: BLE001, S112 - as in load_certificate: what cannot be read is not a hint
            continue
        between.append(certificate)
    try:
        builder = verification.PolicyBuilder().store(verification.Store([anchor])).time(time.astimezone(UTC))
        ee_policy, ca_policy = _policies()
        verifier = (
            builder.extension_policies(ee_policy=ee_policy, ca_policy=ca_policy)
            .max_chain_depth(_MAX_INTERMEDIATES)
            .build_client_verifier()
        )
        return (*verifier.verify(leaf, between).chain[:-1], anchor)
    except Exception as error:  # as in load_certificate; VerificationError is one of them
        raise NoPathError(str(error)) from error


def _policies() -> tuple[x509.verification.ExtensionPolicy, x509.verification.ExtensionPolicy]:
    """For the leaf and for its issuers: RFC 3161 2.3 and RFC 5280 4.2."""
    from cryptography import x509
    from cryptography.x509 import verification
    from cryptography.x509.oid import ExtendedKeyUsageOID

    def only_stamps(_policy: object, _certificate: object, usage: x509.ExtendedKeyUsage) -> None:
        if list(usage) != [ExtendedKeyUsageOID.TIME_STAMPING]:
            raise ValueError("the signer's certificate is not for timestamps alone")

    def signs(_policy: object, _certificate: object, usage: x509.KeyUsage | None) -> None:
        if usage is not None and not (usage.digital_signature or usage.content_commitment):
            raise ValueError("the signer's key is not for signatures")

    def issues(_policy: object, _certificate: object, usage: x509.KeyUsage) -> None:
        if not usage.key_cert_sign:
            raise ValueError("an issuer's key is not for certificates")

    def is_authority(_policy: object, _certificate: object, constraints: x509.BasicConstraints) -> None:
        if not constraints.ca:
            raise ValueError("an issuer is not a certification authority")

    critical, either = verification.Criticality.CRITICAL, verification.Criticality.AGNOSTIC
    everything = verification.ExtensionPolicy.permit_all()
    ee_policy = everything.require_present(x509.ExtendedKeyUsage, critical, only_stamps).may_be_present(
        x509.KeyUsage, either, signs
    )
    ca_policy = everything.require_present(x509.BasicConstraints, critical, is_authority).require_present(
        x509.KeyUsage, either, issues
    )
    return ee_policy, ca_policy
