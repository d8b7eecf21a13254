"""The published OCFL fixtures by name, rebuilt by what their names and the specification say of them.

Nothing is copied: each is an object of ours with the fault, or the oddity, that the fixture of this name shows.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from tests.support.ocfl_building import (
    ALPHA,
    STATES,
    Build,
    call_content_stuff,
    declare,
    in_places,
    in_version,
    lower,
    on_disk,
    raise_case,
    renew,
    signed,
)  # fmt: skip
from tests.support.ocfl_objects import Table, edit, sign, write_object

ONE = ({"a.txt": b"alpha"},)
A = "v1/content/a.txt"
MD5 = hashlib.md5(b"alpha").hexdigest()
UP = ALPHA.upper()


def of_one(**values: Any) -> Build:
    """One version of one file, with these keys of the inventory."""
    return changed_one(lambda inventory: inventory.update(values))


def changed_one(change: Any, **options: Any) -> Build:
    def build(folder: Path, specification: str) -> None:
        write_object(folder, ONE, specification=specification, change=lambda i, _: change(i), **options)

    return build


def in_manifest(**paths: list[str]) -> Build:
    return of_one(manifest={ALPHA if key == "alpha" else UP: value for key, value in paths.items()})


def in_state(block: Any) -> Build:
    return changed_one(lambda i: i["versions"]["v1"].update(state=block))


def file_in_place_of_version(o: Path) -> None:
    (o / "v2").write_text("x")


def drop(*names: str) -> Build:
    return on_disk(lambda o: [path.unlink() for name in names for path in o.glob(name)])


def without(*keys: str) -> Build:
    return changed_one(lambda i: [i.pop(key) for key in keys])


def call_version_1(folder: Path, specification: str) -> None:
    write_object(folder, ONE, specification=specification, names=str)


def put_content_beside(folder: Path, specification: str) -> None:
    """Files in the version's folder, without a content folder, and a manifest that says so."""

    def change(inventory: Table, _: str) -> None:
        inventory["manifest"] = json.loads(json.dumps(inventory["manifest"]).replace("/content/", "/"))

    states = ({"a.txt": b"alpha"}, {"a.txt": b"beta"}, {"a.txt": b"gamma"})
    write_object(folder, states, specification=specification, change=change)
    for version in ("v1", "v2", "v3"):
        (folder / version / "content/a.txt").rename(folder / version / "a.txt")
        (folder / version / "content").rmdir()


def call_content(first: str | None, second: str | None, *, empty: bool = False) -> Build:
    """Version 1 calls its content folder `first`, version 2 `second`; None leaves it unsaid."""

    def build(folder: Path, specification: str) -> None:
        def change(inventory: Table, name: str) -> None:
            own = first if name == "v1" else second
            if own is not None:
                inventory["contentDirectory"] = own
            text = json.dumps(inventory["manifest"])
            text = text.replace("v1/content/", f"v1/{first or 'content'}/")
            inventory["manifest"] = json.loads(text.replace("v2/content/", f"v2/{second or 'content'}/"))

        states: tuple[dict[str, bytes], ...] = ({} if empty else {"a.txt": b"alpha"}, {"b.txt": b"beta"})
        write_object(folder, states, specification=specification, change=change)
        for version, name in (("v1", first), ("v2", second)):
            if name is not None and (folder / version / "content").exists():
                (folder / version / "content").rename(folder / version / name)

    return build


def write_mixed(folder: Path, specification: str, spoil: Any = None, *, first: str = "sha256") -> None:
    """Version 1 by one algorithm, version 2 by the other. `spoil` changes version 1's inventory."""
    second = "sha512" if first == "sha256" else "sha256"
    write_object(folder, STATES, specification=specification, algorithm=second)
    old = folder.with_name(folder.name + "-old")
    write_object(old, STATES[:1], specification=specification, algorithm=first)
    inventory = json.loads((old / "inventory.json").read_text())
    if spoil is not None:
        spoil(inventory)
    for path in (folder / "v1").glob("inventory*"):
        path.unlink()
    sign(folder / "v1", inventory, first)
    shutil.rmtree(old)


def exchange_paths(inventory: Table) -> None:
    state = inventory["versions"]["v1"]["state"]
    (one, ones), (two, twos) = state.items()
    inventory["versions"]["v1"]["state"] = {one: twos, two: ones}


def spoil_digests(inventory: Table) -> None:
    for block in (inventory["manifest"], inventory["versions"]["v1"]["state"]):
        for digest in list(block):
            block[("1" if digest[0] != "1" else "2") + digest[1:]] = block.pop(digest)


def in_v1(change: Any) -> Build:
    return on_disk(lambda o: edit(o, "v1", change=change))


def add_version_2(folder: Path, specification: str) -> None:
    """A folder v2, whole, that the inventory in the root does not know yet."""
    write_object(folder, STATES, specification=specification)
    for name in ("inventory.json", "inventory.json.sha512"):
        shutil.copyfile(folder / "v1" / name, folder / name)


def take_newest(o: Path) -> None:
    """Version 2 has the inventory of version 3."""
    for name in ("inventory.json", "inventory.json.sha512"):
        shutil.copyfile(o / name, o / "v2" / name)


def change_unsigned(*places: str) -> Build:
    def change(o: Path) -> None:
        for place in places:
            path = o / place / "inventory.json"
            path.write_text(path.read_text().replace("version 1", "version one"))

    return on_disk(change, STATES)


def spoil_v1_fixity(o: Path) -> None:
    edit(o, "v1", change=lambda i: i.update(fixity={"md5": {"9" * 32: [A]}}))


def bare(folder: Path, specification: str) -> None:
    del specification
    folder.mkdir()


def extend(o: Path) -> None:
    (o / "extensions/unregistered").mkdir(parents=True)
    (o / "extensions/unregistered/config.json").write_text("{}")


def extend_wrongly(o: Path) -> None:
    extend(o)
    (o / "extensions/extra_file").write_text("x")


def declare_both(o: Path) -> None:
    for one in BOTH:
        (o / f"0=ocfl_object_{one}").write_text(f"ocfl_object_{one}\n")


def forget_alpha(inventory: Table) -> None:
    del inventory["manifest"][ALPHA], inventory["versions"]["v1"]["state"][ALPHA]


def list_bonus(inventory: Table) -> None:
    """A file in manifest and fixity that is not there."""
    inventory["manifest"][ALPHA].append("v1/content/bonus")
    inventory["fixity"] = {"md5": {MD5: ["v1/content/bonus"]}}


def double(folder: Path, specification: str) -> None:
    """The same bytes stored twice, under one digest of manifest and fixity."""

    def change(inventory: Table, _: str) -> None:
        inventory["manifest"][ALPHA].append("v1/content/twin")
        inventory["fixity"] = {"md5": {MD5: [A, "v1/content/twin"]}}

    write_object(folder, ONE, specification=specification, change=change)
    shutil.copyfile(folder / A, folder / "v1/content/twin")


def log(o: Path) -> None:
    (o / "logs").mkdir()
    (o / "logs/log.txt").write_text("checked")


def fixities(inventory: Table) -> None:
    makers = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "sha512": "sha512", "blake2b-512": "blake2b"}
    inventory["fixity"] = {name: {hashlib.new(own, b"alpha").hexdigest(): [A]} for name, own in makers.items()}


BOTH = ("1.0", "1.1")
THREE: tuple[dict[str, bytes], ...] = ({"a": b"1"}, {"a": b"1", "b": b"1"}, {"a": b"1", "b": b"1", "c": b"1"})
EXAMPLE: tuple[dict[str, bytes], ...] = (
    {"empty.txt": b"", "foo/bar.xml": b"1", "image.tiff": b"2"},
    {"empty.txt": b"", "empty2.txt": b"", "foo/bar.xml": b"3"},
    {"empty2.txt": b"", "foo/bar.xml": b"3", "image.tiff": b"2"},
)
ACTIONS: tuple[dict[str, bytes], ...] = (
    {"a": b"1", "b": b"2"}, {"c": b"1", "b": b"3"}, {"c": b"1", "d": b"1"}, {},
)  # fmt: skip
OTHER_WORDS = {"created": "2019-01-01T00:00:00Z", "message": "x", "user": {"name": "B", "address": "mailto:b@b.org"}}
BLOCK = {"created": 6, "message": 7, "state": "x", "user": "y"}

BAD: dict[str, Build] = {
    "E001_extra_dir_in_root": on_disk(lambda o: (o / "extra_dir").mkdir()),
    "E001_extra_file_in_root": on_disk(lambda o: (o / "extra_file").write_text("x")),
    "E001_invalid_version_format": call_version_1,
    "E001_v2_file_in_root": on_disk(file_in_place_of_version, ONE),
    "E003_E063_empty": bare,
    "E003_multiple_decl": on_disk(declare_both),
    "E003_no_decl": drop("0=*"),
    "E007_bad_declaration_contents": declare("", "This is not the right content!\n"),
    "E008_E036_no_versions_no_head": changed_one(lambda i: (i.pop("head"), i.update(manifest={}, versions={}))),
    "E009_version_two_only": on_disk(lambda o: None, ONE, names=lambda n: f"v{n + 1}"),
    "E010_missing_versions": on_disk(lambda o: shutil.rmtree(o / "v3"), (*THREE, THREE[2])),
    "E010_skipped_versions": on_disk(lambda o: None, THREE, names=lambda n: ("v1", "v4", "v7")[n - 1]),
    "E011_E013_invalid_padded_head_version": on_disk(
        lambda o: None, tuple({"a": str(n).encode()} for n in range(10)), names="v{:02}".format
    ),
    "E015_content_not_in_content_dir": put_content_beside,
    "E017_invalid_content_dir": of_one(contentDirectory="content/dir"),
    "E019_inconsistent_content_dir": call_content("content-dir", "content"),
    "E019_content_dir_set_in_v2_not_v1": call_content(None, "stuff", empty=True),
    "E020_inconsistent_content_directory": call_content("somewhere", "stuff", empty=True),
    "E023_extra_file": on_disk(lambda o: (o / "v1/content/file2.txt").write_text("x")),
    "E023_missing_file": drop(A),
    "E023_old_manifest_missing_entries": in_v1(forget_alpha),
    "E024_empty_dir_in_content": on_disk(lambda o: (o / "v1/content/empty").mkdir()),
    "E025_wrong_digest_algorithm": on_disk(lambda o: None, ONE, algorithm="md5"),
    "E033_inventory_bad_json": on_disk(lambda o: sign(o, b'{ "id": ')),
    "E036_no_head": without("head"),
    "E036_no_id": without("id"),
    "E037_inconsistent_id": in_places("v1", id="urn:example:another"),
    "E038_type_not_str": of_one(type=[1]),
    "E040_head_not_most_recent": in_places("", "v2", head="v1"),
    "E040_wrong_head_doesnt_exist": of_one(head="v2"),
    "E040_wrong_head_format": of_one(head=1),
    "E040_wrong_version_in_version_dir": on_disk(take_newest, THREE),
    "E041_manifest_not_object": of_one(manifest=[]),
    "E041_no_manifest": without("manifest"),
    "E042_bad_manifest_content_path": in_manifest(alpha=[A, "v1/bad_content_path"]),
    "E046_missing_version_dir": on_disk(lambda o: shutil.rmtree(o / "v1"), ({},)),
    "E046_root_not_most_recent": add_version_2,
    "E046_versions_keys_not_zero_padded": on_disk(lambda o: (o / "v1").rename(o / "v0001"), ONE),
    "E049_E050_E054_bad_version_block_values": changed_one(lambda i: i["versions"]["v1"].update(BLOCK)),
    "E049_created_no_timezone": in_version(created="2019-01-01T02:03:04"),
    "E049_created_not_to_seconds": in_version(created="2019-01-01T01:02Z"),
    "E050_file_in_manifest_not_used": signed(lambda i: i["manifest"].update({"0" * 128: ["v1/content/x"]})),
    "E050_manifest_digest_wrong_case": in_state({UP: ["a.txt"]}),
    "E050_state_digest_different_case": in_state({UP: ["a.txt"]}),
    "E050_state_digest_not_in_manifest": in_state({ALPHA: ["a.txt"], "0" * 128: ["b.txt"]}),
    "E050_state_repeated_digest": in_state({ALPHA: ["a.txt"], UP: ["b.txt"]}),
    "E053_E052_invalid_logical_paths": in_state({ALPHA: ["/file-1.txt", "../../file-2.txt", "//file-3.txt"]}),
    "E056_null_fixity": of_one(fixity=None),
    "E058_no_sidecar": drop("inventory.json.sha512"),
    "E060_E064_root_inventory_digest_mismatch": change_unsigned(""),
    "E060_version_inventory_digest_mismatch": change_unsigned("v1"),
    "E061_invalid_sidecar": on_disk(lambda o: (o / "inventory.json.sha512").write_text(ALPHA + "\n")),
    "E063_no_inv": drop("inventory.json*"),
    "E064_different_root_and_latest_inventories": in_places("v2", fixity={}),
    "E066_E092_old_manifest_digest_incorrect": in_v1(spoil_digests),
    "E066_algorithm_change_state_mismatch": lambda o, s: write_mixed(o, s, exchange_paths, first="sha512"),
    "E066_changed_content_for_logical_path": in_v1(exchange_paths),
    "E066_changed_v1_logical_path": in_v1(lambda i: i["versions"]["v1"]["state"].update({ALPHA: ["was.txt"]})),
    "E066_inconsistent_version_state": in_v1(lambda i: i["versions"]["v1"]["state"].update({ALPHA: ["1", "2", "3"]})),
    "E067_file_in_extensions_dir": on_disk(extend_wrongly),
    "E092_E093_content_path_does_not_exist": changed_one(list_bonus),
    "E092_algorithm_change_incorrect_digest": lambda o, s: write_mixed(o, s, spoil_digests, first="sha512"),
    "E092_bad_manifest_digest": changed_one(spoil_digests),
    "E092_content_file_digest_mismatch": on_disk(lambda o: (o / A).write_text("Alpha")),
    "E093_fixity_digest_mismatch": of_one(fixity={"md5": {"9" * 32: [A]}}),
    "E093_fixity_digest_mismatch_in_v1": on_disk(spoil_v1_fixity),
    "E094_message_not_a_string": in_version(message=["x"]),
    "E095_conflicting_logical_paths": in_state({ALPHA: ["sub-path", "sub-path/a_file.txt"]}),
    "E095_non_unique_logical_paths": in_state({ALPHA: ["file-1.txt", "file-1.txt"]}),
    "E096_manifest_duplicate_digests": in_manifest(alpha=[A], again=[A]),
    "E096_manifest_repeated_digest": in_manifest(alpha=[A], again=["v1/content/b.txt"]),
    "E097_fixity_duplicate_digests": of_one(fixity={"md5": {MD5: [A], MD5.upper(): [A]}}),
    "E099_bad_content_path_elements": in_manifest(alpha=[A, "v1/content/./a.txt"]),
    "E100_E099_fixity_invalid_content_paths": of_one(
        fixity={"md5": {MD5: ["v1/content/../content/a.txt", "v1/content//a.txt", "/v1/content/a.txt"]}}
    ),
    "E100_E099_manifest_invalid_content_paths": in_manifest(
        alpha=["v1/content/../content/a.txt", "v1/content//a.txt", "/v1/content/a.txt"]
    ),
    "E101_non_unique_content_paths": in_manifest(alpha=[A, A]),
    "E103_older_spec_v2": lower,
    "E107_file_in_manifest_not_used": signed(lambda i: i["manifest"].update({"0" * 128: ["v1/content/x"]})),
    "E111_null_fixity": of_one(fixity=None),
}  # fmt: skip
"""Each must be invalid, and every code of its name told."""

OF_ONE_SPECIFICATION = {"E056_null_fixity": "1.0", "E103_older_spec_v2": "1.1", "E111_null_fixity": "1.1"}

GOOD: dict[str, Build] = {
    "W001_W004_W005_zero_padded_versions": on_disk(
        lambda o: None, THREE, algorithm="sha256", identifier="bb123cd4567", names="v{:04}".format
    ),
    "W001_zero_padded_versions": on_disk(lambda o: None, THREE, names="v{:03}".format),
    "W002_extra_dir_in_version_dir": on_disk(lambda o: [(o / "v1/extra").mkdir(), (o / "v1/extra/x").write_text("x")]),
    "W003_empty_content_dir": on_disk(lambda o: (o / "v1/content").mkdir(), ({},)),
    "W004_uses_sha256": on_disk(lambda o: None, ONE, algorithm="sha256"),
    "W004_versions_diff_digests": write_mixed,
    "W005_id_not_uri": of_one(id="not_a_uri"),
    "W007_no_message_or_user": changed_one(lambda i: [i["versions"]["v1"].pop(key) for key in ("message", "user")]),
    "W008_user_no_address": in_version(user={"name": "A. Person"}),
    "W009_user_address_not_uri": in_version(user={"name": "A. Person", "address": "1 Wonky Way, Wibblesville, WW"}),
    "W010_no_version_inventory": drop("v1/inventory*"),
    "W011_version_inv_diff_metadata": in_v1(lambda i: i["versions"]["v1"].update(OTHER_WORDS)),
    "W013_unregistered_extension": on_disk(extend),
    "minimal_content_dir_called_stuff": call_content_stuff,
    "minimal_no_content": on_disk(lambda o: None, ({},)),
    "minimal_one_version_one_file": on_disk(lambda o: None, ONE),
    "minimal_uppercase_digests": signed(raise_case),
    "minimal_with_logs": on_disk(log),
    "ocfl_object_all_fixity_digests": changed_one(fixities),
    "ocfl_version_change": renew,
    "empty_fixity": of_one(fixity={}),
    "duplicated_content_files": double,
    "horrible_id": on_disk(lambda o: None, ONE, identifier="x:..hor/rib:le-$id"),
    "spec-ex-full": on_disk(lambda o: None, EXAMPLE),
    "ten_level_deep_directories": on_disk(lambda o: None, ({"/".join("abcdefghij"): b"x"},)),
    "updates_all_actions": on_disk(lambda o: None, ACTIONS),
    "updates_three_versions_one_file": on_disk(lambda o: None, ({"a": b"1"}, {"a": b"2"}, {"a": b"3"})),
}  # fmt: skip
"""Each is valid, with the warnings of its name and no others."""
