"""DART's jobs, workflows and exported settings, as far as they have a counterpart here; the rest is named.

Forms: the job and job parameters that DART 2 and 3 and DART Runner read, the workflow and the settings that DART
exports. Logins and passwords are never taken over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from archive.errors import FormatError
from archive.formats.dart_profile import BAG_INFO, find_dart_profiles, tags_of
from archive.model.light import light_dataclass

_PACKED = {".tar": "tar", ".zip": "zip", ".tar.gz": "tar.gz", ".tgz": "tar.gz"}
_COMPUTED = ("payload-oxum", "bag-size", "bagging-date", "bagging-software", "bag-software-agent")
"""Tags that the program which makes the bag fills in."""

_TARGETS = {"s3": "s3", "sftp": "sftp"}


@light_dataclass(frozen=True)
class DartService:
    """A storage service of DART: its name, the address of the target that does the same, and that target's options."""

    name: str
    url: str
    options: Mapping[str, Any]


@light_dataclass(frozen=True)
class DartJob:
    """A bag to make. `sources` are paths as the job writes them, `serialize` is a kind of packed file or empty.

    `fields` are the values of tags by name, whichever tag file they belong to. `left_out` names what is not done.
    """

    name: str
    sources: tuple[str, ...]
    serialize: str
    fields: Mapping[str, tuple[str, ...]]
    has_profile: bool
    left_out: tuple[str, ...]


@light_dataclass(frozen=True)
class DartSettings:
    """What a workflow or exported settings hold. `fields` are default values of tags, by name.

    `profile` is the name of the one BagIt profile in it, empty where it has none or several.
    """

    name: str
    profile: str
    serialize: str
    fields: Mapping[str, tuple[str, ...]]
    services: tuple[DartService, ...]
    left_out: tuple[str, ...]


def read_job(content: bytes, subject: str) -> DartJob:
    """The job, or job parameters, in `content`. Raises `FormatError` for anything else, with what is wrong in it."""
    tree = _read(content, subject)
    operation = _table(tree, "packageOp")
    packing = operation or tree
    sources = operation.get("sourceFiles") if operation else tree.get("files")
    name = packing.get("packageName")
    if not isinstance(name, str) or not name or not isinstance(sources, list) or not _are_texts(sources):
        raise FormatError(
            "not a DART job that makes a bag: it has no packageName, or no files", subject=subject,
            remedy="Export the job from DART as JSON; for a workflow, see archive config --import-dart",
        )  # fmt: skip
    workflow = _table(tree, "workflow")
    form = packing.get("packageFormat") or workflow.get("packageFormat") or "BagIt"
    if form != "BagIt":
        raise FormatError(f"this DART job makes no bag, its package format is {str(form)[:40]!r}", subject=subject)
    stem, packed = _unpacked(name.replace("\\", "/").rpartition("/")[2])
    profiles = find_dart_profiles(tree)
    left_out = [*_uploads(tree, workflow)]
    if not profiles and isinstance(tree.get("workflowName"), str) and tree["workflowName"]:
        where = "is not in this file: export it, and see archive config --import-dart"
        left_out.append(f"the workflow {tree['workflowName'][:60]!r}, which {where}")
    try:
        values = [pair for one in profiles[:1] for pair in _values_of(one)]
    except ValueError as error:
        raise _wrong(str(error), subject) from error
    given = _given(_list(tree, "tags"), subject)
    told = {(file, label) for file, label, _value in given}
    values = [*(one for one in values if one[:2] not in told), *given]
    extension = str(packing.get("bagItSerialization") or "").lower()
    return DartJob(
        stem, tuple(sources), _PACKED.get(extension, "") or packed, _fields(values), bool(profiles), tuple(left_out)
    )


def read_settings(content: bytes, subject: str) -> DartSettings:
    """The workflow or the exported settings in `content`. Raises `FormatError` for anything else."""
    tree = _read(content, subject)
    profiles = find_dart_profiles(tree)
    if "packageOp" in tree or not (profiles or _list(tree, "storageServices")):
        raise FormatError(
            "not settings of DART: neither a workflow nor exported settings, nor a BagIt profile",
            subject=subject, remedy="Export the workflow or the settings from DART; for a job, see archive create",
        )  # fmt: skip
    left_out: list[str] = []
    if len(profiles) > 1:
        names = ", ".join(str(one.get("name", "?"))[:60] for one in profiles)
        left_out.append(f"the BagIt profiles, of which there are several: save one to its own file ({names})")
    one: Mapping[str, Any] = profiles[0] if len(profiles) == 1 else {}
    try:
        fields = _fields(list(_values_of(one)))
    except ValueError as error:
        raise _wrong(str(error), subject) from error
    found, refused = _services(_list(tree, "storageServices"))
    left_out += refused
    for key, what in (
        ("remoteRepositories", "the remote repository"),
        ("appSettings", "the application setting"),
        ("questions", "the export question"),
    ):
        for each in _list(tree, key):
            shown = (each.get("name") or each.get("prompt") or "?") if isinstance(each, Mapping) else "?"
            left_out.append(f"{what} {str(shown)[:60]!r}, which has no counterpart")
    accepted = one.get("acceptSerialization") if one.get("serialization") == "required" else None
    packed = next((kind for kind in ("tar", "zip") if f"application/{kind}" in (accepted or ())), "")
    name = str(tree.get("name") or one.get("name") or "")
    return DartSettings(name, str(one.get("name") or "profile") if one else "", packed, fields, found, tuple(left_out))


def _read(content: bytes, subject: str) -> dict[str, Any]:
    try:
        tree = json.loads(content.decode("utf-8-sig"))
        json.dumps(tree, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise FormatError("it is not JSON in UTF-8", subject=subject) from error
    if not isinstance(tree, dict):
        raise FormatError("not a JSON object", subject=subject)
    return tree


def _wrong(problem: str, subject: str) -> FormatError:
    return FormatError(f"not a DART file: {problem}", subject=subject)


def _table(tree: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The JSON object at this key; an empty one where there is none."""
    held = tree.get(key)
    return held if isinstance(held, Mapping) else {}


def _list(tree: Mapping[str, Any], key: str) -> list[Any]:
    held = tree.get(key)
    return held if isinstance(held, list) else []


def _are_texts(value: list[Any]) -> bool:
    return bool(value) and all(isinstance(one, str) and one for one in value)


def _unpacked(name: str) -> tuple[str, str]:
    """A package's name without the ending of a packed file, and what kind of file it is; empty for a folder."""
    for ending in (".tar.gz", ".tgz", ".tar", ".zip"):
        if name.lower().endswith(ending) and len(name) > len(ending):
            return name[: -len(ending)], _PACKED[ending]
    return name, ""


def _values_of(profile: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The values that a profile has for its tags, those of the user before its own: tag file, name, value."""
    for file, label, tag in tags_of(profile):
        value = tag.get("userValue") or tag.get("defaultValue")
        if isinstance(value, str) and value.strip():
            yield file, label, value


def _given(tags: list[Any], subject: str) -> list[tuple[str, str, str]]:
    """The values that job parameters give; a tag without a file belongs to bag-info.txt."""
    found = []
    for number, tag in enumerate(tags, 1):
        if not isinstance(tag, Mapping) or not isinstance(tag.get("tagName"), str):
            raise _wrong(f"tag {number} has no tagName", subject)
        value = tag.get("value") or tag.get("userValue")
        if isinstance(value, str) and value.strip():
            found.append((str(tag.get("tagFile") or BAG_INFO), tag["tagName"], value))
    return found


def _fields(values: list[tuple[str, str, str]]) -> dict[str, tuple[str, ...]]:
    fields: dict[str, tuple[str, ...]] = {}
    for file, label, value in values:
        if file != "bagit.txt" and not (file == BAG_INFO and label.lower() in _COMPUTED):
            fields[label] = (*fields.get(label, ()), value)
    return fields


def _uploads(tree: Mapping[str, Any], workflow: Mapping[str, Any]) -> Iterator[str]:
    """What a job would upload, and where."""
    held = [one.get("storageService") for one in _list(tree, "uploadOps") if isinstance(one, Mapping)]
    for service in (*held, *_list(workflow, "storageServices")):
        if isinstance(service, Mapping):
            found, _refused = _services([service])
            address = f" ({found[0].url})" if found else ""
            yield f"the upload to {str(service.get('name') or 'a storage service')[:60]!r}{address}: deposit the bag"


def _services(held: list[Any]) -> tuple[tuple[DartService, ...], list[str]]:
    """The storage services that are targets here, and what is left out of each."""
    found, left_out = [], []
    for one in held:
        if not isinstance(one, Mapping):
            continue
        name, protocol = str(one.get("name") or "service")[:60], str(one.get("protocol") or "").lower()
        host, bucket = one.get("host"), one.get("bucket")
        if protocol not in _TARGETS or not isinstance(host, str) or not host or one.get("allowsUpload") is False:
            reason = "takes no uploads" if one.get("allowsUpload") is False else f"its protocol is {protocol!r}"
            left_out.append(f"the storage service {name!r}: {reason}")
            continue
        folder = quote(bucket.strip("/")) if isinstance(bucket, str) else ""
        port = one.get("port")
        at = f"{host}:{port}" if isinstance(port, int) and not isinstance(port, bool) and port > 0 else host
        if protocol == "s3":
            found.append(DartService(name, f"s3://{folder}/", {"endpoint": f"https://{at}"}))
        else:
            found.append(DartService(name, f"sftp://{at}/{folder}", {}))
        if one.get("login") or one.get("password"):
            left_out.append(f"the login and password of {name!r}: see docs/places.md for where they are kept")
    return tuple(found), left_out
