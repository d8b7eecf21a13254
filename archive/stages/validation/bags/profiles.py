"""Judging a bag by a BagIt profile: shipped ones by name, others from a local file; nothing is fetched."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from archive.bags.reader import in_payload
from archive.errors import FormatError, UsageError
from archive.formats import tagfile
from archive.formats.bagpath import to_text
from archive.formats.profile import SERIALIZATION_TYPES, Profile, TagRule, parse_profile
from archive.model.capped_findings import bag_findings
from archive.model.codes import profile as codes
from archive.model.finding import Finding
from archive.model.validation import Depth
from archive.resources import metadata_path
from archive.storage.hashing import normalise_name

if TYPE_CHECKING:
    from archive.bags.contents import BagReading

_LARGEST = 8 << 20
_STANDARD_TAG_FILES = {"bagit.txt", "bag-info.txt", "fetch.txt"}


def shipped_profiles() -> tuple[str, ...]:
    """The names of the profiles that come with the program."""
    return tuple(sorted(path.stem for path in metadata_path("profiles").glob("*.json")))


def load_profile(name: str) -> Profile:
    """A shipped profile by its name, or one from a local JSON file.

    Raises `UsageError` when there is none of that name, it is an address, or it is not a BagIt profile.
    """
    if "://" in name:
        raise UsageError(
            "a profile is read from a file, never from the network", subject=name, remedy="Save it to a file"
        )
    if name in shipped_profiles():
        data = metadata_path("profiles", f"{name}.json").read_bytes()
    else:
        try:
            data = _read_profile(name)
        except FileNotFoundError as error:
            known = ", ".join(shipped_profiles())
            raise UsageError(
                "there is no such profile", subject=name, remedy=f"Name a file, or one of {known}"
            ) from error
        except OSError as error:
            raise UsageError(f"the profile cannot be read: {error.strerror}", subject=name) from error
    try:
        return parse_profile(data, os.path.basename(name))
    except FormatError as error:
        raise UsageError(error.problem, subject=name) from error


def _read_profile(path: str) -> bytes:
    """The file, of 8 MiB at most; never waits for a pipe. Raises OSError."""
    with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", path)
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise OSError(errno.EFBIG, f"it is larger than {_LARGEST:,} bytes", path)
    return data


def judge_profile(profile: Profile, reading: BagReading, depth: Depth) -> list[Finding]:
    """What the bag does not keep of the profile's rules. Counts are judged by what was walked."""
    findings = [*_judge_form(profile, reading), *_judge_manifests(profile, reading)]
    findings += _judge_tags(profile.bag_info, reading.info, reading.info_name)
    named = tagfile.values_of(reading.info, "BagIt-Profile-Identifier")
    if profile.identifier and profile.identifier not in named and "BagIt-Profile-Identifier" not in profile.bag_info:
        findings.append(codes.PROFILE_IDENTIFIER.at(reading.info_name, expected=profile.identifier))
    for name, rules in profile.other_info.items():
        data = reading.read(name) if reading.has(name) else None
        tags: list[tagfile.Tag] = []
        if data is not None:
            decoded, _ = tagfile.decode_tag_file(data, reading.declaration.codec, name)
            tags, problems = tagfile.parse_tags(decoded, name, before_1_0=reading.declaration.before_1_0)
            findings += problems
        findings += _judge_tags(rules, tags, name)
    findings += _judge_tag_files(profile, reading)
    if profile.payload_files_required or profile.payload_files_allowed is not None:
        findings += _judge_payload_files(profile, reading)
    if profile.data_empty and (reading.octets or reading.files > 1) and depth is not Depth.QUICK:
        findings.append(codes.PROFILE_DATA_EMPTY.at("data", files=reading.files, octets=reading.octets))
    return findings


def _judge_form(profile: Profile, reading: BagReading) -> list[Finding]:
    findings = []
    version, form = reading.declaration.version, reading.reader.serialization
    if profile.accept_version and version not in profile.accept_version:
        findings.append(codes.PROFILE_VERSION.at("bagit.txt", found=version, expected=profile.accept_version))
    packed = form != "folder"
    if (packed and profile.serialization == "forbidden") or (not packed and profile.serialization == "required"):
        expected = "a folder" if packed else "an archive"
        findings.append(codes.PROFILE_SERIALIZATION.at(".", found=form, expected=expected))
    elif packed and not _accepts(profile.accept_serialization, form):
        expected = ", ".join(profile.accept_serialization) or "a folder"
        findings.append(codes.PROFILE_SERIALIZATION.at(".", found=form, expected=expected))
    has_fetch = reading.has("fetch.txt")
    if has_fetch and not profile.allow_fetch:
        findings.append(codes.PROFILE_FETCH.at("fetch.txt", rule="forbidden"))
    if profile.fetch_required and not has_fetch:
        findings.append(codes.PROFILE_FETCH.at("fetch.txt", rule="required"))
    return findings


def _accepts(accepted: Iterable[str], form: str) -> bool:
    names = SERIALIZATION_TYPES.get(form, {form})
    return any(one.lower() in names for one in accepted)


def _judge_manifests(profile: Profile, reading: BagReading) -> list[Finding]:
    findings = []
    for tag, required, allowed in (
        (False, profile.manifests_required, profile.manifests_allowed),
        (True, profile.tag_manifests_required, profile.tag_manifests_allowed),
    ):
        present = {one.algorithm: one.name for one in reading.of_kind(tag=tag)}
        prefix = "tagmanifest" if tag else "manifest"
        for name in required:
            if normalise_name(name) not in present:
                missing = f"{prefix}-{normalise_name(name)}.txt"
                findings.append(codes.PROFILE_MANIFEST_MISSING.at(missing, name=missing))
        if allowed is not None:
            known = {normalise_name(name) for name in allowed}
            findings += [
                codes.PROFILE_MANIFEST_NOT_ALLOWED.at(file) for name, file in present.items() if name not in known
            ]
    return findings


def _judge_tags(rules: Mapping[str, TagRule], tags: list[tagfile.Tag], subject: str) -> list[Finding]:
    findings = bag_findings()
    by_label: dict[str, list[str]] = {}
    for tag in tags:
        by_label.setdefault(tag.label.lower(), []).append(tag.value)
    for label, rule in rules.items():
        values = by_label.get(label.lower(), [])
        if rule.required and not any(values):
            findings.append(codes.PROFILE_TAG_MISSING.at(subject, label=label))
        elif rule.recommended and not values:
            findings.append(codes.PROFILE_RECOMMENDED.at(subject, label=label))
        if len(values) > 1 and not rule.repeatable:
            findings.append(codes.PROFILE_TAG_REPEATED.at(subject, label=label))
        if rule.values:
            findings += [
                codes.PROFILE_TAG_VALUE.at(subject, label=label, found=value[:200], expected=rule.values)
                for value in values
                if value not in rule.values and (value or rule.required)
            ]
    return list(findings)


def _judge_tag_files(profile: Profile, reading: BagReading) -> list[Finding]:
    findings = bag_findings()
    for path in profile.tag_files_required:
        if not reading.has(path):
            findings.append(codes.PROFILE_FILE_MISSING.at(path))
    if profile.tag_files_allowed is not None:
        manifests = {one.name for one in reading.manifests}
        for raw in reading.reader.tag_files():
            path = to_text(raw)
            if path not in _STANDARD_TAG_FILES and path not in manifests and not profile.allows_tag_file(path):
                findings.note(codes.PROFILE_FILE_NOT_ALLOWED, path)
    return list(findings)


def _judge_payload_files(profile: Profile, reading: BagReading) -> list[Finding]:
    wanted = set(profile.payload_files_required)
    findings = bag_findings()
    reader = reading.reader
    kept = list(reader.findings)
    for batch in reader.walk((), (), only_payload=True):
        if not in_payload(batch.folder):
            continue
        for name in batch.names:
            path = to_text(batch.folder + b"/" + name)
            wanted.discard(path)
            if not profile.allows_payload_file(path):
                findings.note(codes.PROFILE_FILE_NOT_ALLOWED, path)
        above = to_text(batch.folder) + "/"
        wanted -= {path for path in wanted if path.endswith("/") and above.startswith(path)}
    reader.findings.clear()
    reader.findings += kept
    findings += [codes.PROFILE_FILE_MISSING.at(path) for path in sorted(wanted)]
    return list(findings)
