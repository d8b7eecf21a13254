"""BagIt profiles as DART keeps them (APTrust's Digital Archivist's Resource Tool), told in the words of the standard.

DART exports a profile by itself, or inside of a job, a workflow or a file of settings. It names each tag with the file
that holds it, so that rules of further tag files are in it, which the standard has no place for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BAG_INFO = "bag-info.txt"
_LISTS = {
    "acceptBagItVersion": "Accept-BagIt-Version", "acceptSerialization": "Accept-Serialization",
    "manifestsRequired": "Manifests-Required", "manifestsAllowed": "Manifests-Allowed",
    "tagManifestsRequired": "Tag-Manifests-Required", "tagManifestsAllowed": "Tag-Manifests-Allowed",
    "tagFilesRequired": "Tag-Files-Required", "tagFilesAllowed": "Tag-Files-Allowed",
}  # fmt: skip
_INFO = {
    "bagItProfileIdentifier": "BagIt-Profile-Identifier", "bagItProfileVersion": "BagIt-Profile-Version",
    "contactEmail": "Contact-Email", "contactName": "Contact-Name", "externalDescription": "External-Description",
    "sourceOrganization": "Source-Organization", "version": "Version",
}  # fmt: skip
_OF_THE_STANDARD = ("bagit.txt", "fetch.txt")


def find_dart_profiles(tree: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The DART profiles in a JSON object: itself, or those of a job, a workflow or exported settings."""
    if isinstance(tree.get("tags"), list) and "bagItProfileInfo" in tree:
        return [tree]
    workflow = tree.get("workflow")
    held = [tree.get("bagItProfile"), workflow.get("bagItProfile") if isinstance(workflow, Mapping) else None]
    several = tree.get("bagItProfiles")
    held += several if isinstance(several, list) else []
    return [one for one in held if isinstance(one, Mapping) and isinstance(one.get("tags"), list)]


def standard_profile(profile: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The profile in the words of the standard, and the rules of further tag files by file name.

    Where DART has an empty list of what is allowed, everything is. Raises `ValueError` with what is wrong in it.
    """
    tree: dict[str, Any] = {"Allow-Fetch.txt": profile.get("allowFetchTxt") is True}
    for name, standard in _LISTS.items():
        given = profile.get(name)
        kept = [one for one in given if one] if isinstance(given, list) else given
        if kept:
            tree[standard] = kept
    if profile.get("serialization"):
        tree["Serialization"] = profile["serialization"]
    info = profile.get("bagItProfileInfo")
    if not isinstance(info, Mapping):
        raise ValueError("bagItProfileInfo is not a JSON object")
    tree["BagIt-Profile-Info"] = {standard: info[name] for name, standard in _INFO.items() if info.get(name)}
    tree["BagIt-Profile-Info"].setdefault("BagIt-Profile-Identifier", "")
    rules: dict[str, dict[str, Any]] = {}
    for file, label, tag in tags_of(profile):
        if file in _OF_THE_STANDARD:
            continue
        required = tag.get("required") is True and not (tag.get("emptyOK") is True or tag.get("emptyOk") is True)
        known = rules.setdefault(file, {}).setdefault(label, {"required": False, "values": []})
        known["required"] = known["required"] or required
        known["values"] = tag.get("values") or known["values"]
    tree["Bag-Info"] = rules.pop(BAG_INFO, {})
    return tree, rules


def tags_of(profile: Mapping[str, Any]) -> list[tuple[str, str, Mapping[str, Any]]]:
    """The tags of a DART profile: tag file, name, and what else it says. Raises `ValueError` for one without these."""
    found = []
    for number, tag in enumerate(profile.get("tags") or (), 1):
        if not isinstance(tag, Mapping) or not all(isinstance(tag.get(key), str) for key in ("tagFile", "tagName")):
            raise ValueError(f"tag {number} has no tagFile or no tagName")
        file = tag["tagFile"]
        listed = file.lower().startswith(("manifest-", "tagmanifest-"))
        if "/" in file or "\\" in file or not file.endswith(".txt") or not file.isprintable() or listed:
            raise ValueError(f"tag {number} belongs to {file[:60]!r}, which is not a tag file that can be written")
        found.append((file, tag["tagName"], tag))
    return found
