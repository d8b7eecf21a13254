"""BagIt Profiles, up to 1.4: the rules that bags of one kind agree on, from their JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from fnmatch import fnmatchcase
from typing import Any

from archive.errors import FormatError
from archive.formats.dart_profile import find_dart_profiles, standard_profile
from archive.model.light import light_dataclass

_LISTS = (
    "Manifests-Required", "Manifests-Allowed", "Tag-Manifests-Required", "Tag-Manifests-Allowed", "Tag-Files-Required",
    "Tag-Files-Allowed", "Payload-Files-Required", "Payload-Files-Allowed", "Accept-Serialization",
    "Accept-BagIt-Version",
)  # fmt: skip
MAX_LISTED = 1000
"""Every file of a bag is compared with every pattern of a list."""

_FLAGS = ("Allow-Fetch.txt", "Fetch.txt-Required", "Data-Empty")
SERIALIZATION_TYPES = {
    "application/zip": {"application/zip", "application/x-zip", "application/x-zip-compressed", "zip"},
    "application/tar": {"application/tar", "application/x-tar", "tar"},
    "application/tar+gzip": {
        "application/tar+gzip", "application/x-tar+gzip", "application/gzip", "application/x-gzip",
        "application/x-gtar", "application/x-compressed-tar", "tar.gz",
    },
    "application/x-bzip2": {"application/x-bzip2", "application/bzip2", "application/x-tar+bzip2"},
    "application/x-xz": {"application/x-xz", "application/x-tar+xz"},
    "application/zstd": {"application/zstd", "application/x-tar+zstd", "tar.zst"},
}  # fmt: skip
"""How profiles write the media type of a packed bag, by the type that it has."""

_KNOWN = {*_LISTS, *_FLAGS, "BagIt-Profile-Info", "Bag-Info", "Serialization", "Other-Info"}


@light_dataclass(frozen=True)
class TagRule:
    """What one element must be. `values` empty allows any."""

    required: bool = False
    values: tuple[str, ...] = ()
    repeatable: bool = True
    recommended: bool = False


@light_dataclass(frozen=True)
class Profile:
    """The rules of one profile.

    None in `..._allowed` allows everything. `other_info` has the rules of tag files besides bag-info.txt, by file name:
    an extension that APTrust's requirements need.
    """

    identifier: str
    bag_info: Mapping[str, TagRule] = field(default_factory=dict)
    other_info: Mapping[str, Mapping[str, TagRule]] = field(default_factory=dict)
    manifests_required: tuple[str, ...] = ()
    manifests_allowed: tuple[str, ...] | None = None
    tag_manifests_required: tuple[str, ...] = ()
    tag_manifests_allowed: tuple[str, ...] | None = None
    tag_files_required: tuple[str, ...] = ()
    tag_files_allowed: tuple[str, ...] | None = None
    payload_files_required: tuple[str, ...] = ()
    payload_files_allowed: tuple[str, ...] | None = None
    allow_fetch: bool = True
    fetch_required: bool = False
    data_empty: bool = False
    serialization: str = "optional"
    accept_serialization: tuple[str, ...] = ()
    accept_version: tuple[str, ...] = ()

    def allows_tag_file(self, path: str) -> bool:
        """True when the profile allows this tag file; those of the standard itself always."""
        return self.tag_files_allowed is None or any(_matches(path, one) for one in self.tag_files_allowed)

    def allows_payload_file(self, path: str) -> bool:
        """True when the profile allows this payload file."""
        return self.payload_files_allowed is None or any(_matches(path, one) for one in self.payload_files_allowed)


def _matches(path: str, pattern: str) -> bool:
    """glob(7) over the whole path, where * also crosses folders, as the profiles in use expect of a lone *."""
    return path == pattern or fnmatchcase(path, pattern)


def parse_profile(data: bytes, subject: str) -> Profile:
    """The profile in `data`, JSON in UTF-8: a BagIt profile, or what DART exports with one profile in it.

    Raises `FormatError` that names the key that is wrong.
    """

    def wrong(problem: str) -> FormatError:
        return FormatError(f"not a BagIt profile: {problem}", subject=subject)

    try:
        tree = json.loads(data.decode("utf-8-sig"))
        json.dumps(tree, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise wrong("it is not JSON in UTF-8") from error
    if not isinstance(tree, dict):
        raise wrong("not a JSON object")
    others: dict[str, dict[str, Any]] = {}
    if found := find_dart_profiles(tree):
        if len(found) > 1:
            raise wrong("it holds several profiles of DART; save one of them to its own file")
        try:
            tree, others = standard_profile(found[0])
        except ValueError as error:
            raise wrong(str(error)) from error
    unknown = sorted(set(tree) - _KNOWN)
    if unknown:
        raise wrong(f"unknown key {unknown[0][:60]}")
    info = tree.get("BagIt-Profile-Info")
    if not isinstance(info, dict) or not isinstance(info.get("BagIt-Profile-Identifier"), str):
        raise wrong("BagIt-Profile-Info has no BagIt-Profile-Identifier")
    for key in _LISTS:
        if key in tree and not _is_texts(tree[key]):
            raise wrong(f"{key} is not a list of texts")
        if len(tree.get(key, ())) > MAX_LISTED:
            raise wrong(f"{key} lists more than {MAX_LISTED:,} names")
    for key in _FLAGS:
        if not isinstance(tree.get(key, False), bool):
            raise wrong(f"{key} is neither true nor false")
    serialization = tree.get("Serialization", "optional")
    if serialization not in ("forbidden", "required", "optional"):
        raise wrong("Serialization is not forbidden, required or optional")
    profile = Profile(
        identifier=info["BagIt-Profile-Identifier"],
        bag_info=_tag_rules(tree.get("Bag-Info", {}), "Bag-Info", wrong),
        other_info={
            **_other_info(tree.get("Other-Info", []), wrong),
            **{name: _tag_rules(rules, name, wrong) for name, rules in others.items()},
        },
        manifests_required=_texts(tree, "Manifests-Required") or (),
        manifests_allowed=_texts(tree, "Manifests-Allowed"),
        tag_manifests_required=_texts(tree, "Tag-Manifests-Required") or (),
        tag_manifests_allowed=_texts(tree, "Tag-Manifests-Allowed"),
        tag_files_required=_texts(tree, "Tag-Files-Required") or (),
        tag_files_allowed=_texts(tree, "Tag-Files-Allowed"),
        payload_files_required=_texts(tree, "Payload-Files-Required") or (),
        payload_files_allowed=_texts(tree, "Payload-Files-Allowed"),
        allow_fetch=tree.get("Allow-Fetch.txt", True),
        fetch_required=tree.get("Fetch.txt-Required", False),
        data_empty=tree.get("Data-Empty", False),
        serialization=serialization,
        accept_serialization=_texts(tree, "Accept-Serialization") or (),
        accept_version=_texts(tree, "Accept-BagIt-Version") or (),
    )
    _check_agreement(profile, wrong)
    return profile


def _check_agreement(profile: Profile, wrong: Any) -> None:
    if profile.fetch_required and not profile.allow_fetch:
        raise wrong("Fetch.txt-Required contradicts Allow-Fetch.txt")
    for name, required, allowed in (
        ("Manifests", profile.manifests_required, profile.manifests_allowed),
        ("Tag-Manifests", profile.tag_manifests_required, profile.tag_manifests_allowed),
    ):
        if allowed is not None and not set(required) <= set(allowed):
            raise wrong(f"{name}-Required is not within {name}-Allowed")
    if not all(profile.allows_tag_file(path) for path in profile.tag_files_required):
        raise wrong("Tag-Files-Required is not within Tag-Files-Allowed")
    if not all(
        profile.allows_payload_file(path.rstrip("/")) or profile.allows_payload_file(path + "x")
        for path in profile.payload_files_required
    ):
        raise wrong("Payload-Files-Required is not within Payload-Files-Allowed")


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _texts(tree: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    return tuple(tree[key]) if key in tree else None


def _tag_rules(tree: Any, where: str, wrong: Any) -> dict[str, TagRule]:
    if not isinstance(tree, dict):
        raise wrong(f"{where} is not a JSON object")
    rules = {}
    for label, rule in tree.items():
        flags = {"required": False, "repeatable": True, "recommended": False}
        if not isinstance(rule, dict) or not _is_texts(rule.get("values", [])):
            raise wrong(f"{where} is wrong at {label[:60]}")
        if not all(isinstance(rule.get(name, default), bool) for name, default in flags.items()):
            raise wrong(f"{where} is wrong at {label[:60]}")
        chosen = {name: rule.get(name, default) for name, default in flags.items()}
        rules[label] = TagRule(values=tuple(rule.get("values", ())), **chosen)
    return rules


def _other_info(tree: Any, wrong: Any) -> dict[str, dict[str, TagRule]]:
    if not isinstance(tree, list) or not all(isinstance(one, dict) for one in tree):
        raise wrong("Other-Info is not a list of JSON objects")
    return {
        f"{name.lower()}.txt": _tag_rules(rules, f"Other-Info {name}", wrong)
        for one in tree
        for name, rules in one.items()
    }
