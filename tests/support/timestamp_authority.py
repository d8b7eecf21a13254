"""Timestamp authorities of our own making: root, intermediate, leaf, revocation lists and tokens with any fault."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import threading
import time as clock
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.support.http_stand_in import StandInHandler, serve

DER = serialization.Encoding.DER
PEM = serialization.Encoding.PEM
POLICY = "1.3.6.1.4.1.99999.1.1"
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
_serials = itertools.count(1000)
_KEY_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip
_HASHES: dict[str, Any] = {
    "sha1": hashes.SHA1, "sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512,
    "sha3_256": hashes.SHA3_256, "sha224": hashes.SHA224,
}  # fmt: skip


@dataclass(frozen=True)
class Issued:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(PEM)

    @property
    def name(self) -> x509.Name:
        return self.certificate.subject


@cache
def _spare_key(number: int) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def issue(
    name: str,
    issuer: Issued | None,
    *,
    start: datetime,
    end: datetime,
    ca: bool = False,
    path_length: int | None = None,
    usages: tuple[x509.ObjectIdentifier, ...] = (ExtendedKeyUsageOID.TIME_STAMPING,),
    critical_usage: bool = True,
    key_cert_sign: bool = True,
    crl_sign: bool = True,
    crl_url: str | None = None,
    digest: str = "sha256",
    unknown_critical: bool = False,
    more: tuple[x509.ExtensionType, ...] = (),
    key_usage: str | None = "digital_signature",
    key: Key | None = None,
) -> Issued:
    """A certificate: of a CA with `ca`, else of a signer with the extended `usages` and the one `key_usage`."""
    own = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)] if name else [])
    signer = issuer or Issued(None, own)  # type: ignore[arg-type]
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.name if issuer else subject)
        .public_key(own.public_key())
        .serial_number(next(_serials))
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key()), critical=False)
        .add_extension(x509.BasicConstraints(ca, path_length if ca else None), critical=True)
    )
    names = {"key_cert_sign": key_cert_sign, "crl_sign": crl_sign} if ca else {key_usage: True}
    every = dict.fromkeys(_KEY_USAGES, False)
    if ca or key_usage:
        builder = builder.add_extension(x509.KeyUsage(**every | names), critical=True)
    if usages and not ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=critical_usage)
    if crl_url:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(crl_url)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    for extension in more:
        builder = builder.add_extension(extension, critical=False)
    if unknown_critical:
        odd = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.9"), b"\x05\x00")
        builder = builder.add_extension(odd, critical=True)
    certificate = builder.sign(signer.key, hashes.SHA256())
    if digest == "sha1":
        content = _signed_anew(certificate.public_bytes(DER), signer.key, digest, list_=False)
        certificate = x509.load_der_x509_certificate(content)
    return Issued(certificate, own)


def _signed_anew(content: bytes, key: Key, digest: str, *, list_: bool, endless: bool = False) -> bytes:
    """The certificate or list, signed with a digest that cryptography does not sign with; `endless` without its end."""
    whole = (asn1_crl.CertificateList if list_ else asn1_x509.Certificate).load(content)
    inner = whole["tbs_cert_list" if list_ else "tbs_certificate"]
    algorithm = {"algorithm": f"{digest}_rsa" if isinstance(key, rsa.RSAPrivateKey) else f"{digest}_ecdsa"}
    inner["signature"] = algorithm
    whole["signature_algorithm"] = algorithm
    if endless:
        inner["next_update"] = None
    signed = inner.dump(force=True)
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(signed, padding.PKCS1v15(), _HASHES[digest]())
    else:
        signature = key.sign(signed, ec.ECDSA(_HASHES[digest]()))
    whole["signature" if list_ else "signature_value"] = signature
    made: bytes = whole.dump(force=True)
    return made


def revocation_list(
    issuer: Issued,
    revoked: tuple[tuple[Issued, datetime, x509.ReasonFlags | None], ...] = (),
    *,
    this: datetime,
    until: datetime,
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (),
    key: Key | None = None,
    digest: str = "sha256",
    invalid: datetime | None = None,
    endless: bool = False,
) -> bytes:
    """A revocation list (DER) in the name of `issuer`; `key` forges it, `invalid` is the date in each entry.

    With `endless` it does not say when the next is due.
    """
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.name)
        .last_update(this)
        .next_update(until)
        .add_extension(x509.CRLNumber(next(_serials)), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    for one, when, reason in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number).revocation_date(when)
        if reason is not None:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        if invalid is not None:
            entry = entry.add_extension(x509.InvalidityDate(invalid), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    content = builder.sign(key or issuer.key, hashes.SHA256()).public_bytes(DER)
    if digest == "sha1" or endless:
        content = _signed_anew(content, key or issuer.key, digest, list_=True, endless=endless)
    return content


@dataclass(frozen=True)
class Faults:
    """What is unusual in a token; by default nothing is."""

    status: int = 0
    words: str = ""
    without_token: bool = False
    imprint_hash: str = ""
    other_imprint: bool = False
    nonce: int | None = None
    ess: tuple[str, ...] = ("v2",)
    ess_of: Issued | None = None
    signature_hash: str = "sha256"
    algorithm_hash: str = ""
    broken_signature: bool = False
    signers: int = 1
    certificates: tuple[Issued, ...] | None = None
    unsorted: bool = False
    trailing: bytes = b""
    shift: timedelta = timedelta(0)
    accuracy: int | dict[str, int] | None = 1
    policy: str = POLICY
    content_type: str = "tst_info"
    encapsulated: str = "tst_info"
    version: str = "v1"
    time_text: str = ""
    """The time as it is written in the token, such as one without a zone."""
    other_certificate: bool = False
    twice: bool = False
    """The attribute that names the certificate is there twice."""
    key_identifier: bool = False
    """The signer is named by the identifier of its key."""
    ess_more: dict[str, Any] = field(default_factory=dict)
    """Further members of the ESSCertID of version 2."""
    ess_count: int = 1


@dataclass(frozen=True)
class TestAuthority:
    """A root, an intermediate and a signer. `lists` gives what is published, by `root` and `mid`."""

    __test__ = False

    root: Issued
    mid: Issued
    leaf: Issued
    lists: dict[str, bytes] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)

    def stamp(self, stamped: bytes, time: datetime, faults: Faults | None = None) -> bytes:
        """A TimeStampResp (DER) over `stamped`, without a nonce unless `faults` has one."""
        faults = faults or self.faults
        algorithm = faults.imprint_hash or "sha512"
        return self._respond(algorithm, hashlib.new(algorithm, stamped).digest(), faults.nonce, time, faults)

    def answer(self, request: bytes, time: datetime) -> bytes:
        """The answer (DER) to a TimeStampReq (DER)."""
        asked = tsp.TimeStampReq.load(request, strict=True)
        imprint, faults = asked["message_imprint"], self.faults
        nonce = faults.nonce if faults.nonce is not None else asked["nonce"].native
        assert asked["cert_req"].native, "a request must ask for the certificates"
        return self._respond(
            imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native, nonce, time, faults
        )

    def _respond(self, algorithm: str, imprint: bytes, nonce: int | None, time: datetime, faults: Faults) -> bytes:
        status: dict[str, Any] = {"status": faults.status}
        if faults.words:
            status["status_string"] = [faults.words]
        if faults.without_token:
            return core.Sequence.load(_sequence(tsp.PKIStatusInfo(status).dump())).dump() + faults.trailing
        if faults.other_imprint:
            imprint = hashlib.new(algorithm, b"other bytes").digest()
        facts: dict[str, Any] = {
            "version": faults.version,
            "policy": faults.policy,
            "message_imprint": {"hash_algorithm": {"algorithm": algorithm}, "hashed_message": imprint},
            "serial_number": next(_serials),
            "gen_time": (time + faults.shift).replace(microsecond=0),
        }
        if faults.time_text:
            facts["gen_time"] = core.GeneralizedTime(contents=faults.time_text.encode("ascii"))
        if faults.accuracy is not None:
            facts["accuracy"] = faults.accuracy if isinstance(faults.accuracy, dict) else {"seconds": faults.accuracy}
        if nonce is not None:
            facts["nonce"] = nonce
        token = self._sign(tsp.TSTInfo(facts).dump(), time + faults.shift, faults)
        return _sequence(tsp.PKIStatusInfo(status).dump() + token) + faults.trailing

    def _sign(self, content: bytes, time: datetime, faults: Faults) -> bytes:
        attributes = [
            {"type": "content_type", "values": [faults.content_type]},
            {"type": "message_digest", "values": [hashlib.new(faults.signature_hash, content).digest()]},
            {"type": "signing_time", "values": [cms.Time({"utc_time": time.replace(microsecond=0)})]},
        ]
        named = (faults.ess_of or self.leaf).der
        if "v1" in faults.ess:
            one = {"cert_hash": hashlib.sha1(named).digest()}
            attributes.append({"type": "signing_certificate", "values": [{"certs": [one]}]})
        if "v2" in faults.ess:
            two = {"hash_algorithm": {"algorithm": "sha256"}, "cert_hash": hashlib.sha256(named).digest()}
            values = [{"certs": [{**two, **faults.ess_more}] * faults.ess_count}]
            attributes += [{"type": "signing_certificate_v2", "values": values}] * (2 if faults.twice else 1)
        signed = cms.CMSAttributes(attributes)
        signed_bytes = _set(sorted(one.dump() for one in signed))
        signature = self.leaf.key.sign(signed_bytes, ec.ECDSA(_HASHES[faults.signature_hash]()))
        if faults.broken_signature:
            signature = self.leaf.key.sign(signed_bytes + b"x", ec.ECDSA(_HASHES[faults.signature_hash]()))
        parsed = asn1_x509.Certificate.load(self.leaf.der)
        named_signer: dict[str, Any] = {
            "issuer_and_serial_number": {"issuer": parsed.issuer, "serial_number": parsed.serial_number},
        }
        if faults.key_identifier:
            named_signer = {"subject_key_identifier": parsed.key_identifier}
        signer = {
            "version": "v1",
            "sid": named_signer,
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": faults.signature_hash}),
            "signed_attrs": cms.CMSAttributes.load(signed_bytes),
            "signature_algorithm": {"algorithm": f"{faults.algorithm_hash or faults.signature_hash}_ecdsa"},
            "signature": signature,
        }
        included = [self.leaf, self.mid] if faults.certificates is None else list(faults.certificates)
        ordered = sorted((one.der for one in included), reverse=faults.unsorted)
        choices = [cms.CertificateChoices("certificate", asn1_x509.Certificate.load(one)) for one in ordered]
        if faults.other_certificate:
            other = cms.OtherCertificateFormat({"other_cert_format": "1.2.3", "other_cert": core.Null()})
            choices.append(cms.CertificateChoices("other", other))
        data = cms.SignedData({
            "version": "v3",
            "digest_algorithms": [{"algorithm": faults.signature_hash}],
            "encap_content_info": {
                "content_type": faults.encapsulated,
                "content": core.ParsableOctetString(content),
            },
            "certificates": choices,
            "signer_infos": [signer] * faults.signers,
        })  # fmt: skip
        return cms.ContentInfo({"content_type": "signed_data", "content": data}).dump()


def _length(content: bytes) -> bytes:
    if len(content) < 128:
        return bytes([len(content)])
    size = (len(content).bit_length() + 7) // 8
    return bytes([0x80 | size]) + len(content).to_bytes(size, "big")


def _sequence(content: bytes) -> bytes:
    return b"\x30" + _length(content) + content


def _set(parts: list[bytes]) -> bytes:
    return b"\x31" + _length(b"".join(parts)) + b"".join(parts)


def make_authority(
    name: str,
    now: datetime,
    *,
    address: str = "",
    faults: Faults | None = None,
    leaf_end: timedelta = timedelta(days=365 * 3),
    **leaf: Any,
) -> TestAuthority:
    """An authority that began a year before `now`, with lists of `now`; `leaf` is what its signer has."""
    start, end = now - timedelta(days=365), now + timedelta(days=365 * 12)
    root = issue(f"{name} root", None, start=start, end=end, ca=True)
    mid = issue(
        f"{name} mid", root, start=start, end=now + timedelta(days=365 * 8), ca=True, path_length=0,
        crl_url=f"{address}/root.crl" if address else None,
    )  # fmt: skip
    properties: dict[str, Any] = {"start": start, "end": now + leaf_end, **leaf}
    signer = issue(f"{name} signer", mid, crl_url=f"{address}/mid.crl" if address else None, **properties)
    authority = TestAuthority(root, mid, signer, faults=faults or Faults())
    authority.lists.update(fresh_lists(authority, now))
    return authority


def fresh_lists(authority: TestAuthority, now: datetime, *, days: int = 30) -> dict[str, bytes]:
    """Lists without an entry, issued an hour before `now`."""
    period = {"this": now - timedelta(hours=1), "until": now + timedelta(days=days)}
    return {"root": revocation_list(authority.root, **period), "mid": revocation_list(authority.mid, **period)}  # type: ignore[arg-type]


@dataclass
class Behaviour:
    """How a running authority behaves; a test may change it while it runs."""

    authority: TestAuthority | None = None
    delay: float = 0.0
    silent: bool = False
    drip: bool = False
    huge: bool = False
    status: int = 200
    failures: int = 0
    body: bytes | None = None
    now: timedelta = timedelta(0)
    meeting: threading.Barrier | None = None
    """Where given, each request waits there for others before it is answered."""
    requests: list[bytes] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Running:
    """An authority that answers at `url`, and publishes its lists at `/root.crl` and `/mid.crl` of the same port."""

    url: str
    behaviour: Behaviour

    @property
    def authority(self) -> TestAuthority:
        assert self.behaviour.authority is not None
        return self.behaviour.authority

    def change(self, faults: Faults) -> None:
        self.behaviour.authority = replace(self.authority, faults=faults)


@contextlib.contextmanager
def run_authority(name: str, *, now: datetime | None = None, **properties: Any) -> Iterator[Running]:
    """Run an authority on the loopback interface; `properties` are those of `make_authority`."""
    behaviour = Behaviour()

    class Handler(StandInHandler):
        def do_POST(self) -> None:
            request = self.read_body()
            behaviour.requests.append(request)
            if self._misbehave():
                return
            if behaviour.meeting is not None:
                behaviour.meeting.wait()
            assert behaviour.authority is not None
            body = behaviour.body
            if body is None:
                body = behaviour.authority.answer(request, datetime.now(UTC) + behaviour.now)
            self.answer(behaviour.status, body, Content_Type="application/timestamp-reply")

        def do_GET(self) -> None:
            behaviour.fetched.append(self.path)
            assert behaviour.authority is not None
            found = behaviour.authority.lists.get(self.path.strip("/").removesuffix(".crl"))
            self.answer(404 if found is None else 200, found or b"", Content_Type="application/pkix-crl")

        def _misbehave(self) -> bool:
            if behaviour.failures > 0:
                behaviour.failures -= 1
                self.answer(503, b"later")
                return True
            if behaviour.silent:
                behaviour.stopping.wait(60)
                self.hang_up()
                return True
            if behaviour.drip:
                with contextlib.suppress(OSError):
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                    while not behaviour.stopping.wait(0.2):
                        self.wfile.write(b"x")
                        self.wfile.flush()
                self.hang_up()
                return True
            if behaviour.huge:
                with contextlib.suppress(OSError):
                    self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                    for _ in range(1 << 14):
                        self.wfile.write(b"0" * (1 << 14))
                self.hang_up()
                return True
            clock.sleep(behaviour.delay)
            return False

    with serve(Handler) as port:
        address = f"http://127.0.0.1:{port}"
        behaviour.authority = make_authority(name, now or datetime.now(UTC), address=address, **properties)
        try:
            yield Running(f"{address}/tsa", behaviour)
        finally:
            behaviour.stopping.set()
