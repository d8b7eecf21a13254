"""BagIt profiles and bags that keep or break them: rule, bag, expected codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.bag_drafts import Files, draft, seal

INFO = b"Source-Organization: Archive\nBagging-Date: 2026-11-24\nPayload-Oxum: 2310.3\nColour: red\nColour: blue\n"
IDENTIFIER = "https://example.org/profile.json"


def profile(**rules: Any) -> dict[str, Any]:
    tree: dict[str, Any] = {
        "BagIt-Profile-Info": {
            "BagIt-Profile-Identifier": IDENTIFIER, "Source-Organization": "x", "External-Description": "x",
            "Version": "1",
        },
        "Bag-Info": {"BagIt-Profile-Identifier": {"required": False}},
        "Accept-BagIt-Version": ["1.0"],
        "Accept-Serialization": ["application/zip", "application/tar"],
    }  # fmt: skip
    for key, value in rules.items():
        name = {"Allow_Fetch": "Allow-Fetch.txt", "Fetch_Required": "Fetch.txt-Required"}.get(
            key, key.replace("_", "-")
        )
        if name == "Bag-Info":
            tree["Bag-Info"].update(value)
        else:
            tree[name] = value
    return tree


def write_profile(tree: dict[str, Any], place: Path) -> Path:
    path = place / "profile.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    return path


def bag(**extra: bytes) -> Callable[[], Files]:
    return lambda: draft(info=INFO, extra={key.replace("__", ".").encode(): value for key, value in extra.items()})


def with_fetch() -> Files:
    return seal({**draft(info=INFO), b"fetch.txt": b"https://example.org/a 6 data/a.txt\n"})


CASES: dict[str, tuple[dict[str, Any], Callable[[], Files], str, str]] = {
    "nothing-asked": (profile(), bag(), "folder", ""),
    "version-accepted": (profile(Accept_BagIt_Version=["0.97", "1.0"]), bag(), "folder", ""),
    "version-refused": (profile(Accept_BagIt_Version=["0.97"]), bag(), "folder", "BAG-601"),
    "tag-required": (profile(Bag_Info={"Source-Organization": {"required": True}}), bag(), "folder", ""),
    "tag-required-other-case": (profile(Bag_Info={"source-organization": {"required": True}}), bag(), "folder", ""),
    "tag-missing": (profile(Bag_Info={"Contact-Name": {"required": True}}), bag(), "folder", "BAG-602"),
    "tag-value": (profile(Bag_Info={"Source-Organization": {"values": ["Archive", "B"]}}), bag(), "folder", ""),
    "tag-value-wrong": (profile(Bag_Info={"Source-Organization": {"values": ["B"]}}), bag(), "folder", "BAG-603"),
    "tag-value-second-wrong": (profile(Bag_Info={"Colour": {"values": ["red"]}}), bag(), "folder", "BAG-603"),
    "tag-optional-absent": (profile(Bag_Info={"X": {"required": False, "values": ["a"]}}), bag(), "folder", ""),
    "tag-repeatable": (profile(Bag_Info={"Colour": {"repeatable": True}}), bag(), "folder", ""),
    "tag-not-repeatable": (profile(Bag_Info={"Colour": {"repeatable": False}}), bag(), "folder", "BAG-604"),
    "tag-recommended": (profile(Bag_Info={"X": {"recommended": True}}), bag(), "folder", "BAG-613"),
    "manifest-required": (profile(Manifests_Required=["sha256"]), bag(), "folder", ""),
    "manifest-missing": (profile(Manifests_Required=["md5"]), bag(), "folder", "BAG-605"),
    "manifest-not-allowed": (profile(Manifests_Allowed=["sha512"]), bag(), "folder", "BAG-606"),
    "tag-manifest-missing": (profile(Tag_Manifests_Required=["md5"]), bag(), "folder", "BAG-605"),
    "tag-manifest-not-allowed": (profile(Tag_Manifests_Allowed=["sha256"]), bag(), "folder", "BAG-606"),
    "fetch-forbidden": (profile(Allow_Fetch=False), with_fetch, "folder", "BAG-607"),
    "fetch-allowed": (profile(Allow_Fetch=True), with_fetch, "folder", ""),
    "fetch-required": (profile(Fetch_Required=True), bag(), "folder", "BAG-607"),
    "fetch-required-there": (profile(Fetch_Required=True), with_fetch, "folder", ""),
    "serialization-required": (profile(Serialization="required"), bag(), "folder", "BAG-608"),
    "serialization-required-packed": (profile(Serialization="required"), bag(), "zip", ""),
    "serialization-forbidden": (profile(Serialization="forbidden"), bag(), "zip", "BAG-608"),
    "serialization-of-other-kind": (profile(Accept_Serialization=["application/tar"]), bag(), "zip", "BAG-608"),
    "serialization-x-tar": (profile(Accept_Serialization=["application/x-tar"]), bag(), "tar", ""),
    "serialization-gzip": (profile(Accept_Serialization=["application/gzip"]), bag(), "tar.gz", ""),
    "serialization-gzip-is-no-tar": (profile(Accept_Serialization=["application/tar"]), bag(), "tar.gz", "BAG-608"),
    "tag-file-required": (profile(Tag_Files_Required=["x.txt"]), bag(x__txt=b"1"), "folder", ""),
    "tag-file-missing": (profile(Tag_Files_Required=["x.txt"]), bag(), "folder", "BAG-609"),
    "tag-file-allowed": (
        profile(Tag_Files_Allowed=["m/*"]),
        lambda: draft(info=INFO, extra={b"m/a/b": b"1"}),
        "folder",
        "",
    ),
    "tag-file-not-allowed": (profile(Tag_Files_Allowed=["m/*"]), bag(x__txt=b"1"), "folder", "BAG-610"),
    "tag-files-of-the-standard": (profile(Tag_Files_Allowed=[]), bag(), "folder", ""),
    "payload-file-required": (profile(Payload_Files_Required=["data/a.txt"]), bag(), "folder", ""),
    "payload-folder-required": (profile(Payload_Files_Required=["data/folder/"]), bag(), "folder", ""),
    "payload-file-missing": (profile(Payload_Files_Required=["data/z"]), bag(), "folder", "BAG-609"),
    "payload-file-not-allowed": (profile(Payload_Files_Allowed=["data/folder/*"]), bag(), "folder", "BAG-610"),
    "payload-empty": (profile(Data_Empty=True), lambda: draft({}, info=b"X: y\n"), "folder", ""),
    "payload-one-empty-file": (profile(Data_Empty=True), lambda: draft({b"data/x": b""}, info=b"X: y\n"), "folder", ""),
    "payload-not-empty": (profile(Data_Empty=True), bag(), "folder", "BAG-611"),
    "identifier-not-named": ({**profile(), "Bag-Info": {}}, bag(), "folder", "BAG-612"),
}

WRONG: dict[str, bytes] = {
    "no-json": b"{",
    "no-object": b"[]",
    "deep": b"[" * 100_000,
    "not-utf8": b"\xff\xfe",
    "no-info": b"{}",
    "no-identifier": b'{"BagIt-Profile-Info": {}}',
    "unknown-key": json.dumps(profile(Manifest_Required=["md5"])).encode(),
    "list-of-numbers": json.dumps(profile(Manifests_Required=[5])).encode(),
    "text-for-list": json.dumps(profile(Manifests_Required="md5")).encode(),
    "flag-is-text": json.dumps(profile(Data_Empty="yes")).encode(),
    "serialization": json.dumps(profile(Serialization="sometimes")).encode(),
    "tag-rule": json.dumps(profile(Bag_Info={"X": True})).encode(),
    "tag-values": json.dumps(profile(Bag_Info={"X": {"values": "a"}})).encode(),
    "tag-required": json.dumps(profile(Bag_Info={"X": {"required": "yes"}})).encode(),
    "fetch-contradiction": json.dumps(profile(Allow_Fetch=False, Fetch_Required=True)).encode(),
    "required-not-allowed": json.dumps(profile(Manifests_Required=["md5"], Manifests_Allowed=["sha1"])).encode(),
    "tag-files-not-allowed": json.dumps(profile(Tag_Files_Required=["x"], Tag_Files_Allowed=["y"])).encode(),
    "payload-not-allowed": json.dumps(profile(Payload_Files_Required=["data/x"], Payload_Files_Allowed=["y"])).encode(),
    "other-info": json.dumps(profile(Other_Info={})).encode(),
}
