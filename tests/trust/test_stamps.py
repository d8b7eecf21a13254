"""Every rule for one stamp, on tokens of our own authorities: what must hold, and what must not with its code.

Where `openssl ts -verify` judges by the same rule, it is asked for a second opinion.
"""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from archive.model.stamp import Authority, Revocation, StampFault, StampVerdict
from archive.trust.tokens import judge_stamp
from tests.support.needing import need
from tests.support.timestamp_authority import (
    POLICY,
    Faults,
    Issued,
    TestAuthority,
    issue,
    make_authority,
    revocation_list,
)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
STAMPED = b"the list that is stamped\n"
Reason = x509.ReasonFlags
UNKNOWN = x509.ObjectIdentifier("1.3.6.1.4.1.99999.9")
END_OF_LEAF = NOW + 3 * 365 * DAY


@dataclass(frozen=True)
class Case:
    """One token with what its verifier has at hand. `openssl` is what `openssl ts -verify` says, None where it has no
    such rule or cannot be asked."""

    token: bytes
    authority: Authority
    lists: tuple[bytes, ...]
    code: str | None
    at: datetime = NOW
    required: bool = True
    openssl: bool | None = None


@cache
def plain() -> TestAuthority:
    return make_authority("Plain", NOW)


@cache
def other() -> TestAuthority:
    return make_authority("Other", NOW)


def pinned(authority: TestAuthority, **properties: object) -> Authority:
    return Authority("anna", "Anna Ltd", authority.root.der, **properties)  # type: ignore[arg-type]


def lists(authority: TestAuthority) -> tuple[bytes, ...]:
    return tuple(authority.lists.values())


def faulty(code: str | None, *, openssl: bool | None = None, **faults: object) -> Case:
    one = plain()
    token = one.stamp(STAMPED, NOW, Faults(**faults))  # type: ignore[arg-type]
    return Case(token, pinned(one), lists(one), code, openssl=openssl)


def made(code: str | None, *, openssl: bool | None = None, mid: bool = True, **leaf: object) -> Case:
    """With a signer's certificate of these properties."""
    one = make_authority("Made", NOW, **leaf)  # type: ignore[arg-type]
    return Case(one.stamp(STAMPED, NOW), pinned(one), lists(one), code, openssl=openssl)


def with_mid(code: str, *, mid_properties: dict[str, object], root: Issued | None = None) -> Case:
    """With an intermediate of these properties."""
    one = make_authority("Middle", NOW)
    start, end = NOW - 300 * DAY, NOW + 3000 * DAY
    middle = issue("Other mid", root or one.root, **{"start": start, "end": end, "ca": True, **mid_properties})  # type: ignore[arg-type]
    leaf = issue("Signer", middle, start=start, end=end)
    made = replace(one, mid=middle, leaf=leaf)
    some = (one.lists["root"], revocation_list(middle, this=NOW - DAY, until=NOW + DAY))
    return Case(made.stamp(STAMPED, NOW), pinned(one), some, code, openssl=False)


def revoked(
    code: str | None,
    when: timedelta,
    reason: Reason | None,
    *,
    of_mid: bool = False,
    invalid: timedelta | None = None,
) -> Case:
    one = plain()
    entry = (one.mid if of_mid else one.leaf, NOW + when, reason)
    period = {"this": NOW + 2 * DAY, "until": NOW + 30 * DAY}
    since = None if invalid is None else NOW + invalid
    fresh = revocation_list(one.root if of_mid else one.mid, (entry,), invalid=since, **period)  # type: ignore[arg-type]
    some = (fresh, one.lists["mid" if of_mid else "root"])
    return Case(one.stamp(STAMPED, NOW), pinned(one), some, code, at=NOW + 3 * DAY)


def listed(code: str | None, *some: bytes, required: bool = True, one: TestAuthority | None = None) -> Case:
    """With these lists and no others."""
    one = one or plain()
    return Case(one.stamp(STAMPED, NOW), pinned(one), some, code, at=NOW + 3000 * DAY, required=required)


def of_mid(
    *,
    this: timedelta = -DAY,
    until: timedelta = DAY,
    extension: x509.ExtensionType | None = None,
    key_of: Issued | None = None,
    issuer: Issued | None = None,
    digest: str = "sha256",
    critical: bool = True,
    endless: bool = False,
) -> bytes:
    return revocation_list(
        issuer or plain().mid, this=NOW + this, until=NOW + until, digest=digest, endless=endless,
        extensions=((extension, critical),) if extension else (), key=key_of.key if key_of else None,
    )  # fmt: skip


def scope(**properties: object) -> x509.IssuingDistributionPoint:
    every: dict[str, object] = {
        "full_name": None, "relative_name": None, "only_contains_user_certs": False, "only_contains_ca_certs": False,
        "only_some_reasons": None, "indirect_crl": False, "only_contains_attribute_certs": False, **properties,
    }  # fmt: skip
    return x509.IssuingDistributionPoint(**every)  # type: ignore[arg-type]


def nameless(code: str | None, *, with_lists: bool) -> Case:
    """With a signer whose certificate has an empty subject."""
    one = plain()
    period: dict[str, Any] = {"start": NOW - 300 * DAY, "end": NOW + 3000 * DAY}
    names = x509.SubjectAlternativeName([x509.DNSName("tsa.example.org")])
    made = replace(one, leaf=issue("", one.mid, more=(names,), **period))
    return Case(made.stamp(STAMPED, NOW), pinned(one), lists(one) if with_lists else (one.lists["root"],), code)


def deep(levels: int) -> Case:
    one = make_authority("Deep", NOW)
    start, end = NOW - 300 * DAY, NOW + 3000 * DAY
    chain = [one.root]
    for number in range(levels):
        chain.append(issue(f"Deep {number}", chain[-1], start=start, end=end, ca=True))
    leaf = issue("Deep signer", chain[-1], start=start, end=end)
    made = replace(one, mid=chain[-1], leaf=leaf)
    some = tuple(revocation_list(issuer, this=NOW - DAY, until=NOW + DAY) for issuer in chain)
    token = made.stamp(STAMPED, NOW, Faults(certificates=(leaf, *chain[1:])))
    return Case(token, pinned(one), some, None if levels <= 3 else "SEAL-135")


def self_signed_leaf() -> Case:
    leaf = issue("Alone", None, start=NOW - DAY, end=NOW + 900 * DAY)
    one = TestAuthority(leaf, leaf, leaf)
    token = one.stamp(STAMPED, NOW, Faults(certificates=(leaf,)))
    return Case(token, pinned(one), (), "SEAL-135")


def self_issued_intermediate() -> Case:
    """An issuer that has certified a further key of its own: such certificates do not count in a path's length."""
    one = plain()
    period: dict[str, Any] = {"start": NOW - 300 * DAY, "end": NOW + 3000 * DAY}
    middle = issue("Same", one.root, ca=True, path_length=0, **period)
    again = issue("Same", middle, ca=True, **period)
    leaf = issue("Same signer", again, **period)
    made = replace(one, mid=again, leaf=leaf)
    some = [one.lists["root"], *(revocation_list(each, this=NOW - DAY, until=NOW + DAY) for each in (middle, again))]
    token = made.stamp(STAMPED, NOW, Faults(certificates=(leaf, again, middle)))
    return Case(token, pinned(one), tuple(some), "SEAL-135")


def ended_root() -> Case:
    one = plain()
    root = issue("Ended", None, start=NOW - 900 * DAY, end=NOW - DAY, ca=True)
    mid = issue("Ended mid", root, start=NOW - 300 * DAY, end=NOW + 300 * DAY, ca=True)
    leaf = issue("Ended signer", mid, start=NOW - 300 * DAY, end=NOW + 300 * DAY)
    made = replace(one, root=root, mid=mid, leaf=leaf)
    some = tuple(revocation_list(issuer, this=NOW - DAY, until=NOW + DAY) for issuer in (root, mid))
    return Case(made.stamp(STAMPED, NOW), pinned(made), some, "SEAL-135", openssl=False)


def hint_as_anchor() -> Case:
    one, stranger = plain(), other()
    trusted = Authority("anna", "Anna Ltd", stranger.root.der, intermediates=(one.mid.der, one.root.der))
    return Case(one.stamp(STAMPED, NOW), trusted, lists(one), "SEAL-135")


def hinted(certificates: tuple[Issued, ...], intermediates: tuple[Issued, ...]) -> Case:
    one = plain()
    trusted = pinned(one, intermediates=tuple(each.der for each in intermediates))
    code = None if intermediates else "SEAL-135"
    return Case(one.stamp(STAMPED, NOW, Faults(certificates=certificates)), trusted, lists(one), code)


def unsigned() -> bytes:
    """A granted response with a token of plain data."""
    data = cms.ContentInfo({"content_type": "data", "content": b"x"})
    return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": data}).dump()  # type: ignore[no-any-return]


def issuer_serial(leaf: Issued, *, serial: int | None = None, issuer: Issued | None = None) -> dict[str, object]:
    """The further members of an ESSCertID that name the certificate's issuer and serial number."""
    parsed = asn1_x509.Certificate.load(leaf.der)
    name = parsed.issuer if issuer is None else asn1_x509.Certificate.load(issuer.der).subject
    names = [asn1_x509.GeneralName("directory_name", name)]
    return {"issuer_serial": {"issuer": names, "serial_number": serial or parsed.serial_number}}


def in_parts(code: str | None, part: str | None = None, *, named: bool = True) -> Case:
    """With a list of the one part `part` of what the intermediate publishes; `named` says that the signer's
    certificate names its part by an address."""
    if named:
        one = make_authority("Parted", NOW, address="http://127.0.0.1:9")
    else:
        relative = x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.COMMON_NAME, "Part")])
        points = x509.CRLDistributionPoints([x509.DistributionPoint(None, relative, None, None)])
        one = make_authority("Parted", NOW, more=(points,))
    names = [x509.UniformResourceIdentifier(f"http://127.0.0.1:9/{part}.crl")]
    period = {"this": NOW - DAY, "until": NOW + DAY}
    of_part = revocation_list(one.mid, extensions=((scope(full_name=names), True),), **period)  # type: ignore[arg-type]
    return listed(code, one.lists["root"], of_part, one=one)


def of_rsa(code: str | None, *, certificate: str = "sha256", listed: str = "sha256") -> Case:
    """With an intermediate whose key is of RSA, and what it signs with these digests."""
    one = make_authority("Middle", NOW)
    period: dict[str, Any] = {"start": NOW - 300 * DAY, "end": NOW + 3000 * DAY}
    middle = issue("RSA", one.root, ca=True, key=rsa.generate_private_key(65537, 2048), **period)
    made = replace(one, mid=middle, leaf=issue("Signer", middle, digest=certificate, **period))
    of_middle = revocation_list(middle, this=NOW - DAY, until=NOW + DAY, digest=listed)
    return Case(made.stamp(STAMPED, NOW), pinned(one), (one.lists["root"], of_middle), code)


def signer_without_crl_sign() -> Case:
    case = with_mid("SEAL-138", mid_properties={"crl_sign": False})
    return replace(case, openssl=True)


def damaged(change: Callable[[bytes], bytes]) -> Case:
    case = faulty("SEAL-130")
    return replace(case, token=change(case.token))


HOLD: dict[str, Callable[[], Case]] = {
    "plain": lambda: faulty(None, openssl=True),
    "a key for commitments": lambda: made(None, key_usage="content_commitment", openssl=True),
    "a key for anything": lambda: made(None, key_usage=None, openssl=True),
    "certificates not in order": lambda: faulty(None, unsorted=True, openssl=True),
    "ESSCertID of version 1": lambda: faulty(None, ess=("v1",), openssl=True),
    "ESSCertID of both versions": lambda: faulty(None, ess=("v1", "v2"), openssl=True),
    "SHA-256 imprint": lambda: faulty(None, imprint_hash="sha256", openssl=True),
    "SHA-384 imprint": lambda: faulty(None, imprint_hash="sha384", openssl=True),
    "SHA3-256 imprint": lambda: faulty(None, imprint_hash="sha3_256"),
    "SHA-512 signature": lambda: faulty(None, signature_hash="sha512", openssl=True),
    "accuracy of a day": lambda: faulty(None, accuracy=86400, openssl=True),
    "ESSCertID with its issuer": lambda: faulty(None, ess_more=issuer_serial(plain().leaf), openssl=True),
    "sixteen certificates": lambda: faulty(
        None, certificates=(plain().leaf, plain().mid, *(many(number) for number in range(14)))
    ),
    "without accuracy": lambda: faulty(None, accuracy=None, openssl=True),
    "intermediate from the trust": lambda: hinted((plain().leaf,), (plain().mid,)),
    "policy pinned": lambda: replace(faulty(None), authority=pinned(plain(), policies=(POLICY,))),
    "distrusted later": lambda: replace(faulty(None), authority=pinned(plain(), distrusted=NOW + DAY)),
    "a signer without a name": lambda: nameless(None, with_lists=True),
    "four levels": lambda: deep(3),
    "superseded later": lambda: revoked(None, DAY, Reason.superseded),
    "superseded later, invalid later": lambda: revoked(None, 2 * DAY, Reason.superseded, invalid=DAY),
    "cessation later": lambda: revoked(None, DAY, Reason.cessation_of_operation),
    "affiliation changed later": lambda: revoked(None, DAY, Reason.affiliation_changed),
    "unspecified later": lambda: revoked(None, DAY, Reason.unspecified),
    "list from before, in force": lambda: listed(None, plain().lists["root"], of_mid(this=-DAY, until=timedelta())),
    "list from after": lambda: listed(None, plain().lists["root"], of_mid(this=40 * DAY, until=41 * DAY)),
    "list for user certificates": lambda: listed(
        None, plain().lists["root"], of_mid(extension=scope(only_contains_user_certs=True))
    ),
    "list for CA certificates, of the root": lambda: listed(
        None, of_mid(), of_mid(issuer=plain().root, extension=scope(only_contains_ca_certs=True))
    ),
    "list of its own part": lambda: in_parts(None, "mid"),
    "list with an unknown extension": lambda: listed(
        None,
        plain().lists["root"],
        of_mid(extension=x509.UnrecognizedExtension(UNKNOWN, b"\x05\x00"), critical=False),
    ),
    "list with a critical name of its issuer's key": lambda: listed(
        None,
        plain().lists["root"],
        of_mid(extension=x509.AuthorityKeyIdentifier.from_issuer_public_key(plain().mid.key.public_key())),
    ),
    "list without an end, from its time": lambda: listed(
        None, plain().lists["root"], of_mid(this=timedelta(), endless=True)
    ),
    "an RSA key": lambda: of_rsa(None),
    "no list, and none required": lambda: listed(None, required=False),
    "a list that cannot be read, and none required": lambda: listed(None, b"0", required=False),
    "twenty years later": lambda: replace(faulty(None), at=NOW + 7300 * DAY),
    "at the end of all times": lambda: replace(faulty(None), at=datetime.max.replace(tzinfo=UTC)),
    "five minutes ahead": lambda: replace(faulty(None), at=NOW - timedelta(minutes=5)),
}

REFUSED: dict[str, Callable[[], Case]] = {
    "trailing bytes": lambda: faulty("SEAL-130", trailing=b"\0"),
    "empty": lambda: damaged(lambda _: b""),
    "cut": lambda: damaged(lambda token: token[:-1]),
    "text": lambda: damaged(lambda _: b"<html>busy</html>"),
    "too long": lambda: faulty("SEAL-130", words="x" * (1 << 20)),
    "indefinite length": lambda: replace(
        damaged(lambda token: b"\x30\x80" + token[4:] + b"\0\0"), code="SEAL-130"
    ),
    "accuracy of centuries": lambda: faulty("SEAL-130", accuracy=10**12),
    "negative accuracy": lambda: faulty("SEAL-130", accuracy=-5),
    "not signed data": lambda: replace(faulty("SEAL-130"), token=unsigned()),
    "another kind of content": lambda: faulty("SEAL-130", encapsulated="data", openssl=False),
    "another kind of content in what is signed": lambda: faulty("SEAL-130", content_type="data"),
    "another version": lambda: faulty("SEAL-130", version="v2"),
    "a time without a zone": lambda: faulty("SEAL-130", time_text="20260601120000"),
    "a time in the year 0": lambda: faulty("SEAL-130", time_text="00000101000000Z"),
    "accuracy of more than a day": lambda: faulty("SEAL-130", accuracy=86401, openssl=True),
    "a certificate of another kind": lambda: faulty("SEAL-130", other_certificate=True),
    "an attribute twice": lambda: faulty("SEAL-130", twice=True),
    "seventeen certificates": lambda: faulty(
        "SEAL-130", certificates=(plain().leaf, *(many(number) for number in range(16)))
    ),
    "granted with modifications": lambda: faulty("SEAL-131", status=1),
    "rejected": lambda: faulty("SEAL-131", status=2, words="busy", without_token=True, openssl=False),
    "rejected with a token": lambda: faulty("SEAL-131", status=2, openssl=False),
    "granted without a token": lambda: faulty("SEAL-131", without_token=True, openssl=False),
    "SHA-1 imprint": lambda: faulty("SEAL-132", imprint_hash="sha1"),
    "SHA-224 imprint": lambda: faulty("SEAL-132", imprint_hash="sha224"),
    "SHA-1 signature": lambda: faulty("SEAL-132", signature_hash="sha1"),
    "other imprint": lambda: faulty("SEAL-133", other_imprint=True, openssl=False),
    "broken signature": lambda: faulty("SEAL-133", broken_signature=True, openssl=False),
    "no ESSCertID": lambda: faulty("SEAL-134", ess=(), openssl=False),
    "ESSCertID that names no certificate": lambda: faulty("SEAL-134", ess_count=0),
    "ESSCertID with another serial number": lambda: faulty(
        "SEAL-134", ess_more=issuer_serial(plain().leaf, serial=7), openssl=False
    ),
    "ESSCertID with another issuer": lambda: faulty(
        "SEAL-134", ess_more=issuer_serial(plain().leaf, issuer=other().mid), openssl=False
    ),
    "ESSCertID by a weak digest": lambda: faulty(
        "SEAL-134", ess_more={"hash_algorithm": {"algorithm": "md5"}, "cert_hash": bytes(16)}
    ),
    "signer named by its key": lambda: faulty("SEAL-134", key_identifier=True),
    "signer's certificate twice": lambda: faulty("SEAL-134", certificates=(plain().leaf, plain().leaf, plain().mid)),
    "ESSCertID of another": lambda: faulty("SEAL-134", ess_of=other().leaf, openssl=False),
    "no certificate": lambda: faulty("SEAL-134", certificates=(), openssl=False),
    "certificate of another": lambda: faulty("SEAL-134", certificates=(other().leaf,), openssl=False),
    "two signers": lambda: faulty("SEAL-134", signers=2, openssl=False),
    "a CA signs": lambda: made("SEAL-134", ca=True, usages=()),
    "wrong usage": lambda: made("SEAL-135", usages=(ExtendedKeyUsageOID.CODE_SIGNING,), openssl=False),
    "usage with others": lambda: made(
        "SEAL-135", usages=(ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING), openssl=False
    ),
    "usage not critical": lambda: made("SEAL-135", critical_usage=False, openssl=False),
    "no usage": lambda: made("SEAL-135", usages=(), openssl=False),
    "ended before": lambda: made("SEAL-135", end=NOW - DAY, openssl=False),
    "begins later": lambda: made("SEAL-135", start=NOW + DAY, end=NOW + 2 * DAY, openssl=False),
    "unknown critical extension": lambda: made("SEAL-135", unknown_critical=True, openssl=False),
    "a key that is not for signatures": lambda: made("SEAL-135", key_usage="key_agreement", openssl=False),
    "SHA-1 certificate of an RSA key": lambda: of_rsa("SEAL-135", certificate="sha1"),
    "SHA-1 certificate": lambda: made("SEAL-135", digest="sha1"),
    "another root": lambda: replace(faulty("SEAL-135"), authority=pinned(other())),
    "hint as anchor": hint_as_anchor,
    "no intermediate": lambda: hinted((plain().leaf,), ()),
    "pinned signer": self_signed_leaf,
    "ended root": ended_root,
    "self-issued intermediate": self_issued_intermediate,
    "intermediate may not sign": lambda: with_mid("SEAL-135", mid_properties={"key_cert_sign": False}),
    "intermediate is no CA": lambda: with_mid("SEAL-135", mid_properties={"ca": False, "usages": ()}),
    "intermediate is no CA, with a key for certificates": lambda: with_mid(
        "SEAL-135", mid_properties={"ca": False, "usages": (), "key_usage": "key_cert_sign"}
    ),
    "intermediate ended": lambda: with_mid("SEAL-135", mid_properties={"end": NOW - DAY}),
    "five levels": lambda: deep(4),
    "policy not pinned": lambda: replace(faulty("SEAL-136"), authority=pinned(plain(), policies=("1.2.3",))),
    "distrusted": lambda: replace(faulty("SEAL-136"), authority=pinned(plain(), distrusted=NOW)),
    "revoked before": lambda: revoked("SEAL-137", -DAY, Reason.superseded),
    "revoked at its time": lambda: revoked("SEAL-137", timedelta(), Reason.superseded),
    "key compromise later": lambda: revoked("SEAL-137", DAY, Reason.key_compromise),
    "CA compromise later": lambda: revoked("SEAL-137", DAY, Reason.ca_compromise),
    "no reason later": lambda: revoked("SEAL-137", DAY, None),
    "on hold later": lambda: revoked("SEAL-137", DAY, Reason.certificate_hold),
    "intermediate revoked before": lambda: revoked("SEAL-137", -DAY, Reason.superseded, of_mid=True),
    "revoked within its accuracy": lambda: revoked("SEAL-137", timedelta(seconds=1), Reason.superseded),
    "invalid within its accuracy": lambda: revoked(
        "SEAL-137", DAY, Reason.superseded, invalid=timedelta(seconds=1)
    ),
    "invalid before": lambda: revoked("SEAL-137", DAY, Reason.superseded, invalid=-DAY),
    "no list": lambda: listed("SEAL-138"),
    "list in another name": lambda: listed(
        "SEAL-138", plain().lists["root"], of_mid(issuer=Issued(other().mid.certificate, plain().mid.key))
    ),
    "delta list, not critical": lambda: listed(
        "SEAL-138", plain().lists["root"], of_mid(extension=x509.DeltaCRLIndicator(1), critical=False)
    ),
    "list with an unknown critical extension": lambda: listed(
        "SEAL-138",
        plain().lists["root"],
        of_mid(extension=x509.UnrecognizedExtension(UNKNOWN, b"\x05\x00")),
    ),
    "list for user certificates, of the root": lambda: listed(
        "SEAL-138", of_mid(), of_mid(issuer=plain().root, extension=scope(only_contains_user_certs=True))
    ),
    "no list for a signer without a name": lambda: nameless("SEAL-138", with_lists=False),
    "no list of the root": lambda: listed("SEAL-138", of_mid()),
    "no list of the intermediate": lambda: listed("SEAL-138", plain().lists["root"]),
    "list ended before": lambda: listed("SEAL-138", plain().lists["root"], of_mid(this=-9 * DAY, until=-DAY)),
    "stored list ended before, none required": lambda: listed(
        "SEAL-138", plain().lists["root"], of_mid(this=-9 * DAY, until=-DAY), required=False
    ),
    "list from after the certificate's end": lambda: listed(
        "SEAL-138", plain().lists["root"], of_mid(this=1100 * DAY, until=1130 * DAY)
    ),
    "delta list": lambda: listed("SEAL-138", plain().lists["root"], of_mid(extension=x509.DeltaCRLIndicator(1))),
    "indirect list": lambda: listed("SEAL-138", plain().lists["root"], of_mid(extension=scope(indirect_crl=True))),
    "list for some reasons": lambda: listed(
        "SEAL-138", plain().lists["root"], of_mid(extension=scope(only_some_reasons=frozenset({Reason.superseded})))
    ),
    "list for CA certificates": lambda: listed(
        "SEAL-138", plain().lists["root"], of_mid(extension=scope(only_contains_ca_certs=True))
    ),
    "list of another part": lambda: listed(
        "SEAL-138",
        plain().lists["root"],
        of_mid(extension=scope(full_name=[x509.UniformResourceIdentifier("http://127.0.0.1/other.crl")])),
    ),
    "list of a part that its certificate does not name by an address": lambda: in_parts("SEAL-138", "mid", named=False),
    "list of a part in another form": lambda: listed(
        "SEAL-138", plain().lists["root"],
        of_mid(extension=scope(relative_name=x509.RelativeDistinguishedName([
            x509.NameAttribute(NameOID.COMMON_NAME, "Part")
        ]))),
    ),
    "list without an end, from before": lambda: listed(
        "SEAL-138", plain().lists["root"], of_mid(this=-timedelta(seconds=1), endless=True)
    ),
    "SHA-1 list of an RSA key": lambda: of_rsa("SEAL-138", listed="sha1"),
    "list from the certificate's end": lambda: listed(
        "SEAL-138", plain().lists["root"], of_mid(this=END_OF_LEAF - NOW, until=END_OF_LEAF - NOW + DAY)
    ),
    "list of another issuer": lambda: listed("SEAL-138", plain().lists["root"], other().lists["mid"]),
    "forged list": lambda: listed("SEAL-138", plain().lists["root"], of_mid(key_of=other().mid)),
    "SHA-1 list": lambda: listed("SEAL-138", plain().lists["root"], of_mid(digest="sha1")),
    "list in pieces": lambda: listed("SEAL-138", plain().lists["root"], of_mid()[:-3]),
    "issuer may not sign lists": signer_without_crl_sign,
    "ahead of the clock": lambda: replace(faulty("SEAL-139"), at=NOW - timedelta(minutes=5, seconds=1)),
}  # fmt: skip


@cache
def many(number: int) -> Issued:
    return issue(f"Many {number}", None, start=NOW - DAY, end=NOW + DAY)


def judged(case: Case) -> StampVerdict:
    return judge_stamp("1.tsr", case.token, STAMPED, (case.authority,), case.lists, at=case.at, required=case.required)


@pytest.mark.parametrize("name", HOLD)
def test_what_holds(name: str) -> None:
    verdict = judged(HOLD[name]())
    assert (verdict.fault, verdict.detail) == (None, "")
    assert (verdict.authority, verdict.operator, verdict.time) == ("anna", "Anna Ltd", NOW)


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_hold(name: str) -> None:
    case = REFUSED[name]()
    verdict = judged(case)
    assert verdict.fault is not None
    assert verdict.fault.value == case.code, verdict.detail
    assert not verdict.holds


@pytest.mark.parametrize("name", [*HOLD, *REFUSED])
def test_openssl_agrees(name: str, tmp_path: Path) -> None:
    """Where it has the same rule; at the time of the stamp, for it has no other clock."""
    case = {**HOLD, **REFUSED}[name]()
    if case.openssl is None:
        return
    assert verified_by_openssl(case, tmp_path) is case.openssl


def verified_by_openssl(case: Case, folder: Path) -> bool:
    root = x509.load_der_x509_certificate(case.authority.root)
    from cryptography.hazmat.primitives.serialization import Encoding

    (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (folder / "1.tsr").write_bytes(case.token)
    (folder / "stamped").write_bytes(STAMPED)
    command = [need("openssl"), "ts", "-verify", "-data", "stamped", "-in", "1.tsr", "-CAfile", "root.pem"]
    command += ["-attime", str(int(NOW.timestamp()))]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False)
    return done.returncode == 0 and b"Verification: OK" in done.stdout


def test_what_a_verdict_says() -> None:
    one = plain()
    verdict = judged(faulty(None))
    assert verdict.accuracy == timedelta(seconds=1)
    fine = judged(faulty(None, accuracy={"seconds": 2, "millis": 30, "micros": 4}))
    assert fine.accuracy == timedelta(seconds=2, milliseconds=30, microseconds=4)
    assert verdict.policy == POLICY
    assert verdict.not_after == one.leaf.certificate.not_valid_after_utc
    assert verdict.revocation is Revocation.GOOD
    assert verdict.hashes[:2] == ("sha512", "sha256")
    assert judged(revoked(None, DAY, Reason.superseded)).revocation is Revocation.LATER
    later = revoked(None, DAY, Reason.superseded)
    older = replace(later, lists=(*later.lists, of_mid(until=9 * DAY)))
    assert judged(older).revocation is Revocation.LATER, "whatever the list of before says"
    assert judged(listed(None, required=False)).revocation is Revocation.UNKNOWN


def test_the_first_authority_for_which_all_holds_counts() -> None:
    """Two of one root: the policy of the second is the token's."""
    one = plain()
    first, second = pinned(one, policies=("1.2.3",)), replace(pinned(one), name="berta")
    verdict = judge_stamp("1.tsr", one.stamp(STAMPED, NOW), STAMPED, (first, second), lists(one), at=NOW)
    assert verdict.authority == "berta"
    second = replace(second, distrusted=NOW)
    for pair, words in (((first, second), "1.3.6.1.4.1"), ((second, first), "not trusted any more")):
        verdict = judge_stamp("1.tsr", one.stamp(STAMPED, NOW), STAMPED, pair, lists(one), at=NOW)
        assert words in verdict.detail


def test_any_bit_of_a_token_that_is_turned_is_seen_or_changes_nothing() -> None:
    """No turned bit makes another time, and none crashes; some bits (of the certificates' order) mean nothing."""
    case = faulty(None)
    for place in range(0, len(case.token), 7):
        content = bytearray(case.token)
        content[place] ^= 1 << (place % 8)
        verdict = judged(replace(case, token=bytes(content)))
        assert not verdict.holds or verdict.time == NOW


def test_hostile_bytes_are_refused_in_words() -> None:
    """Bytes of tokens and lists that are changed, left out and put in never raise, and never make another time."""
    case, draw = faulty(None), random.Random(11)
    for number in range(400):
        token, some = case.token, list(case.lists)
        if number % 2:
            token = torn(token, draw)
        else:
            some = [torn(one, draw) for one in some]
        verdict = judged(replace(case, token=token, lists=tuple(some)))
        assert not verdict.holds or verdict.time == NOW


def torn(content: bytes, draw: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(draw.choice([1, 1, 2, 3, 8])):
        place, way = draw.randrange(len(changed)), draw.random()
        if way < 0.8:
            changed[place] = draw.randrange(256)
        elif way < 0.9:
            del changed[place]
        else:
            changed.insert(place, draw.randrange(256))
    return bytes(changed)


@pytest.mark.parametrize("version", [b"\x02\x01\x00", b"\x02\x01\x05"])
def test_a_list_of_an_unknown_version_is_no_list(version: bytes) -> None:
    """cryptography raises a kind of error of its own for it."""
    case = faulty(None)
    some = tuple(one.replace(b"\x02\x01\x01", version, 1) for one in case.lists)
    verdict = judged(replace(case, lists=some))
    assert verdict.fault is StampFault.NO_LIST


def test_a_token_is_what_openssl_calls_one(tmp_path: Path) -> None:
    (tmp_path / "1.tsr").write_bytes(faulty(None).token)
    command = [need("openssl"), "ts", "-reply", "-in", "1.tsr", "-text"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    assert "Status: Granted." in done.stdout
