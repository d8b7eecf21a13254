"""Jobs, workflows and settings in the form in which DART exports them, written anew for the tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SECRET = "s3cret-of-dart"


def tag(file: str, name: str, **more: Any) -> dict[str, Any]:
    """A tag definition with all that DART writes of one."""
    return {
        "id": "", "tagFile": file, "tagName": name, "required": False, "values": [], "defaultValue": "",
        "userValue": "", "help": "", "emptyOK": True, **more,
    }  # fmt: skip


def profile(*tags: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A profile of DART that wants a tar, an md5 manifest and a title in archive-info.txt."""
    return {
        "id": "p-1", "name": "County Archive", "description": "", "acceptBagItVersion": ["0.97", "1.0"],
        "acceptSerialization": ["application/tar"], "allowFetchTxt": False,
        "bagItProfileInfo": {
            "bagItProfileIdentifier": "https://archive.example/profile.json", "bagItProfileVersion": "",
            "contactEmail": "", "contactName": "", "externalDescription": "", "sourceOrganization": "", "version": "1",
        },
        "manifestsAllowed": ["md5", "sha256"], "manifestsRequired": ["md5"], "serialization": "required",
        "tagFilesAllowed": ["*", ""], "tagFilesRequired": None, "tagManifestsAllowed": ["md5", "sha256"],
        "tagManifestsRequired": [], "tarDirMustMatchName": True,
        "tags": [
            tag("bagit.txt", "BagIt-Version", required=True, emptyOK=False, defaultValue="0.97"),
            tag("bag-info.txt", "Source-Organization", required=True, emptyOK=False, defaultValue="The County"),
            tag("bag-info.txt", "Payload-Oxum", userValue="1.1"),
            tag("archive-info.txt", "Title", required=True, emptyOK=False),
            tag("archive-info.txt", "Access", required=True, emptyOK=False, defaultValue="Open",
                values=["Open", "Closed"]),
            *tags,
        ],
        **more,
    }  # fmt: skip


def service(protocol: str = "s3", **more: Any) -> dict[str, Any]:
    """A storage service with a login and a password."""
    return {
        "id": "s-1", "name": "County Bucket", "description": "", "protocol": protocol, "host": "s3.example.com",
        "port": 0, "bucket": "holdings", "login": "clerk", "password": SECRET, "loginExtra": "", "allowsUpload": True,
        "allowsDownload": False, **more,
    }  # fmt: skip


def job(sources: list[str], *tags: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A job that packs these files in a tar and uploads it."""
    operation = {
        "packageName": "letters.tar", "packageFormat": "BagIt", "bagItSerialization": ".tar", "sourceFiles": sources,
        "outputPath": "/nowhere/letters.tar", "errors": {}, "payloadSize": 0,
    }  # fmt: skip
    upload = {"errors": {}, "payloadSize": 0, "sourceFiles": ["/nowhere/letters.tar"], "storageService": service()}
    return {
        "bagItProfile": profile(*tags), "byteCount": 0, "dirCount": 0, "errors": {}, "fileCount": 0,
        "packageOp": operation, "uploadOps": [upload], "validationOp": {"pathToBag": "/nowhere"},
        "workflowId": "w-1", **more,
    }  # fmt: skip


def workflow(**more: Any) -> dict[str, Any]:
    """A workflow with its profile and where it sends the bags."""
    return {
        "id": "w-1", "name": "Letters", "description": "", "packageFormat": "BagIt", "bagItProfile": profile(),
        "storageServices": [service(), service("sftp", host="sftp.example.com", port=2222, name="County Disk")],
        **more,
    }  # fmt: skip


def write(path: Path, tree: object) -> Path:
    """The tree as a JSON file."""
    path.write_text(json.dumps(tree), encoding="utf-8")
    return path
