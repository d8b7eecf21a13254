"""Bags in a desk's project for the tests of its pages: one with a copy, and one whose names are hostile."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from tests.support.desks import PATIENCE, RunningDesk, Visitor

HOSTILE = "<script>alert(1)<img src=x onerror=alert(1)>\"'&\n\u202egnp.txt"
"""A name of a file that must never be anything but text in a page."""
NOT_UTF8 = b"caf\xe9.txt"

DESCRIPTION = """
title = {{ en = "Letters <b>from</b> the school", ar = "رسائل من المدرسة" }}
creator = "N. N."
language = ["en", "ar"]
type = "Collection"

[rights]
access = "open"
{more}
"""
PRIVATE = """
[private]
witness = "The secret name of a witness"
"""


def make_bag(
    desk: RunningDesk, name: str, *, private: bool = False, hostile: bool = False, copy: bool = True,
    renditions: bool = False,
) -> Path:  # fmt: skip
    """A bag with a text in two languages and a picture, held, and with `copy` held again in vault/."""
    source = desk.folder / "material" / name
    source.mkdir(parents=True)
    (source / "letter.txt").write_text("A letter from the school.\n", "utf-8")
    (source / "رسالة.txt").write_text("رسالة من المدرسة\n", "utf-8")
    (source / "page.html").write_text(
        "<!DOCTYPE html><title>A page</title><script>alert(1)</script><p>Text</p>", "utf-8"
    )
    if hostile:
        (source / HOSTILE).write_text("hostile\n", "utf-8")
    (source / "description.toml").write_text(DESCRIPTION.format(more=PRIVATE if private else ""), "utf-8")
    desk.archive("create", str(source), "--to", "bags", "--name", name, *([] if renditions else ["--pdfa", "none"]))
    bag = desk.folder / "bags" / name
    if copy:
        (desk.folder / "vault").mkdir(exist_ok=True)
        shutil.copytree(bag, desk.folder / "vault" / name)
        desk.archive("holdings", "add", f"bags/{name}", f"vault/{name}")
    else:
        desk.archive("holdings", "add", f"bags/{name}")
    return bag


def make_foreign_bag(desk: RunningDesk, name: str, files: Mapping[bytes, bytes]) -> Path:
    """A held bag as others make it, without records, with these payload files; names may be any bytes."""
    bag = desk.folder / "foreign" / name
    (bag / "data").mkdir(parents=True)
    (bag / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    lines = []
    for path, content in files.items():
        Path(os.fsdecode(os.fsencode(bag) + b"/data/" + path)).write_bytes(content)
        lines.append(hashlib.sha256(content).hexdigest().encode() + b"  data/" + path + b"\n")
    (bag / "manifest-sha256.txt").write_bytes(b"".join(lines))
    desk.archive("holdings", "add", str(bag))
    return bag


def damage(bag: Path, path: str = "data/original/letter.txt") -> None:
    """Change a file of a bag behind the archive's back."""
    file = bag / path
    file.chmod(0o644)
    file.write_bytes(file.read_bytes() + b"damage")


def read_page(visitor: Visitor, path: str) -> str:
    """A page of a bag, once the records of the bag have been read."""
    deadline = time.monotonic() + PATIENCE
    while 'http-equiv="refresh"' in (text := visitor.get(path).text):
        assert time.monotonic() < deadline, text
        time.sleep(0.1)
    return text


def file_page(visitor: Visitor, bag: int, name: str) -> str:
    """The path of the page of the first file of a bag whose path has `name` in it."""
    text = read_page(visitor, f"/bags/{bag}?text={quote(name)}")
    found = re.search(rf"/bags/{bag}/files/\d+", text)
    assert found is not None, text
    return found[0]
