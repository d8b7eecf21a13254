"""`archive verify`: words, exit codes, one document; what ledger and receipt expect; no writing, no network."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from archive.resources import metadata_path
from tests.support.audit_projects import UNPRIVILEGED, pack_tar, pack_zip, start_command
from tests.support.making import snapshot
from tests.support.needing import needs
from tests.support.postgres import start_postgres
from tests.support.sealing import SealingPlace, sealing_place
from tests.support.timestamp_authority import Faults


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SealingPlace]:
    with sealing_place(tmp_path / "place", monkeypatch) as made:
        yield made


def document_of(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    schema = json.loads(metadata_path("reports", "archive.seal-1.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)
    return document


def test_a_sealed_bag_in_words_and_in_json(place: SealingPlace) -> None:
    place.sealed()
    code, out, _ = place.run("verify", "bag", "--trust", "trust")
    assert code == 0
    assert out.startswith("sealed and intact: bag (1 seal, verified as of ")
    for words in ("signed by anna, SHA256:", "by One", "by Two", "proven since", "It does not prove when", "ledger"):
        assert words in out
    code, out, _ = place.run("verify", "bag", "--trust", "trust", "--json")
    document = document_of(out)
    assert (code, document["exit_code"], document["outcome"]) == (0, 0, "sealed and intact")
    assert document["ledger"] == {"expected": None, "found": 1}
    assert document["trust"]["name"] == "Our archive"
    (seal,) = document["seals"]
    assert (seal["seal"], seal["reason"], len(seal["stamps"])) == (1, "ingest", 2)
    assert seal["signers"][0]["name"] == "anna"
    assert len(document["claims"]) == 6


def test_a_file_that_no_manifest_lists_is_told_apart_from_what_is_sealed(place: SealingPlace) -> None:
    bag = place.sealed()
    (bag / "added.txt").write_text("later")
    code, out, _ = place.run("verify", "bag", "--trust", "trust")
    assert code == 0
    assert "BAG-214" in out
    assert "Nothing has changed since." not in out
    assert "but for the files that no manifest lists" in out
    assert place.run("verify", "bag", "--trust", "trust", "--strict")[0] == 3


def test_what_cannot_be_checked_and_what_is_damaged(place: SealingPlace) -> None:
    bag = place.sealed()
    assert place.run("verify", "bag")[0] == 4
    assert "SEAL-110" in place.run("verify", "bag")[1]
    (bag / "seal/0001/1.tsr").unlink()
    assert place.codes("bag") == (4, ["SEAL-120"])
    assert place.codes("bag", "--at", "2046-01-01T00:00:00Z")[0] == 1
    shutil.rmtree(bag / "seal")
    code, out, _ = place.run("verify", "bag")
    assert code == 1
    assert out.startswith("damaged: bag")


def test_times_are_read_strictly(place: SealingPlace) -> None:
    place.sealed()
    for time in ("now", "2046-01-01", "2046-01-01T00:00:00", "2046-13-01T00:00:00Z"):
        assert place.run("verify", "bag", "--trust", "trust", "--at", time)[0] == 2
    assert place.codes("bag", "--at", "2046-01-01T00:00:00Z") == (0, ["SEAL-150"])
    assert place.codes("bag", "--at", "2046-01-01T00:00:00Z", "--strict")[0] == 3
    assert place.codes("bag", "--at", "2020-01-01T00:00:00Z") == (4, ["SEAL-139"])


@pytest.mark.parametrize(("pack", "name"), [(pack_zip, "bag.zip"), (pack_tar, "bag.tar"), (pack_tar, "bag.tar.gz")])
def test_packed_bags(place: SealingPlace, pack: Any, name: str) -> None:
    bag = place.sealed()
    packed = pack(bag, place.folder / name)
    assert place.codes(name) == (0, [])
    (bag / "seal/0001/crls/9.crl").write_bytes((bag / "seal/0001/crls/1.crl").read_bytes())
    (bag / "seal/0001/note").write_bytes(b"")
    packed.unlink()
    pack(bag, packed)
    assert place.codes(name) == (1, ["SEAL-106"])


def test_versions_of_an_ocfl_object(place: SealingPlace) -> None:
    place.sealed()
    assert place.run("deposit", "bag", "ocfl:repository", "--identifier", "urn:x:bag")[0] == 0
    assert place.run("seal", "--renew", "bag", "--key", "anna.key", "--trust", "trust")[0] == 0
    assert place.run("deposit", "bag", "ocfl:repository", "--identifier", "urn:x:bag")[0] == 0
    (stored,) = {str(path.parent) for path in (place.folder / "repository").rglob("0=ocfl_object_1.*")}
    for address, seals in ((f"{stored}#v1", 1), (f"{stored}#v2", 2), (stored, 2)):
        code, document = place.verify(address)
        assert (code, len(document["seals"])) == (0, seals), document["findings"]
    shutil.copytree(place.folder / "trust", Path(stored, "trust"))
    assert place.run("verify", f"{stored}#v1", "--trust", f"{stored}/trust")[0] == 2


def test_several_bags_are_one_document(place: SealingPlace) -> None:
    place.sealed("a")
    place.bag("b")
    code, out, err = place.run("verify", "a", "b", "missing", "--trust", "trust", "--json")
    document = document_of(out)
    assert (code, document["exit_code"], err) == (1, 1, "")
    assert [one["outcome"] for one in document["bags"]] == ["sealed and intact", "damaged"]
    assert [one["bag"] for one in document["failures"]] == ["missing"]
    assert place.run("verify", "missing", "--trust", "trust")[0] == 10
    assert place.run("verify")[0] == 2


@pytest.mark.parametrize("other", ["letter.txt", "folder", "letter.pdf", "letter.xml"])
def test_what_is_not_a_bag(place: SealingPlace, other: str) -> None:
    path = place.folder / other
    if other == "folder":
        path.mkdir()
    else:
        path.write_bytes(b"%PDF-1.4" if other.endswith("pdf") else b"<a/>" if other.endswith("xml") else b"x")
    assert place.run("verify", other, "--trust", "trust")[0] in (2, 10)


class TestTrust:
    def test_it_is_never_inside_the_bag(self, place: SealingPlace) -> None:
        bag = place.sealed()
        shutil.copytree(place.folder / "trust", bag / "trust")
        (place.folder / "link").symlink_to(bag / "trust")
        (bag / "outside").symlink_to(place.folder / "trust")
        (place.folder / "bag-link").symlink_to(bag)
        for trust in ("bag/trust", "link", "bag/outside", "bag-link/trust", str(bag / "trust")):
            code, _, err = place.run("verify", "bag", "--trust", trust)
            assert code == 2, trust
            assert "inside the bag" in err
        assert place.run("verify", "bag-link", "--trust", "bag/trust")[0] == 2
        assert place.run("verify", "bag/../bag", "--trust", "bag/trust")[0] == 2

    def test_what_is_no_trust_folder_is_a_usage_error(self, place: SealingPlace) -> None:
        place.sealed()
        for trust in ("missing", "anna.key", "bag", ""):
            assert place.run("verify", "bag", "--trust", trust)[0] == 2

    def test_the_option_wins_over_the_settings(self, place: SealingPlace) -> None:
        place.start()
        place.sealed()
        (place.folder / "archive.toml").write_text('[seal]\ntrust = "trust"\n')
        assert place.run("verify", "bag")[0] == 0
        place.run("trust", "init", "Other", "--trust", "other")
        assert place.run("verify", "bag", "--trust", "other")[0] == 1

    def test_a_project_that_is_not_trusted_does_not_say_whom_to_believe(self, place: SealingPlace) -> None:
        place.sealed()
        (place.folder / "archive.toml").write_text('[seal]\ntrust = "trust"\n')
        code, _, err = place.run("verify", "bag")
        assert code == 2
        assert "archive config --trust" in err
        assert place.run("verify", "bag", "--trust", "trust")[0] == 0


class TestReceipts:
    def test_a_receipt_of_this_seal_and_of_others(self, place: SealingPlace) -> None:
        bag = place.bag()
        line = place.seal("bag")[1].splitlines()[-1]
        shutil.copytree(bag, place.folder / "rolled-back")
        later = place.seal("bag")[1].splitlines()[-1]
        for receipt in (line, later):
            assert place.codes("bag", "--expect", receipt) == (0, [])
        assert place.codes("rolled-back", "--expect", line) == (0, [])
        assert place.codes("rolled-back", "--expect", later) == (1, ["SEAL-102"])
        shutil.rmtree(bag / "seal")
        place.seal("bag")
        assert place.codes("bag", "--expect", line) == (1, ["SEAL-103"])

    def test_what_is_no_receipt(self, place: SealingPlace) -> None:
        place.sealed()
        for line in ("", "x", "muniment-seal/1 - 1 00 2026-01-01T00:00:00Z"):
            assert place.run("verify", "bag", "--trust", "trust", "--expect", line)[0] == 2


class TestLedger:
    def sealed_holding(self, place: SealingPlace, *, first: str) -> Path:
        place.start()
        bag = place.bag()
        if first == "held":
            assert place.run("holdings", "add", "bag")[0] == 0
            assert place.seal("bag")[0] == 0
        else:
            assert place.seal("bag")[0] == 0
            assert place.run("holdings", "add", "bag")[0] == 0
        return bag

    @pytest.mark.parametrize("first", ["held", "sealed"])
    def test_a_stripped_swapped_or_shortened_seal(self, place: SealingPlace, first: str) -> None:
        bag = self.sealed_holding(place, first=first)
        code, document = place.verify("bag")
        assert (code, document["ledger"]) == (0, {"expected": 1, "found": 1})
        kept = place.folder / "kept"
        shutil.copytree(bag, kept)
        (bag / "seal/0001/2.tsr").unlink()
        assert place.codes("bag")[0] == 1
        shutil.rmtree(bag / "seal")
        assert place.codes("bag") == (1, ["SEAL-101", "SEAL-102"])
        elsewhere = place.folder / "elsewhere"
        elsewhere.mkdir()
        os.rename(bag, elsewhere / "bag")
        environment = {"ARCHIVE_LEDGER_URL": str(elsewhere / "none.sqlite3")}
        for name, value in environment.items():
            place.monkeypatch.setenv(name, value)
        assert place.seal("elsewhere/bag")[0] == 0
        for name in environment:
            place.monkeypatch.delenv(name)
        os.rename(elsewhere / "bag", bag)
        assert "SEAL-103" in place.codes("bag")[1]
        shutil.rmtree(bag)
        os.rename(kept, bag)
        assert place.codes("bag") == (0, [])

    def test_a_rolled_back_renewal(self, place: SealingPlace) -> None:
        bag = self.sealed_holding(place, first="held")
        old = place.folder / "old"
        shutil.copytree(bag, old)
        assert place.run("seal", "--renew", "bag", "--key", "anna.key", "--trust", "trust")[0] == 0
        assert place.codes("bag")[0] == 0
        assert place.codes("old") == (1, ["SEAL-102"])
        shutil.rmtree(bag)
        os.rename(old, bag)
        assert place.codes("bag") == (1, ["SEAL-102"])

    def test_another_bag_at_the_place_of_a_holding(self, place: SealingPlace) -> None:
        bag = self.sealed_holding(place, first="held")
        shutil.rmtree(bag)
        place.bag(files={"other.txt": b"other"})
        code, codes = place.codes("bag")
        assert code == 1
        assert "SEAL-103" in codes

    def test_outside_of_a_project_no_ledger_is_asked(self, place: SealingPlace, tmp_path: Path) -> None:
        bag = self.sealed_holding(place, first="held")
        shutil.rmtree(bag / "seal")
        place.monkeypatch.chdir(tmp_path)
        from archive.cli.app import run

        assert run(["verify", str(bag), "--trust", str(place.folder / "trust")]) == 1

    def test_a_ledger_that_does_not_count_is_not_left_out(self, place: SealingPlace) -> None:
        """Without the ledger that the project names, a roll-back would not be seen."""
        self.sealed_holding(place, first="held")
        os.rename(place.folder / "ledger.sqlite3", place.folder.parent / "other.sqlite3")
        (place.folder / "archive.toml").write_text('[ledger]\nurl = "../other.sqlite3"\n')
        assert place.verify("bag")[1]["ledger"] == {"expected": 1, "found": 1}
        assert place.run("config", "--distrust", ".")[0] == 0
        code, out, err = place.run("verify", "bag", "--trust", "trust")
        assert (code, out) == (2, "")
        assert "ledger.url: this setting does not count" in err

    @needs("postgresql")
    def test_a_ledger_in_postgresql_is_asked(self, place: SealingPlace) -> None:
        bag = place.bag()
        with start_postgres() as server:
            place.start(server.url())
            assert place.run("holdings", "add", "bag")[0] == 0
            assert place.seal("bag")[0] == 0
            assert place.verify("bag")[1]["ledger"] == {"expected": 1, "found": 1}
            shutil.rmtree(bag / "seal")
            assert place.codes("bag") == (1, ["SEAL-101", "SEAL-102"])

    @needs("setpriv")
    @pytest.mark.parametrize("stamps", [1, 2])
    @pytest.mark.parametrize(
        "hidden", ["tagmanifest-sha512.txt", "seal/0001/1.tsr", "seal/0001/crls", "seal/0001", "seal"]
    )
    def test_what_may_not_be_read_is_neither_gone_nor_another(
        self, place: SealingPlace, hidden: str, stamps: int
    ) -> None:
        """Who verifies may not be let to read all that the ledger knows of: that proves nothing against the bag."""
        place.start()
        path = place.bag() / hidden
        assert place.run("holdings", "add", "bag")[0] == 0
        if stamps == 1:
            place.authorities["two"].change(Faults(status=2, without_token=True))
        assert place.seal("bag")[0] == (0 if stamps == 2 else 4)
        mode = path.stat().st_mode
        path.chmod(0)
        process = start_command(place.folder, "verify", "bag", "--trust", "trust", "--json", wrapper=UNPRIVILEGED)
        out, err = process.communicate(timeout=60)
        path.chmod(mode)
        document = document_of(out.decode())
        assert (process.returncode, document["outcome"]) == (4, "not checked"), err
        assert document["ledger"]["expected"] == 1
        assert "error" not in {one["severity"] for one in document["findings"]}, document["findings"]

    def test_the_report_says_by_whom_and_since_when(self, place: SealingPlace) -> None:
        self.sealed_holding(place, first="held")
        place.bag("other")
        place.run("holdings", "add", "other")
        code, document = place.json("report", "--html", "report.html", "--csv", "report.csv")
        assert code == 0
        sealed = {one["name"]: one["sealed"] for one in document["packages"]}
        assert sealed["other"] is None
        assert sealed["bag"].startswith("by anna, proven since ")
        assert ", to be renewed before " in sealed["bag"]
        page = re.sub(r"<[^>]+>", "", (place.folder / "report.html").read_text())
        assert sealed["bag"] in page
        assert sealed["bag"] in (place.folder / "report.csv").read_text()
        assert "signed by anna; proven since 2" in place.run("events", "bag")[1]

    def test_a_seal_that_waits_is_reported_so(self, place: SealingPlace) -> None:
        place.start()
        place.bag()
        place.run("holdings", "add", "bag")
        assert place.run("seal", "bag", "--key", "anna.key", "--trust", "trust", "--offline")[0] == 4
        (package,) = place.json("report")[1]["packages"]
        assert package["sealed"] == "by anna, waits for stamps"
        assert place.run("seal", "--complete", "bag", "--trust", "trust")[0] == 0
        (package,) = place.json("report")[1]["packages"]
        assert package["sealed"].startswith("by anna, proven since ")

    def test_verify_writes_nothing(self, place: SealingPlace) -> None:
        self.sealed_holding(place, first="held")
        before = snapshot(place.folder)
        assert place.codes("bag") == (0, [])
        after = snapshot(place.folder)
        assert {name for name in after if after[name] != before.get(name)} <= {"."}
        assert before.keys() == after.keys()


def test_the_network_is_not_used(place: SealingPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    place.sealed()

    def refuse(*_: object) -> None:
        raise AssertionError("the network is used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert place.codes("bag") == (0, [])


def test_validate_only_notes_a_seal(place: SealingPlace) -> None:
    bag = place.sealed()
    for depth in ("quick", "complete", "full"):
        code, out, _ = place.run("validate", "bag", "--depth", depth, "--json")
        assert code == 0
        (report,) = json.loads(out)["reports"]
        assert [(one["code"], one["severity"]) for one in report["findings"]] == [("SEAL-100", "note")]
    (bag / "seal/0001/statement.json").write_bytes(b"x")
    code, out, _ = place.run("validate", "bag", "--strict")
    assert code == 0
    assert "sealed" not in out


@needs("setpriv")
def test_a_file_of_the_seal_that_may_not_be_read(place: SealingPlace, checkout: Path) -> None:
    bag = place.sealed()
    for hidden in (bag / "seal/0001/2.tsr", bag / "seal/0001", bag / "seal"):
        mode = hidden.stat().st_mode
        hidden.chmod(0)
        ran = subprocess.run(
            [*UNPRIVILEGED, sys.executable, "-m", "archive", "verify", "bag", "--trust", "trust", "--json"],
            cwd=place.folder, env={**os.environ, "PYTHONPATH": str(checkout)}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        hidden.chmod(mode)
        document = document_of(ran.stdout)
        assert (ran.returncode, document["outcome"]) == (4, "not checked"), ran.stdout
        assert "SEAL-105" in {one["code"] for one in document["findings"]}
        assert "SEAL-101" not in {one["code"] for one in document["findings"]}


class TestShow:
    def test_a_sealed_bag_says_by_whom_and_since_when(self, place: SealingPlace) -> None:
        place.start()
        bag = place.sealed()
        code, out, _ = place.run("show", "bag")
        assert code == 0
        assert "the seals could not be checked: no trust folder is named in archive.toml" in out
        (place.folder / "archive.toml").write_text('[seal]\ntrust = "trust"\n')
        code, out, _ = place.run("show", "bag")
        assert "Seals\n  sealed; the payload was not read\n  0001; ingest; signed by anna; proven since " in out
        assert out.endswith("archive verify bag\n")
        code, document = place.json("show", "bag")
        assert (code, document["seals"]["outcome"]) == (0, "intact")
        assert document["seals"]["seals"][0]["signers"][0]["name"] == "anna"
        (bag / "tagmanifest-sha512.txt").write_bytes(b"")
        assert "  the seals are damaged\n" in place.run("show", "bag")[1]
        (place.folder / "trust/trust.toml").write_bytes(b"x")
        assert place.run("show", "bag")[0] == 0

    def test_a_bag_without_a_seal(self, place: SealingPlace) -> None:
        place.bag()
        assert place.json("show", "bag")[1]["seals"] is None
        assert "Seals" not in place.run("show", "bag")[1]
