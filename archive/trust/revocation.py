"""Was a certificate behind a stamp revoked? By stored revocation lists alone (RFC 5280 5, RFC 3161 4)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from archive.errors import ExtraMissingError
from archive.model.stamp import Revocation

if TYPE_CHECKING:
    from cryptography import x509

_WEAK = frozenset({"md5", "sha1"})


@lru_cache(maxsize=256)
def load_list(content: bytes) -> x509.CertificateRevocationList | None:
    """The revocation list (DER) that `content` is, or None. Raises `ExtraMissingError` without the extra."""
    try:
        from cryptography import x509
    except ImportError:
        raise ExtraMissingError(
            "revocation lists need the extra `seal`", remedy="Run: pip install 'muniment[seal]'"
        ) from None
    try:
        loaded = x509.load_der_x509_crl(content)
        # These are read only when they are asked for; all of them must be readable.
        _ = (loaded.issuer, loaded.extensions, loaded.last_update_utc, loaded.next_update_utc)
    except Exception:  # noqa: BLE001 - for hostile bytes cryptography has six kinds of error and more, without a common one
        return None
    return loaded


def list_as_der(content: bytes) -> bytes | None:
    """The revocation list in `content`, in DER or PEM, as DER; None where it is not one."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    if content.lstrip().startswith(b"-----BEGIN"):
        try:
            content = x509.load_pem_x509_crl(content).public_bytes(Encoding.DER)
        except Exception:  # noqa: BLE001 - as in load_list
            return None
    return None if load_list(content) is None else content


def judge_path(
    path: tuple[x509.Certificate, ...],
    lists: Iterable[x509.CertificateRevocationList],
    time: datetime,
    accuracy: timedelta,
    *,
    required: bool,
) -> tuple[Revocation, str | None]:
    """What `lists` say of every certificate of `path` but the root, for a stamp of `time`, give or take `accuracy`.

    The gravest word wins: revoked, not checked, revoked after the stamp, good. The second value names the certificate
    that it concerns. It is None where all is good and, without `required`, where nothing is against the path but that
    there is no list at all.
    """
    lists = tuple(lists)
    verdicts: dict[Revocation, str | None] = {}
    for certificate, issuer in itertools.pairwise(path):
        subject: str | None = certificate.subject.rfc4514_string() or f"serial number {certificate.serial_number}"
        verdict = _judge(certificate, issuer, lists, time, accuracy)
        if not required and not any(one.issuer == issuer.subject for one in lists):
            subject = None
        verdicts[verdict] = verdicts.get(verdict) or subject
    for word in (Revocation.REVOKED, Revocation.UNKNOWN, Revocation.LATER):
        if word in verdicts:
            return word, verdicts[word]
    return Revocation.GOOD, None


def _judge(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    lists: tuple[x509.CertificateRevocationList, ...],
    time: datetime,
    accuracy: timedelta,
) -> Revocation:
    """An entry counts on any list of the issuer, however old; that there is none counts only on a list of the time."""
    verdict = Revocation.UNKNOWN
    for one in lists:
        if not _is_from(one, issuer) or not _covers(one, certificate):
            continue
        entry = one.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is not None:
            if not _revoked_harmlessly_after(entry, time + accuracy):
                return Revocation.REVOKED
            verdict = Revocation.LATER
        elif verdict is Revocation.UNKNOWN and _is_of_the_time(one, certificate, time):
            verdict = Revocation.GOOD
    return verdict


def _is_from(one: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """Whether `issuer` signed the list and was allowed to."""
    from cryptography import x509

    try:
        if one.issuer != issuer.subject:
            return False
        usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
        digest = one.signature_hash_algorithm
        key = issuer.public_key()
        return (
            usage.crl_sign and (digest is None or digest.name not in _WEAK) and one.is_signature_valid(key)  # type: ignore[arg-type]
        )
    except Exception:  # noqa: BLE001 - as in load_list
        return False


def _covers(one: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Whether the list is complete for `certificate`: not a delta, not indirect, not for some reasons only."""
    from cryptography import x509

    for extension in one.extensions:
        value = extension.value
        if isinstance(value, x509.DeltaCRLIndicator):
            return False
        if isinstance(value, x509.IssuingDistributionPoint):
            if value.indirect_crl or value.only_some_reasons or value.only_contains_attribute_certs:
                return False
            if value.only_contains_ca_certs and not _is_authority(certificate):
                return False
            if value.only_contains_user_certs and _is_authority(certificate):
                return False
            if value.full_name and not set(value.full_name) & set(_distribution_names(certificate)):
                return False
            if value.relative_name:
                return False
        elif extension.critical and not isinstance(value, x509.AuthorityKeyIdentifier | x509.CRLNumber):
            return False
    return True


def _is_authority(certificate: x509.Certificate) -> bool:
    from cryptography import x509

    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _distribution_names(certificate: x509.Certificate) -> list[x509.GeneralName]:
    from cryptography import x509

    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    return [name for point in points for name in point.full_name or ()]


def _is_of_the_time(one: x509.CertificateRevocationList, certificate: x509.Certificate, time: datetime) -> bool:
    """In force at the stamp's time or later, and from before the certificate's end: then issuers drop it from lists."""
    if one.last_update_utc >= certificate.not_valid_after_utc:
        return False
    end = one.next_update_utc
    return one.last_update_utc >= time if end is None else end >= time


def _revoked_harmlessly_after(entry: x509.RevokedCertificate, until: datetime) -> bool:
    """Whether stamps up to `until` stay good: RFC 3161 4 names the reasons; no reason is none of them."""
    from cryptography import x509

    harmless = (
        x509.ReasonFlags.unspecified,
        x509.ReasonFlags.affiliation_changed,
        x509.ReasonFlags.superseded,
        x509.ReasonFlags.cessation_of_operation,
    )
    try:
        extensions = entry.extensions
        reason = extensions.get_extension_for_class(x509.CRLReason).value.reason
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError, TypeError):
        return False
    if reason not in harmless or entry.revocation_date_utc <= until:
        return False
    try:
        invalid = extensions.get_extension_for_class(x509.InvalidityDate).value.invalidity_date_utc
    except x509.ExtensionNotFound:
        return True
    return invalid > until


def list_addresses(path: tuple[x509.Certificate, ...]) -> tuple[str, ...]:
    """Where the lists of `path` are published, one address a certificate but the root: the first of http or https.

    A certificate without one has none.
    """
    from cryptography import x509

    found: list[str] = []
    for certificate in path[:-1]:
        for name in _distribution_names(certificate):
            if isinstance(name, x509.UniformResourceIdentifier) and name.value.startswith(("http://", "https://")):
                found.append(name.value)
                break
    return tuple(dict.fromkeys(found))
