"""A strict reader of DSpace's Simple Archive Format, from the rules of DSpace's importer, not from our writer."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

_OWN = {"contents", "dublin_core.xml", "handle", "collections", "relationships"}
# The fields of the schema dc in DSpace's dublin-core-types.xml that descriptions can use.
_REGISTRY = {
    "contributor": {"none", "advisor", "author", "editor", "illustrator", "other"},
    "coverage": {"spatial", "temporal"},
    "date": {"none", "accessioned", "available", "copyright", "created", "issued", "submitted", "updated"},
    "description": {"none", "abstract", "provenance", "sponsorship", "statementofresponsibility", "tableofcontents",
                    "uri", "version"},
    "identifier": {"none", "citation", "govdoc", "isbn", "issn", "sici", "ismn", "other", "uri", "slug", "doi"},
    "language": {"none", "iso", "rfc3066"},
    "publisher": {"none"},
    "relation": {"none", "haspart", "hasversion", "isbasedon", "isformatof", "ispartof", "ispartofseries",
                 "isreferencedby", "isreplacedby", "isversionof", "replaces", "requires", "uri"},
    "rights": {"none", "holder", "license", "uri"},
    "source": {"none", "uri"},
    "subject": {"none", "classification", "ddc", "lcc", "lcsh", "mesh", "other"},
    "title": {"none", "alternative"},
    "type": {"none"},
}  # fmt: skip


class RefusedError(Exception):
    """The importer would stop, or would read something else than is meant."""


@dataclass
class Item:
    """An item as it would be imported: values, and files by bundle in the order of their lines."""

    values: list[tuple[str, str, str | None, str]] = field(default_factory=list)
    bundles: dict[str, list[str]] = field(default_factory=dict)
    primary: list[str] = field(default_factory=list)
    descriptions: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


def read_item(folder: Path) -> Item:
    """The item in `folder`. Raises `RefusedError`."""
    item = Item()
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    _read_contents(folder, item)
    listed = {name for names in item.bundles.values() for name in names}
    stray = {name for name in there - listed if name not in _OWN and not name.startswith("metadata_")}
    if stray:
        raise RefusedError(f"not in contents: {sorted(stray)}")
    item.files = {name: (folder / name).read_bytes() for name in listed}
    _read_values(folder / "dublin_core.xml", item)
    return item


def _read_contents(folder: Path, item: Item) -> None:
    if not (folder / "contents").is_file():
        raise RefusedError("no contents")
    for line in (folder / "contents").read_bytes().decode("utf-8").replace("\r", "\n").split("\n"):
        if not line.strip():
            continue
        if line.startswith("-r "):
            raise RefusedError("an order to register a file")
        name, *rest = line.split("\t")
        name = name.strip()
        bundle = "ORIGINAL"
        for one in rest:
            key, mark, value = one.partition(":")
            if not mark or key not in ("bundle", "permissions", "description", "primary", "language"):
                raise RefusedError(f"unknown suffix: {one}")
            if key == "bundle":
                bundle = value.strip()
            elif key == "primary" and value.strip() == "true":
                item.primary.append(name)
            elif key == "description":
                item.descriptions[name] = value.strip()
        if not (folder / name).is_file():
            raise RefusedError(f"no such file: {name}")
        if any(name in names for names in item.bundles.values()):
            raise RefusedError(f"listed twice: {name}")
        item.bundles.setdefault(bundle, []).append(name)
    if len(item.primary) > 1:
        raise RefusedError("two primary files")


def _read_values(path: Path, item: Item) -> None:
    try:
        root = etree.parse(str(path)).getroot()
    except (OSError, etree.XMLSyntaxError) as error:
        raise RefusedError(str(error)) from error
    if root.tag != "dublin_core" or root.get("schema", "dc") != "dc":
        raise RefusedError("not dublin_core")
    for one in root:
        element, qualifier = one.get("element"), one.get("qualifier", "none")
        text = (one.text or "").strip()
        if one.tag != "dcvalue" or not text:
            raise RefusedError("an empty value")
        if element is None or qualifier not in _REGISTRY.get(element, set()):
            raise RefusedError(f"not in the registry: dc.{element}.{qualifier}")
        item.values.append((element, qualifier, one.get("language"), text))
    if not any(element == "title" for element, *_ in item.values):
        raise RefusedError("no title")
