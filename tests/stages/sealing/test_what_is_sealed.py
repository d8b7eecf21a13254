"""What may be sealed, sealed again, renewed or completed: each refusal by itself."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from archive.stages.sealing import preparing
from tests.support.audit_projects import UNPRIVILEGED, start_command, write_bag
from tests.support.making import snapshot
from tests.support.needing import needs
from tests.support.sealing import SealingPlace


def refused(place: SealingPlace, code: int, words: str, name: str = "bag") -> None:
    """The bag is not sealed, and nothing in it is changed."""
    before = snapshot(place.folder / name)
    got, out, err = place.seal(name)
    assert (got, out) == (code, ""), err
    assert words in err
    assert snapshot(place.folder / name) == before


def test_a_bag_without_tag_manifests_would_not_be_covered(place: SealingPlace) -> None:
    bag = place.bag()
    for path in bag.glob("tagmanifest-*.txt"):
        path.unlink()
    assert place.run("validate", "bag")[0] == 0
    refused(place, 2, "the bag has no tag manifest")


@pytest.mark.parametrize("weak", ["manifest", "tagmanifest"])
def test_one_kind_of_manifest_that_is_weak_alone(place: SealingPlace, weak: str) -> None:
    """Beside it a strong one of the other kind does not help: what it does not list is bound by the weak one."""
    bag = write_bag(place.folder / "bag", {"a.txt": b"alpha"}, algorithms=("md5", "sha512"))
    (bag / f"{weak}-sha512.txt").unlink()
    for path in bag.glob("tagmanifest-*.txt"):
        lines = [line for line in path.read_text().splitlines(keepends=True) if f"  {weak}-sha512.txt" not in line]
        path.write_text("".join(lines))
    assert place.run("validate", "bag")[0] == 0
    kind = "tag manifests" if weak == "tagmanifest" else "only manifests"
    refused(place, 2, f"{kind} are md5, which are too weak")


def test_a_weak_manifest_beside_a_strong_one(place: SealingPlace) -> None:
    write_bag(place.folder / "bag", {"a.txt": b"alpha"}, algorithms=("md5", "sha512"))
    assert place.seal("bag")[0] == 0


@pytest.mark.parametrize("gone", ["0001", "0002"])
def test_seals_with_a_gap(place: SealingPlace, gone: str) -> None:
    bag = place.sealed()
    assert place.seal("bag")[0] == 0
    assert place.seal("bag")[0] == 0
    shutil.rmtree(bag / "seal" / gone)
    refused(place, 1, "not numbered from 0001 without gaps")


def test_no_more_seals_than_there_are_numbers(place: SealingPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "LAST_SEAL", 2)
    place.sealed()
    assert place.seal("bag")[0] == 0
    refused(place, 2, "a bag holds at most 2 seals")


@needs("setpriv")
@pytest.mark.parametrize("hidden", ["data/a.txt", "tagmanifest-sha512.txt"])
def test_a_bag_that_could_not_be_read_in_full(place: SealingPlace, hidden: str) -> None:
    bag = place.bag()
    mode = (bag / hidden).stat().st_mode
    (bag / hidden).chmod(0)
    words = ("seal", "bag", "--key", "anna.key", "--trust", "trust")
    process = start_command(place.folder, *words, wrapper=UNPRIVILEGED)
    out, err = process.communicate(timeout=60)
    (bag / hidden).chmod(mode)
    assert (process.returncode, out) == (4, b""), err
    assert b"could not be validated in full" in err
    assert not (bag / "seal").exists()
    assert not any(one.behaviour.requests for one in place.authorities.values())


def test_only_seals_that_lack_stamps_are_completed_of_a_whole_project(place: SealingPlace) -> None:
    place.start()
    for name in ("waits", "whole", "plain", "gone"):
        place.bag(name)
        assert place.run("holdings", "add", name)[0] == 0
    assert place.seal("waits", "--offline")[0] == 4
    assert place.seal("whole")[0] == 0
    shutil.rmtree(place.folder / "gone")
    before = snapshot(place.folder / "whole")
    for one in place.authorities.values():
        one.behaviour.fetched.clear()
    code, out, err = place.run("seal", "--complete", "--trust", "trust", "--json")
    document = json.loads(out)
    assert [Path(one["bag"]).name for one in document["seals"]] == ["waits"]
    assert [Path(one["bag"]).name for one in document["failures"]] == ["gone"], err
    assert code == 10
    assert snapshot(place.folder / "whole") == before


@pytest.mark.parametrize("command", [("--complete",), ("--renew", "--key", "anna.key")])
def test_what_has_no_seal_or_is_no_bag(place: SealingPlace, command: tuple[str, ...]) -> None:
    place.bag("plain")
    (place.folder / "empty").mkdir()
    for name, words in (("plain", "the bag has no seal"), ("empty", "this is not a bag"), ("nowhere", "nowhere")):
        code, _, err = place.run("seal", *command, name, "--trust", "trust")
        assert code == 10
        assert words in err


@pytest.mark.parametrize("command", ["--complete", "--due"])
@pytest.mark.parametrize("state", ["gone", "emptied"])
def test_a_holding_that_is_gone_is_not_one_with_nothing_to_do(place: SealingPlace, command: str, state: str) -> None:
    bag = place.sealed()
    place.start()
    assert place.run("holdings", "add", "bag")[0] == 0
    shutil.rmtree(bag)
    if state == "emptied":
        bag.mkdir()
    words = ("--complete",) if command == "--complete" else ("--renew", "--due", "--key", "anna.key")
    code, _, err = place.run("seal", *words, "--trust", "trust")
    assert code == 10
    assert str(bag) in err


@pytest.mark.parametrize("lost", ["statement.json", "stamped.sha512"])
def test_a_seal_without_what_its_stamps_are_over_is_not_completed(place: SealingPlace, lost: str) -> None:
    bag = place.sealed()
    (bag / "seal/0001" / lost).unlink()
    before = snapshot(bag)
    code, _, err = place.run("seal", "--complete", "bag", "--trust", "trust")
    assert code == 1
    assert "its newest seal is damaged" in err
    assert snapshot(bag) == before


def test_a_seal_that_holds_is_neither_completed_nor_reported_as_changed(place: SealingPlace) -> None:
    bag = place.sealed()
    before = snapshot(bag)
    code, out, _ = place.run("seal", "--complete", "bag", "--trust", "trust", "--json")
    (seal,) = json.loads(out)["seals"]
    assert (code, seal["done"], seal["operators"], seal["problems"]) == (0, "nothing to do", 2, [])
    assert snapshot(bag) == before


def test_a_key_that_may_not_seal_is_named(place: SealingPlace) -> None:
    for name in ("root", "lost"):
        assert place.run("keys", "new", f"{name}.key")[0] == 0
        role = ("--role", "root") if name == "root" else ()
        assert place.run("trust", "add-key", name, f"{name}.key.pub", "--trust", "trust", *role)[0] == 0
    assert place.run("trust", "revoke", "lost", "--since", "2026-01-01T00:00:00Z", "--trust", "trust")[0] == 0
    place.bag()
    for name, words in (("root", "does not let the key root seal: its role is root"), ("lost", "has revoked the key")):
        out = place.run("seal", "bag", "--key", f"{name}.key", "--trust", "trust", "--json")[1]
        (warning,) = json.loads(out)["seals"][0]["warnings"]
        assert words in warning
    place.bag("other")
    assert json.loads(place.seal("other", "--json")[1])["seals"][0]["warnings"] == []
