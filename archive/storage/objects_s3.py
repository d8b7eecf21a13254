"""Buckets of any S3 service, through boto3's core: what targets and audits need, in muniment's words and errors.

No more than one attempt is made by the library itself: who calls knows what may be repeated (`storage.remote`). A
checksum that a server echoes proves nothing; for proof the object is read back.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from archive.errors import (
    ArchiveError,
    ExistsError,
    NoSpaceError,
    NotAuthorisedError,
    NotFoundError,
    StorageError,
    UsageError,
)
from archive.storage.credentials import find_credentials, require_sound, without_secrets
from archive.storage.remote import RefusedError, TransientError, lost_words, words_of

CHUNK = 1 << 20

_REFUSED = {
    "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "AuthFailure",
    "AccountProblem", "AllAccessDisabled", "403", "401",
}  # fmt: skip
_FULL = {"QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "EntityTooLarge", "507", "413"}
_MISSING = {"NoSuchKey", "NoSuchBucket", "NoSuchUpload", "404", "NotFound"}
_CLASHES = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}
_PASSING = {"SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "BadDigest", "IncompleteBody",
            "XAmzContentSHA256Mismatch", "ThrottlingException", "OperationAborted"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What a bucket says of one object: key, size in bytes, ETag without quotes. Said, not proven."""

    key: str
    size: int
    etag: str = ""
    metadata: Mapping[str, str] | None = None
    lock_mode: str | None = None
    lock_until: str | None = None


class Bucket:
    """One bucket of an S3 service. Every method raises archive errors with the server's own words.

    `TransientError` is what may pass; `NotAuthorisedError`, `NotFoundError`, `NoSpaceError` and `ExistsError` (a
    condition that failed) are final.
    """

    def __init__(self, client: Any, name: str, prefix: str, label: str) -> None:
        self._client = client
        self.name = name
        self.prefix = prefix
        self.label = label

    def list_objects(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """Every object whose key starts with `prefix`, in the bucket's order, a page at a time."""
        token: str | None = None
        while True:
            page = self._call("list_objects_v2", Prefix=prefix, **({"ContinuationToken": token} if token else {}))
            for entry in page.get("Contents", ()):
                yield ObjectInfo(entry["Key"], int(entry["Size"]), str(entry.get("ETag", "")).strip('"'))
            token = page.get("NextContinuationToken")
            if not page.get("IsTruncated") or not token:
                return

    def head(self, key: str) -> ObjectInfo | None:
        """What the bucket says of `key`, or None where there is no such object."""
        try:
            said = self._call("head_object", Key=key)
        except NotFoundError:
            return None
        until = said.get("ObjectLockRetainUntilDate")
        return ObjectInfo(
            key,
            int(said["ContentLength"]),
            str(said.get("ETag", "")).strip('"'),
            dict(said.get("Metadata", {})),
            said.get("ObjectLockMode"),
            until.isoformat() if until is not None else None,
        )

    def open_stream(self, key: str, offset: int = 0) -> Iterator[bytes]:
        """The bytes of `key` from `offset` on, in chunks. A body shorter than announced is a `TransientError`."""
        ranged = {"Range": f"bytes={offset}-"} if offset else {}
        answer = self._call("get_object", Key=key, **ranged)
        expected, received, body = int(answer["ContentLength"]), 0, answer["Body"]
        try:
            while chunk := body.read(CHUNK):
                received += len(chunk)
                yield chunk
        except _failures() as error:
            raise _translate(error, self._shown(key)) from error
        finally:
            body.close()
        if received != expected:
            raise TransientError(
                f"the body ended after {received:,} of {expected:,} bytes that were announced", subject=self._shown(key)
            )

    def put(
        self,
        key: str,
        content: bytes | IO[bytes],
        *,
        if_absent: bool = False,
        metadata: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> str:
        """Store one object of at most 5 GiB in one request and give its ETag.

        `if_absent` sends If-None-Match: * (a store may ignore it); `extra` are further request members as boto3 names
        them (ContentMD5, ObjectLockMode ...).
        """
        members: dict[str, Any] = dict(extra or {})
        if if_absent:
            members["IfNoneMatch"] = "*"
        if metadata:
            members["Metadata"] = dict(metadata)
        return str(self._call("put_object", Key=key, Body=content, **members).get("ETag", "")).strip('"')

    def delete(self, key: str) -> None:
        """Remove `key`; it is not an error when there is none."""
        self._call("delete_object", Key=key)

    def start_upload(self, key: str, *, extra: Mapping[str, Any] | None = None) -> str:
        """Begin a multipart upload and give its identifier."""
        return str(self._call("create_multipart_upload", Key=key, **dict(extra or {}))["UploadId"])

    def upload_part(
        self, key: str, upload: str, number: int, content: bytes, *, extra: Mapping[str, Any] | None = None
    ) -> str:
        """Send part `number` (from 1) and give its ETag."""
        answer = self._call(
            "upload_part", Key=key, UploadId=upload, PartNumber=number, Body=content, **dict(extra or {})
        )
        return str(answer["ETag"]).strip('"')

    def list_parts(self, key: str, upload: str) -> dict[int, tuple[int, str]]:
        """What the store has of an upload: number to size and ETag. Raises `NotFoundError` when it has lost it."""
        parts: dict[int, tuple[int, str]] = {}
        marker = 0
        while True:
            page = self._call("list_parts", Key=key, UploadId=upload, PartNumberMarker=marker)
            for part in page.get("Parts", ()):
                parts[int(part["PartNumber"])] = (int(part["Size"]), str(part["ETag"]).strip('"'))
            if not page.get("IsTruncated"):
                return parts
            marker = int(page["NextPartNumberMarker"])

    def finish_upload(self, key: str, upload: str, parts: Sequence[tuple[int, str]], *, if_absent: bool = False) -> str:
        """Put the parts together and give the object's ETag."""
        listed = [{"PartNumber": number, "ETag": f'"{etag}"'} for number, etag in parts]
        condition = {"IfNoneMatch": "*"} if if_absent else {}
        answer = self._call(
            "complete_multipart_upload", Key=key, UploadId=upload, MultipartUpload={"Parts": listed}, **condition
        )
        return str(answer.get("ETag", "")).strip('"')

    def abort_upload(self, key: str, upload: str) -> None:
        """Give an upload up, so that its parts are not kept (and paid for)."""
        self._call("abort_multipart_upload", Key=key, UploadId=upload)

    def lock_configuration(self) -> Mapping[str, Any] | None:
        """The bucket's object-lock configuration, or None when it has none or the store knows of none."""
        try:
            return dict(self._call("get_object_lock_configuration").get("ObjectLockConfiguration", {}))
        except (StorageError, NotAuthorisedError):
            return None

    def _call(self, operation: str, **members: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(Bucket=self.name, **members)
        except _failures() as error:
            raise _translate(error, self._shown(members.get("Key", ""))) from error
        return answer

    def _shown(self, key: str) -> str:
        return f"s3://{self.name}/{key}"


@cache
def _failures() -> tuple[type[Exception], ...]:
    """What boto3 and the layers under it raise when a request fails."""
    from botocore.exceptions import BotoCoreError, ClientError
    from urllib3.exceptions import HTTPError

    return (ClientError, BotoCoreError, HTTPError, OSError)


def _translate(error: Exception, subject: str) -> ArchiveError:
    """The archive error for what boto3 raised. Request ids and hosts stay out, and so do credentials."""
    from botocore.exceptions import ClientError, NoCredentialsError, ParamValidationError, PartialCredentialsError

    if isinstance(error, ClientError):
        told = error.response.get("Error", {})
        code, status = (
            str(told.get("Code", "")),
            str(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "")),
        )
        words = words_of(f"the server says {status} {code}: {told.get('Message', '')}")
        for codes, kind in (
            (_REFUSED, NotAuthorisedError), (_MISSING, NotFoundError), (_FULL, NoSpaceError), (_CLASHES, ExistsError),
        ):  # fmt: skip
            if code in codes or (status in codes and code not in _PASSING):
                return kind(words, subject=subject)
        if code in _PASSING or status.startswith("5") or status == "429":
            return TransientError(words, subject=subject)
        return RefusedError(words, subject=subject)
    if isinstance(error, (NoCredentialsError, PartialCredentialsError)):
        return NotAuthorisedError(
            "there is no credential for this store",
            subject=subject,
            remedy="Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a `credentials` file",
        )
    if isinstance(error, ParamValidationError):
        return RefusedError("the store's library refuses this request", subject=subject)
    return TransientError(lost_words(error), subject=subject)


@cache
def _descriptions() -> Any:
    """The library's descriptions of services: large JSON files, read once for all buckets of a process."""
    from botocore.loaders import create_loader

    return create_loader()


def open_bucket(
    url: str, options: Mapping[str, Any] | None = None, environ: Mapping[str, str] = os.environ, *, name: str = "s3"
) -> Bucket:
    """The bucket that `s3://bucket/prefix` names; `prefix` is kept for the caller.

    Options: `endpoint`, `region`, `path_style` (default: true with an endpoint of one's own), `checksum`
    ("when_required" or "when_supported", a mode of boto3), `seconds` (time limit of an answer), `retries` (of the
    library, default 0), `profile` (of ~/.aws), `credentials` and `keyring` (see `storage.credentials`). Without any
    of the last three the variables of `name` count, then those of "s3", the AWS_* variables and boto3's own chain.
    Raises `UsageError`; connects to nothing yet.
    """
    options = options or {}
    require_sound(options, name)
    without_secrets(url)
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        raise UsageError("not an s3://bucket/prefix address", subject=url[:200])
    try:
        import botocore.session
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise UsageError("S3 needs the extra `s3`", remedy="Run: pip install 'muniment[s3]'") from None
    service = f"muniment {parts.netloc}"
    found = find_credentials(name, options, environ, service=service)
    if found.password is None and not options.get("profile"):
        found = find_credentials("s3", {}, environ, service=service)
    keys: dict[str, Any] = {}
    if found.user and found.password:
        keys = {"aws_access_key_id": found.user, "aws_secret_access_key": found.password.reveal()}
        if found.session:
            keys["aws_session_token"] = found.session.reveal()
    elif environ.get("AWS_ACCESS_KEY_ID") and environ.get("AWS_SECRET_ACCESS_KEY") and not options.get("profile"):
        keys = {
            "aws_access_key_id": environ["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": environ["AWS_SECRET_ACCESS_KEY"],
            "aws_session_token": environ.get("AWS_SESSION_TOKEN") or None,
        }
    endpoint = options.get("endpoint") or environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL")
    mode = str(options.get("checksum", "when_required"))
    seconds = int(options.get("seconds", 60))
    region = options.get("region") or environ.get("AWS_REGION")
    try:
        session = botocore.session.Session(profile=options.get("profile"))
        session.register_component("data_loader", _descriptions())
        client = session.create_client(
            "s3",
            **keys,
            endpoint_url=endpoint,
            region_name=region or session.get_config_variable("region") or "us-east-1",
            config=Config(
                signature_version="s3v4",
                connect_timeout=min(seconds, 20),
                read_timeout=seconds,
                retries={"total_max_attempts": int(options.get("retries", 0)) + 1, "mode": "standard"},
                request_checksum_calculation=mode,
                response_checksum_validation="when_required",
                s3={"addressing_style": "path" if options.get("path_style", bool(endpoint)) else "auto"},
            ),
        )
    except (TypeError, ValueError, BotoCoreError) as error:
        raise UsageError(f"these settings do not reach a bucket: {error}", subject=f"places.{name}") from error
    return Bucket(client, parts.netloc, unquote(parts.path.lstrip("/")), without_secrets(url))
