"""The OCFL validator names the specification's codes: one broken object for each."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.errors import NotABagError
from archive.model.codes import ocfl as codes
from archive.model.finding import FindingKind, Outcome, Severity
from archive.model.validation import ValidationReport
from archive.stages.validation import validate
from archive.stages.validation.ocfl.files import Tree
from archive.stages.validation.ocfl.ocfl import is_ocfl, validate_ocfl
from tests.support.ocfl_objects import edit, sign, write_object, write_root

STATES = ({"a.txt": b"alpha", "dir/b.txt": b"beta"}, {"a.txt": b"alpha", "dir/b.txt": b"changed"})
Change = Callable[[dict[str, Any], str], None]


def codes_of(report: ValidationReport) -> set[str]:
    return {finding.code.removeprefix("OCFL-") for finding in report.findings}


def digest(content: bytes) -> str:
    return hashlib.sha512(content).hexdigest()


ALPHA, BETA, CHANGED = digest(b"alpha"), digest(b"beta"), digest(b"changed")


@pytest.mark.parametrize("specification", ["1.0", "1.1"])
@pytest.mark.parametrize("algorithm", ["sha512", "sha256"])
def test_a_good_object_is_valid(specification: str, algorithm: str, tmp_path: Path) -> None:
    folder = write_object(tmp_path / "o", STATES, specification=specification, algorithm=algorithm)
    report = validate_ocfl(str(folder))
    assert (report.verdict, report.outcome) == ("valid", Outcome.INTACT)
    assert codes_of(report) == ({"W004"} if algorithm == "sha256" else set())
    assert report.facts == {
        "sort": "object", "versions": 2, "files": 3, "id": "urn:example:one", "specification": specification,
        "head": "v2",
    }  # fmt: skip


def test_every_fixity_algorithm_is_computed(tmp_path: Path) -> None:
    values = {
        "md5": hashlib.md5(b"alpha").hexdigest(), "sha1": hashlib.sha1(b"alpha").hexdigest(),
        "sha256": hashlib.sha256(b"alpha").hexdigest(), "sha512": ALPHA.upper(),
        "blake2b-512": hashlib.blake2b(b"alpha").hexdigest(),
        "blake2b-160": hashlib.blake2b(b"alpha", digest_size=20).hexdigest(),
        "blake2b-256": hashlib.blake2b(b"alpha", digest_size=32).hexdigest(),
        "blake2b-384": hashlib.blake2b(b"alpha", digest_size=48).hexdigest(),
        "sha512/256": hashlib.new("sha512_256", b"alpha").hexdigest(), "size": "5",
    }  # fmt: skip

    def add(inventory: dict[str, Any], name: str) -> None:
        del name
        inventory["fixity"] = {algorithm: {value: ["v1/content/a.txt"]} for algorithm, value in values.items()}

    assert validate_ocfl(str(write_object(tmp_path / "good", STATES, change=add))).findings == ()
    for algorithm, value in values.items():
        if algorithm == "size":
            continue
        wrong = value.translate(str.maketrans("0123456789", "1234567890"))
        spoil = put("fixity", {algorithm: {wrong: ["v1/content/a.txt"]}})

        report = validate_ocfl(str(write_object(tmp_path / algorithm.replace("/", "_"), STATES, change=spoil)))
        assert "E093" in codes_of(report), algorithm


def put(key: str, value: Any) -> Change:
    def change(inventory: dict[str, Any], name: str) -> None:
        del name
        inventory[key] = value

    return change


def drop(*keys: str) -> Change:
    def change(inventory: dict[str, Any], name: str) -> None:
        del name
        for key in keys:
            del inventory[key]

    return change


def put_version(key: str, value: Any) -> Change:
    def change(inventory: dict[str, Any], name: str) -> None:
        del name
        inventory["versions"]["v1"][key] = value

    return change


def drop_version(key: str) -> Change:
    def change(inventory: dict[str, Any], name: str) -> None:
        del name
        del inventory["versions"]["v1"][key]

    return change


def move(block: str, old: str, new: Any) -> Change:
    """Replace digest `old` of manifest or v1's state by `new`, or its paths when `new` is a list."""

    def change(inventory: dict[str, Any], name: str) -> None:
        del name
        table = inventory["manifest"] if block == "manifest" else inventory["versions"]["v1"]["state"]
        if isinstance(new, str):
            table[new] = table.pop(old)
        else:
            table[old] = new

    return change


def both(one: Change, other: Change) -> Change:
    def change(inventory: dict[str, Any], name: str) -> None:
        one(inventory, name)
        other(inventory, name)

    return change


A = "v1/content/a.txt"

SIGNED: dict[str, tuple[set[str], Change]] = {
    "no versions, no head": ({"E008", "E036"}, lambda i, n: (i.pop("head"), i.update(versions={}))[0]),
    "content directory with slash": ({"E017", "E108"}, put("contentDirectory", "a/b")),
    "content directory no text": ({"E017", "E108"}, put("contentDirectory", 7)),
    "content directory of dots": ({"E018", "E108"}, put("contentDirectory", "..")),
    "algorithm": ({"E025"}, put("digestAlgorithm", "md5")),
    "no id": ({"E036"}, drop("id")),
    "no type": ({"E036"}, drop("type")),
    "no algorithm": ({"E036"}, drop("digestAlgorithm")),
    "no head": ({"E036"}, drop("head")),
    "empty id": ({"E037"}, put("id", "")),
    "id no text": ({"E037"}, put("id", 3)),
    "type no text": ({"E038"}, put("type", 1)),
    "type of another version": ({"E038"}, put("type", "https://ocfl.io/1.0/spec/#inventory")),
    "head no text": ({"E040"}, put("head", 1)),
    "head does not exist": ({"E040"}, put("head", "v9")),
    "head format": ({"E040"}, put("head", "1")),
    "no manifest": ({"E041"}, drop("manifest")),
    "manifest no object": ({"E041", "E106"}, put("manifest", [])),
    "no versions key": ({"E041", "E043"}, drop("versions")),
    "versions no object": ({"E044", "E045"}, put("versions", ["v1"])),
    "version no object": ({"E047"}, lambda i, n: i["versions"].update(v1=[])),
    "no created": ({"E048"}, drop_version("created")),
    "no state": ({"E048"}, drop_version("state")),
    "created without zone": ({"E049"}, put_version("created", "2019-01-01T02:03:04")),
    "created without seconds": ({"E049"}, put_version("created", "2019-01-01T01:02Z")),
    "created no text": ({"E049"}, put_version("created", 7)),
    "created on no day": ({"E049"}, put_version("created", "2019-02-30T01:02:03Z")),
    "state no object": ({"E050"}, put_version("state", [])),
    "state digest in other case": ({"E050"}, move("state", ALPHA, ALPHA.upper())),
    "state digest unknown": ({"E050"}, move("state", ALPHA, "0" * 128)),
    "state paths no list": ({"E050"}, move("state", ALPHA, {})),
    "logical path no text": ({"E051"}, move("state", ALPHA, [7])),
    "logical path with dots": ({"E052"}, move("state", ALPHA, ["../../a.txt"])),
    "logical path from the root": ({"E053"}, move("state", ALPHA, ["/a.txt"])),
    "logical path with both": ({"E052", "E053"}, move("state", ALPHA, ["//a.txt"])),
    "user no object": ({"E054"}, put_version("user", "me")),
    "user without name": ({"E054"}, put_version("user", {"address": "mailto:a@b"})),
    "address no text": ({"E054"}, put_version("user", {"name": "x", "address": 1})),
    "unknown fixity algorithm": ({"E026", "E056"}, put("fixity", {"crc9": {}})),
    "fixity null": ({"E111"}, put("fixity", None)),
    "fixity of one no object": ({"E057"}, put("fixity", {"md5": []})),
    "fixity no list": ({"E057"}, put("fixity", {"md5": {"0" * 32: "x"}})),
    "fixity digest form": ({"E057", "E029"}, put("fixity", {"sha1": {"zz": ["v1/content/a.txt"]}})),
    "fixity sha256 form": ({"E057", "E030"}, put("fixity", {"sha256": {"zz": ["v1/content/a.txt"]}})),
    "fixity blake form": ({"E057", "E032"}, put("fixity", {"blake2b-512": {"zz": ["v1/content/a.txt"]}})),
    "fixity of nothing": ({"E093", "E057"}, put("fixity", {"md5": {"0" * 32: ["v1/content/none"]}})),
    "fixity mismatch": ({"E093"}, put("fixity", {"md5": {"0" * 32: ["v1/content/a.txt"]}})),
    "fixity twice": ({"E097"}, put("fixity", {"md5": {"a" * 32: [A], "A" * 32: [A]}})),
    "fixity paths": ({"E099", "E100"}, put("fixity", {"md5": {"a" * 32: ["/v1/content/a.txt", "v1/content/../x"]}})),
    "message no text": ({"E094"}, put_version("message", 7)),
    "logical path twice": ({"E095"}, move("state", ALPHA, ["a.txt", "a.txt"])),
    "logical path file and folder": ({"E095"}, move("state", ALPHA, ["dir"])),
    "manifest digest twice": ({"E096"}, lambda i, n: i["manifest"].update({ALPHA.upper(): ["v1/content/a.txt"]})),
    "manifest digest form": ({"E031", "E092"}, move("manifest", ALPHA, "abc")),
    "manifest digest mismatch": ({"E092"}, both(move("manifest", ALPHA, "0" * 128), move("state", ALPHA, "0" * 128))),
    "manifest no list": ({"E092"}, move("manifest", ALPHA, "x" * 0 or {"a": 1})),
    "content path outside a version": ({"E042"}, move("manifest", ALPHA, ["a.txt"])),
    "content path outside content": ({"E042"}, move("manifest", ALPHA, ["v1/a.txt"])),
    "content path in another folder": ({"E042", "E021"}, move("manifest", ALPHA, ["v1/stuff/a.txt"])),
    "content path of a padded version": ({"E042", "E014"}, move("manifest", ALPHA, ["v001/content/a.txt"])),
    "content path with backslashes": ({"E042", "E035"}, move("manifest", ALPHA, ["v1\\content\\a.txt"])),
    "manifest by another algorithm": ({"E031", "E039"}, move("manifest", ALPHA, hashlib.sha256(b"alpha").hexdigest())),
    "content path with dots": ({"E099"}, move("manifest", ALPHA, ["v1/content/../content/a.txt"])),
    "content path empty element": ({"E099"}, move("manifest", ALPHA, ["v1/content//a.txt"])),
    "content path from the root": ({"E100"}, move("manifest", ALPHA, ["/v1/content/a.txt"])),
    "content path twice": ({"E101"}, move("manifest", ALPHA, ["v1/content/a.txt", "v1/content/a.txt"])),
    "content path file and folder": ({"E101"}, move("manifest", ALPHA, ["v1/content/a.txt", "v1/content/dir"])),
    "missing file": ({"E092", "E023"}, move("manifest", ALPHA, ["v1/content/a.txt", "v1/content/c.txt"])),
    "unknown key": ({"E102"}, put("colour", "red")),
    "unknown version key": ({"E102"}, put_version("colour", "red")),
    "digest that no version uses": ({"E107"}, lambda i, n: i["manifest"].update({"0" * 128: ["v1/content/a.txt"]})),
    "version without v": ({"E104", "E046"}, lambda i, n: i["versions"].update({"1": i["versions"].pop("v1")})),
    "version of no number": ({"E105", "E046"}, lambda i, n: i["versions"].update({"vx": i["versions"].pop("v1")})),
}  # fmt: skip


@pytest.mark.parametrize("case", SIGNED)
def test_a_mistake_in_every_inventory_is_named(case: str, tmp_path: Path) -> None:
    expected, change = SIGNED[case]
    folder = write_object(tmp_path / "o", STATES, change=change)
    report = validate_ocfl(str(folder))
    assert expected <= codes_of(report)
    assert report.verdict == "invalid"


WARNED: dict[str, tuple[set[str], Change]] = {
    "id no URI": ({"W005"}, put("id", "not_a_uri")),
    "no message": ({"W007"}, drop_version("message")),
    "no user": ({"W007"}, drop_version("user")),
    "no address": ({"W008"}, put_version("user", {"name": "x"})),
    "address no URI": ({"W009"}, put_version("user", {"name": "x", "address": "nowhere special"})),
}


@pytest.mark.parametrize("case", WARNED)
def test_what_should_be_otherwise_is_a_warning(case: str, tmp_path: Path) -> None:
    expected, change = WARNED[case]
    report = validate_ocfl(str(write_object(tmp_path / "o", STATES, change=change)))
    assert (codes_of(report), report.verdict) == (expected, "valid")


def rename(old: str, new: str) -> Callable[[Path], object]:
    return lambda o: (o / old).rename(o / new)


def write(path: str, text: str) -> Callable[[Path], object]:
    def change(o: Path) -> None:
        (o / path).parent.mkdir(parents=True, exist_ok=True)
        (o / path).write_text(text)

    return change


def remove_tree(o: Path) -> None:
    for path in sorted(o.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    o.rmdir()


def in_v1(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], object]:
    """Change the inventory in v1 only."""
    return lambda o: edit(o, "v1", change=lambda inventory: change(inventory) and None)


def state(inventory: dict[str, Any]) -> dict[str, Any]:
    return inventory["versions"]["v1"]["state"]  # type: ignore[no-any-return]


def swap_alpha(inventory: dict[str, Any]) -> None:
    for block in (inventory["manifest"], state(inventory)):
        block["0" * 128] = block.pop(ALPHA)


def repeat_head(o: Path) -> None:
    sign(o, (o / "inventory.json").read_bytes().replace(b'"head"', b'"head": "v2", "head"'))


def link_twice(o: Path) -> None:
    (o / A).unlink()
    os.link(o / "v2/content/dir/b.txt", o / A)


def write_between(root: Path) -> None:
    for path in root.glob("*/*/0=*"):
        (path.parent.parent / "x").write_text("x")


DECLARED = "0=ocfl_object_1.1"
TIMES = {"created": "2000-01-01T00:00:00Z"}
ON_DISK: dict[str, tuple[set[str], Callable[[Path], object]]] = {
    "extra file in root": ({"E001"}, write("extra", "x")),
    "extra folder in root": ({"E001"}, lambda o: (o / "extra").mkdir()),
    "a version that is a file": ({"E001"}, write("v3", "x")),
    "no declaration": ({"E003"}, lambda o: (o / DECLARED).unlink()),
    "two declarations": ({"E003"}, write("0=ocfl_object_1.0", "ocfl_object_1.0\n")),
    "unknown version": ({"E004"}, rename(DECLARED, "0=ocfl_object_9.0")),
    "other NAMASTE": ({"E005"}, rename(DECLARED, "1=ocfl_object_1.1")),
    "almost NAMASTE": ({"E002", "E003"}, rename(DECLARED, "0-ocfl_object_1.1")),
    "other dvalue": ({"E006"}, rename(DECLARED, "0=ocfl_thing_1.1")),
    "declaration's text": ({"E002", "E007"}, write(DECLARED, "ocfl_object_1.1")),
    "missing version folder": ({"E046", "E010"}, lambda o: remove_tree(o / "v1")),
    "further version folder": ({"E046"}, write("v3/content/x", "x")),
    "further folder with a gap": ({"E046", "E010"}, write("v9/content/x", "x")),
    "file in version folder": ({"E015"}, write("v1/a.txt", "x")),
    "content directory changes": ({"E019", "E020"}, in_v1(lambda i: i.update(contentDirectory="other"))),
    "file that is not listed": ({"E023"}, write("v1/content/new.txt", "x")),
    "old inventory lacks a file": ({"E023"}, in_v1(lambda i: (i["manifest"].pop(ALPHA), state(i).pop(ALPHA)))),
    "empty folder in content": ({"E024"}, lambda o: (o / "v1/content/empty").mkdir()),
    "no JSON": ({"E033"}, lambda o: sign(o, b"{")),
    "JSON of no object": ({"E033"}, lambda o: sign(o, b"[]")),
    "JSON with a mark": ({"E033"}, lambda o: sign(o, b"\xef\xbb\xbf" + (o / "inventory.json").read_bytes())),
    "JSON with a key twice": ({"E033"}, repeat_head),
    "JSON nested deeply": ({"E033"}, lambda o: sign(o, b"[" * 100_000)),
    "another id in v1": ({"E037", "E110"}, lambda o: edit(o, "v1", change=lambda i: i.update(id="urn:example:two"))),
    "another head in v1": ({"E040"}, lambda o: sign(o / "v1", (o / "inventory.json").read_bytes())),
    "no sidecar": ({"E058"}, lambda o: (o / "inventory.json.sha512").unlink()),
    "sidecar of another algorithm": ({"E058", "E059"}, rename("inventory.json.sha512", "inventory.json.sha256")),
    "root digest": ({"E060"}, write("inventory.json.sha512", "0" * 128 + " inventory.json\n")),
    "version digest": ({"E060"}, write("v1/inventory.json.sha512", "0" * 128 + " inventory.json\n")),
    "sidecar's form": ({"E061"}, write("inventory.json.sha512", ALPHA + "\n")),
    "inventory of another name": ({"E063", "E034"}, rename("inventory.json", "Inventory.JSON")),
    "no content folder": ({"E016", "E023", "E092"}, rename("v1/content", "v1/data")),
    "no inventory": ({"E063"}, lambda o: (o / "inventory.json").unlink()),
    "root and head differ": ({"E064"}, lambda o: edit(o, "v2", change=lambda i: i.update(fixity={}))),
    "other state in v1": ({"E066"}, in_v1(lambda i: state(i).update({ALPHA: ["z"]}))),
    "other content in v1": ({"E066"}, in_v1(lambda i: state(i).update({ALPHA: ["dir/b.txt"], BETA: ["a.txt"]}))),
    "v1 knows v7": ({"E066"}, lambda o: edit(o, "v1", change=lambda i: i["versions"].update(v7=i["versions"]["v1"]))),
    "file in extensions": ({"E067"}, write("extensions/x", "x")),
    "link": ({"E090"}, lambda o: (o / "v1/content/link").symlink_to("a.txt")),
    "hard link": ({"E090"}, link_twice),
    "pipe": ({"E089"}, lambda o: os.mkfifo(o / "v1/content/pipe")),
    "changed content": ({"E092"}, write("v1/content/a.txt", "Alpha")),
    "changed manifest in v1": ({"E092", "E066"}, in_v1(swap_alpha)),
    "missing content": ({"E092", "E023"}, lambda o: (o / "v1/content/a.txt").unlink()),
    "older specification after": ({"E103"}, lambda o: edit(o, "", "v2", change=lambda i: i.update(type="https://ocfl.io/1.0/spec/#inventory"))),
}  # fmt: skip


@pytest.mark.parametrize("case", ON_DISK)
def test_a_mistake_on_disk_is_named(case: str, tmp_path: Path) -> None:
    expected, change = ON_DISK[case]
    folder = write_object(tmp_path / "o", STATES)
    change(folder)
    report = validate_ocfl(str(folder))
    assert expected <= codes_of(report)
    assert report.verdict == "invalid"


WARNED_ON_DISK: dict[str, tuple[set[str], Callable[[Path], object]]] = {
    "folder beside content": ({"W002"}, lambda o: (o / "v1/extra").mkdir()),
    "no version inventory": ({"W010"}, lambda o: [path.unlink() for path in (o / "v1").glob("inventory*")]),
    "other metadata": ({"W011"}, lambda o: edit(o, "v1", change=lambda i: i["versions"]["v1"].update(TIMES))),
    "extension": ({"W013"}, lambda o: (o / "extensions/mine").mkdir(parents=True)),
    "registered extension": (set(), lambda o: (o / "extensions/0005-mutable-head").mkdir(parents=True)),
    "logs": (set(), write("logs/x.txt", "x")),
}


@pytest.mark.parametrize("case", WARNED_ON_DISK)
def test_what_should_be_otherwise_on_disk_is_a_warning(case: str, tmp_path: Path) -> None:
    expected, change = WARNED_ON_DISK[case]
    folder = write_object(tmp_path / "o", STATES)
    change(folder)
    report = validate_ocfl(str(folder))
    assert (codes_of(report), report.verdict) == (expected, "valid")


def test_an_empty_content_folder_is_a_warning(tmp_path: Path) -> None:
    folder = write_object(tmp_path / "o", [STATES[0], STATES[0]])
    (folder / "v2/content").mkdir()
    assert codes_of(validate_ocfl(str(folder))) == {"W003"}


def test_fixity_null_has_its_code_of_version_1_0(tmp_path: Path) -> None:
    folder = write_object(tmp_path / "o", STATES, specification="1.0", change=put("fixity", None))
    assert codes_of(validate_ocfl(str(folder))) == {"E056"}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (lambda n: f"v{n:03}", {"W001"}),
        (lambda n: f"v{n + 1}", {"E009"}),
        (lambda n: f"v{n * n}", {"E010"}),
        (lambda n: ("v01", "v2")[n - 1], {"W001", "E011", "E012", "E013"}),
        (lambda n: ("v01", "v002")[n - 1], {"W001", "E011", "E012", "E013"}),
    ],
)
def test_the_numbering_of_versions(names: Callable[[int], str], expected: set[str], tmp_path: Path) -> None:
    report = validate_ocfl(str(write_object(tmp_path / "o", STATES, names=names)))
    assert codes_of(report) == expected


def test_an_algorithm_may_change_between_versions(tmp_path: Path) -> None:
    folder = write_object(tmp_path / "o", STATES)
    old = write_object(tmp_path / "old", STATES[:1], algorithm="sha256")
    for path in (folder / "v1").glob("inventory*"):
        path.unlink()
    for path in (old / "v1").glob("inventory*"):
        path.rename(folder / "v1" / path.name)
    assert codes_of(validate_ocfl(str(folder))) == {"W004"}
    inventory = json.loads((folder / "v1/inventory.json").read_text())
    (first, second) = inventory["versions"]["v1"]["state"]
    state = inventory["versions"]["v1"]["state"]
    state[first], state[second] = state[second], state[first]
    sign(folder / "v1", inventory, "sha256")
    assert codes_of(validate_ocfl(str(folder))) == {"W004", "E066"}


def test_a_wrong_digest_by_an_earlier_algorithm_is_found(tmp_path: Path) -> None:
    folder = write_object(tmp_path / "o", STATES)
    old = write_object(tmp_path / "old", STATES[:1], algorithm="sha256")
    for path in (folder / "v1").glob("inventory*"):
        path.unlink()
    text = (old / "v1/inventory.json").read_text().replace(hashlib.sha256(b"alpha").hexdigest(), "0" * 64)
    sign(folder / "v1", text.encode(), "sha256")
    assert "E092" in codes_of(validate_ocfl(str(folder)))


def test_what_cannot_be_read_is_not_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_object(tmp_path / "o", STATES)
    real = os.scandir

    def refuse(path: str) -> Any:
        if str(path).endswith("v1/content/dir"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    report = validate_ocfl(str(folder))
    assert (report.outcome, report.verdict) == (Outcome.NOT_CHECKED, "not checked")
    assert codes_of(report) == {"100"}


def test_a_declaration_without_end_is_not_read(tmp_path: Path) -> None:
    folder = write_object(tmp_path / "o", STATES)
    with (folder / DECLARED).open("wb") as stream:
        stream.truncate(1 << 30)
    assert codes_of(validate_ocfl(str(folder))) == {"101"}


LAYOUT = {"extensionName": "0004-hashed-n-tuple-storage-layout", "tupleSize": 2, "numberOfTuples": 1}


def put_in_place(root: Path, identifier: str) -> Path:
    whole = hashlib.sha256(identifier.encode()).hexdigest()
    return write_object(root / whole[:2] / whole, STATES, identifier=identifier)


def test_a_good_root_is_valid(tmp_path: Path) -> None:
    root = write_root(tmp_path / "r", layout=LAYOUT)
    for identifier in ("urn:a", "urn:b", "http://example.org/ä"):
        put_in_place(root, identifier)
    (root / "README.md").write_text("files that a validator does not know are ignored here")
    report = validate_ocfl(str(root))
    assert (report.verdict, codes_of(report)) == ("valid", set()) or report.findings == ()
    assert report.facts == {"sort": "storage root", "objects": 3, "files": 9}


ROOTS: dict[str, tuple[set[str], Callable[[Path], object]]] = {
    "layout text no JSON": ({"E070"}, write("ocfl_layout.json", "{")),
    "layout text lacks keys": ({"E070"}, write("ocfl_layout.json", '{"extension": "0002-flat-direct-storage-layout"}')),
    "layout unknown": ({"E071"}, write("ocfl_layout.json", '{"extension": "none", "description": "x"}')),
    "declaration missing": ({"E069", "E076"}, lambda r: (r / "0=ocfl_1.1").unlink()),
    "declaration twice": ({"E069", "E076"}, write("0=ocfl_1.0", "ocfl_1.0\n")),
    "declaration of another version": ({"E077", "E069"}, rename("0=ocfl_1.1", "0=ocfl_3.0")),
    "declaration of another kind": ({"E079", "E069"}, rename("0=ocfl_1.1", "0=thing")),
    "declaration of another number": ({"E078", "E069"}, rename("0=ocfl_1.1", "3=ocfl_1.1")),
    "declaration that almost is": ({"E075", "E069"}, rename("0=ocfl_1.1", "0-ocfl_1.1")),
    "declaration's text": ({"E075", "E080"}, write("0=ocfl_1.1", "ocfl_1.0\n")),
    "file in the hierarchy": ({"E072", "E085"}, write("aa/file", "x")),
    "file between": ({"E084"}, write_between),
    "empty folder": ({"E073", "E085"}, lambda r: (r / "aa/bb").mkdir(parents=True)),
    "object without declaration": ({"E088", "E003"}, lambda r: [path.unlink() for path in r.glob("*/*/0=*")]),
    "object out of place": ({"E083"}, lambda r: [path.parent.rename(r / "elsewhere") for path in r.glob("*/*/0=*")]),
    "object twice": ({"E037", "E083"}, lambda r: write_object(r / "zz/other", STATES, identifier="urn:a")),
    "file in extensions": ({"E112"}, write("extensions/file", "x")),
    "a damaged object": ({"E092"}, lambda r: [path.write_text("x") for path in r.glob("*/*/v1/content/a.txt")]),
    "link": ({"E090"}, lambda r: (r / "link").symlink_to(r)),
}  # fmt: skip


def test_a_file_in_the_extensions_of_a_root_of_version_1_0(tmp_path: Path) -> None:
    root = write_root(tmp_path / "r", specification="1.0")
    (root / "extensions").mkdir()
    (root / "extensions" / "file").write_text("x")
    assert codes_of(validate_ocfl(str(root))) == {"E086", "E112"}


@pytest.mark.parametrize("case", ROOTS)
def test_a_mistake_in_a_root_is_named(case: str, tmp_path: Path) -> None:
    expected, change = ROOTS[case]
    root = write_root(tmp_path / "r", layout=LAYOUT)
    put_in_place(root, "urn:a")
    change(root)
    report = validate_ocfl(str(root))
    assert expected <= codes_of(report)
    assert report.verdict == "invalid"


def test_what_should_be_otherwise_in_a_root(tmp_path: Path) -> None:
    root = write_root(tmp_path / "r")
    write_object(root / "one", STATES)
    write_object(root / "deep/er/two", STATES, identifier="urn:example:two")
    (root / "extensions/mine").mkdir(parents=True)
    report = validate_ocfl(str(root))
    assert (codes_of(report), report.verdict) == ({"W014", "W015", "W016"}, "valid")


@pytest.mark.parametrize("described", ["nnnn-quoted.md", "extensions/nnnn-quoted/config.json"])
def test_a_layout_of_ones_own_may_be_named_where_the_root_describes_it(described: str, tmp_path: Path) -> None:
    root = write_root(tmp_path / "r")
    write_object(root / "one", STATES)
    write("ocfl_layout.json", '{"extension": "nnnn-quoted", "description": "x"}')(root)
    assert codes_of(validate_ocfl(str(root))) == {"E071"}
    write(described, "{}")(root)
    assert validate_ocfl(str(root)).verdict == "valid"


def test_an_object_is_not_newer_than_its_root(tmp_path: Path) -> None:
    root = write_root(tmp_path / "r", specification="1.0")
    write_object(root / "one", STATES)
    assert "E081" in codes_of(validate_ocfl(str(root)))


def test_a_root_without_any_word_of_its_own_is_known_by_its_objects(tmp_path: Path) -> None:
    write_object(tmp_path / "r/aa/one", STATES)
    assert is_ocfl(str(tmp_path / "r"))
    assert codes_of(validate(str(tmp_path / "r"))) == {"E069", "E076"}
    (tmp_path / "r/data").mkdir()
    assert not is_ocfl(str(tmp_path / "r"))
    write_object(tmp_path / "bags/one/data/object", STATES)
    write("bags/one/bagit.txt", "x")(tmp_path)
    assert not is_ocfl(str(tmp_path / "bags"))


@pytest.mark.parametrize("names", [[], [".keep"]])
def test_a_folder_without_content_is_neither_bag_nor_object(names: list[str], tmp_path: Path) -> None:
    (tmp_path / "o").mkdir()
    for name in names:
        (tmp_path / "o" / name).write_text("")
    with pytest.raises(NotABagError, match="neither a bag nor an OCFL object"):
        validate(str(tmp_path / "o"))
    assert {"E003", "E063"} <= codes_of(validate_ocfl(str(tmp_path / "o")))


def test_what_is_ocfl(tmp_path: Path) -> None:
    root = write_root(tmp_path / "r")
    good = write_object(root / "one", STATES)
    assert is_ocfl(str(root))
    assert is_ocfl(str(good))
    (good / DECLARED).unlink()
    assert is_ocfl(str(good))
    assert not is_ocfl(str(tmp_path))
    assert not is_ocfl(str(tmp_path / "none"))
    (good / "bagit.txt").write_text("x")
    assert not is_ocfl(str(good))


def test_every_code_of_the_family_is_provoked_here() -> None:
    kinds = {value.code.removeprefix("OCFL-") for value in vars(codes).values() if isinstance(value, FindingKind)}
    text = Path(__file__).read_text("utf-8")
    assert {code for code in kinds if f'"{code}"' not in text} == set()
    assert {kind.severity for kind in vars(codes).values() if isinstance(kind, FindingKind)} == {
        Severity.ERROR, Severity.WARNING, Severity.UNCHECKED, Severity.NOTE,
    }  # fmt: skip


def test_findings_without_end_are_counted(tmp_path: Path) -> None:
    """The first of a kind are listed, the others counted under "102"."""
    good = write_object(tmp_path / "good", STATES)
    for number in range(1500):
        (good / f"stray{number}").touch()
    report = validate_ocfl(str(good))
    assert report.verdict == "invalid"
    assert len(report.findings) < 1100
    assert [one.facts["count"] for one in report.findings if one.code == "OCFL-102"] == [500]


@pytest.mark.parametrize(("left", "right", "expected"), [
    (b"", b"", True), (b"a", b"", False), (b"", b"a", False), (bytes(3 << 20), bytes(3 << 20), True),
    (bytes(3 << 20), bytes(3 << 20) + b"x", False), (bytes(3 << 20) + b"y", bytes(3 << 20) + b"x", False),
])  # fmt: skip
def test_whether_two_files_are_the_same(left: bytes, right: bytes, expected: bool, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(left)
    (tmp_path / "b").write_bytes(right)
    tree = Tree(str(tmp_path))
    assert tree.same("a", "b") is expected
    assert tree.same("a", "c") is None
    assert [finding.subject for finding in tree.findings] == ["c"]
