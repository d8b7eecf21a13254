"""`s3://BUCKET/PREFIX`: any S3 store. A bag goes there file by file, or as one zip or tar.

A store knows no rename, so the last object makes the deposit: `bagit.txt`, without which the others are not a bag, or
the packed file, whose parts are put together last. Only that one is put under a condition. What a store says of
checksums is not relied on; it is asked once, with a false one, whether it looks at them at all.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from archive.errors import ExistsError, NotFoundError, UsageError
from archive.model.codes import deposit as codes
from archive.model.deposit import Delivery, Deposited, DepositState, Item, Package
from archive.model.finding import Finding
from archive.storage.hashing import Digests
from archive.storage.objects_s3 import Bucket, ObjectInfo, open_bucket
from archive.storage.remote import RefusedError, TransientError
from archive.targets.protocol import Context, Notes, read_source

OPTIONS = (
    "endpoint", "region", "path_style", "checksum", "seconds", "profile", "form", "part_size", "lock_mode", "lock_days",
    "receiver",
)  # fmt: skip

PART_SIZE = 8 << 20
MAX_PARTS = 10_000
MAX_KEY = 1024


class S3Target:
    """A place in a bucket."""

    needs: tuple[str, ...] = ()
    kind = "s3"
    certain = True

    def __init__(self, bucket: Bucket, form: Delivery, context: Context) -> None:
        self._bucket = bucket
        self._form = form
        self._context = context
        self._conditions = False
        self._top = ""
        prefix = bucket.prefix.strip("/")
        self._prefix = prefix + "/" if prefix else ""

    @property
    def label(self) -> str:
        return self._bucket.label

    @property
    def form(self) -> Delivery:
        return self._form

    def check(self, package: Package) -> list[Finding]:
        next(self._bucket.list_objects(self._prefix), None)
        findings = []
        for item in package.items:
            try:
                if len(self._key(package, item).encode("utf-8")) > MAX_KEY:
                    findings.append(codes.NAME_NOT_STORABLE.at(item.path, reason=f"more than {MAX_KEY} bytes"))
            except UnicodeEncodeError:
                findings.append(codes.NAME_NOT_STORABLE.at(item.path, reason="keys are UTF-8"))
        if self._context.options.get("receiver") == "aptrust" and len(package.items) > 1:
            present = {item.path for item in package.items}
            findings += [
                codes.PROFILE_NOT_MET.at(package.name, found=f"it has no {name}")
                for name in ("manifest-md5.txt", "aptrust-info.txt")
                if name not in present
            ]
        return findings

    def find(self, package: Package, notes: Notes) -> Deposited | None:
        del notes
        if self._form is not Delivery.FILES:
            return self._find_packed(package)
        top = self._place(package)
        if self._bucket.head(f"{top}bagit.txt") is None:
            return None
        sizes = {self._key(package, item): item.size for item in package.items}
        for known in self._bucket.list_objects(top):
            if sizes.pop(known.key, None) != known.size:
                raise ExistsError("something else already exists there", subject=f"{self.label}: {known.key}")
        if sizes:
            return None
        for item in package.items:
            if "/" not in item.path and self._digest(self._key(package, item), item) != item.digests[item.strongest]:
                raise ExistsError(
                    "something else already exists there", subject=f"{self.label}: {self._key(package, item)}"
                )
        return self._deposited(package)

    def _find_packed(self, package: Package) -> Deposited | None:
        key = self._place(package)
        known = self._bucket.head(key)
        if known is None:
            return None
        if len(package.items) == 1:
            (item,) = package.items
            if known.size != item.size or self._digest(key, item) != item.digests[item.strongest]:
                raise ExistsError("something else already exists there", subject=f"{self.label}: {key}")
        return self._deposited(package)

    def begin(self, package: Package, notes: Notes) -> list[Finding]:
        self._top = self._place(package)
        found = notes.get("probe")
        if found is None:
            honours, lies = self._probe()
            found = f"{'conditions' if honours else ''} {'lies' if lies else ''}"
            notes.put("probe", found)
        self._conditions = "conditions" in found
        findings = [] if self._conditions else [codes.IGNORES_CONDITIONS.at(self.label)]
        return [*findings, codes.LIES_ABOUT_CHECKSUMS.at(self.label)] if "lies" in found else findings

    def _probe(self) -> tuple[bool, bool]:
        """Whether the store honours If-None-Match, and whether it takes a false checksum; asked with small objects."""
        key = f"{self._prefix}.muniment-probe-{secrets.token_hex(8)}"
        honours, lies = False, False
        try:
            self._bucket.put(key, b"first", if_absent=True, extra=_content_md5(b"first"))
            try:
                self._bucket.put(key, b"second", if_absent=True, extra=_content_md5(b"second"))
            except ExistsError:
                honours = True
            except RefusedError:
                honours = False
            false = base64.b64encode(hashlib.sha256(b"something else").digest()).decode("ascii")
            try:
                self._bucket.put(key, b"third", extra={"ChecksumSHA256": false})
                lies = True
            except (RefusedError, ExistsError):
                lies = False
            except TransientError as error:
                if "BadDigest" not in error.problem:
                    raise
                lies = False
        except RefusedError:
            return False, False
        finally:
            self._bucket.delete(key)
        return honours, lies

    def send(self, item: Item, notes: Notes) -> None:
        if self._is_last(item):
            if item.size > self._part_size(item):
                self._send_parts(item, notes)
            return
        key = self._key_of(item)
        if item.size > self._part_size(item):
            parts = self._send_parts(item, notes)
            self._bucket.finish_upload(key, notes.get(f"upload {key}") or "", parts)
            notes.put(f"upload {key}", "")
            return
        self._put_whole(item)

    def commit(self, package: Package, notes: Notes) -> Deposited:
        last = next((item for item in package.items if self._is_last(item)), None)
        if last is None:
            raise UsageError("this is not a bag: it has no bagit.txt", subject=package.name)
        key = self._key_of(last)
        if last.size > self._part_size(last):
            upload = notes.get(f"upload {key}") or ""
            parts = [(number, etag) for number, (_, etag) in sorted(self._bucket.list_parts(key, upload).items())]
            self._bucket.finish_upload(key, upload, parts, if_absent=self._conditions)
        else:
            self._put_whole(last, if_absent=self._conditions)
        return self._deposited(package)

    def read(self, deposited: Deposited, item: Item) -> Iterator[bytes]:
        del deposited
        return self._bucket.open_stream(self._key_of(item))

    def poll(self, deposited: Deposited) -> tuple[DepositState, str | None]:
        """Accepted when it is there; where a lock was asked for, only when the store confirms it for every object."""
        mode = self._context.options.get("lock_mode")
        if not mode:
            return DepositState.ACCEPTED, None
        if (self._bucket.lock_configuration() or {}).get("ObjectLockEnabled") != "Enabled":
            return DepositState.REFUSED, "the bucket has no object lock, whatever its objects say"
        earliest = ""
        for known in self._objects_of(deposited.identifier):
            info = self._bucket.head(known.key)
            if info is None or info.lock_mode != mode or info.lock_until is None:
                return DepositState.REFUSED, f"the object lock of {known.key} is not confirmed"
            earliest = min(earliest or info.lock_until, info.lock_until)
        if not earliest or datetime.fromisoformat(earliest) <= self._context.clock.now():
            return DepositState.REFUSED, f"the object lock ends at once: {earliest}"
        return DepositState.ACCEPTED, f"locked ({mode}) until {earliest}"

    def retrieve(self, identifier: str) -> Iterator[tuple[str, Iterator[bytes]]]:
        known = list(self._objects_of(identifier))
        if not known:
            raise NotFoundError("the store has no such deposit", subject=identifier)
        for one in known:
            path = one.key[len(identifier.rstrip("/")) + 1 :] or one.key.rpartition("/")[2]
            yield path, self._bucket.open_stream(one.key)

    def _objects_of(self, identifier: str) -> Iterator[ObjectInfo]:
        """What is below a deposit's prefix, or the one object that the packed bag is."""
        if self._form is Delivery.FILES:
            yield from self._bucket.list_objects(identifier.rstrip("/") + "/")
        elif (known := self._bucket.head(identifier)) is not None:
            yield known

    def close(self) -> None:
        return None

    def _place(self, package: Package) -> str:
        return f"{self._prefix}{package.name}" + ("/" if self._form is Delivery.FILES else f".{self._form.value}")

    def _key(self, package: Package, item: Item) -> str:
        return self._place(package) + (item.path if self._form is Delivery.FILES else "")

    def _key_of(self, item: Item) -> str:
        return self._top + (item.path if self._form is Delivery.FILES else "")

    def _is_last(self, item: Item) -> bool:
        return self._form is not Delivery.FILES or item.path == "bagit.txt"

    def _part_size(self, item: Item) -> int:
        asked = int(self._context.options.get("part_size", PART_SIZE))
        return max(asked, 5 << 20, -(-item.size // MAX_PARTS))

    def _put_whole(self, item: Item, *, if_absent: bool = False) -> None:
        content = b"".join(read_source(item))
        extra = {**_content_md5(content), **self._lock()}
        self._bucket.put(self._key_of(item), content, if_absent=if_absent, extra=extra)

    def _lock(self) -> dict[str, Any]:
        options = self._context.options
        if not options.get("lock_mode"):
            return {}
        until = self._context.clock.now() + timedelta(days=int(options.get("lock_days", 1)))
        return {"ObjectLockMode": options["lock_mode"], "ObjectLockRetainUntilDate": until}

    def _send_parts(self, item: Item, notes: Notes) -> list[tuple[int, str]]:
        """Send what the store does not have of a large file; its parts, in order."""
        key, size = self._key_of(item), self._part_size(item)
        upload = notes.get(f"upload {key}")
        there: dict[int, tuple[int, str]] = {}
        if upload:
            try:
                there = self._bucket.list_parts(key, upload)
            except NotFoundError:
                upload = None
        if not upload:
            upload = self._bucket.start_upload(key, extra=self._lock())
            notes.put(f"upload {key}", upload)
        parts = []
        for number, content in enumerate(_regroup(read_source(item), size), 1):
            digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
            known = there.get(number)
            if known is not None and known == (len(content), digest):
                parts.append((number, known[1]))
            else:
                parts.append(
                    (number, self._bucket.upload_part(key, upload, number, content, extra=_content_md5(content)))
                )
        return parts

    def _digest(self, key: str, item: Item) -> str:
        digests = Digests((item.strongest,))
        for chunk in self._bucket.open_stream(key):
            digests.update(chunk)
        return digests.hexdigests()[0]

    def _deposited(self, package: Package) -> Deposited:
        self._top = self._place(package)
        identifier = self._place(package)
        return Deposited(identifier, f"s3://{self._bucket.name}/{identifier}")


def _content_md5(content: bytes) -> dict[str, str]:
    """The header by which a store can see that the bytes came whole; with an object lock a store demands it."""
    digest = hashlib.md5(content, usedforsecurity=False).digest()
    return {"ContentMD5": base64.b64encode(digest).decode("ascii")}


def _regroup(chunks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of `size`, the last one shorter."""
    buffer = bytearray()
    for chunk in chunks:
        buffer += chunk
        while len(buffer) >= size:
            yield bytes(buffer[:size])
            del buffer[:size]
    if buffer:
        yield bytes(buffer)


def open_target(url: str, context: Context) -> S3Target:
    """The place `s3://BUCKET/PREFIX`.

    Options: those of `storage.objects_s3`, `form` ("files", "zip", "tar"), `part_size` in bytes, `lock_mode`
    ("GOVERNANCE" or "COMPLIANCE") with `lock_days`, and `receiver` "aptrust": one tar with an MD5 manifest and
    aptrust-info.txt.
    """
    options = {"seconds": context.settings.deposit.seconds, **context.options}
    receiver = options.get("receiver", "")
    if receiver not in ("", "aptrust"):
        raise UsageError("receiver is aptrust or nothing", subject=f"places.{context.name}.receiver")
    try:
        form = Delivery(options.get("form", "tar" if receiver else "files"))
    except ValueError:
        raise UsageError("form is files, zip or tar", subject=f"places.{context.name}.form") from None
    if receiver and form is not Delivery.TAR:
        raise UsageError("APTrust takes one tar", subject=f"places.{context.name}.form")
    return S3Target(open_bucket(url, options, context.environ, name=context.name), form, context)
