"""Ways to build an OCFL object that is wrong, or odd, in one thing: each takes a folder and a specification."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.ocfl_objects import Table, edit, write_object

STATES = ({"a.txt": b"alpha", "dir/b.txt": b"beta"}, {"a.txt": b"alpha", "dir/b.txt": b"changed"})
ALPHA = hashlib.sha512(b"alpha").hexdigest()
Build = Callable[[Path, str], object]


def on_disk(change: Callable[[Path], object], states: tuple[dict[str, bytes], ...] = STATES, **options: Any) -> Build:
    """An object that is changed after it was written."""

    def build(folder: Path, specification: str) -> None:
        write_object(folder, states, specification=specification, **options)
        change(folder)

    return build


def signed(change: Callable[[Table], object]) -> Build:
    """An object whose every inventory is changed before its digest is taken."""

    def apply(inventory: Table, version: str) -> None:
        del version
        change(inventory)

    return lambda folder, specification: write_object(folder, STATES, specification=specification, change=apply)


def in_version(**values: Any) -> Build:
    return signed(lambda inventory: inventory["versions"]["v1"].update(values))


def in_places(*places: str, **values: Any) -> Build:
    return on_disk(lambda o: edit(o, *places, change=lambda inventory: inventory.update(values)))


def declare(name: str, text: str | None = None) -> Build:
    def change(o: Path) -> None:
        (declaration,) = o.glob("0=*")
        if text is not None:
            declaration.write_text(text)
        declaration.rename(o / (name or declaration.name))

    return on_disk(change)


def type_of(specification: str) -> str:
    return f"https://ocfl.io/{specification}/spec/#inventory"


def add_line(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def rename_in_sidecar(o: Path) -> None:
    path = o / "inventory.json.sha512"
    path.write_text(path.read_text().replace("inventory.json", "other.json"))


def raise_case(inventory: Table) -> None:
    inventory["manifest"] = {digest.upper(): paths for digest, paths in inventory["manifest"].items()}
    for version in inventory["versions"].values():
        version["state"] = {digest.upper(): paths for digest, paths in version["state"].items()}


def call_content_stuff(folder: Path, specification: str) -> None:
    def change(inventory: Table, _: str) -> None:
        inventory["contentDirectory"] = "stuff"
        moved = json.dumps(inventory["manifest"]).replace("/content/", "/stuff/")
        inventory["manifest"] = json.loads(moved)

    write_object(folder, STATES, specification=specification, change=change)
    for path in list(folder.glob("v*/content")):
        path.rename(path.parent / "stuff")


def renew(folder: Path, specification: str) -> None:
    """Version 1 by the first specification, the newest by `specification`."""
    write_object(folder, STATES, specification=specification)
    edit(folder, "v1", change=lambda inventory: inventory.update(type=type_of("1.0")))


def lower(folder: Path, specification: str) -> None:
    """Version 2 by an older specification than version 1."""
    del specification
    write_object(folder, STATES, specification="1.0")
    edit(folder, "v1", change=lambda inventory: inventory.update(type=type_of("1.1")))


def only_declared(folder: Path, specification: str) -> None:
    folder.mkdir()
    (folder / f"0=ocfl_object_{specification}").write_text(f"ocfl_object_{specification}\n")
