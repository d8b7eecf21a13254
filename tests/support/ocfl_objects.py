"""OCFL objects for tests, written by nothing but json and hashlib, so that no code of ours judges itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Table = dict[str, Any]


def write_object(
    folder: Path,
    states: Sequence[dict[str, bytes]],
    *,
    specification: str = "1.1",
    algorithm: str = "sha512",
    identifier: str = "urn:example:one",
    change: Callable[[Table, str], None] | None = None,
    names: Callable[[int], str] = "v{}".format,
) -> Path:
    """An object with one version for each of `states` (logical path to content). `change` edits each inventory.

    It is called with the inventory and the version's name before digests are taken, so that what it breaks is signed.
    """
    folder.mkdir(parents=True)
    (folder / f"0=ocfl_object_{specification}").write_text(f"ocfl_object_{specification}\n")
    manifest: dict[str, list[str]] = {}
    versions: Table = {}
    for number, state in enumerate(states, 1):
        name = names(number)
        block: dict[str, list[str]] = {}
        for path, content in state.items():
            digest = hashlib.new(algorithm, content).hexdigest()
            block.setdefault(digest, []).append(path)
            if digest not in manifest:
                manifest[digest] = [f"{name}/content/{path}"]
                target = folder / name / "content" / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        (folder / name).mkdir(exist_ok=True)
        versions[name] = {
            "created": f"2026-01-{number:02}T00:00:00Z",
            "message": f"version {number}",
            "user": {"name": "A. Person", "address": "mailto:a@example.org"},
            "state": block,
        }
        inventory = {
            "id": identifier,
            "type": f"https://ocfl.io/{specification}/spec/#inventory",
            "digestAlgorithm": algorithm,
            "head": name,
            "manifest": json.loads(json.dumps(manifest)),
            "versions": json.loads(json.dumps(versions)),
        }
        if change is not None:
            change(inventory, name)
        for place in (folder / name, folder):
            sign(place, inventory, algorithm)
    return folder


def sign(place: Path, inventory: Table | bytes, algorithm: str = "sha512") -> None:
    """Write an inventory with its sidecar."""
    content = inventory if isinstance(inventory, bytes) else json.dumps(inventory, indent=1).encode()
    (place / "inventory.json").write_bytes(content)
    (place / f"inventory.json.{algorithm}").write_text(
        f"{hashlib.new(algorithm, content).hexdigest()} inventory.json\n"
    )


def edit(folder: Path, *places: str, change: Callable[[Table], None]) -> None:
    """Change the inventories in `places` ("" is the root) and sign them again."""
    for place in places:
        where = folder / place if place else folder
        inventory = json.loads((where / "inventory.json").read_text())
        change(inventory)
        sign(where, inventory)


def write_root(folder: Path, *, specification: str = "1.1", layout: Table | None = None) -> Path:
    """An empty storage root."""
    folder.mkdir(parents=True)
    (folder / f"0=ocfl_{specification}").write_text(f"ocfl_{specification}\n")
    if layout is not None:
        name = layout["extensionName"]
        (folder / "ocfl_layout.json").write_text(json.dumps({"extension": name, "description": "a layout"}))
        (folder / "extensions" / name).mkdir(parents=True)
        (folder / "extensions" / name / "config.json").write_text(json.dumps(layout))
    return folder
